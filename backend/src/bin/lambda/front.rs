//! The front page: what its room says right now, as HTML or as JSON.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::{Door, Identities},
    config,
    inbound::lambda,
    outbound::system::{SystemClock, SystemEntropy},
    routes::Front,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Front::from_environment()?;
    let aws = wire::clients(config.account);
    let clock = Arc::new(SystemClock);
    let entropy = Arc::new(SystemEntropy);
    let shells = Arc::new(aws.shells(&config.asset_bucket, clock.clone()));
    let secrets = Arc::new(aws.secrets(&config.connection_table));
    let door = Door::open(Vec::new());
    // Both also open their connections, to DynamoDB and to S3.
    let (identities, ()) = tokio::join!(Identities::load(secrets, clock.clone(), entropy.clone(), door), shells.warm());
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let messages = Arc::new(aws.messages(&config.message_table, None, clock.clone()));
    let (size, socket) = (config.page_size, config.socket);
    let front = Front::new(connections, messages, shells, clock, entropy, identities?, size, socket);
    lambda::front(front.with_uploads_to(config.uploads)).await
}
