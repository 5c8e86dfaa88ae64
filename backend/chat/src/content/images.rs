//! Images: the checks of an uploaded image before it is shown.

use futures::future::{join_all, try_join_all};
use shared_types::{ChatImage, ImageSide, ImageType, MoreImages, UploadedPicture, limits::PICTURE_SIDE};

use crate::{
    content::image_header::is_unambiguous,
    messages::post::PostError,
    ports::{
        Result, Unavailable,
        images::{Images, Upload, Uploaded},
        messages::MessageKey,
    },
};

/// A refused image of a message. Its `Display` is a sentence for the author of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", self.which())]
pub struct RefusedImage {
    /// Its number, from 1.
    pub number: usize,
    /// The number of images of its message.
    pub count: usize,
    /// Why it was refused.
    pub fault: ImageFault,
}

impl RefusedImage {
    fn which(&self) -> String {
        if self.count > 1 { format!("image {} of {}: ", self.number, self.count) } else { String::new() }
    }
}

/// An image that may be shown with its message.
pub(crate) enum CheckedImage {
    /// The image was uploaded and is as announced.
    Uploaded { upload: Upload, version: String },
    /// An earlier attempt at the message has kept the image already.
    Kept,
}

/// Why an image was not accepted. Its `Display` is a sentence for the author of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// No image was uploaded for the message, or the sweep has removed it.
    #[error("the image is not there: upload it, then send the message")]
    Missing,
    /// The number of bytes differs from the announced one.
    #[error("the image has another size than was announced")]
    Size,
    /// The first bytes are not those of an image, or not complete.
    #[error("this file is not an image that can be shown")]
    NoImage,
    /// The type of the image differs from the announced one.
    #[error("the image is of another kind than was announced")]
    Kind,
    /// The width or height differs from the announced one.
    #[error("the image has another width or height than was announced")]
    Sides,
}

/// Checks the uploads of a message, all at the same time. An upload that is not as announced is removed. If one is refused, none of them
/// may be kept.
pub(crate) async fn check(
    images: &dyn Images,
    message_key: &MessageKey,
    image: &ChatImage,
) -> std::result::Result<Vec<CheckedImage>, PostError> {
    let checks = image.all().enumerate().map(|(number, image)| async move {
        match message_key.of_image(number) {
            Some(key) => check_one(images, key, image).await,
            None => Ok(Err(ImageFault::Missing)),
        }
    });
    let count = image.count();
    // All of them end: a check that is dropped may leave a wrong upload.
    let checked = join_all(checks).await.into_iter().zip(1..);
    checked.map(|(checked, number)| checked?.map_err(|fault| RefusedImage { number, count, fault }.into())).collect()
}

async fn check_one(
    images: &dyn Images,
    message_key: MessageKey,
    image: &ChatImage,
) -> Result<std::result::Result<CheckedImage, ImageFault>> {
    let upload = Upload { message_key, kind: image.kind, size: image.size };
    let Some(found) = images.uploaded(&upload).await? else {
        let kept = images.is_kept(&upload.message_key).await?;
        return Ok(if kept { Ok(CheckedImage::Kept) } else { Err(ImageFault::Missing) });
    };
    Ok(match fault_of(&found, image) {
        None => Ok(CheckedImage::Uploaded { upload, version: found.version }),
        Some(fault) => {
            images.discard(&upload).await?;
            Err(fault)
        }
    })
}

/// Keeps the images of a message, so that they are shown with it. If the store fails in between, some of them are kept, and the next
/// attempt keeps the others.
pub(crate) async fn keep(images: &dyn Images, checked: &[CheckedImage]) -> Result<()> {
    try_join_all(checked.iter().map(|checked| keep_one(images, checked))).await.map(drop)
}

/// Removes the first `count` images of a message, or what there is of them.
pub(crate) async fn remove(images: &dyn Images, message_key: &MessageKey, count: usize) -> Result<()> {
    let keys: Vec<_> = (0..count).filter_map(|number| message_key.of_image(number)).collect();
    try_join_all(keys.iter().map(|key| images.remove(key))).await.map(drop)
}

