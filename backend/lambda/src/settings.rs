//! The settings of the functions, one type for each. `template.yml` sets the variables; Lambda sets those of the account.

mod passphrase;
#[cfg(test)]
mod tests;
mod variables;

use std::{env, ops::RangeInclusive, time::Duration};

use chat::access::{origin::Origins, policy::AccessPolicy, rate_limit::RateLimits};
use shared_types::{AccessMode, PersonId};
use store_aws::clients::Account;

pub use self::passphrase::StoredPassphrase;
use self::{passphrase::with_passphrase, variables::Variables};
use crate::cloudfront::OriginKey;

/// An environment variable that is missing or invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}")]
pub struct BadVariable {
    /// Its name.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// Range of `POST_RATE`. An account has 10,000 requests a second by default over everything, 2,500 in some regions. A worker posts half of it
/// for 8 s, and begins with up to ten shards of 500 to 750 listeners.
const POST_RATE: RangeInclusive<u32> = 2_000..=100_000;

/// Number of workers that run at once: `MaximumConcurrency` in template.yml, and the least that Lambda allows.
const WORKERS: u32 = 2;

/// The settings of the function `connect`.
pub struct ConnectSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `LIMIT_CONNECTION_COUNT`, over all rooms
    pub connection_limit: u32,
    /// `LIMIT_PERSON_RATE` and `LIMIT_ADDRESS_RATE`, a minute; 0 is no limit
    pub rates: RateLimits,
    /// `PAGE_ORIGINS`, the origins of the chat's own page, with commas
    pub origins: Origins,
    /// `ORIGIN_KEY`, the secret that identifies CloudFront, with a comma and a second one while it changes; `none` on an AWS emulator, which
    /// has no CloudFront
    pub origin_key: OriginKey,
    /// `ACCESS` and what it needs: `PASSPHRASE`, `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_MODERATOR_CLAIM`, `MODERATORS`
    pub access_policy: AccessPolicy,
}

/// The settings of the function `disconnect`.
pub struct DisconnectSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
}

/// The settings of the function `cron`.
pub struct CronSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `MESSAGE_TABLE_NAME`
    pub message_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `IMAGE_BUCKET_NAME`
    pub image_bucket: String,
}

/// The settings of the function `send`.
pub struct SendSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `MESSAGE_TABLE_NAME`
    pub message_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `IMAGE_BUCKET_NAME`
    pub image_bucket: String,
    /// `LIMIT_MESSAGE_COUNT`, maximum number of messages in one answer
    pub page_size: usize,
    /// `ACCESS`
    pub access: AccessMode,
    /// `MODERATORS`, the ids of the configured moderators, with commas
    pub moderators: Vec<PersonId>,
    /// `MESSAGE_RETENTION_DAYS`; `None` keeps messages for ever.
    pub retention: Option<Duration>,
    /// `LIMIT_PERSON_RATE` and `LIMIT_ADDRESS_RATE`, a minute; 0 is no limit
    pub rates: RateLimits,
    /// `METRICS_NAMESPACE`, the namespace of the function's metrics in CloudWatch; `None` prints no metrics.
    pub metrics_namespace: Option<String>,
    /// `SHARD_QUEUE_URL`
    pub shard_queue: String,
    /// `DIRECT_LISTENERS`, maximum number of listeners that this function posts to itself
    pub direct_listeners: usize,
}

/// The settings of the function `deliver`.
pub struct DeliverSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `SHARD_QUEUE_URL`
    pub shard_queue: String,
    /// `DIRECT_LISTENERS`, the same as of `send`
    pub direct_listeners: usize,
    /// This worker's part of `POST_RATE`, the number of posts a second of all workers
    pub posts_per_second: u32,
    /// As in [`SendSettings`].
    pub metrics_namespace: Option<String>,
}

