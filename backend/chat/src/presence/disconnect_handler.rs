//! The `$disconnect` route: a connection has closed. Best effort; the sweep removes connections that this misses.

use std::sync::Arc;

use crate::{
    ports::{
        connection_gateway::ConnectionGateway,
        connections::{ConnectionId, Connections},
        system::{Clock, Entropy},
    },
    presence::{broadcast::Broadcast, disconnect::DisconnectRule},
};

/// Handles the `$disconnect` route.
pub struct DisconnectHandler {
    rule: DisconnectRule,
}

impl DisconnectHandler {
    /// Creates the handler.
    pub fn new(
        connections: Arc<dyn Connections>,
        gateway: Arc<dyn ConnectionGateway>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { rule: DisconnectRule { broadcast: Broadcast { connections, gateway, clock, entropy } } }
    }

    /// Removes the connection. No client is left to get an error, so errors are only logged.
    pub async fn handle(&self, connection: &ConnectionId) {
        match self.rule.disconnect(connection).await {
            Ok(()) => tracing::info!(%connection, "disconnected"),
            Err(cause) => tracing::error!(%connection, %cause, "disconnect failed; the sweep removes the connection"),
        }
    }
}
