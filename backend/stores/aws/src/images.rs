//! Images in one bucket with four prefixes: `uploads/`, which only the functions can read, `images/`, which CloudFront serves, and
//! `private/` with the images of private rooms, which CloudFront cannot read: the function `front` reads them for members. `pictures/` has
//! the pictures of people, which CloudFront serves, too.
//!
//! The announced length and type are part of the key of an upload, so that a function that knows only the message can check them. The
//! address is signed for both.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::{
    Client, error::SdkError, presigning::PresigningConfig, primitives::DateTime, types::MetadataDirective,
};
use chat::ports::{
    Result, Unavailable,
    images::{Images, Upload, Uploaded},
    messages::MessageKey,
    system::Clock,
};
use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ImageType, PersonId, Timestamp, image_path, limits, picture_path};

use crate::error_chain::chain;

mod backup;

/// Maximum number of deletions at the same time.
const AT_ONCE: usize = 32;

/// Cache control of images. An image never changes: its address is the key of its message, and a message keeps its image. CloudFront asks
/// for it again every hour all the same, so that a deleted image disappears there.
const IMMUTABLE: &str = "public, max-age=31536000, s-maxage=3600, immutable";

/// Cache control of pictures, which are replaced: a page asks for a new one with another query, which CloudFront tells apart.
const PICTURE_CACHE: &str = "public, max-age=3600";

/// The prefix of pictures.
const PICTURES: &str = "pictures/";

/// Number of objects that S3 lists in one answer.
const LISTED: i32 = 1_000;

/// [`Images`] in an S3 bucket.
pub struct S3Images {
    client: Client,
    bucket: String,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Images for S3Images {
    async fn address(&self, upload: &Upload) -> Result<String> {
        let doing = "signing an address for an upload";
        let config = PresigningConfig::builder()
            .start_time(std::time::UNIX_EPOCH + std::time::Duration::from_millis(self.clock.now().0))
            .expires_in(limits::UPLOAD_LIFE)
            .build()
            .map_err(Unavailable::while_doing(doing))?;
        let put = self.client.put_object().bucket(&self.bucket).key(upload_key(upload));
        let put = put.content_type(upload.kind.media_type()).content_length(i64::from(upload.size.get()));
        Ok(put.presigned(config).await.map_err(self.failed(doing))?.uri().to_owned())
    }

    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>> {
        let doing = "reading an upload";
        let range = format!("bytes=0-{}", Uploaded::HEAD - 1);
        let get = self.client.get_object().bucket(&self.bucket).key(upload_key(upload)).range(range);
        let object = match get.send().await {
            Ok(object) => object,
            Err(error) if status(&error) == Some(404) => return Ok(None),
            // The object is empty.
            Err(error) if status(&error) == Some(416) => {
                return Ok(Some(Uploaded { size: 0, head: Vec::new(), version: String::new() }));
            }
            Err(error) => return Err(self.failed(doing)(error)),
        };
        let whole = object.content_range.as_deref().and_then(|range| range.rsplit_once('/')?.1.parse().ok());
        let version = object.e_tag.unwrap_or_default();
        let head = object.body.collect().await.map_err(|error| self.unavailable(doing, chain(&error)))?.to_vec();
        Ok(Some(Uploaded { size: whole.unwrap_or(head.len() as u64), head, version }))
    }

    async fn keep(&self, upload: &Upload, version: &str) -> Result<bool> {
        let disposition = format!("inline; filename=\"image.{}\"", upload.kind.extension());
        let copy = self
            .client
            .copy_object()
            .bucket(&self.bucket)
            .key(image_key(&upload.message_key))
            // Only the `=` of an id would need escaping in a key, and S3 accepts it as it is.
            .copy_source(format!("{}/{}", self.bucket, upload_key(upload)))
            .copy_source_if_match(version)
            // The metadata of the upload is replaced by what the check found.
            .metadata_directive(MetadataDirective::Replace)
            .content_type(upload.kind.media_type())
            .content_disposition(disposition)
            .cache_control(IMMUTABLE);
        match copy.send().await {
            Ok(_) => Ok(true),
            Err(error) if matches!(status(&error), Some(404 | 412)) => Ok(false),
            Err(error) => Err(self.failed("keeping an image")(error)),
        }
    }

    async fn is_kept(&self, message_key: &MessageKey) -> Result<bool> {
        match self.client.head_object().bucket(&self.bucket).key(image_key(message_key)).send().await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(404) => Ok(false),
            Err(error) => Err(self.failed("looking for an image")(error)),
        }
    }

    async fn remove(&self, message_key: &MessageKey) -> Result<()> {
        self.delete(image_key(message_key)).await
    }

    async fn discard(&self, upload: &Upload) -> Result<()> {
        self.delete(upload_key(upload)).await
    }

