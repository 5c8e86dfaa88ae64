//! Leaving.

use crate::{
    ports::{Result, connections::ConnectionId},
    presence::broadcast::Broadcast,
};

/// The rule of leaving.
pub struct DisconnectRule {
    /// Those who stay are told.
    pub broadcast: Broadcast,
}

impl DisconnectRule {
    /// Forgets a connection and tells the others who is left.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; the sweep makes up for it.
    pub async fn leave(&self, id: &ConnectionId) -> Result<()> {
        match self.broadcast.connections.remove(id).await? {
            Some(gone) => self.broadcast.left(&gone.room, &[&gone], self.broadcast.patience_ends()).await,
            None => Ok(()),
        }
    }
}
