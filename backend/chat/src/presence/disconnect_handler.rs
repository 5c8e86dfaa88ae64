//! `$disconnect`: a socket has closed. Best effort; the sweep finds what this misses.

use std::sync::Arc;

use crate::{
    ports::{
        connection_gateway::ConnectionGateway,
        connections::{ConnectionId, Connections},
        system::{Clock, Entropy},
    },
    presence::{broadcast::Broadcast, disconnect::DisconnectRule},
};

/// The `$disconnect` route.
pub struct DisconnectHandler {
    leave: DisconnectRule,
}

impl DisconnectHandler {
    /// Wires the route.
    pub fn new(
        connections: Arc<dyn Connections>,
        gateway: Arc<dyn ConnectionGateway>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { leave: DisconnectRule { broadcast: Broadcast { connections, gateway, clock, entropy } } }
    }

    /// Forgets the socket. Nobody is there to be told of an error, so it ends in the log.
    pub async fn handle(&self, connection: &ConnectionId) {
        match self.leave.leave(connection).await {
            Ok(()) => tracing::info!(%connection, "left"),
            Err(cause) => tracing::error!(%connection, %cause, "leaving failed; the sweep will make up for it"),
        }
    }
}
