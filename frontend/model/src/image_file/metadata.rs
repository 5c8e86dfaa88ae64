//! Removes metadata from image files without decoding them: position, camera, comments, thumbnails, appended videos.
//!
//! What is kept is named here; every other part is removed. So an unknown kind of metadata is removed, too.

use shared_types::ImageType;

use crate::image_file::parts::each_part;

/// Chunks of a PNG that decide how it looks: pixels, colours, animation.
const PNG_CHUNKS: &[u8] = b"IHDRPLTEIDATIENDtRNSgAMAcHRMsRGBiCCPsBITcICPmDCVcLLIacTLfcTLfdAT";
/// Chunks of a WebP that decide how it looks.
const WEBP_CHUNKS: &[u8] = b"RIFFVP8 VP8LVP8XALPHANIMANMFICCP";
/// Flags of a WebP that announce EXIF and XMP chunks.
const WEBP_METADATA_FLAGS: u8 = 0x08 | 0x04;

/// Returns a file without its metadata. The orientation of a photo is kept. Returns `None` if the file is torn.
pub fn without_metadata(kind: ImageType, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(bytes.len());
    each_part(kind, bytes, &mut |part| {
        if is_kept(kind, part) {
            clean.extend_from_slice(part);
        }
    })?;
    match kind {
        ImageType::Jpeg => {
            let turned = orientation(kind, bytes).filter(|orientation| *orientation > 1);
            clean.splice(2..2, turned.map(orientation_segment).unwrap_or_default());
        }
        ImageType::Webp => {
            let length = u32::try_from(clean.len().checked_sub(8)?).ok()?;
            clean.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
            if clean.get(12..16)? == b"VP8X" {
                // The chunk has ten bytes, and the flags are the first.
                (clean.get(16..20)? == b"\x0a\0\0\0").then_some(())?;
                *clean.get_mut(20)? &= !WEBP_METADATA_FLAGS;
            }
        }
        ImageType::Png | ImageType::Gif => {}
    }
    Some(clean)
}

fn is_kept(kind: ImageType, part: &[u8]) -> bool {
    let is_named = |names: &[u8], at| part.get(at..at + 4).is_some_and(|name| names.chunks(4).any(|kept| kept == name));
    match (kind, part) {
        (ImageType::Png, _) => part.starts_with(b"\x89PNG") || is_named(PNG_CHUNKS, 4),
        (ImageType::Webp, _) => is_named(WEBP_CHUNKS, 0),
        // Application segments: only JFIF, colour profiles and Adobe's way of storing colours. 0xfe is a comment.
        (ImageType::Jpeg, [0xff, 0xe0..=0xef | 0xfe, _, _, data @ ..]) => {
            [&b"JFIF\0"[..], b"ICC_PROFILE\0", b"Adobe"].iter().any(|kept| data.starts_with(kept))
        }
        (ImageType::Jpeg, _) => true,
        // Extensions: only delays and how often the animation repeats.
        (ImageType::Gif, [b'!', label, data @ ..]) => {
            *label == 0xf9
                || *label == 0xff && [b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"].iter().any(|kept| data.starts_with(*kept))
        }
        (ImageType::Gif, _) => true,
    }
}

/// Returns the width and height that a file stores, if it is shown with these. A photo may be turned when it is shown.
pub fn stored_size(kind: ImageType, bytes: &[u8], shown: (u32, u32)) -> (u32, u32) {
    if orientation(kind, bytes).is_some_and(|orientation| orientation > 4) { (shown.1, shown.0) } else { shown }
}

/// Returns the orientation that the first EXIF segment with one has.
fn orientation(kind: ImageType, bytes: &[u8]) -> Option<u8> {
    let mut first = None;
    if kind == ImageType::Jpeg {
        _ = each_part(kind, bytes, &mut |part| first = first.or_else(|| exif_orientation(part)));
    }
    first
}

/// Returns the orientation, 1 to 8, that the EXIF segment of a JPEG has.
fn exif_orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.strip_prefix(b"\xff\xe1")?.get(2..)?.strip_prefix(b"Exif\0\0")?;
    let is_little_endian = tiff.starts_with(b"II");
    let short = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if is_little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| {
        let (first, second) = (u32::from(short(at)?), u32::from(short(at.checked_add(2)?)?));
        Some(if is_little_endian { second << 16 | first } else { first << 16 | second } as usize)
    };
    let directory = long(4)?;
    let entries = usize::from(short(directory)?);
    let entry = |index: usize| directory.checked_add(2 + 12 * index);
    let found = (0..entries).filter_map(entry).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(found.checked_add(8)?)?).ok().filter(|orientation| (1..=8).contains(orientation))
}

/// Returns an EXIF segment with the orientation alone.
fn orientation_segment(orientation: u8) -> Vec<u8> {
    let mut segment = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    segment.extend([orientation, 0, 0, 0, 0, 0, 0]);
    segment
}
