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
            intent::{Clipboard, ImageIntent},
            set,
        },
    },
};

/// An image that this page sent. It is kept while the page shows it.
pub(super) struct SentImage {
    /// The nonce under which it is uploaded.
    nonce: Nonce,
    picture: Picture,
    upload: Option<Upload>,
}

impl Session {
    /// Performs a command about the attached images.
    pub(super) fn on_image_intent(&mut self, intent: ImageIntent) -> Vec<Effect> {
        match intent {
            ImageIntent::Attach(files) => self.attach(files),
            ImageIntent::Paste(clipboard) => self.paste(clipboard),
            ImageIntent::Remove(id) => self.update_attachments(|attachments| attachments.remove(id)),
            ImageIntent::Describe(id, text) => self.update_attachments(|attachments| attachments.describe(id, text)),
            ImageIntent::Post(text) => return self.post_images(text),
        }
        Vec::new()
    }

    fn attach(&mut self, files: Vec<File>) {
        let error = self.attachments.add(files);
        self.show_errors(error.into_iter().map(Into::into).collect());
        self.prepare_next_image();
    }

    /// Pastes a clipboard into the field. The text is inserted after this function has returned, because the events of
    /// the field call the session.
    fn paste(&mut self, clipboard: Clipboard) {
        if pastes_files(&clipboard) {
            return self.attach(clipboard.files);
        }
        let chat = self.chat;
        spawn_local(async move {
            chat.focus();
            if let Some(field) = chat.composer.field.get_untracked() {
                clipboard::insert_text(&field, &clipboard.text);
            }
        });
    }

    fn update_attachments(&mut self, change: impl FnOnce(&mut AttachmentTray)) {
        change(&mut self.attachments);
        self.show_attachments();
    }

    /// Sends the attached images as one message, or as several if their descriptions are too long for one. The first one has the text.
    fn post_images(&mut self, mut text: Option<MessageText>) -> Vec<Effect> {
        let Some(pictures) = self.attachments.take() else { return Vec::new() };
        self.show_attachments();
        let mut reply_to = self.start_posting();
        let mut effects = Vec::new();
        for pictures in albums(text.as_ref(), pictures, |picture| picture.image.alt.as_ref()) {
            let Ok(nonce) = random::unique_token().parse() else { continue };
            let draft = self.draft_with_images(nonce, pictures, text.take(), reply_to.take());
            effects.extend(self.client.post(draft, time::now()));
        }
        effects
    }

    fn prepare_next_image(&mut self) {
        if let Some((id, file)) = self.attachments.next_to_prepare() {
            let handle = self.handle;
            spawn_local(async move {
                let picture = Picture::of(&file).await;
                with(handle, |session| session.on_image_prepared(id, picture));
            });
        }
        self.show_attachments();
    }

    fn on_image_prepared(&mut self, id: u32, picture: Result<Picture, RejectedImage>) {
        if let Some(error) = self.attachments.on_prepared(id, picture) {
            self.add_error(error);
        }
        self.prepare_next_image();
    }

    fn show_attachments(&self) {
        set(self.chat.composer.attachments, self.attachments.view());
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
    fn draft_with_images(
        &mut self,
        nonce: Nonce,
        pictures: Vec<Picture>,
        text: Option<MessageText>,
        reply_to: Option<Seq>,
    ) -> Draft {
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
        Draft { nonce, text, image, reply_to, thread: None }
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
