//! The `front` function: pages as HTML, their state as JSON, and the sign-in routes.

use std::{process::ExitCode, sync::Arc};

use chat::{access::sessions::Sessions, cpu::CpuScheduler, messages::renderer::MessageRenderer};
use chat_http::front::{self, FrontHandler, FrontPorts};
use chat_lambda::{Error, page, settings::FrontSettings, start};
use embedded_page::EmbeddedPage;
use passkeys::WebauthnCeremony;
use platform::{
    identity_provider::HttpProvider,
    system::{SystemClock, SystemEntropy},
};
use store_aws::clients::Clients;

/// `build.rs` stops such a build; only a damaged page gets here.
const NO_PAGE: &str = "this function was built without the page: run `cargo xtask deploy`, which builds both";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start::start(run()).await
}

async fn run() -> Result<(), Error> {
    let config = FrontSettings::from_environment(start::stored_passphrase().await?.as_deref())?;
    let (aws, provider) = (Clients::new(config.account), Arc::<HttpProvider>::default());
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let table = &config.connection_table;
    let page = EmbeddedPage::of_this_program().ok_or(NO_PAGE)?;
    let release = page::release(&page).ok_or(NO_PAGE)?;
    let templates = Arc::new(aws.templates(&config.asset_bucket, release, clock.clone()));
    let keys = Arc::new(aws.secrets(table));
    // Both also open their connections, to DynamoDB and to S3.
    let (known, ()) =
        tokio::join!(Sessions::load(keys, clock.clone(), entropy.clone(), config.access_policy), templates.warm());
    let (connections, rate_store) = (Arc::new(aws.connections(table, clock.clone())), Arc::new(aws.rate_store(table)));
    let messages = Arc::new(aws.messages(&config.message_table, config.retention, clock.clone()));
    let moderation = Arc::new(aws.moderation(table, &config.message_table, clock.clone()));
    let (tokens, members) = (Arc::new(aws.tokens(table)), Arc::new(aws.room_members(table)));
    let (read_positions, devices) = (Arc::new(aws.read_positions(table)), Arc::new(aws.devices(table)));
    let profiles = Arc::new(aws.profiles(table));
    let passkeys = Arc::new(aws.passkeys(table));
    let images = Arc::new(aws.images(&config.image_bucket, clock.clone()));
    let renderer = MessageRenderer::new(CpuScheduler::inline());
    let ports = FrontPorts {
        connections,
        gateway: Arc::new(aws.gateway(&config.connections_endpoint)),
        saved: messages.clone(),
        messages,
        templates,
        moderation,
        members,
        devices,
        profiles,
        passkeys,
        ceremony: Arc::new(WebauthnCeremony),
        rate_store,
        read_positions,
        provider,
        renderer,
        tokens,
        clock,
        entropy,
    };
    let FrontSettings { origins, page_size, socket, uploads, origin_key, .. } = config;
    let settings = front::FrontSettings { sessions: known?, origins, page_size, socket, uploads: Some(uploads) };
    chat_lambda::front::front(FrontHandler::new(ports, settings), page, images, origin_key).await
}
