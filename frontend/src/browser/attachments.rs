//! The images that are chosen and not sent yet. They are prepared one after the other: a phone that decoded ten photos at
//! once would run out of memory.

use web_sys::File;

use crate::{
    browser::picture::{Picture, RejectedImage},
    i18n::Translations,
    ui::state::composer::{Attachment, Attachments},
};

/// The most images that are sent at once: one message each.
const MAX_IMAGES: usize = 10;

/// The chosen images, in their order.
pub(crate) struct AttachmentTray {
    translations: &'static Translations,
    images: Vec<ChosenImage>,
    /// How many were ever chosen.
    count: u32,
    /// Whether one is being prepared.
    busy: bool,
    /// Why other files are not among them.
    errors: Vec<String>,
}

struct ChosenImage {
    id: u32,
    file: File,
    alt: String,
    picture: Option<Picture>,
}

impl AttachmentTray {
    /// An empty one.
    pub(crate) fn new(translations: &'static Translations) -> Self {
        Self { translations, images: Vec::new(), count: 0, busy: false, errors: Vec::new() }
    }

    /// Takes files in, as many as there is room for.
    pub(crate) fn add(&mut self, files: Vec<File>) {
        let room = MAX_IMAGES.saturating_sub(self.images.len());
        self.errors.clear();
        if files.len() > room {
            self.errors.push(self.translations.too_many.into());
        }
        for file in files.into_iter().take(room) {
            self.count += 1;
            self.images.push(ChosenImage { id: self.count, file, alt: String::new(), picture: None });
        }
    }

    /// The next file to be prepared, unless one is being prepared already. [`AttachmentTray::on_prepared`] is to follow.
    pub(crate) fn next_to_prepare(&mut self) -> Option<(u32, File)> {
        if self.busy {
            return None;
        }
        let next = self.images.iter().find(|chosen| chosen.picture.is_none())?;
        self.busy = true;
        Some((next.id, next.file.clone()))
    }

    /// A file was prepared. One that cannot be sent is not in the tray any more.
    pub(crate) fn on_prepared(&mut self, id: u32, picture: Result<Picture, RejectedImage>) {
        self.busy = false;
        let Some(place) = self.images.iter().position(|chosen| chosen.id == id) else { return };
        match picture {
            Ok(picture) => self.images[place].picture = Some(picture),
            Err(rejected_image) => self
                .errors
                .push(self.translations.rejected_image(&self.images.remove(place).file.name(), rejected_image)),
        }
    }

    /// Says what is to be seen on an image.
    pub(crate) fn describe(&mut self, id: u32, text: String) {
        if let Some(chosen) = self.images.iter_mut().find(|chosen| chosen.id == id) {
            chosen.alt = text;
        }
    }

    /// Takes an image out.
    pub(crate) fn remove(&mut self, id: u32) {
        self.images.retain(|chosen| chosen.id != id);
    }

    /// Says why something was not done.
    pub(crate) fn set_errors(&mut self, errors: Vec<String>) {
        self.errors = errors;
    }

    /// Forgets why other files are not in the tray.
    pub(crate) fn clear_errors(&mut self) {
        self.errors.clear();
    }

    /// Takes all images out, to be sent; none while one of them is not ready.
    pub(crate) fn take(&mut self) -> Option<Vec<Picture>> {
        if self.images.iter().any(|chosen| chosen.picture.is_none()) {
            return None;
        }
        let described = |chosen: ChosenImage| {
            let mut picture = chosen.picture?;
            picture.image.alt = chosen.alt.parse().ok();
            Some(picture)
        };
        self.errors.clear();
        Some(self.images.drain(..).filter_map(described).collect())
    }

    /// What is to be drawn of it.
    pub(crate) fn view(&self) -> Attachments {
        let shown = |chosen: &ChosenImage| Attachment {
            id: chosen.id,
            alt: chosen.alt.clone(),
            url: chosen.picture.as_ref().map(|picture| picture.url.as_str().to_owned()),
        };
        Attachments { images: self.images.iter().map(shown).collect(), errors: self.errors.clone() }
    }
}
