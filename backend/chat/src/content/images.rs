//! Images: where they may be put, and what has to be true of one before it is shown.

use shared_types::{ChatImage, ImageType};

use crate::{
    content::image_header::is_plain,
    messages::post::PostError,
    ports::{
        Result, Unavailable,
        images::{Images, Upload, Uploaded},
        messages::MessageKey,
    },
};

/// An image that may be shown with its message.
pub(crate) enum Checked {
    /// It was uploaded and is what it was said to be.
    Uploaded { upload: Upload, version: String },
    /// An earlier attempt at the message has kept it already.
    Kept,
}

/// Why a message can't have the image it names. Its `Display` is a sentence for the person whose image it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// Nothing was uploaded for the message, or so long ago that it was swept away.
    #[error("the image is not there: upload it, then send the message")]
    Missing,
    /// It has another size than was announced.
    #[error("the image has another size than was announced")]
    Size,
    /// Its first bytes are no image's, or not whole.
    #[error("this file is not an image that can be shown")]
    NoImage,
    /// It is an image, but of another kind than was announced.
    #[error("the image is of another kind than was announced")]
    Kind,
    /// It has other sides than were announced.
    #[error("the image has another width or height than was announced")]
    Sides,
}

/// Looks at what was uploaded for a message. An image that is not what it was said to be is removed.
pub(crate) async fn check(
    images: &dyn Images,
    message_key: &MessageKey,
    image: &ChatImage,
) -> std::result::Result<Checked, PostError> {
    let upload = Upload { message_key: message_key.clone(), kind: image.kind, size: image.size };
    let Some(found) = images.uploaded(&upload).await? else {
        let kept = images.is_kept(message_key).await?;
        return if kept { Ok(Checked::Kept) } else { Err(ImageFault::Missing.into()) };
    };
    match fault_of(&found, image) {
        None => Ok(Checked::Uploaded { upload, version: found.version }),
        Some(fault) => {
            images.discard(&upload).await?;
            Err(fault.into())
        }
    }
}

/// Makes an image the one that is shown with its message.
pub(crate) async fn keep(images: &dyn Images, checked: &Checked) -> Result<()> {
    let Checked::Uploaded { upload, version } = checked else { return Ok(()) };
    // Where it is another by now somebody puts other bytes there while we look; or a second attempt was first, and then it
    // is kept.
    if images.keep(upload, version).await? || images.is_kept(&upload.message_key).await? {
        return Ok(());
    }
    Err(Unavailable { doing: "keeping an image", cause: "it changed while it was looked at".into() })
}

/// What is wrong with an image. Its sides count as much as its bytes: a small file may fill a reader's memory.
pub(crate) fn fault_of(found: &Uploaded, image: &ChatImage) -> Option<ImageFault> {
    if found.size != u64::from(image.size.get()) {
        return Some(ImageFault::Size);
    }
    let Some(kind) = image_type(&found.head) else { return Some(ImageFault::NoImage) };
    let Ok(size) = imagesize::blob_size(&found.head) else { return Some(ImageFault::NoImage) };
    if kind != image.kind {
        return Some(ImageFault::Kind);
    }
    let sides = (image.width.get(), image.height.get());
    if (u32::try_from(size.width), u32::try_from(size.height)) != (Ok(sides.0), Ok(sides.1)) {
        return Some(ImageFault::Sides);
    }
    (!is_plain(kind, &found.head, sides)).then_some(ImageFault::NoImage)
}

/// What an image is by its first bytes, whatever anybody says about it.
pub fn image_type(head: &[u8]) -> Option<ImageType> {
    match imagesize::image_type(head).ok()? {
        imagesize::ImageType::Png => Some(ImageType::Png),
        imagesize::ImageType::Jpeg => Some(ImageType::Jpeg),
        imagesize::ImageType::Gif => Some(ImageType::Gif),
        imagesize::ImageType::Webp => Some(ImageType::Webp),
        _ => None,
    }
}
