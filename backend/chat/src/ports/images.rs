//! Storage of images: from the upload address for a browser to the published image.

use async_trait::async_trait;
use shared_types::{ImageSize, ImageType, PersonId, Timestamp};

use crate::ports::{Result, messages::MessageKey};

/// An upload that a client announced. An image has no id of its own: it is found by its message's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The message it belongs to.
    pub message_key: MessageKey,
    /// The announced media type.
    pub kind: ImageType,
    /// The announced size in bytes.
    pub size: ImageSize,
}

/// The file that a browser stored for an [`Upload`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its size in bytes.
    pub size: u64,
    /// Its first bytes, at most [`Uploaded::HEAD`].
    pub head: Vec<u8>,
    /// The version of the file: it differs from that of any other bytes stored for the same upload.
    pub version: String,
}

impl Uploaded {
    /// Number of bytes that suffice to recognize an image: 128 KB. The size of a JPEG comes after its colour profile, which has
    /// up to 64 KB in one segment.
    pub const HEAD: usize = 128 * 1024;
}

/// The store of images. It has three areas: uploads, which clients can write but not read, published images, and the pictures of people.
#[async_trait]
pub trait Images: Send + Sync {
    /// Returns the address to which a browser may upload the file within `limits::UPLOAD_LIFE`. It MUST be invalid for another
    /// size, another type and another message.
    async fn address(&self, upload: &Upload) -> Result<String>;

    /// Returns the uploaded file.
    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>>;

    /// Publishes the uploaded file as the image of its message, at `image_path`, if it still has that version. Returns whether
    /// it had. After success the image MUST survive a crash and a power cut.
    async fn keep(&self, upload: &Upload, version: &str) -> Result<bool>;

    /// Returns whether the image of a message is published.
    async fn is_kept(&self, message_key: &MessageKey) -> Result<bool>;

    /// Removes the published image of a message.
    async fn remove(&self, message_key: &MessageKey) -> Result<()>;

    /// Removes the uploaded file.
    async fn discard(&self, upload: &Upload) -> Result<()>;

    /// Publishes the picture of a person at `picture_path`, or replaces it. A reader MUST see the old picture or the new one. After success it
    /// MUST survive a crash and a power cut.
    async fn put_picture(&self, person: &PersonId, kind: ImageType, bytes: &[u8]) -> Result<()>;

    /// Returns the bytes of the picture of a person.
    async fn picture(&self, person: &PersonId) -> Result<Option<Vec<u8>>>;

    /// Removes the picture of a person. Does nothing if there is none.
    async fn remove_picture(&self, person: &PersonId) -> Result<()>;

    /// Returns people who have a picture, at most `most`: those with the lowest ids, or with the lowest ones above `after`.
    async fn pictures(&self, after: Option<&PersonId>, most: usize) -> Result<Vec<PersonId>>;

    /// Removes all files that were uploaded before that time and not discarded since. Returns their number. Published images
    /// and pictures stay.
    async fn sweep(&self, before: Timestamp) -> Result<usize>;
}
