//! Attaches, prepares, sends and uploads images. It is loaded on demand: `on_demand` has the table of these functions.

use page_model::{
    albums::albums,
    client::Effect,
    rejected_image::RejectedImage,
    timeline::{Draft, key},
};
use shared_types::{ChatImage, MessageText, MoreImages, Nonce, Seq, limits};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::{
    browser::{
        attachments::AttachmentTray,
        clipboard,
        picture::Picture,
        random,
        session::{Session, with},
        time,
        upload::{Upload, UploadEvent},
    },
    ui::{
        composer::paste::pastes_files,
        state::{
            composer::ComposerPlace,
            intent::{Clipboard, ImageIntent},
            set,
        },
        threads,
    },
};

/// Which message images are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tray {
    /// That of the composer.
    Room,
    /// The reply in the thread that this message began.
    Thread(Seq),
}

/// An image that this page sent. It is kept while the page shows it.
pub(super) struct SentImage {
    /// The nonce under which it is uploaded.
    nonce: Nonce,
    picture: Picture,
    upload: Option<Upload>,
}

impl Session {
    /// Performs a command about the attached images.
    pub(super) fn on_image_intent(&mut self, place: ComposerPlace, intent: ImageIntent) -> Vec<Effect> {
        let thread = self.chat.thread;
        let tray = match (place, thread.root.get_untracked()) {
            (ComposerPlace::Room, _) => Tray::Room,
            // Of the thread of a reply that is not loaded, it is not known which message began it.
            (ComposerPlace::Thread, Some(root)) if thread.rows.with_untracked(|rows| !rows.is_empty()) => {
                Tray::Thread(root)
            }
            (ComposerPlace::Thread, _) => {
                self.show_errors(vec![self.chat.translations.threads().no_images_yet.to_owned()]);
                return Vec::new();
            }
        };
        match intent {
            ImageIntent::Attach(files) => self.attach(tray, files),
            ImageIntent::Paste(clipboard) => self.paste(tray, clipboard),
            ImageIntent::Remove(id) => self.update_attachments(tray, |attachments| attachments.remove(id)),
            ImageIntent::Describe(id, text) => {
                self.update_attachments(tray, |attachments| attachments.describe(id, text));
            }
            ImageIntent::Post(text) => {
                let Some(pictures) = self.take_pictures(tray) else { return Vec::new() };
                let reply_to = self.start_posting();
                return self.post_images(pictures, text, reply_to, None);
            }
        }
        Vec::new()
    }

    fn attachments_of(&mut self, tray: Tray) -> &mut AttachmentTray {
        match tray {
            Tray::Room => &mut self.attachments,
            Tray::Thread(root) => self.threads.attachments_of(root),
        }
    }

    fn attach(&mut self, tray: Tray, files: Vec<File>) {
        let translations = self.chat.translations;
        let error = self.attachments_of(tray).add(files, translations);
        self.show_errors(error.into_iter().map(Into::into).collect());
        self.prepare_next_image(tray);
    }

    /// Pastes a clipboard into the field. The text is inserted after this function has returned, because the events of
    /// the field call the session.
    fn paste(&mut self, tray: Tray, clipboard: Clipboard) {
        if pastes_files(&clipboard) {
            return self.attach(tray, clipboard.files);
        }
        let chat = self.chat;
        spawn_local(async move {
            chat.focus();
            if let Some(field) = chat.composer.field.get_untracked() {
                clipboard::insert_text(&field, &clipboard.text);
            }
        });
    }

    fn update_attachments(&mut self, tray: Tray, change: impl FnOnce(&mut AttachmentTray)) {
        change(self.attachments_of(tray));
        self.show_attachments(tray);
    }

    /// Takes the attached images for sending. Returns `None` while one of them is not prepared.
    pub(super) fn take_pictures(&mut self, tray: Tray) -> Option<Vec<Picture>> {
        let pictures = self.attachments_of(tray).take();
        self.show_attachments(tray);
        pictures
    }

    /// Sends images as one message, or as several if their descriptions are too long for one. The first one has the text, and is the reply,
    /// unless all of them are in a thread, as in [`Draft::thread`].
    pub(super) fn post_images(
        &mut self,
        pictures: Vec<Picture>,
        mut text: Option<MessageText>,
        mut reply_to: Option<Seq>,
        thread: Option<bool>,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        for pictures in albums(text.as_ref(), pictures, |picture| picture.image.alt.as_ref()) {
            let Ok(nonce) = random::unique_token().parse() else { continue };
            let draft = Draft { reply_to, thread, ..self.draft_with_images(nonce, pictures, text.take()) };
            reply_to.take_if(|_| thread.is_none());
            effects.extend(self.client.post(draft, time::now()));
        }
        effects
    }

