//! Images of a backup.

use async_trait::async_trait;
use chat::ports::{
    Result,
    backup::{ImageRef, ImageSource, StoreError},
    messages::MessageKey,
};
use shared_types::PersonId;

use super::{IMMUTABLE, S3Images, image_key, picture_key, status};
use crate::error_chain::chain;

#[async_trait]
impl ImageSource for S3Images {
    async fn image(&self, image: &ImageRef) -> std::result::Result<Option<Vec<u8>>, StoreError> {
        Ok(self.content(&image.key).await?)
    }

    async fn picture(&self, person: &PersonId) -> std::result::Result<Option<Vec<u8>>, StoreError> {
        Ok(self.content_of(picture_key(person)).await?)
    }
}

impl S3Images {
    /// Returns the bytes of an image; `None` if it does not exist (any more).
    ///
    /// # Errors
    ///
    /// `Unavailable` when the bucket did not answer.
    pub async fn content(&self, key: &MessageKey) -> Result<Option<Vec<u8>>> {
        self.content_of(image_key(key)).await
    }

    /// Returns the bytes of an object; `None` if it does not exist (any more).
    pub(super) async fn content_of(&self, key: String) -> Result<Option<Vec<u8>>> {
        let doing = "reading an image";
        let object = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(error) if status(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(self.failed(doing)(error)),
        };
        let bytes = object.body.collect().await.map_err(|error| self.unavailable(doing, chain(&error)))?;
        Ok(Some(bytes.to_vec()))
    }

    /// Puts an image as `keep` publishes it.
    pub(crate) async fn put_restored(&self, image: ImageRef, bytes: Vec<u8>) -> Result<()> {
        let disposition = format!("inline; filename=\"image.{}\"", image.kind.extension());
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(image_key(&image.key))
            .content_type(image.kind.media_type())
            .content_disposition(disposition)
            .cache_control(IMMUTABLE)
            .body(bytes.into());
        put.send().await.map(drop).map_err(self.failed("restoring an image"))
    }

    /// Returns whether there is any image.
    pub(crate) async fn has_any(&self) -> Result<bool> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix("images/").max_keys(1);
        let listed = list.send().await.map_err(self.failed("listing the images"))?;
        Ok(!listed.contents.unwrap_or_default().is_empty())
    }
}
