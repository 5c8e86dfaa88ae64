//! What passes as an image is one by its own first bytes, of one kind, and a browser sees the sides that were announced.

#![no_main]

use backend::chat::fuzzing::image_type;
use chat::fuzzing::image_fault;
use libfuzzer_sys::fuzz_target;
use shared_types::{ChatImage, ImageType, limits::IMAGE_SIDE};

fuzz_target!(|head: &[u8]| {
    let found = imagesize::blob_size(head).map_or((1, 1), |size| (size.width as u64, size.height as u64));
    // A side over its limit can't be announced, so it can't pass as any other.
    let (width, height) = (found.0.clamp(1, IMAGE_SIDE.into()), found.1.clamp(1, IMAGE_SIDE.into()));
    for kind in ImageType::ALL {
        let image = ChatImage {
            kind,
            size: 1.try_into().expect("a size"),
            width: width.try_into().expect("a side"),
            height: height.try_into().expect("a side"),
            preview: None,
            alt: None,
        };
        if image_fault(head, &image).is_none() {
            assert_eq!(image_type(head), Some(kind));
            assert_eq!(found, (width, height));
            assert_eq!(seen(kind, head), Some((width, height)), "{kind:?}");
        }
    }
});

/// The sides as browsers' decoders find them, which read on where the format says that they should not.
fn seen(kind: ImageType, head: &[u8]) -> Option<(u64, u64)> {
    match kind {
        ImageType::Png => {
            let rest = head.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
            Some((big(rest, 0)? << 16 | big(rest, 2)?, big(rest, 4)? << 16 | big(rest, 6)?))
        }
        ImageType::Jpeg => jpeg(head.strip_prefix(b"\xff\xd8")?),
        ImageType::Gif => gif(head.strip_prefix(b"GIF8")?),
        ImageType::Webp => webp(head),
    }
}

/// As libjpeg: whatever is between segments is passed over, and so are markers that have no length.
fn jpeg(mut rest: &[u8]) -> Option<(u64, u64)> {
    loop {
        let marker = rest.windows(2).position(|pair| pair[0] == 0xff && pair[1] != 0xff && pair[1] != 0)?;
        let number = rest[marker + 1];
        rest = &rest[marker + 2..];
        match number {
            0x01 | 0xd0..=0xd7 => {}
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Some((big(rest, 5)?, big(rest, 3)?)),
            0xd8..=0xda => return None,
            _ => rest = rest.get(usize::try_from(big(rest, 0)?).ok()?.max(2)..)?,
        }
    }
}

/// As Chromium and Firefox: the picture is as large as its first frame, where that is larger than the screen.
fn gif(rest: &[u8]) -> Option<(u64, u64)> {
    let (width, height, flags) = (little(rest, 2)?, little(rest, 4)?, *rest.get(6)?);
    let mut at = 9 + if flags & 0x80 == 0 { 0 } else { 3 * (2 << (flags & 7)) };
    while *rest.get(at)? == b'!' {
        at += 2;
        while *rest.get(at)? != 0 {
            at += 1 + usize::from(rest[at]);
        }
        at += 1;
    }
    let frame = rest.get(at..)?.strip_prefix(b",")?;
    let (right, bottom) = (little(frame, 0)? + little(frame, 4)?, little(frame, 2)? + little(frame, 6)?);
    Some((width.max(right), height.max(bottom)))
}

/// As libwebp: the first piece says it, and nothing may be before it.
fn webp(head: &[u8]) -> Option<(u64, u64)> {
    let rest = head.get(20..)?;
    match head.get(12..16)? {
        b"VP8 " => Some((little(rest, 6)? & 0x3fff, little(rest, 8)? & 0x3fff)),
        b"VP8L" => {
            let bits = little(rest, 1)? | little(rest, 3)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((
            (little(rest, 4)? | u64::from(*rest.get(6)?) << 16) + 1,
            (little(rest, 7)? | u64::from(*rest.get(9)?) << 16) + 1,
        )),
        _ => None,
    }
}

fn big(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn little(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}