    async fn put_picture(&self, person: &PersonId, kind: ImageType, bytes: &[u8]) -> Result<()> {
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(picture_key(person))
            .content_type(kind.media_type())
            .content_disposition(format!("inline; filename=\"picture.{}\"", kind.extension()))
            .cache_control(PICTURE_CACHE)
            .body(bytes.to_vec().into());
        put.send().await.map(drop).map_err(self.failed("keeping a picture"))
    }

    async fn picture(&self, person: &PersonId) -> Result<Option<Vec<u8>>> {
        self.content_of(picture_key(person)).await
    }

    async fn remove_picture(&self, person: &PersonId) -> Result<()> {
        self.delete(picture_key(person)).await
    }

    async fn pictures(&self, after: Option<&PersonId>, most: usize) -> Result<Vec<PersonId>> {
        let most = i32::try_from(most).unwrap_or(LISTED).min(LISTED);
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(PICTURES).max_keys(most);
        let list = list.set_start_after(after.map(picture_key));
        let listed = list.send().await.map_err(self.failed("listing the pictures"))?.contents.unwrap_or_default();
        Ok(listed.iter().filter_map(|object| object.key()?.strip_prefix(PICTURES)?.parse().ok()).collect())
    }

    async fn sweep(&self, before: Timestamp) -> Result<usize> {
        let doing = "listing the uploads";
        let before = DateTime::from_millis(i64::try_from(before.0).unwrap_or(i64::MAX));
        let mut pages = self.client.list_objects_v2().bucket(&self.bucket).prefix("uploads/").into_paginator().send();
        let mut swept = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(self.failed(doing))?;
            let old = page.contents.unwrap_or_default().into_iter();
            let old = old.filter(|object| object.last_modified.is_some_and(|put| put < before));
            let deletions: Vec<_> = old.filter_map(|object| Some(self.delete(object.key?))).collect();
            swept += deletions.len();
            stream::iter(deletions).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        }
        Ok(swept)
    }
}

impl S3Images {
    pub(crate) fn new(client: Client, bucket: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, bucket: bucket.to_owned(), clock }
    }

    async fn delete(&self, key: String) -> Result<()> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        delete.send().await.map(drop).map_err(self.failed("removing an image"))
    }

    fn failed<E: std::error::Error + 'static>(&self, doing: &'static str) -> impl FnOnce(E) -> Unavailable {
        move |error| self.unavailable(doing, chain(&error))
    }

    fn unavailable(&self, doing: &'static str, cause: String) -> Unavailable {
        Unavailable { doing, cause: format!("bucket {}: {cause}", self.bucket) }
    }
}

fn upload_key(upload: &Upload) -> String {
    let MessageKey { room, author, nonce } = &upload.message_key;
    format!("uploads/{author}/{room}/{nonce}/{}.{}", upload.size.get(), upload.kind.extension())
}

/// Returns the path on the page's host without its first slash: CloudFront asks the bucket for exactly that. Images of private rooms are
/// where it may not read, whatever path it is asked for.
fn image_key(message_key: &MessageKey) -> String {
    let MessageKey { room, author, nonce } = message_key;
    if room.is_private() {
        return format!("private/{author}/{room}/{nonce}");
    }
    image_path(room, author, nonce).split_off(1)
}

/// Returns the path on the page's host without its first slash.
fn picture_key(person: &PersonId) -> String {
    picture_path(person).split_off(1)
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

#[cfg(test)]
mod tests {
    use platform::system::SystemClock;

    use super::*;
    use crate::clients::{Account, Clients};

    #[test]
    fn cloudfront_is_never_asked_for_an_image_of_a_private_room() {
        for (room, expected) in
            [("cats", "images/ann/cats/n"), ("p-abcdefghijklmnopqrst", "private/ann/p-abcdefghijklmnopqrst/n")]
        {
            let key =
                MessageKey { room: room.parse().unwrap(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
            assert_eq!(image_key(&key), expected);
        }
    }

    #[tokio::test]
    async fn upload_addresses_have_the_origin_of_the_template() {
        let [region, access_key_id, secret_access_key] = ["eu-central-1", "id", "key"].map(str::to_owned);
        let account = Account { region, access_key_id, secret_access_key, session_token: None, endpoint: None };
        let images = Clients::new(account).images("chat-images", Arc::new(SystemClock));
        let message_key =
            MessageKey { room: "cats".parse().unwrap(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
        let upload = Upload { message_key, kind: ImageType::Png, size: 7.try_into().unwrap() };
        let address = images.address(&upload).await.unwrap();
        // UPLOAD_ORIGIN in template.yml.
        assert!(address.starts_with("https://chat-images.s3.eu-central-1.amazonaws.com/uploads/"), "{address}");
    }
}
