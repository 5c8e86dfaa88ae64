//! The size at which an image is sent.

use shared_types::limits::{IMAGE_PIXELS, IMAGE_SIDE};

/// Longer side of a scaled image, in pixels: what a large screen can show.
const LONGER_SIDE: u32 = 2_048;

/// Shorter side of a scaled image that is long and narrow, in pixels. A screenshot of a whole page stays legible.
const SHORTER_SIDE: u32 = 1_024;

/// Shorter side below which a scaled image is hard to read, in pixels.
const LEGIBLE_SIDE: u32 = 640;

/// Returns the size at which an image is sent, divided by `divisor`. The longer side has at most `LONGER_SIDE` or the
/// shorter one at most `SHORTER_SIDE` pixels, whichever is larger, within the limits of the server.
pub fn scaled_size((width, height): (u32, u32), divisor: f64) -> (u32, u32) {
    let (longer, shorter) = (f64::from(width.max(height)), f64::from(width.min(height)));
    let wanted = (f64::from(LONGER_SIDE) / longer).max(f64::from(SHORTER_SIDE) / shorter).min(1.0);
    let allowed = (f64::from(IMAGE_SIDE) / longer).min((f64::from(IMAGE_PIXELS) / (longer * shorter)).sqrt());
    let scale = wanted.min(allowed) / divisor;
    // A product that is whole may be computed as slightly less.
    let scaled = |side: u32| ((f64::from(side) * scale + 1e-6) as u32).max(1);
    (scaled(width), scaled(height))
}

/// Whether an image was scaled so far that small text in it cannot be read.
pub fn is_hard_to_read(original: (u32, u32), sent: (u32, u32)) -> bool {
    let shorter = sent.0.min(sent.1);
    let is_long = original.0.max(original.1) > 2 * original.0.min(original.1);
    is_long && shorter < LEGIBLE_SIDE && shorter < original.0.min(original.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_keeps_its_shape_and_a_long_image_stays_legible() {
        for (original, sent) in [
            ((320, 200), (320, 200)),
            ((2_048, 1_536), (2_048, 1_536)),
            ((4_000, 3_000), (2_048, 1_536)),
            ((3_000, 1_500), (2_048, 1_024)),
            ((12_000, 9_000), (2_048, 1_536)),
            ((1_080, 2_400), (1_024, 2_275)),
            // Screenshots of whole pages.
            ((1_080, 20_000), (824, 15_264)),
            ((750, 12_000), (750, 12_000)),
            ((1_290, 30_000), (704, 16_383)),
            ((20_000, 1_080), (15_264, 824)),
            // A banner, and a line.
            ((16_000, 500), (16_000, 500)),
            ((40_000, 10), (16_383, 4)),
            ((1, 100_000), (1, 16_383)),
            ((1, 1), (1, 1)),
        ] {
            assert_eq!(scaled_size(original, 1.0), sent, "{original:?}");
        }
        assert_eq!(scaled_size((1_080, 20_000), 2.0), (412, 7_632));
    }

    #[test]
    fn a_scaled_image_is_within_the_limits_of_the_server() {
        for width in [1, 2, 7, 100, 641, 1_023, 1_024, 1_080, 2_049, 9_999, 65_535] {
            for height in [1, 3, 50, 640, 1_025, 4_097, 16_383, 16_384, 50_000, 65_535] {
                for divisor in [1.0, 1.5, 2.0] {
                    let (scaled_width, scaled_height) = scaled_size((width, height), divisor);
                    assert!((1..=IMAGE_SIDE).contains(&scaled_width) && (1..=IMAGE_SIDE).contains(&scaled_height));
                    assert!(scaled_width * scaled_height <= IMAGE_PIXELS, "{width} × {height}");
                    assert!(scaled_width <= width && scaled_height <= height);
                }
            }
        }
    }

    #[test]
    fn only_a_long_image_that_lost_much_is_hard_to_read() {
        for (original, expect) in [
            ((1_080, 20_000), false),
            ((1_440, 40_000), true),
            ((4_000, 3_000), false),
            ((400, 9_000), false),
            ((300, 200), false),
            ((40_000, 1_440), true),
        ] {
            assert_eq!(is_hard_to_read(original, scaled_size(original, 1.0)), expect, "{original:?}");
        }
        assert!(is_hard_to_read((1_080, 20_000), scaled_size((1_080, 20_000), 2.0)));
    }
}
