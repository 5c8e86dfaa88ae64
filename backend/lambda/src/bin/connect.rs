//! The `connect` function: admits a socket or refuses it.

use std::{process::ExitCode, sync::Arc};

use chat::{
    access::{rate_limit::RateLimiter, room_membership::RoomMembership, sessions::Sessions},
    moderation::restrictions::RestrictionStore,
    presence::{connect::ConnectRule, connect_handler::ConnectHandler},
};
use chat_lambda::{Error, settings::ConnectSettings, start};
use platform::system::{SystemClock, SystemEntropy};
use store_aws::clients::Clients;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start::start(run()).await
}

async fn run() -> Result<(), Error> {
    let config = ConnectSettings::from_environment(start::stored_passphrase().await?.as_deref())?;
    let aws = Clients::new(config.account);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    // This also opens the connection to DynamoDB.
    let secrets = Arc::new(aws.secrets(&config.connection_table));
    let sessions = Sessions::load(secrets, clock.clone(), entropy, config.access_policy).await?;
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let rate_store = Arc::new(aws.rate_store(&config.connection_table));
    let rate = RateLimiter::new(rate_store.clone(), clock.clone(), config.rates);
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.connection_table, clock.clone()));
    let restriction_store = RestrictionStore {
        moderation,
        clock: clock.clone(),
        configured_moderators: sessions.access_policy().moderators().to_vec(),
    };
    let membership = RoomMembership { members: Arc::new(aws.room_members(&config.connection_table)) };
    let profiles = Arc::new(aws.profiles(&config.connection_table));
    let (origins, limit) = (config.origins, config.connection_limit);
    chat_lambda::connect::connect(
        ConnectHandler::new(ConnectRule {
            connections,
            rate_store,
            clock,
            sessions,
            origins,
            rate,
            restriction_store,
            membership,
            profiles,
            limit,
        }),
        config.origin_key,
    )
    .await
}
