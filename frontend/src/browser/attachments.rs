//! The attached images, before they are sent. They are prepared one after the other: a phone that decodes ten photos at
//! once runs out of memory. They are loaded on demand.

use page_model::rejected_image::RejectedImage;
use shared_types::limits;
use web_sys::File;

use crate::{browser::picture::Picture, i18n::Translations, ui::state::composer::Attachment};

/// Maximum number of images that are sent at once: as many as one message can have.
const MAX_IMAGES: usize = limits::MESSAGE_IMAGES;

/// The attached images, in the order in which they were attached.
#[derive(Default)]
pub(crate) struct AttachmentTray {
    images: Vec<AttachedImage>,
    /// Id of the last attached image.
    last_id: u32,
    /// Whether an image is being prepared.
    is_preparing: bool,
}

struct AttachedImage {
    id: u32,
    file: File,
    alt: String,
    picture: Option<Picture>,
}

impl AttachmentTray {
    /// Whether no image is attached.
    pub(crate) fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Attaches files, up to [`MAX_IMAGES`]. Returns an error sentence if there are more.
    pub(crate) fn add(&mut self, files: Vec<File>, translations: &Translations) -> Option<&'static str> {
        let free = MAX_IMAGES.saturating_sub(self.images.len());
        let error = (files.len() > free).then_some(translations.images().too_many);
        for file in files.into_iter().take(free) {
            self.last_id += 1;
            self.images.push(AttachedImage { id: self.last_id, file, alt: String::new(), picture: None });
        }
        error
    }

    /// Returns the next file to prepare, unless a file is being prepared. The caller reports the result to
    /// [`AttachmentTray::on_prepared`].
    pub(crate) fn next_to_prepare(&mut self) -> Option<(u32, File)> {
        if self.is_preparing {
            return None;
        }
        let next = self.images.iter().find(|attached| attached.picture.is_none())?;
        self.is_preparing = true;
        Some((next.id, next.file.clone()))
    }

    /// Handles the result of preparing a file. Removes a file that cannot be sent, and returns an error sentence.
    pub(crate) fn on_prepared(
        &mut self,
        id: u32,
        picture: Result<Picture, RejectedImage>,
        translations: &Translations,
    ) -> Option<String> {
        self.is_preparing = false;
        let index = self.images.iter().position(|attached| attached.id == id)?;
        match picture {
            Ok(picture) => {
                self.images[index].picture = Some(picture);
                None
            }
            Err(rejected) => Some(translations.rejected_image(&self.images.remove(index).file.name(), rejected)),
        }
    }

    /// Sets the description of an image.
    pub(crate) fn describe(&mut self, id: u32, text: String) {
        if let Some(attached) = self.images.iter_mut().find(|attached| attached.id == id) {
            attached.alt = text;
        }
    }

    /// Removes an image.
    pub(crate) fn remove(&mut self, id: u32) {
        self.images.retain(|attached| attached.id != id);
    }

    /// Removes all images and returns them for sending. Returns `None` while one of them is not prepared.
    pub(crate) fn take(&mut self) -> Option<Vec<Picture>> {
        if self.images.iter().any(|attached| attached.picture.is_none()) {
            return None;
        }
        let described = |attached: AttachedImage| {
            let mut picture = attached.picture?;
            picture.image.alt = attached.alt.parse().ok();
            Some(picture)
        };
        Some(self.images.drain(..).filter_map(described).collect())
    }

    /// Returns what the components draw.
    pub(crate) fn view(&self) -> Vec<Attachment> {
        let shown = |attached: &AttachedImage| Attachment {
            id: attached.id,
            alt: attached.alt.clone(),
            url: attached.picture.as_ref().map(|picture| picture.url.as_str().to_owned()),
            note: attached.picture.as_ref().and_then(|picture| picture.note),
        };
        self.images.iter().map(shown).collect()
    }
}
