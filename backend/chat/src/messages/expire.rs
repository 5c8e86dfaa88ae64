//! What has been kept long enough goes, where it does not go by itself: messages, and their images after them.

use std::sync::Arc;

use crate::ports::{Result, images::Images, messages::Expiring};

/// The most messages that go with one commit, so that nobody who sends waits for long: some milliseconds.
const AT_ONCE: usize = 200;

/// The rule of expiry.
pub struct MessageExpiry {
    /// The log.
    pub messages: Arc<dyn Expiring>,
    /// The images.
    pub images: Arc<dyn Images>,
}

impl MessageExpiry {
    /// Removes all that has been kept long enough; answers with how many messages that was. A crash between a message and its
    /// image leaves the image where nobody is shown its address any more.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; doing it again is always right.
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
