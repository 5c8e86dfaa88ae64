//! The contract of the ports: one suite, run against every implementation.
//!
//! The embedded store needs nothing. DynamoDB is asked at `CONTRACT_AWS_ENDPOINT`; `cargo xtask test` starts a stand-in
//! and sets it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

use std::sync::Arc;

use async_trait::async_trait;
use backend::ports::{Connections, Images, Limiter, Messages, Moderation, Secrets};

#[cfg(feature = "aws")]
#[path = "contract/aws.rs"]
mod aws;
#[path = "contract/claims.rs"]
mod claims;
#[path = "contract/connections.rs"]
mod connections;
#[cfg(feature = "embedded")]
#[path = "contract/embedded.rs"]
mod embedded;
#[path = "contract/fixtures.rs"]
mod fixtures;
#[path = "contract/images.rs"]
mod images;
#[path = "contract/limiter.rs"]
mod limiter;
#[path = "support/memory.rs"]
mod memory;
#[path = "contract/messages.rs"]
mod messages;
#[path = "contract/moderation.rs"]
mod moderation;
#[path = "contract/secrets.rs"]
mod secrets;

/// One home's adapters, empty.
pub(crate) struct World {
    pub(crate) connections: Arc<dyn Connections>,
    pub(crate) messages: Arc<dyn Messages>,
    pub(crate) moderation: Arc<dyn Moderation>,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) images: Arc<dyn Images>,
    pub(crate) limiter: Arc<dyn Limiter>,
    pub(crate) browser: Arc<dyn Browser>,
    /// What has to live as long as the world: a directory, say.
    pub(crate) _keep: Box<dyn std::any::Any + Send + Sync>,
}

/// Somebody who was given an address.
#[async_trait]
pub(crate) trait Browser: Send + Sync {
    /// Puts bytes there; answers whether they were taken in.
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool;
}

/// The cases of one list, each against every implementation.
macro_rules! contract {
    ($($case:ident)*) => {
        #[cfg(feature = "embedded")]
        mod on_the_embedded_store {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(crate::embedded::world().await).await;
            })*
        }

        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(crate::in_memory()).await;
            })*
        }

        #[cfg(feature = "aws")]
        mod on_dynamodb {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(crate::aws::world().await).await;
            })*
        }
    };
}
pub(crate) use contract;

/// What the simulation stands on.
fn in_memory() -> World {
    let images = Arc::new(memory::MemoryImages::default());
    World {
        connections: Arc::new(memory::MemoryConnections::default()),
        messages: Arc::new(memory::MemoryMessages::default()),
        moderation: Arc::new(memory::MemoryModeration::default()),
        secrets: Arc::new(memory::MemorySecrets::default()),
        images: images.clone(),
        limiter: Arc::new(memory::MemoryLimiter::default()),
        browser: images,
        _keep: Box::new(()),
    }
}

#[async_trait]
impl Browser for memory::MemoryImages {
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        self.take_in(address, media_type, bytes)
    }
}
