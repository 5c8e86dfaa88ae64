//! English: why files cannot be sent.

use crate::i18n::{ImageTexts, Plural, Template};

pub(in crate::i18n) static IMAGES: ImageTexts = ImageTexts {
    too_many: "At most 10 images go at once. The others were left out.",
    too_large: "This file is larger than 50 MB. Please choose a smaller one.",
    not_an_image: "This file is not an image that can be shown. PNG, JPEG, WebP and GIF can, SVG cannot.",
    heic: "This is a HEIC photo, which this browser cannot open. Please save it as JPEG and choose that. An iPhone takes JPEG photos if Settings, Camera, Formats is set to “Most Compatible”.",
    foreign_image: Template(
        "This is a file of the format ",
        ", which this browser cannot open. Please save it as JPEG or PNG and choose that.",
    ),
    video: "This is a video. Only images can be sent.",
    too_many_pixels: Template("This image has more than ", " megapixels. Please choose a smaller one."),
    too_dense: "This image cannot be made small enough. Please choose another one.",
    false_pixels: "This browser hides the pixels of images from pages, so that this image cannot be made smaller. Please allow the page to read canvas data, or choose a JPEG, PNG, GIF or WebP of at most 2 MB.",
    images: Plural { one: Template("", " image"), other: Template("", " images") },
    place: ["Image ", " of ", ""],
};
