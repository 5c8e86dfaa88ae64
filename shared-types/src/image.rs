//! Metadata of a message's image.
//!
//! An image has no name of its own. It belongs to one message, and the message's key identifies it: author, room and nonce.
//! So a client cannot request another person's image, one in another room, or one image in two messages.

use std::{fmt, str::FromStr};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    Nonce, PersonId, RoomName,
    checked::{json_of_number, json_of_text},
    limits::{ALT_CHARS, IMAGE_BYTES, IMAGE_PIXELS, IMAGE_SIDE, PREVIEW_SIDE},
};

/// Image of a message, as everybody sees it before its bytes are loaded.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ChatImage {
    /// Type of the image.
    #[serde(rename = "type")]
    pub kind: ImageType,
    /// Size of the image.
    pub size: ImageSize,
    /// Width in pixels.
    pub width: ImageSide,
    /// Height in pixels.
    pub height: ImageSide,
    /// Colours that the page shows until the image is loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<ImagePreview>,
    /// Description of the image for people who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<AltText>,
}

impl ChatImage {
    /// Whether the image has at most [`IMAGE_PIXELS`] pixels. Sides within their own limit can have more.
    pub fn has_allowed_area(&self) -> bool {
        u64::from(self.width.get()) * u64::from(self.height.get()) <= u64::from(IMAGE_PIXELS)
    }
}

/// Returns the path of a message's image on the page's own host: `/images/{author}/{room}/{nonce}`.
pub fn image_path(room: &RoomName, author: &PersonId, nonce: &Nonce) -> String {
    ["/images/", author.as_str(), "/", room.as_str(), "/", nonce.as_str()].concat()
}

/// Image types that a chat shows. None of them can hold a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub enum ImageType {
    /// Portable Network Graphics.
    #[serde(rename = "image/png")]
    Png,
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// GIF, which may be animated.
    #[serde(rename = "image/gif")]
    Gif,
    /// WebP.
    #[serde(rename = "image/webp")]
    Webp,
}

impl ImageType {
    /// Every image type.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    /// Returns the media type, such as `image/png`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// Returns the file name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    /// Returns the type with this media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }
}

/// Size of an image in bytes: 1 to [`IMAGE_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImageSize(u32);

/// Width or height of an image in pixels: 1 to [`IMAGE_SIDE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImageSide(u32);

/// Error: a number of an image is 0 or above its limit. Its `Display` is a sentence for the sender of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageNumberError {
    limit: u32,
    unit: &'static str,
}

impl fmt::Display for ImageNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be from 1 to {} {}", self.limit, self.unit)
    }
}

impl std::error::Error for ImageNumberError {}

macro_rules! image_number {
    ($name:ident, $limit:expr, $unit:literal) => {
        impl $name {
            /// Returns the number.
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = ImageNumberError;

            fn try_from(number: u64) -> Result<Self, ImageNumberError> {
                let number = u32::try_from(number).ok().filter(|number| (1..=$limit).contains(number));
                number.map(Self).ok_or(ImageNumberError { limit: $limit, unit: $unit })
            }
        }
    };
}

image_number!(ImageSize, IMAGE_BYTES, "bytes");
image_number!(ImageSide, IMAGE_SIDE, "pixels");
json_of_number!(ImageSize, ImageSide);

/// Coarse colours of an image: [`PREVIEW_SIDE`]² of them in rows from the top left, three hexadecimal digits each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImagePreview(String);

impl ImagePreview {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the colours as red, green and blue from 0 to 255, row by row.
    pub fn colours(&self) -> impl Iterator<Item = [u8; 3]> {
        let level = |digit: u8| 17 * if digit < b'a' { digit - b'0' } else { digit - b'a' + 10 };
        self.0.as_bytes().chunks_exact(3).map(move |digits| [level(digits[0]), level(digits[1]), level(digits[2])])
    }
}

impl FromStr for ImagePreview {
    type Err = PreviewError;

    fn from_str(text: &str) -> Result<Self, PreviewError> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits && text.len() == PREVIEW_SIDE * PREVIEW_SIDE * 3 { Ok(Self(text.into())) } else { Err(PreviewError) }
    }
}

/// Error: a text is no [`ImagePreview`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviewError;

impl fmt::Display for PreviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be {} lower-case hexadecimal digits", PREVIEW_SIDE * PREVIEW_SIDE * 3)
    }
}

impl std::error::Error for PreviewError {}

/// Description of an image: 1 to [`ALT_CHARS`] characters in one line, trimmed. It is text, never markup.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AltText(String);

impl AltText {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AltText {
    type Err = AltTextError;

    fn from_str(text: &str) -> Result<Self, AltTextError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.chars().count() {
            1..=ALT_CHARS => Ok(Self(text)),
            _ => Err(AltTextError),
        }
    }
}

/// Error: a description is empty or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AltTextError;

impl fmt::Display for AltTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must have 1 to {ALT_CHARS} characters")
    }
}

impl std::error::Error for AltTextError {}

json_of_text!(ImagePreview, AltText);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_size_is_one_byte_to_the_limit() {
        for (size, good) in [(0, false), (1, true), (IMAGE_BYTES, true), (IMAGE_BYTES + 1, false)] {
            assert_eq!(ImageSize::try_from(u64::from(size)).is_ok(), good, "{size}");
        }
        assert!(ImageSize::try_from(u64::MAX).is_err());
    }

    #[test]
    fn an_image_side_is_one_pixel_to_the_limit() {
        for (side, good) in [(0, false), (1, true), (IMAGE_SIDE, true), (IMAGE_SIDE + 1, false)] {
            assert_eq!(ImageSide::try_from(u64::from(side)).is_ok(), good, "{side}");
        }
    }

    #[test]
    fn a_preview_is_exactly_sixteen_colours() {
        let preview: ImagePreview = "0af".repeat(16).parse().unwrap();
        assert_eq!(preview.colours().collect::<Vec<_>>(), vec![[0, 0xaa, 0xff]; 16]);
        for bad in ["", "0af", &"0AF".repeat(16), &"0af".repeat(17), &"\"/>".repeat(16)] {
            assert!(bad.parse::<ImagePreview>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_alt_text_is_one_line() {
        assert_eq!("  a cat\n on a mat ".parse::<AltText>().unwrap().as_str(), "a cat on a mat");
        assert!(" \n".parse::<AltText>().is_err());
        assert!("x".repeat(ALT_CHARS).parse::<AltText>().is_ok());
        assert!("x".repeat(ALT_CHARS + 1).parse::<AltText>().is_err());
    }

    #[test]
    fn an_image_path_is_its_message_key() {
        let path = image_path(&RoomName::lobby(), &"ann".parse().unwrap(), &"n-1".parse().unwrap());
        assert_eq!(path, "/images/ann/lobby/n-1");
    }
}
