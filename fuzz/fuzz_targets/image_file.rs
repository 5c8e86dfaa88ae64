//! A file without its metadata is an image as before, it has no metadata left to remove, and the server accepts it if it
//! would have accepted the original.

#![no_main]

use chat::fuzzing::image_fault;
use libfuzzer_sys::fuzz_target;
use page_model::image_file::{Format, is_animated, stored_size, without_metadata};
use shared_types::{ChatImage, ImageType, MoreImages, limits::IMAGE_SIDE};

/// An EXIF segment with an orientation.
const ADDED_BYTES: usize = 36;

fuzz_target!(|bytes: &[u8]| {
    let format = Format::of(bytes);
    let animated = is_animated(format, bytes);
    let Format::Image(kind) = format else { return };
    let Some(clean) = without_metadata(kind, bytes) else { return };
    assert!(clean.len() <= bytes.len() + ADDED_BYTES);
    assert_eq!(Format::of(&clean), format);
    assert_eq!(is_animated(format, &clean), animated);
    assert_eq!(stored_size(kind, &clean, (1, 2)), stored_size(kind, bytes, (1, 2)));
    assert_eq!(without_metadata(kind, &clean).as_deref(), Some(&*clean));
    if let Some(image) = announced(kind, bytes)
        && image_fault(bytes, &image).is_none()
    {
        assert!(image_fault(&clean, &image).is_none());
    }
});

/// Returns what a client announces for an image, if its sides are within their limit.
fn announced(kind: ImageType, bytes: &[u8]) -> Option<ChatImage> {
    let size = imagesize::blob_size(bytes).ok()?;
    let side = |side: usize| u64::try_from(side).ok().filter(|side| (1..=u64::from(IMAGE_SIDE)).contains(side));
    let (width, height) = (side(size.width)?.try_into().ok()?, side(size.height)?.try_into().ok()?);
    Some(ChatImage { kind, size: 1.try_into().ok()?, width, height, preview: None, alt: None, more: MoreImages::default() })
}
