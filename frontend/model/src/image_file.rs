//! Image files: their format, whether they move, their metadata, and the size at which they are sent.
//!
//! Everything is read from the bytes, because the name and the type of a file may be missing or wrong.

mod metadata;
mod parts;
mod scaling;

use shared_types::ImageType;

pub use metadata::{stored_size, without_metadata};
pub use scaling::{is_hard_to_read, scaled_size};

use crate::image_file::parts::each_part;

/// Format of a file, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A format that a chat shows.
    Image(ImageType),
    /// HEIC or HEIF: the photos of iPhones. Only Safari decodes them.
    Heic,
    /// AVIF.
    Avif,
    /// Another format of images that most browsers do not decode, by its name.
    Foreign(&'static str),
    /// A video.
    Video,
    /// Anything else.
    Unknown,
}

impl Format {
    /// Returns the format of a file that begins with these bytes.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x89, b'P', b'N', b'G', ..] => Self::Image(ImageType::Png),
            [0xff, 0xd8, 0xff, ..] => Self::Image(ImageType::Jpeg),
            [b'G', b'I', b'F', b'8', ..] => Self::Image(ImageType::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::Image(ImageType::Webp),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Self::of_brands(head),
            [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Self::Foreign("JPEG XL"),
            [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => Self::Foreign("JPEG 2000"),
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Self::Foreign("TIFF"),
            [b'8', b'B', b'P', b'S', ..] => Self::Foreign("Photoshop"),
            [b'%', b'P', b'D', b'F', ..] => Self::Foreign("PDF"),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Self::Video,
            _ => Self::Unknown,
        }
    }

    /// Returns the format of an ISO media file. Its first box lists the brands that can read it. `mif1` and `msf1` stand for
    /// any codec, so the other brands come first.
    fn of_brands(head: &[u8]) -> Self {
        let length = head.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
        let first_box = head.get(..length).unwrap_or(head);
        let brands = || first_box.get(8..).unwrap_or_default().chunks_exact(4);
        let has = |known: &[&[u8; 4]]| brands().any(|brand| known.iter().any(|known| *known == brand));
        if has(&[b"avif", b"avis"]) {
            Self::Avif
        } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
            Self::Heic
        } else if has(&[b"crx "]) {
            Self::Foreign("CR3")
        } else {
            Self::Video
        }
    }

    /// Returns the media type, if the format has one that browsers may decode.
    pub fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Image(kind) => Some(kind.media_type()),
            Self::Heic => Some("image/heic"),
            Self::Avif => Some("image/avif"),
            Self::Foreign(_) | Self::Video | Self::Unknown => None,
        }
    }

    /// Returns the maximum number of pixels of a file that is scaled down, in millions. Browsers decode a JPEG at a fraction
    /// of its size, so that a photo of 200 megapixels takes 50 MB. Other formats are decoded whole: 100 million × 4 bytes =
    /// 400 MB.
    pub fn max_megapixels(self) -> u32 {
        if self == Self::Image(ImageType::Jpeg) { 200 } else { 100 }
    }
}

/// Whether a file moves. `bytes` may be only the beginning of the file; what follows then counts as still.
pub fn is_animated(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Image(kind) => {
            let mut frames = 0;
            // A torn file moves if its beginning does.
            _ = each_part(kind, bytes, &mut |part| frames += frames_of(kind, part));
            frames > 1
        }
        // An image sequence has a brand of its own.
        Format::Avif => {
            bytes.get(..64.min(bytes.len())).is_some_and(|head| head.windows(4).any(|brand| brand == b"avis"))
        }
        Format::Heic | Format::Foreign(_) | Format::Video | Format::Unknown => false,
    }
}

/// Returns how many frames of an animation a part of a file has or announces.
fn frames_of(kind: ImageType, part: &[u8]) -> u32 {
    match (kind, part) {
        (ImageType::Gif, [b',', ..]) => 1,
        (ImageType::Webp, [b'A', b'N', b'M', b'F', ..]) => 1,
        // The control chunk of an animated PNG has the number of frames.
        (ImageType::Png, [_, _, _, _, b'a', b'c', b'T', b'L', a, b, c, d, ..]) => {
            u32::from_be_bytes([*a, *b, *c, *d]).min(2)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
