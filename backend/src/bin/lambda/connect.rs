//! `$connect`: lets a socket in, or refuses it.

mod wire;

use std::{process::ExitCode, sync::Arc};

use backend::{
    chat::{Identities, Join, Rate, RestrictionStore},
    config,
    inbound::lambda,
    outbound::system::{SystemClock, SystemEntropy},
    routes::Connect,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start(&config::log_level(), run()).await
}

async fn run() -> Result<(), lambda::Error> {
    let config = config::Connect::from_environment()?;
    let aws = wire::clients(config.account);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    // This also opens the connection to DynamoDB.
    let secrets = Arc::new(aws.secrets(&config.connection_table));
    let identities = Identities::load(secrets, clock.clone(), entropy, config.door).await?;
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let limiter = Arc::new(aws.limiter(&config.connection_table));
    let rate = Rate::new(limiter.clone(), clock.clone(), config.rates);
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.connection_table, clock.clone()));
    let restriction_store =
        RestrictionStore { moderation, clock: clock.clone(), named: identities.door().moderators().to_vec() };
    let (origins, limit) = (config.origins, config.connection_limit);
    lambda::connect(Connect::new(Join {
        connections,
        limiter,
        clock,
        identities,
        origins,
        rate,
        restriction_store,
        limit,
    }))
    .await
}
