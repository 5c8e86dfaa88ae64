//! The `disconnect` function: removes a connection and tells the room.

use std::{process::ExitCode, sync::Arc};

use chat::presence::disconnect::DisconnectHandler;
use chat_lambda::{Error, settings::DisconnectSettings, start};
use platform::system::{SystemClock, SystemEntropy};
use store_aws::clients::Clients;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start::start(run()).await
}

async fn run() -> Result<(), Error> {
    let config = DisconnectSettings::from_environment()?;
    let aws = Clients::new(config.account);
    let clock = Arc::new(SystemClock);
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let gateway = Arc::new(aws.gateway(&config.connections_endpoint));
    tokio::join!(connections.warm(), gateway.warm());
    chat_lambda::disconnect::disconnect(DisconnectHandler::new(connections, gateway, clock, Arc::new(SystemEntropy)))
        .await
}
