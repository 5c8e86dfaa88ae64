//! The embedded adapters in a directory of their own.

use std::sync::Arc;

use backend::outbound::embedded::{EmbeddedConnections, EmbeddedMessages, Store};

use super::World;

pub(crate) async fn world() -> World {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    World {
        connections: Arc::new(EmbeddedConnections::default()),
        messages: Arc::new(EmbeddedMessages::new(store.clone())),
        secrets: Arc::new(store),
        _keep: Box::new(directory),
    }
}
