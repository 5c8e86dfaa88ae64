//! The front page: what its room says right now, as HTML or as JSON, for whoever may enter.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::Identities,
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
    let s = Arc::new(aws.shells(&config.asset_bucket, clock.clone()));
    let keys = Arc::new(aws.secrets(&config.connection_table));
    // Both also open their connections, to DynamoDB and to S3.
    let (known, ()) = tokio::join!(Identities::load(keys, clock.clone(), entropy.clone(), config.door), s.warm());
    let c = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let m = Arc::new(aws.messages(&config.message_table, config.retention, clock.clone()));
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.message_table, clock.clone()));
    let (limiter, provider) = (Arc::new(aws.limiter(&config.connection_table)), Arc::<HttpProvider>::default());
    let entrance = Entrance { limiter, provider, origins: config.origins, uploads: Some(config.uploads) };
    let front = Front::new(c, m, s, clock, entropy, known?, moderation, config.page_size, config.socket, entrance);
    lambda::front(front, config.origin_key).await
}
