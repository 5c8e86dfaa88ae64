//! `send` and `$default`: stores a message and tells the room; answers every other action.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::Rate,
    config,
    inbound::lambda,
    outbound::system::{SystemClock, SystemEntropy},
    routes::{Send, SendPorts, SendSettings},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Send::from_environment()?;
    let aws = wire::clients(config.account);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let messages = Arc::new(aws.messages(&config.message_table, config.retention, clock.clone()));
    let images = Arc::new(aws.images(&config.image_bucket, clock.clone()));
    let outbox = Arc::new(aws.outbox(&config.connections_endpoint));
    let limiter = Arc::new(aws.limiter(&config.connection_table));
    let rate = Rate::new(limiter.clone(), clock.clone(), config.rates);
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.message_table, clock.clone()));
    tokio::join!(connections.warm(), outbox.warm());
    let ports = SendPorts { connections, messages, images, outbox, moderation, limiter, clock, entropy };
    let settings = SendSettings { rate, access: config.access, named: config.moderators, page_size: config.page_size };
    lambda::send(Send::new(ports, settings)).await
}
