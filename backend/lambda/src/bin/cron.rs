//! The `cron` function: removes closed connections, corrects their counter, removes unused uploads and pictures and the messages that their rooms do
//! not keep any longer, and rotates the signing secret when it is due.

use std::{process::ExitCode, sync::Arc};

use chat::{
    access::{policy::AccessPolicy, sessions::Sessions},
    cleanup::{CleanupHandler, CleanupPorts},
};
use chat_lambda::{Error, settings::CronSettings, start};
use platform::system::{SystemClock, SystemEntropy};
use store_aws::clients::Clients;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start::start(run()).await
}

async fn run() -> Result<(), Error> {
    let config = CronSettings::from_environment()?;
    let aws = Clients::new(config.account);
    let clock = Arc::new(SystemClock);
    // This function admits no sockets, so the access policy does not matter.
    let (secrets, policy) = (Arc::new(aws.secrets(&config.connection_table)), AccessPolicy::open(Vec::new()));
    let sessions = Sessions::load(secrets, clock.clone(), Arc::new(SystemEntropy), policy).await?;
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let gateway = Arc::new(aws.gateway(&config.connections_endpoint));
    let images = Arc::new(aws.images(&config.image_bucket, clock.clone()));
    let profiles = Arc::new(aws.profiles(&config.connection_table));
    let room_directory = Arc::new(aws.room_directory(&config.connection_table));
    let usage = Arc::new(aws.usage(&config.connection_table, Some((&config.message_table, &config.image_bucket))));
    // It stores no messages, so their retention does not matter: those that have expired are not read, and DynamoDB deletes them.
    let messages = Arc::new(aws.messages(&config.message_table, None, clock.clone()));
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.message_table, clock.clone()));
    let ports =
        CleanupPorts { connections, gateway, messages, moderation, images, profiles, room_directory, usage, clock };
    chat_lambda::cron::cron(CleanupHandler::new(ports, sessions)).await
}
