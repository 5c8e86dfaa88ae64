//! Removes messages and their images after the retention time, where the store does not do it by itself.

use std::sync::Arc;

use crate::{
    content::images,
    ports::{Result, images::Images, messages::Expiring},
};

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
    /// Removes all expired messages and returns their number. A crash between a message and its images leaves them; no client is given
    /// their addresses any more.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the store did not answer. It is safe to repeat.
    pub async fn expire(&self) -> Result<usize> {
        let mut count = 0;
        loop {
            let gone = self.messages.expire(AT_ONCE).await?;
            for (message_key, count) in &gone {
                images::remove(self.images.as_ref(), message_key, *count).await?;
            }
            count += gone.len();
            if gone.len() < AT_ONCE {
                return Ok(count);
            }
        }
    }
}
