//! The first bytes of an image, where browsers could see other sides in them than the ones that were looked at.
//!
//! `imagesize` reads the sides of an image that means well. Whoever means ill writes a file in which it finds small ones and
//! a browser huge ones, and so fills the memory of every reader.

use shared_types::ImageType;

/// Whether a browser can see no other sides in the head of an image than these.
pub(crate) fn is_plain(kind: ImageType, head: &[u8], sides: (u32, u32)) -> bool {
    match kind {
        ImageType::Png => head.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ImageType::Jpeg => frame_of_jpeg(head).is_some(),
        ImageType::Gif => first_frame(head).is_some_and(|frame| frame.0 <= sides.0 && frame.1 <= sides.1),
        ImageType::Webp => matches!(head.get(12..16), Some(b"VP8 " | b"VP8L" | b"VP8X")),
    }
}

/// Where the frame of a JPEG begins, when nothing but segments with a length is before it. Decoders pass over markers
/// without one and over bytes that fill; who takes them for segments passes over the frame as well, to another behind it.
fn frame_of_jpeg(head: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = *head.get(at..)?.first_chunk()? else { return None };
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Some(at),
            // A table, a comment, or what a program keeps there; 0xda would be the picture itself, without a frame.
            0xc4 | 0xcc | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {
                at += 2 + usize::from(u16::from_be_bytes([high, low]).max(2));
            }
            _ => return None,
        }
    }
}

/// How far the first frame of a GIF reaches. Browsers show the whole of it, though the screen were smaller.
fn first_frame(head: &[u8]) -> Option<(u32, u32)> {
    let flags = *head.get(10)?;
    let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut rest = head.get(13 + colours..)?;
    loop {
        rest = match rest {
            [b',', x0, x1, y0, y1, w0, w1, h0, h1, ..] => {
                let number = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]));
                return Some((number(x0, x1) + number(w0, w1), number(y0, y1) + number(h0, h1)));
            }
            [b'!', _, blocks @ ..] => behind_blocks(blocks)?,
            _ => return None,
        };
    }
}

/// What is behind the blocks of an extension: each has its length before it, and the last has none.
fn behind_blocks(mut blocks: &[u8]) -> Option<&[u8]> {
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
        let plain = |segments: &[u8]| is_plain(ImageType::Jpeg, &[b"\xff\xd8", segments, FRAME].concat(), (3, 2));
        assert!(plain(b""));
        assert!(plain(b"\xff\xe0\x00\x04xx\xff\xfe\x00\x02\xff\xdb\x00\x03x"));
        for passed_over in [&b"\xff"[..], b"\xff\xd0", b"\xff\x01", b"\xff\xd8", b"\xff\xda\x00\x02", b"x", b"\xff\x00"]
        {
            assert!(!plain(passed_over), "{passed_over:x?}");
        }
        assert!(!plain(b"\xff\xe0\xff\xff"), "a segment that goes on behind the head");
    }

    #[test]
    fn a_gif_has_a_first_frame_and_it_is_within_the_screen() {
        let plain = |flags: u8, blocks: &[u8], frame: &[u8]| {
            let head = [b"GIF89a\x03\x00\x02\x00", &[flags, 0, 0][..], blocks, frame].concat();
            is_plain(ImageType::Gif, &head, (3, 2))
        };
        let frame = b",\x01\x00\x00\x00\x02\x00\x02\x00\x00";
        let comment = b"!\xfe\x02hi\x01,\x00";
        assert!(plain(0, b"", frame));
        assert!(plain(0, comment, frame));
        assert!(plain(0x81, &[[7; 12].as_slice(), comment].concat(), frame));
        for frame in
            [&b",\x02\x00\x00\x00\x02\x00\x02\x00"[..], b",\x00\x00\x00\x00\x00\x80\x02\x00", b",\x00\x00", b";", b""]
        {
            assert!(!plain(0, b"", frame), "{frame:x?}");
        }
        assert!(!plain(0, b"!\xfe\x09hi", frame), "a comment that goes on behind the head");
        assert!(!plain(0, b"x", frame));
    }

    #[test]
    fn a_png_begins_with_its_sides_and_a_webp_with_a_piece_that_has_some() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02";
        assert!(is_plain(ImageType::Png, png, (3, 2)));
        assert!(!is_plain(ImageType::Png, &[&png[..4], b"\r\n\x1a\r", &png[8..]].concat(), (3, 2)));
        assert!(!is_plain(ImageType::Png, &[&png[..12], b"tEXt", &png[16..]].concat(), (3, 2)));
        assert!(is_plain(ImageType::Webp, b"RIFF\0\0\0\0WEBPVP8X", (3, 2)));
        assert!(!is_plain(ImageType::Webp, b"RIFF\0\0\0\0WEBPEXIX", (3, 2)));
    }
}
