//! Why files cannot be sent, and what stands for images.

use page_model::rejected_image::RejectedImage;
use shared_types::Language;

use crate::i18n::{Plural, Template, Translations, en, ja};

/// The reasons in one language. They are apart from [`Translations`], so that they are in the same file as the code that uses them.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct ImageTexts {
    pub(crate) too_many: &'static str,
    pub(super) too_large: &'static str,
    pub(super) not_an_image: &'static str,
    pub(super) heic: &'static str,
    /// Takes the name of the format.
    pub(super) foreign_image: Template,
    pub(super) video: &'static str,
    /// Takes the number of megapixels.
    pub(super) too_many_pixels: Template,
    pub(super) too_dense: &'static str,
    pub(super) false_pixels: &'static str,
    /// What stands for a message of several images without a text.
    pub(super) images: Plural,
    /// Before, between and after the number of an image and the number of all of its message.
    pub(super) place: [&'static str; 3],
}

impl ImageTexts {
    /// Returns the place of an image among those of its message.
    pub(crate) fn place_of_image(&self, number: usize, count: usize) -> String {
        let [before, between, after] = self.place;
        [before, &number.to_string(), between, &count.to_string(), after].concat()
    }
}

impl Translations {
    /// Returns the reasons why files cannot be sent.
    #[inline(never)]
    pub(crate) fn images(&self) -> &'static ImageTexts {
        match self.language {
            Language::English => &en::images::IMAGES,
            Language::Japanese => &ja::images::IMAGES,
        }
    }

    /// Returns what stands for a message without a text that has so many images.
    pub(crate) fn image_count(&self, count: usize) -> String {
        if count > 1 { self.images().images.of(count) } else { self.image.into() }
    }

    /// Returns why a file cannot be sent.
    pub(crate) fn rejected_image(&self, file: &str, why: RejectedImage) -> String {
        let texts = self.images();
        let why: String = match why {
            RejectedImage::TooLarge => texts.too_large.into(),
            RejectedImage::NotAnImage => texts.not_an_image.into(),
            RejectedImage::Heic => texts.heic.into(),
            RejectedImage::Foreign(format) => texts.foreign_image.with(format),
            RejectedImage::Video => texts.video.into(),
            RejectedImage::TooManyPixels(limit) => texts.too_many_pixels.with(&limit.to_string()),
            RejectedImage::TooDense => texts.too_dense.into(),
            RejectedImage::FalsePixels => texts.false_pixels.into(),
        };
        [file, self.colon, &why].concat()
    }
}