/// The settings of the function `front`.
pub struct FrontSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `MESSAGE_TABLE_NAME`
    pub message_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `LIMIT_MESSAGE_COUNT`, maximum number of messages on the page
    pub page_size: usize,
    /// `MESSAGE_RETENTION_DAYS`; `None` keeps messages for ever.
    pub retention: Option<Duration>,
    /// `ASSET_BUCKET_NAME`
    pub asset_bucket: String,
    /// `IMAGE_BUCKET_NAME`
    pub image_bucket: String,
    /// `WEBSOCKET_URI`, `wss://…/ws`
    pub socket: String,
    /// As in [`ConnectSettings`].
    pub origin_key: OriginKey,
    /// `UPLOAD_ORIGIN`, `https://…`: where browsers upload images. An emulator has its buckets at its only address.
    pub uploads: String,
    /// As in [`ConnectSettings`].
    pub access_policy: AccessPolicy,
    /// `PAGE_ORIGINS`, the origins of the chat's own page, with commas; the first is the one that a provider redirects to
    pub origins: Origins,
}

macro_rules! read_from_environment {
    ($($settings:ident),*) => {$(
        impl $settings {
            /// Reads the environment of this process.
            ///
            /// # Errors
            ///
            /// [`BadVariable`] names the first variable that is missing or invalid.
            pub fn from_environment() -> Result<Self, BadVariable> {
                Self::read(&Variables(&from_environment))
            }
        }
    )*};
}

read_from_environment!(DisconnectSettings, CronSettings, SendSettings, DeliverSettings);

macro_rules! read_with_passphrase {
    ($($settings:ident),*) => {$(
        impl $settings {
            /// Reads the environment of this process. A passphrase from the Parameter Store replaces the variable.
            ///
            /// # Errors
            ///
            /// [`BadVariable`] names the first variable that is missing or invalid.
            pub fn from_environment(stored_passphrase: Option<&str>) -> Result<Self, BadVariable> {
                Self::read(&Variables(&|name| with_passphrase(name, stored_passphrase)))
            }
        }
    )*};
}

read_with_passphrase!(ConnectSettings, FrontSettings);

impl ConnectSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connection_limit: variables.connection_limit()?,
            rates: variables.rates()?,
            origins: variables.origins()?,
            origin_key: variables.origin_key()?,
            access_policy: variables.access_policy()?,
        })
    }
}

impl DisconnectSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
        })
    }
}

impl CronSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            message_table: variables.text("MESSAGE_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            image_bucket: variables.text("IMAGE_BUCKET_NAME")?,
        })
    }
}

impl SendSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            message_table: variables.text("MESSAGE_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            image_bucket: variables.text("IMAGE_BUCKET_NAME")?,
            page_size: variables.page_size()?,
            access: variables.access()?,
            moderators: variables.moderators()?,
            retention: variables.retention()?,
            rates: variables.rates()?,
            metrics_namespace: variables.optional("METRICS_NAMESPACE"),
            shard_queue: variables.address("SHARD_QUEUE_URL", "http")?,
            direct_listeners: variables.direct_listeners()?,
        })
    }
}

impl DeliverSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            shard_queue: variables.address("SHARD_QUEUE_URL", "http")?,
            direct_listeners: variables.direct_listeners()?,
            posts_per_second: variables.number("POST_RATE", POST_RATE)? / WORKERS,
            metrics_namespace: variables.optional("METRICS_NAMESPACE"),
        })
    }
}

impl FrontSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        let account = variables.account()?;
        let uploads = variables.address("UPLOAD_ORIGIN", "http")?;
        Ok(Self {
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            message_table: variables.text("MESSAGE_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            page_size: variables.page_size()?,
            retention: variables.retention()?,
            asset_bucket: variables.text("ASSET_BUCKET_NAME")?,
            image_bucket: variables.text("IMAGE_BUCKET_NAME")?,
            socket: variables.address("WEBSOCKET_URI", "ws")?,
            origin_key: variables.origin_key()?,
            uploads: account.endpoint.clone().unwrap_or(uploads),
            account,
            access_policy: variables.access_policy()?,
            origins: variables.origins()?,
        })
    }
}

fn from_environment(name: &str) -> Option<String> {
    env::var(name).ok()
}
