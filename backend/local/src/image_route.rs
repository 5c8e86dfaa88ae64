//! `PUT /uploads/…` and `GET /images/…`, where no S3 and no CloudFront answer them.

use std::sync::Arc;

use chat::{
    content::images::image_type,
    ports::{
        Result,
        images::{Storage, Upload},
        messages::MessageKey,
    },
};
use shared_types::ImageType;

/// The images' route.
pub struct Images {
    storage: Arc<dyn Storage>,
}

impl Images {
    /// Wires the route.
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage }
    }

    /// The upload that an address was given out for, if it may be put there now.
    pub fn admit(&self, address: &str, media_type: &str, size: u64) -> Option<Upload> {
        self.storage.admit(address, media_type, size)
    }

    /// Takes in what was put.
    ///
    /// # Errors
    ///
    /// `Unavailable` when it could not be stored; putting it again is always right.
    pub async fn put(&self, upload: &Upload, bytes: Vec<u8>) -> Result<()> {
        self.storage.put(upload, bytes).await
    }

    /// The image at a path, as [`image_path`](shared_types::image_path) writes it, and what it is by its own bytes.
    ///
    /// # Errors
    ///
    /// `Unavailable` when it could not be read.
    pub async fn get(&self, path: &str) -> Result<Option<(ImageType, Vec<u8>)>> {
        let Some(message_key) = message_key(path) else { return Ok(None) };
        let bytes = self.storage.get(&message_key).await?;
        Ok(bytes.and_then(|bytes| Some((image_type(&bytes)?, bytes))))
    }
}

fn message_key(path: &str) -> Option<MessageKey> {
    let mut parts = path.strip_prefix("/images/")?.split('/');
    let (author, room, nonce) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(MessageKey { room, author, nonce })
}
