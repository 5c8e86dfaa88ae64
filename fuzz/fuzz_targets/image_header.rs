//! Bytes that pass the image check start like exactly one image type, and a browser sees the announced width and
//! height.

#![no_main]

use chat::{content::images::image_type, fuzzing::image_fault};
use libfuzzer_sys::fuzz_target;
use shared_types::{ChatImage, ImageType, MoreImages, limits::IMAGE_SIDE};

fuzz_target!(|head: &[u8]| {
    let found = imagesize::blob_size(head).map_or((1, 1), |size| (size.width as u64, size.height as u64));
    // A width or height over the limit cannot be announced, so such an image must not pass with another one.
    let (width, height) = (found.0.clamp(1, IMAGE_SIDE.into()), found.1.clamp(1, IMAGE_SIDE.into()));
    for kind in ImageType::ALL {
        let image = ChatImage {
            kind,
            size: 1.try_into().expect("a size"),
            width: width.try_into().expect("a side"),
            height: height.try_into().expect("a side"),
            preview: None,
            alt: None,
            more: MoreImages::default(),
        };
        if image_fault(head, &image).is_none() {
            assert_eq!(image_type(head), Some(kind));
            assert_eq!(found, (width, height));
            assert_eq!(decoded_size(kind, head), Some((width, height)), "{kind:?}");
        }
    }
});

/// Returns width and height as the decoders of browsers find them. Decoders are more lenient than the formats.
fn decoded_size(kind: ImageType, head: &[u8]) -> Option<(u64, u64)> {
    match kind {
        ImageType::Png => {
            let rest = head.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
            Some((big_endian(rest, 0)? << 16 | big_endian(rest, 2)?, big_endian(rest, 4)? << 16 | big_endian(rest, 6)?))
        }
        ImageType::Jpeg => jpeg(head.strip_prefix(b"\xff\xd8")?),
        ImageType::Gif => gif(head.strip_prefix(b"GIF8")?),
        ImageType::Webp => webp(head),
    }
}

/// As libjpeg: bytes between segments are skipped, and so are markers without a length.
fn jpeg(mut rest: &[u8]) -> Option<(u64, u64)> {
    loop {
        let marker = rest.windows(2).position(|pair| pair[0] == 0xff && pair[1] != 0xff && pair[1] != 0)?;
        let number = rest[marker + 1];
        rest = &rest[marker + 2..];
        match number {
            0x01 | 0xd0..=0xd7 => {}
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big_endian(rest, 5)?, big_endian(rest, 3)?));
            }
            0xd8..=0xda => return None,
            _ => rest = rest.get(usize::try_from(big_endian(rest, 0)?).ok()?.max(2)..)?,
        }
    }
}

/// As Chromium and Firefox: the image has the size of its first frame, when that is larger than the logical screen.
fn gif(rest: &[u8]) -> Option<(u64, u64)> {
    let (width, height, flags) = (little_endian(rest, 2)?, little_endian(rest, 4)?, *rest.get(6)?);
    let mut at = 9 + if flags & 0x80 == 0 { 0 } else { 3 * (2 << (flags & 7)) };
    while *rest.get(at)? == b'!' {
        at += 2;
        while *rest.get(at)? != 0 {
            at += 1 + usize::from(rest[at]);
        }
        at += 1;
    }
    let frame = rest.get(at..)?.strip_prefix(b",")?;
    let (right, bottom) =
        (little_endian(frame, 0)? + little_endian(frame, 4)?, little_endian(frame, 2)? + little_endian(frame, 6)?);
    Some((width.max(right), height.max(bottom)))
}

/// As libwebp: the first chunk has the size, and no other chunk may precede it.
fn webp(head: &[u8]) -> Option<(u64, u64)> {
    let rest = head.get(20..)?;
    match head.get(12..16)? {
        b"VP8 " => Some((little_endian(rest, 6)? & 0x3fff, little_endian(rest, 8)? & 0x3fff)),
        b"VP8L" => {
            let bits = little_endian(rest, 1)? | little_endian(rest, 3)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((
            (little_endian(rest, 4)? | u64::from(*rest.get(6)?) << 16) + 1,
            (little_endian(rest, 7)? | u64::from(*rest.get(9)?) << 16) + 1,
        )),
        _ => None,
    }
}

fn big_endian(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn little_endian(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}
