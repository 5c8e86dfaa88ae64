//! The embedded adapters in a directory of their own.

use std::sync::Arc;

use async_trait::async_trait;
use backend::{
    outbound::{
        embedded::{EmbeddedConnections, EmbeddedImages, EmbeddedLimiter, EmbeddedMessages, Store},
        system::{SystemClock, SystemEntropy},
    },
    ports::Storage,
};

use super::{Browser, World};

pub(crate) async fn world() -> World {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let images = EmbeddedImages::open(directory.path(), Arc::new(SystemClock), &SystemEntropy).unwrap();
    let images = Arc::new(images);
    World {
        connections: Arc::new(EmbeddedConnections::default()),
        messages: Arc::new(EmbeddedMessages::new(store.clone())),
        secrets: Arc::new(store),
        limiter: Arc::new(EmbeddedLimiter::new(Arc::new(SystemClock))),
        images: images.clone(),
        browser: images,
        _keep: Box::new(directory),
    }
}

/// As `inbound/local` does it.
#[async_trait]
impl Browser for EmbeddedImages {
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        let Some(upload) = self.admit(address, media_type, bytes.len() as u64) else { return false };
        Storage::put(self, &upload, bytes.to_vec()).await.is_ok()
    }
}