async fn keep_one(images: &dyn Images, checked: &CheckedImage) -> Result<()> {
    let CheckedImage::Uploaded { upload, version } = checked else { return Ok(()) };
    // If the version has changed, a client uploaded other bytes after the check; or a second attempt was first, and the image
    // is kept already.
    if images.keep(upload, version).await? || images.is_kept(&upload.message_key).await? {
        return Ok(());
    }
    Err(Unavailable { doing: "keeping an image", cause: "it changed while it was looked at".into() })
}

/// Returns what is wrong with an upload. The dimensions are checked like the size, because a small file with large dimensions
/// may fill a reader's memory.
pub(crate) fn fault_of(found: &Uploaded, image: &ChatImage) -> Option<ImageFault> {
    if found.size != u64::from(image.size.get()) {
        return Some(ImageFault::Size);
    }
    let Some(kind) = image_type(&found.head) else { return Some(ImageFault::NoImage) };
    let Ok(size) = imagesize::blob_size(&found.head) else { return Some(ImageFault::NoImage) };
    if kind != image.kind {
        return Some(ImageFault::Kind);
    }
    let dimensions = (image.width.get(), image.height.get());
    if (u32::try_from(size.width), u32::try_from(size.height)) != (Ok(dimensions.0), Ok(dimensions.1)) {
        return Some(ImageFault::Sides);
    }
    (!is_unambiguous(kind, &found.head, dimensions)).then_some(ImageFault::NoImage)
}

/// Returns what is wrong with the upload of a person's picture.
pub(crate) fn picture_fault(
    found: &Uploaded,
    UploadedPicture { kind, size, .. }: &UploadedPicture,
) -> Option<ImageFault> {
    let Ok(side) = ImageSide::try_from(u64::from(PICTURE_SIDE)) else { return Some(ImageFault::Sides) };
    let (preview, alt, more) = (None, None, MoreImages::default());
    fault_of(found, &ChatImage { kind: *kind, size: *size, width: side, height: side, preview, alt, more })
}

/// Returns whether a whole image file says that it has several frames.
pub(crate) fn is_animated(kind: ImageType, bytes: &[u8]) -> bool {
    match kind {
        // The flags of an extended file, and the chunks with frames.
        ImageType::Webp => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0b10 != 0)
                || chunks(bytes, 12, 4, u32::from_le_bytes).any(|kind| kind == b"ANIM" || kind == b"ANMF")
        }
        ImageType::Png => chunks(bytes, 8, 0, u32::from_be_bytes).any(|kind| kind == b"acTL"),
        ImageType::Jpeg => false,
        ImageType::Gif => true,
    }
}

/// Returns the names of the chunks of a PNG, whose length is before the name, or of a WebP, whose length is after it. `length_at` is the
/// offset of the length in a chunk.
fn chunks(
    bytes: &[u8],
    mut at: usize,
    length_at: usize,
    length: impl Fn([u8; 4]) -> u32,
) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let head = bytes.get(at..)?.get(..8)?;
        let (name, size) = if length_at == 0 { (&head[4..], &head[..4]) } else { (&head[..4], &head[4..]) };
        let size = usize::try_from(length(size.try_into().ok()?)).ok()?;
        // A chunk of a PNG ends with a checksum, and one of a WebP has an even length.
        let end = if length_at == 0 { size.checked_add(4)? } else { size.checked_add(size % 2)? };
        at = at.checked_add(8)?.checked_add(end)?;
        Some(name)
    })
}

/// Returns the type of an image according to its first bytes.
pub fn image_type(head: &[u8]) -> Option<ImageType> {
    match imagesize::image_type(head).ok()? {
        imagesize::ImageType::Png => Some(ImageType::Png),
        imagesize::ImageType::Jpeg => Some(ImageType::Jpeg),
        imagesize::ImageType::Gif => Some(ImageType::Gif),
        imagesize::ImageType::Webp => Some(ImageType::Webp),
        _ => None,
    }
}
