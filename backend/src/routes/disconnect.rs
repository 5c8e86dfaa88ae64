//! `$disconnect`: a socket has closed. Best effort; the sweep finds what this misses.

use std::sync::Arc;

use crate::{
    chat::{Broadcast, Leave},
    ports::{Clock, ConnectionId, Connections, Entropy, Outbox},
};

/// The `$disconnect` route.
pub struct Disconnect {
    leave: Leave,
}

impl Disconnect {
    /// Wires the route.
    pub fn new(
        connections: Arc<dyn Connections>,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { leave: Leave { broadcast: Broadcast { connections, outbox, clock, entropy } } }
    }

    /// Forgets the socket. Nobody is there to be told of an error, so it ends in the log.
    pub async fn handle(&self, connection: &ConnectionId) {
        match self.leave.leave(connection).await {
            Ok(()) => tracing::info!(%connection, "left"),
            Err(cause) => tracing::error!(%connection, %cause, "leaving failed; the sweep will make up for it"),
        }
    }
}
