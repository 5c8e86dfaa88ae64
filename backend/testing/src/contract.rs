//! The contract of the ports: one suite, run against every implementation.
//!
//! A crate that implements the ports calls [`contract_tests!`](crate::contract_tests) with a function that returns empty
//! [`Stores`]; each case becomes a test of that crate.

use std::sync::Arc;

use async_trait::async_trait;
use chat::ports::{
    connections::Connections, devices::Devices, images::Images, messages::Messages, moderation::Moderation,
    passkeys::Passkeys, profiles::Profiles, rate_store::RateStore, read_positions::ReadPositions,
    room_directory::RoomDirectory, room_members::RoomMembers, saved_messages::SavedMessages, secrets::Secrets,
    shards::Shards, tokens::Tokens, usage_store::UsageStore,
};

pub mod connections;
pub mod devices;
pub mod fixtures;
pub mod idempotency;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod passkeys;
pub mod profiles;
pub mod rate_store;
pub mod read_positions;
pub mod roles;
pub mod room_directory;
pub mod room_members;
pub mod saved_messages;
pub mod secrets;
pub mod shards;
pub mod threads;
pub mod tokens;
pub mod usage;
pub mod watchers;

/// The stores of one deployment target, empty.
pub struct Stores {
    pub connections: Arc<dyn Connections>,
    /// The same connections.
    pub shards: Arc<dyn Shards>,
    pub messages: Arc<dyn Messages>,
    pub saved: Arc<dyn SavedMessages>,
    pub moderation: Arc<dyn Moderation>,
    pub members: Arc<dyn RoomMembers>,
    pub devices: Arc<dyn Devices>,
    pub profiles: Arc<dyn Profiles>,
    pub passkeys: Arc<dyn Passkeys>,
    pub secrets: Arc<dyn Secrets>,
    pub images: Arc<dyn Images>,
    pub rate_store: Arc<dyn RateStore>,
    pub tokens: Arc<dyn Tokens>,
    pub read_positions: Arc<dyn ReadPositions>,
    pub room_directory: Arc<dyn RoomDirectory>,
    /// The usage figures of the same messages.
    pub usage: Arc<dyn UsageStore>,
    pub browser: Arc<dyn Browser>,
    /// A resource that must live as long as the stores, such as a temporary directory.
    pub _keep: Box<dyn std::any::Any + Send + Sync>,
}

/// A client that uploads to a signed address.
#[async_trait]
pub trait Browser: Send + Sync {
    /// Puts bytes to an address. Returns whether they were accepted.
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool;
}

/// Lists the cases of one module, for [`contract_tests!`](crate::contract_tests).
macro_rules! contract {
    ($export:ident $module:ident { $($case:ident)* }) => {
        contract! { @with ($) $export $module { $($case)* } }
    };
    (@with ($d:tt) $export:ident $module:ident { $($case:ident)* }) => {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $export {
            ($d stores:path) => {
                $(
                    #[tokio::test(flavor = "multi_thread")]
                    async fn $case() {
                        ::chat_testing::contract::$module::$case($d stores().await).await;
                    }
                )*
            };
        }
    };
}
use contract;

/// Runs every case of the contract against the stores that an async function returns: `contract_tests!(crate::stores)`.
#[macro_export]
macro_rules! contract_tests {
    ($stores:path) => {
        mod connections {
            $crate::connections_contract!($stores);
        }
        mod devices {
            $crate::devices_contract!($stores);
        }
        mod idempotency {
            $crate::idempotency_contract!($stores);
        }
        mod images {
            $crate::images_contract!($stores);
        }
        mod messages {
            $crate::messages_contract!($stores);
        }
        mod moderation {
            $crate::moderation_contract!($stores);
        }
        mod profiles {
            $crate::profiles_contract!($stores);
        }
        mod passkeys {
            $crate::passkeys_contract!($stores);
        }
        mod rate_store {
            $crate::rate_store_contract!($stores);
        }
        mod read_positions {
            $crate::read_positions_contract!($stores);
        }
        mod roles {
            $crate::roles_contract!($stores);
        }
        mod room_directory {
            $crate::room_directory_contract!($stores);
        }
        mod room_members {
            $crate::room_members_contract!($stores);
        }
        mod saved_messages {
            $crate::saved_messages_contract!($stores);
        }
        mod secrets {
            $crate::secrets_contract!($stores);
        }
        mod shards {
            $crate::shards_contract!($stores);
        }
        mod threads {
            $crate::threads_contract!($stores);
        }
        mod tokens {
            $crate::tokens_contract!($stores);
        }
        mod usage {
            $crate::usage_contract!($stores);
        }
        mod watchers {
            $crate::watchers_contract!($stores);
        }
    };
}
