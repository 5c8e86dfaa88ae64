//! The parts of which image files are made: chunks, segments and blocks.

use shared_types::ImageType;

/// Calls `visit` for each part of a file, from its header to its end. What follows the end is no part. Returns `None` if a
/// part is torn or the end is missing.
pub(super) fn each_part(kind: ImageType, bytes: &[u8], visit: &mut dyn FnMut(&[u8])) -> Option<()> {
    match kind {
        ImageType::Png => png(bytes, visit),
        ImageType::Jpeg => jpeg(bytes, visit),
        ImageType::Gif => gif(bytes, visit),
        ImageType::Webp => webp(bytes, visit),
    }
}

/// The signature, then chunks: length, name, data, checksum.
fn png(bytes: &[u8], visit: &mut dyn FnMut(&[u8])) -> Option<()> {
    let mut rest = split(bytes, 8, visit)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let is_end = rest.get(4..8)? == b"IEND";
        rest = split(rest, length.checked_add(12)?, visit)?;
        if is_end {
            return Some(());
        }
    }
}

/// The header of 12 bytes, then chunks: name, length, data, padded to an even length. The header has the length of all.
fn webp(bytes: &[u8], visit: &mut dyn FnMut(&[u8])) -> Option<()> {
    let length = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
    let mut rest = split(bytes.get(..length.checked_add(8)?)?, 12, visit)?;
    while !rest.is_empty() {
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        rest = split(rest, length.checked_add(length & 1)?.checked_add(8)?, visit)?;
    }
    Some(())
}

/// The start marker, then segments: marker, length, data. The data of a scan follow its segment and are a part of it.
fn jpeg(bytes: &[u8], visit: &mut dyn FnMut(&[u8])) -> Option<()> {
    let mut rest = split(bytes, 2, visit)?;
    loop {
        let [0xff, marker] = *rest.first_chunk()? else { return None };
        let length = match marker {
            // A fill byte.
            0xff => {
                rest = &rest[1..];
                continue;
            }
            0xd0..=0xd7 | 0xd9 => 2,
            // No marker. After a scan it would be read as its data, once the segments between them are removed.
            0..=0xbf => return None,
            _ => {
                let length = 2 + usize::from(u16::from_be_bytes(*rest.get(2..)?.first_chunk()?));
                length + if marker == 0xda { scan_length(rest.get(length..)?)? } else { 0 }
            }
        };
        rest = split(rest, length, visit)?;
        if marker == 0xd9 {
            return Some(());
        }
    }
}

/// Returns the length of the data of a scan. Restart markers are part of it, and so is a zero after each 0xff.
fn scan_length(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7))
}

/// The header with its colours, then extensions, frames and the end.
fn gif(bytes: &[u8], visit: &mut dyn FnMut(&[u8])) -> Option<()> {
    let mut rest = split(bytes, 13 + colours_length(*bytes.get(10)?), visit)?;
    loop {
        let blocks = match *rest.first()? {
            b';' => return split(rest, 1, visit).map(|_| ()),
            b'!' => 2,
            // Position and size, colours, and the size of the codes.
            b',' => 10 + colours_length(*rest.get(9)?) + 1,
            _ => return None,
        };
        rest = split(rest, blocks + blocks_length(rest.get(blocks..)?)?, visit)?;
    }
}

/// Returns the length of the table of colours that these flags announce.
fn colours_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Returns the length of blocks. Each begins with its length, and the last one has the length 0.
fn blocks_length(data: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = usize::from(*data.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Visits the first `length` bytes and returns the rest.
fn split<'a>(bytes: &'a [u8], length: usize, visit: &mut dyn FnMut(&[u8])) -> Option<&'a [u8]> {
    let (part, rest) = bytes.split_at_checked(length)?;
    visit(part);
    Some(rest)
}
