//! `PUT /uploads/…` and `GET /images/…`, which S3 and CloudFront answer on AWS.

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

/// Takes uploads and serves images.
pub struct Images {
    storage: Arc<dyn Storage>,
}

impl Images {
    /// Creates the route.
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage }
    }

    /// Returns the upload of a signed address, if the address is valid for this type and size.
    pub fn admit(&self, address: &str, media_type: &str, size: u64) -> Option<Upload> {
        self.storage.admit(address, media_type, size)
    }

    /// Stores the bytes of an upload.
    ///
    /// # Errors
    ///
    /// `Unavailable` if they could not be stored. It is safe to repeat.
    pub async fn put(&self, upload: &Upload, bytes: Vec<u8>) -> Result<()> {
        self.storage.put(upload, bytes).await
    }

    /// Returns the image of a path, as [`image_path`](shared_types::image_path) writes it, and its type by its bytes.
    ///
    /// # Errors
    ///
    /// `Unavailable` if it could not be read.
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
