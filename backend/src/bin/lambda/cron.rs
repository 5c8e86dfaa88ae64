//! The daily event: forgets the sockets that are gone, puts the counter right and removes uploads nobody sent.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{config, inbound::lambda, outbound::system::SystemClock, routes::Cron};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Cron::from_environment()?;
    let aws = wire::clients(config.account);
    let clock = Arc::new(SystemClock);
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let outbox = Arc::new(aws.outbox(&config.connections_endpoint));
    let images = Arc::new(aws.images(&config.image_bucket, clock.clone()));
    lambda::cron(Cron::new(connections, outbox, images, clock)).await
}
