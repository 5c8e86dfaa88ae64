//! Images, from the address that a browser is given to what is shown.

use async_trait::async_trait;
use shared_types::{ImageSize, ImageType, Timestamp};

use crate::ports::{Result, messages::MessageKey};

/// An image on its way: what its client announced. An image has no name but its message's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The message it belongs to.
    pub message_key: MessageKey,
    /// What its bytes are said to be.
    pub kind: ImageType,
    /// How many they are said to be.
    pub size: ImageSize,
}

/// What is found where an [`Upload`] was to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// How many bytes there are.
    pub size: u64,
    /// The first of them, [`Uploaded::HEAD`] at most.
    pub head: Vec<u8>,
    /// What tells these bytes from any others that were put there.
    pub version: String,
}

impl Uploaded {
    /// As many bytes are enough to know an image by. The size of a JPEG stands behind its colour profile, which is up to
    /// 64 KB in one piece.
    pub const HEAD: usize = 128 * 1024;
}

/// Images, in two places: where browsers put them, which nobody can read, and where they are shown from.
#[async_trait]
pub trait Images: Send + Sync {
    /// An address for one browser to put these bytes to, for `limits::UPLOAD_LIFE`. It MUST be of no use for more or
    /// fewer bytes, another type or another message.
    async fn address(&self, upload: &Upload) -> Result<String>;

    /// What was put there.
    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>>;

    /// Makes what was put there the image of its message, shown from `image_path`, if it still is that version; answers
    /// whether it was. When this has ended well the image MUST survive a crash and a power cut.
    async fn keep(&self, upload: &Upload, version: &str) -> Result<bool>;

    /// Whether a message has its image.
    async fn is_kept(&self, message_key: &MessageKey) -> Result<bool>;

    /// Removes the image of a message.
    async fn remove(&self, message_key: &MessageKey) -> Result<()>;

    /// Removes what was put there.
    async fn discard(&self, upload: &Upload) -> Result<()>;

    /// Removes everything that was put before that time and not discarded since; answers how many there were. What is
    /// kept stays.
    async fn sweep(&self, before: Timestamp) -> Result<usize>;
}

/// What storage does by itself on AWS, and a server of our own does for it elsewhere: takes in what browsers put, and
/// gives out what is kept.
#[async_trait]
pub trait Storage: Send + Sync {
    /// The upload that an address was given out for, if it was, is still good, and is for that type and number of bytes.
    fn admit(&self, address: &str, media_type: &str, size: u64) -> Option<Upload>;

    /// Takes in the bytes of an upload that was admitted, in the place of any that were there.
    async fn put(&self, upload: &Upload, bytes: Vec<u8>) -> Result<()>;

    /// The image of a message.
    async fn get(&self, message_key: &MessageKey) -> Result<Option<Vec<u8>>>;
}
