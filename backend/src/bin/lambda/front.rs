//! The front page: what its room says right now, as HTML or as JSON, for whoever may enter.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::Identities,
    config,
    inbound::lambda,
    outbound::{provider::HttpProvider, system},
    routes::{Front, FrontPorts, FrontSettings},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Front::from_environment()?;
    let (aws, provider) = (wire::clients(config.account), Arc::<HttpProvider>::default());
    let (clock, entropy) = (Arc::new(system::SystemClock), Arc::new(system::SystemEntropy));
    let table = &config.connection_table;
    let (shells, keys) = (Arc::new(aws.shells(&config.asset_bucket, clock.clone())), Arc::new(aws.secrets(table)));
    // Both also open their connections, to DynamoDB and to S3.
    let (known, ()) = tokio::join!(Identities::load(keys, clock.clone(), entropy.clone(), config.door), shells.warm());
    let (connections, limiter) = (Arc::new(aws.connections(table, clock.clone())), Arc::new(aws.limiter(table)));
    let messages = Arc::new(aws.messages(&config.message_table, config.retention, clock.clone()));
    let moderation = Arc::new(aws.moderation(table, &config.message_table, clock.clone()));
    let ports = FrontPorts { connections, messages, shells, moderation, limiter, provider, clock, entropy };
    let config::Front { origins, page_size, socket, uploads, origin_key, .. } = config;
    let settings = FrontSettings { identities: known?, origins, page_size, socket, uploads: Some(uploads) };
    lambda::front(Front::new(ports, settings), origin_key).await
}
