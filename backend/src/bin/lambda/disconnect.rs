//! `$disconnect`: forgets a socket and tells the room.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    config,
    inbound::lambda,
    outbound::system::{SystemClock, SystemEntropy},
    routes::Disconnect,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Disconnect::from_environment()?;
    let aws = wire::clients(config.account);
    let clock = Arc::new(SystemClock);
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let outbox = Arc::new(aws.outbox(&config.connections_endpoint));
    tokio::join!(connections.warm(), outbox.warm());
    lambda::disconnect(Disconnect::new(connections, outbox, clock, Arc::new(SystemEntropy))).await
}
