//! What the visitor does with images: from the choice of a file to the last of its bytes.

use leptos::prelude::*;
use page_model::{
    client::Effect,
    composer_mode::ComposerMode,
    timeline::{Draft, key},
};
use shared_types::{MessageText, Nonce};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::{
    browser::{
        attachments::AttachmentTray,
        picture::{Picture, RejectedImage},
        random,
        session::{Session, with},
        time,
        upload::{Upload, UploadEvent},
    },
    ui::state::set,
};

/// A picture that this page sends or has sent. It is kept for as long as the page shows it.
pub(super) struct SentImage {
    nonce: Nonce,
    picture: Picture,
    upload: Option<Upload>,
}

impl Session {
    /// Takes files into the tray.
    pub(super) fn attach(&mut self, files: Vec<File>) {
        self.attachments.add(files);
        self.prepare_next_image();
    }

    /// Changes the tray; nothing else follows from that.
    pub(super) fn update_attachments(&mut self, change: impl FnOnce(&mut AttachmentTray)) -> Vec<Effect> {
        change(&mut self.attachments);
        self.show_attachments();
        Vec::new()
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
        self.attachments.on_prepared(id, picture);
        self.prepare_next_image();
    }

    fn show_attachments(&self) {
        set(self.chat.composer.attachments, self.attachments.view());
    }

    /// Sends a text, or the images in the tray: each is a message of its own, and the text belongs to the first.
    pub(super) fn post(&mut self, mut text: Option<MessageText>) -> Vec<Effect> {
        let Some(pictures) = self.attachments.take() else { return Vec::new() };
        self.show_attachments();
        // Whoever writes wants to see it, wherever they were reading.
        self.scroll_to_end();
        self.clear_unread_line();
        let mut reply_to = self.chat.composer.mode.with_untracked(ComposerMode::reply_to);
        set(self.chat.composer.mode, ComposerMode::New);
        let mut effects = Vec::new();
        for picture in pictures {
            let Ok(nonce) = random::unique_token().parse::<Nonce>() else { continue };
            let draft = Draft {
                nonce: nonce.clone(),
                text: text.take(),
                image: Some(picture.image.clone()),
                reply_to: reply_to.take(),
            };
            let key = self.key(&nonce);
            self.chat.images.own_sources.update_value(|pictures| pictures.push((key, picture.url.as_str().to_owned())));
            self.sent_images.push(SentImage { nonce, picture, upload: None });
            effects.extend(self.client.post(draft, time::now()));
        }
        if let Some(text) = text
            && let Ok(nonce) = random::unique_token().parse()
        {
            effects.extend(self.client.post(Draft { nonce, text: Some(text), image: None, reply_to }, time::now()));
        }
        effects
    }

    /// Gives up a message, and its picture with it unless it is too late for that.
    pub(super) fn discard(&mut self, nonce: &Nonce) -> Vec<Effect> {
        let effects = self.client.discard(nonce, time::now());
        if !self.client.timeline().is_unsent(nonce) {
            let key = self.key(nonce);
            self.sent_images.retain(|sent| sent.nonce != *nonce);
            self.chat.images.own_sources.update_value(|pictures| pictures.retain(|(of, _)| *of != key));
        }
        effects
    }

    /// Puts the image of a message to an address.
    pub(super) fn start_upload(&mut self, nonce: Nonce, url: &str) {
        self.rows_changed = true;
        let now = time::now();
        let handle = self.handle;
        let Some(sent) = self.sent_images.iter_mut().find(|sent| sent.nonce == nonce) else {
            let effects = self.client.on_image_lost(&nonce, now);
            return self.perform(effects);
        };
        let about = nonce.clone();
        let report = move |event| with(handle, |session| session.on_upload_event(&about, event));
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
            UploadEvent::Runs(percent) => {
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

    /// The key of the visitor's own message.
    fn key(&self, nonce: &Nonce) -> String {
        key(&self.client.timeline().me().id, nonce)
    }
}
