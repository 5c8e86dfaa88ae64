//! The front page: what its room says right now, as HTML or as JSON, for whoever may enter.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::{Identities, Origin, Origins, Rate, RateLimits},
    config,
    inbound::lambda,
    outbound::{provider::HttpProvider, system},
    routes::{Entrance, Front},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Front::from_environment()?;
    let aws = wire::clients(config.account);
    let (clock, entropy) = (Arc::new(system::SystemClock), Arc::new(system::SystemEntropy));
    let shells = Arc::new(aws.shells(&config.asset_bucket, clock.clone()));
    let secrets = Arc::new(aws.secrets(&config.connection_table));
    // Both also open their connections, to DynamoDB and to S3.
    let identities = Identities::load(secrets, clock.clone(), entropy.clone(), config.door);
    let (identities, ()) = tokio::join!(identities, shells.warm());
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let messages = Arc::new(aws.messages(&config.message_table, None, clock.clone()));
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.message_table));
    let (size, socket, limiter) = (config.page_size, config.socket, Arc::new(aws.limiter(&config.connection_table)));
    let entrance = Entrance {
        rate: Rate::new(limiter, clock.clone(), RateLimits::NONE),
        provider: Arc::<HttpProvider>::default(),
        origins: Origins::listed(Origin::all(&config.page_origins)?),
    };
    let (c, m, s) = (connections, messages, shells);
    let front = Front::new(c, m, s, clock, entropy, identities?, moderation, size, socket, entrance);
    lambda::front(front.with_uploads_to(config.uploads)).await
}
