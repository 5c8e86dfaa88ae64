//! Checks of image headers that a browser could read differently from `imagesize`.
//!
//! `imagesize` reads the dimensions of a well-formed image. An attacker can write a file in which `imagesize` finds small
//! dimensions and a browser finds huge ones, which fill the memory of every reader.

use shared_types::ImageType;

/// Returns whether a browser can read no other dimensions from the head of an image than this width and height.
pub(crate) fn is_unambiguous(kind: ImageType, head: &[u8], dimensions: (u32, u32)) -> bool {
    match kind {
        ImageType::Png => head.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ImageType::Jpeg => jpeg_frame_offset(head).is_some(),
        ImageType::Gif => gif_frame_extent(head).is_some_and(|(x, y)| x <= dimensions.0 && y <= dimensions.1),
        ImageType::Webp => matches!(head.get(12..16), Some(b"VP8 " | b"VP8L" | b"VP8X")),
    }
}

/// Returns the offset of a JPEG's frame if only segments with a length precede it. Decoders skip markers without a length and
/// fill bytes. A parser that takes those for segments skips the frame as well, and finds another one after it.
fn jpeg_frame_offset(head: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = *head.get(at..)?.first_chunk()? else { return None };
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Some(at),
            // A table, a comment or application data. 0xda would be the image data, without a frame.
            0xc4 | 0xcc | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {
                at += 2 + usize::from(u16::from_be_bytes([high, low]).max(2));
            }
            _ => return None,
        }
    }
}

/// Returns the right and lower edges of a GIF's first frame. Browsers show the whole frame even if the screen is smaller.
fn gif_frame_extent(head: &[u8]) -> Option<(u32, u32)> {
    let flags = *head.get(10)?;
    let colour_table = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut rest = head.get(13 + colour_table..)?;
    loop {
        rest = match rest {
            [b',', x0, x1, y0, y1, w0, w1, h0, h1, ..] => {
                let number = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]));
                return Some((number(x0, x1) + number(w0, w1), number(y0, y1) + number(h0, h1)));
            }
            [b'!', _, blocks @ ..] => after_blocks(blocks)?,
            _ => return None,
        };
    }
}

/// Returns the bytes after the blocks of an extension. Each block begins with its length, and the last one has the length 0.
fn after_blocks(mut blocks: &[u8]) -> Option<&[u8]> {
    loop {
        let (length, rest) = blocks.split_first()?;
        blocks = rest.get(usize::from(*length)..)?;
        if *length == 0 {
            return Some(blocks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &[u8] = b"\xff\xc0\x00\x11\x08\x00\x02\x00\x03";

    #[test]
    fn a_jpeg_has_only_segments_before_its_frame() {
        let unambiguous =
            |segments: &[u8]| is_unambiguous(ImageType::Jpeg, &[b"\xff\xd8", segments, FRAME].concat(), (3, 2));
        assert!(unambiguous(b""));
        assert!(unambiguous(b"\xff\xe0\x00\x04xx\xff\xfe\x00\x02\xff\xdb\x00\x03x"));
        for skipped in [&b"\xff"[..], b"\xff\xd0", b"\xff\x01", b"\xff\xd8", b"\xff\xda\x00\x02", b"x", b"\xff\x00"] {
            assert!(!unambiguous(skipped), "{skipped:x?}");
        }
        assert!(!unambiguous(b"\xff\xe0\xff\xff"), "a segment that continues after the head");
    }

    #[test]
    fn the_first_frame_of_a_gif_is_within_the_screen() {
        let unambiguous = |flags: u8, blocks: &[u8], frame: &[u8]| {
            let head = [b"GIF89a\x03\x00\x02\x00", &[flags, 0, 0][..], blocks, frame].concat();
            is_unambiguous(ImageType::Gif, &head, (3, 2))
        };
        let frame = b",\x01\x00\x00\x00\x02\x00\x02\x00\x00";
        let comment = b"!\xfe\x02hi\x01,\x00";
        assert!(unambiguous(0, b"", frame));
        assert!(unambiguous(0, comment, frame));
        assert!(unambiguous(0x81, &[[7; 12].as_slice(), comment].concat(), frame));
        for frame in
            [&b",\x02\x00\x00\x00\x02\x00\x02\x00"[..], b",\x00\x00\x00\x00\x00\x80\x02\x00", b",\x00\x00", b";", b""]
        {
            assert!(!unambiguous(0, b"", frame), "{frame:x?}");
        }
        assert!(!unambiguous(0, b"!\xfe\x09hi", frame), "a comment that continues after the head");
        assert!(!unambiguous(0, b"x", frame));
    }

    #[test]
    fn png_and_webp_begin_with_their_dimensions() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02";
        assert!(is_unambiguous(ImageType::Png, png, (3, 2)));
        assert!(!is_unambiguous(ImageType::Png, &[&png[..4], b"\r\n\x1a\r", &png[8..]].concat(), (3, 2)));
        assert!(!is_unambiguous(ImageType::Png, &[&png[..12], b"tEXt", &png[16..]].concat(), (3, 2)));
        assert!(is_unambiguous(ImageType::Webp, b"RIFF\0\0\0\0WEBPVP8X", (3, 2)));
        assert!(!is_unambiguous(ImageType::Webp, b"RIFF\0\0\0\0WEBPEXIX", (3, 2)));
    }
}
