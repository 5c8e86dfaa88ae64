//! Removes messages and their images after the retention time, where the store does not do it by itself.

use std::sync::Arc;

use crate::ports::{Result, images::Images, messages::Expiring};

/// Maximum number of messages that one commit removes, so that a send waits for some milliseconds only.
const AT_ONCE: usize = 200;

/// Removes expired messages.
pub struct MessageExpiry {
    /// The log.
    pub messages: Arc<dyn Expiring>,
    /// The images.
    pub images: Arc<dyn Images>,
}

impl MessageExpiry {
    /// Removes all expired messages and returns their number. A crash between a message and its image leaves the image; no client is
    /// given its address any more.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the store did not answer. It is safe to repeat.
    pub async fn expire(&self) -> Result<usize> {
        let mut count = 0;
        loop {
            let gone = self.messages.expire(AT_ONCE).await?;
            for message_key in &gone {
                self.images.remove(message_key).await?;
            }
            count += gone.len();
            if gone.len() < AT_ONCE {
                return Ok(count);
            }
        }
    }
}
