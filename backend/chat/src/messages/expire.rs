//! Expiry: removes messages at the end of their retention time, and then their images, in stores that do not expire items by
//! themselves.

use std::sync::Arc;

use crate::ports::{Result, images::Images, messages::Expiring};

/// Maximum number of messages that one commit removes, so that a send waits only some milliseconds for it.
const BATCH: usize = 200;

/// Removes expired messages and their images.
pub struct MessageExpiry {
    /// The message log.
    pub messages: Arc<dyn Expiring>,
    /// The image store.
    pub images: Arc<dyn Images>,
}

impl MessageExpiry {
    /// Removes all expired messages and returns their number. A crash after a message is removed and before its image is
    /// leaves the image in the store, but no page links to it any more.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer. It is safe to call this again.
    pub async fn expire(&self) -> Result<usize> {
        let mut count = 0;
        loop {
            let expired = self.messages.expire(BATCH).await?;
            for message_key in &expired {
                self.images.remove(message_key).await?;
            }
            count += expired.len();
            if expired.len() < BATCH {
                return Ok(count);
            }
        }
    }
}
