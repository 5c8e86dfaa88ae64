//! Disconnect: removes a connection.

use crate::{
    ports::{Result, connections::ConnectionId},
    presence::broadcast::Broadcast,
};

/// Removes connections that have closed.
pub struct DisconnectRule {
    /// Tells the remaining people who left.
    pub broadcast: Broadcast,
}

impl DisconnectRule {
    /// Removes a connection and tells the remaining people who left.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer. The sweep removes the connection then.
    pub async fn disconnect(&self, id: &ConnectionId) -> Result<()> {
        match self.broadcast.connections.remove(id).await? {
            Some(removed) => self.broadcast.left(&removed.room, &[&removed], self.broadcast.retry_until()).await,
            None => Ok(()),
        }
    }
}
