//! The daily event: forgets the sockets that are gone, puts the counter right, removes uploads nobody sent, and changes the
//! signing secret when its time has come.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::{Door, Identities},
    config,
    inbound::lambda,
    outbound::system::{SystemClock, SystemEntropy},
    routes::Cron,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Cron::from_environment()?;
    let aws = wire::clients(config.account);
    let clock = Arc::new(SystemClock);
    // Nobody comes in here, so any door will do.
    let (secrets, door) = (Arc::new(aws.secrets(&config.connection_table)), Door::open(Vec::new()));
    let identities = Identities::load(secrets, clock.clone(), Arc::new(SystemEntropy), door).await?;
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let outbox = Arc::new(aws.outbox(&config.connections_endpoint));
    let images = Arc::new(aws.images(&config.image_bucket, clock.clone()));
    lambda::cron(Cron::new(connections, outbox, images, clock, identities)).await
}