    fn prepare_next_image(&mut self, tray: Tray) {
        if let Some((id, file)) = self.attachments_of(tray).next_to_prepare() {
            let handle = self.handle;
            spawn_local(async move {
                let picture = Picture::of(&file).await;
                with(handle, |session| session.on_image_prepared(tray, id, picture));
            });
        }
        self.show_attachments(tray);
    }

    fn on_image_prepared(&mut self, tray: Tray, id: u32, picture: Result<Picture, RejectedImage>) {
        let translations = self.chat.translations;
        if let Some(error) = self.attachments_of(tray).on_prepared(id, picture, translations) {
            self.add_error(error);
        }
        self.prepare_next_image(tray);
    }

    /// Shows the images that are attached to a message, if its field is shown.
    pub(super) fn show_attachments(&mut self, tray: Tray) {
        let view = self.attachments_of(tray).view();
        match tray {
            Tray::Room => set(self.chat.composer.attachments, view),
            Tray::Thread(root) if self.chat.thread.root.get_untracked() == Some(root) => {
                set(threads::with_field(self.chat).composer.attachments, view);
            }
            Tray::Thread(_) => {}
        }
    }

    /// Uploads an image to a URL.
    pub(super) fn start_upload(&mut self, nonce: Nonce, url: &str) {
        self.rows_changed = true;
        let now = time::now();
        let handle = self.handle;
        let Some(sent) = self.sent_images.iter_mut().find(|sent| sent.nonce == nonce) else {
            return self.on_image_lost(&nonce);
        };
        let uploaded = nonce.clone();
        let report = move |event| with(handle, |session| session.on_upload_event(&uploaded, event));
        let Picture { image, blob, .. } = &sent.picture;
        sent.upload = Upload::start(url, image.kind.media_type(), blob, report);
        if sent.upload.is_none() {
            let effects = self.client.on_upload_failed(&nonce, now);
            self.perform(effects);
        }
    }

    fn on_upload_event(&mut self, nonce: &Nonce, event: UploadEvent) {
        self.rows_changed = true;
        let now = time::now();
        let effects = match event {
            UploadEvent::Progress(percent) => {
                self.client.on_upload_progress(nonce, percent);
                return;
            }
            UploadEvent::Ended(true) => self.client.on_upload_finished(nonce, now),
            UploadEvent::Ended(false) => self.client.on_upload_failed(nonce, now),
        };
        if let Some(sent) = self.sent_images.iter_mut().find(|sent| sent.nonce == *nonce) {
            sent.upload = None;
        }
        self.perform(effects);
    }

    /// Returns a message with images. They are uploaded when the server returns URLs for them.
    fn draft_with_images(&mut self, nonce: Nonce, pictures: Vec<Picture>, text: Option<MessageText>) -> Draft {
        let mut images = Vec::new();
        for (number, picture) in pictures.into_iter().enumerate() {
            let Some(nonce) = nonce.of_image(number) else { break };
            images.push(picture.image.clone());
            let key = self.row_key(&nonce);
            self.chat.images.own_sources.update(|sources| sources.push((key, picture.url.as_str().to_owned())));
            self.sent_images.push(SentImage { nonce, picture, upload: None });
        }
        let mut images = images.into_iter();
        let image = images.next().map(|first| ChatImage { more: MoreImages(images.collect()), ..first });
        Draft { nonce, text, image, reply_to: None, thread: None }
    }

    /// Drops the images of a message. If it was split, the others are messages of their own, which may wait to be sent.
    pub(super) fn drop_images(&mut self, nonce: &Nonce) {
        for nonce in (0..limits::MESSAGE_IMAGES).filter_map(|number| nonce.of_image(number)) {
            if !self.client.timeline().is_unsent(&nonce) {
                let key = self.row_key(&nonce);
                self.sent_images.retain(|sent| sent.nonce != nonce);
                self.chat.images.own_sources.update(|sources| sources.retain(|(of, _)| *of != key));
            }
        }
    }

    fn row_key(&self, nonce: &Nonce) -> String {
        key(&self.client.timeline().me().id, nonce)
    }
}
