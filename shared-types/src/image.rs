//! Metadata of a message's image.
//!
//! An image has no name of its own. It belongs to one message, and the message's key identifies it: author, room and nonce.
//! So a client cannot request another person's image, one in another room, or one image in two messages.
//!
//! A message can have several images. The first one has the key of the message, and the others have keys made of it ([`numbered`]).

use std::{fmt, str::FromStr};

use light_json::{FromJson, Json, JsonError, ToJson, Value, Writer};
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    Nonce, PersonId, RoomName,
    checked::{json_of_number, json_of_text, scalar_schema},
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
    /// The other images of the message, if this is the first one; at most [`crate::limits::MESSAGE_IMAGES`] with it. They have no others themselves.
    #[serde(default, skip_serializing_if = "MoreImages::is_empty")]
    pub more: MoreImages,
}

impl ChatImage {
    /// Whether the image has at most [`IMAGE_PIXELS`] pixels. Sides within their own limit can have more.
    pub fn has_allowed_area(&self) -> bool {
        u64::from(self.width.get()) * u64::from(self.height.get()) <= u64::from(IMAGE_PIXELS)
    }

    /// Returns the images of the message whose first image this is, in their order.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.more.0)
    }

    /// Returns an image of the message whose first image this is, by its number from 0.
    pub fn get(&self, number: usize) -> Option<&Self> {
        match number {
            0 => Some(self),
            _ => self.more.0.get(number - 1),
        }
    }

    /// Returns the number of images of the message whose first image this is.
    pub fn count(&self) -> usize {
        1 + self.more.0.len()
    }
}

/// The images of a message after the first one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct MoreImages(pub Vec<ChatImage>);

impl MoreImages {
    /// Returns whether the message has one image only.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromJson for MoreImages {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        Vec::from_json(value).map(Self)
    }
}

impl ToJson for MoreImages {
    fn to_json(&self, out: &mut Writer) {
        self.0.to_json(out);
    }
}

// A list of images would describe itself without end.
scalar_schema!(MoreImages);

/// Returns what a name of a message (its nonce, its key, or the path of its first image) is for the image with this number: the first one,
/// number 0, has the name itself, and the others have `=` and their number behind it.
///
/// A client that encodes something as base64 never makes such a nonce. The server refuses it for a message with an image
/// ([`Nonce::is_numbered`]), so no message has the name of another one's image.
pub fn numbered(name: &str, number: usize) -> String {
    match number {
        0 => name.to_owned(),
        // The page writes numbers of this type anyway, and each type has code of its own.
        _ => [name, "=", &(number as u64).to_string()].concat(),
    }
}

impl Nonce {
    /// Returns the nonce under which image `number` of a message with this nonce is uploaded and stored. `None` if it would be too long.
    pub fn of_image(&self, number: usize) -> Option<Self> {
        numbered(self.as_str(), number).parse().ok()
    }

    /// Returns whether the nonce has the form that [`numbered`] gives to all images but the first.
    pub fn is_numbered(&self) -> bool {
        let number = self.as_str().rsplit_once('=').map(|(_, number)| number);
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
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
    use crate::limits::MESSAGE_IMAGES;

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

    #[test]
    fn the_nonces_of_images_are_told_from_those_of_messages() {
        let nonce = |text: &str| text.parse::<Nonce>().unwrap();
        for of in ["n", "0123456789abcdef", "YWI=", "YQ==", "n=", "=", &"n".repeat(62)] {
            assert!(!nonce(of).is_numbered(), "{of}");
            assert_eq!(nonce(of).of_image(0), Some(nonce(of)));
            for number in 1..MESSAGE_IMAGES {
                let of_image = nonce(of).of_image(number).unwrap();
                assert!(of_image.is_numbered() && of_image != nonce(of), "{of_image}");
            }
        }
        assert_eq!(nonce("n").of_image(2).unwrap().as_str(), "n=2");
        assert_eq!(nonce(&"n".repeat(63)).of_image(1), None);
    }
}
