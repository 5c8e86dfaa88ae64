//! The contract of the ports on the stores in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

use std::sync::Arc;

use async_trait::async_trait;
use chat_testing::contract::{Browser, Stores};
use store_memory::{
    connections::MemoryConnections, devices::MemoryDevices, images::MemoryImages, messages::MemoryMessages,
    moderation::MemoryModeration, passkeys::MemoryPasskeys, profiles::MemoryProfiles, rate_store::MemoryRateStore,
    read_positions::MemoryReadPositions, room_directory::MemoryRoomDirectory, room_members::MemoryRoomMembers,
    secrets::MemorySecrets, tokens::MemoryTokens, usage_store::MemoryUsage,
};

chat_testing::contract_tests!(crate::stores);

async fn stores() -> Stores {
    let images = Arc::new(MemoryImages::default());
    let log = Arc::new(MemoryMessages::default());
    let all = Arc::new(MemoryConnections::default());
    Stores {
        connections: all.clone(),
        shards: all,
        messages: log.clone(),
        usage: Arc::new(MemoryUsage::new(log.clone())),
        saved: log,
        moderation: Arc::new(MemoryModeration::default()),
        members: Arc::new(MemoryRoomMembers::default()),
        devices: Arc::new(MemoryDevices::default()),
        profiles: Arc::new(MemoryProfiles::default()),
        passkeys: Arc::new(MemoryPasskeys::default()),
        secrets: Arc::new(MemorySecrets::default()),
        images: images.clone(),
        rate_store: Arc::new(MemoryRateStore::default()),
        tokens: Arc::new(MemoryTokens::default()),
        room_directory: Arc::new(MemoryRoomDirectory::default()),
        read_positions: Arc::new(MemoryReadPositions::default()),
        browser: Arc::new(MemoryBrowser(images)),
        _keep: Box::new(()),
    }
}

/// Uploads directly into the store.
struct MemoryBrowser(Arc<MemoryImages>);

#[async_trait]
impl Browser for MemoryBrowser {
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        self.0.put(address, media_type, bytes)
    }
}
