//! The `$disconnect` route: a connection has closed. Best effort; the sweep removes connections that this misses.

use std::sync::Arc;

use crate::{
    ports::{
        Result,
        connection_gateway::ConnectionGateway,
        connections::{ConnectionId, Connections},
        system::{Clock, Entropy},
    },
    presence::broadcast::Broadcast,
};

/// Handles the `$disconnect` route.
pub struct DisconnectHandler {
    broadcast: Broadcast,
}

impl DisconnectHandler {
    /// Creates the handler.
    pub fn new(
        connections: Arc<dyn Connections>,
        gateway: Arc<dyn ConnectionGateway>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { broadcast: Broadcast { connections, gateway, clock, entropy, deadline: None, large_rooms: None } }
    }

    /// Removes the connection and tells the remaining people who left. No client is left to get an error, so errors are only logged.
    pub async fn handle(&self, connection: &ConnectionId) {
        match self.disconnect(connection).await {
            Ok(()) => tracing::info!(%connection, "disconnected"),
            Err(cause) => tracing::error!(%connection, %cause, "disconnect failed; the sweep removes the connection"),
        }
    }

    async fn disconnect(&self, id: &ConnectionId) -> Result<()> {
        match self.broadcast.connections.remove(id).await? {
            Some(removed) => self.broadcast.left(&removed.room, &[&removed], self.broadcast.posting_deadline()).await,
            None => Ok(()),
        }
    }
}
