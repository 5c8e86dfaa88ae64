//! The visitor's name, id and data, and signing out.

use page_model::{connection::EndReason, erasure::Erasure};
use shared_types::{AccessMode, PersonName, Seq};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        clipboard, cookies, data_export,
        session::{Session, moderation::TOAST_MS, with},
        sign_out, time,
    },
    ui::{
        message::message_id,
        state::{privacy::ExportStatus, set},
    },
};

impl Session {
    /// Shows that an earlier page deleted all data of the visitor.
    pub(super) fn show_erasure_result(&mut self) {
        if sign_out::take_erased_flag() {
            let translations = self.chat.translations;
            // A visitor who signs in with a provider keeps their id.
            let new_id = (self.page.access != AccessMode::Oidc).then(|| translations.data_erased_new_id.to_owned());
            self.show_errors([translations.data_erased.to_owned()].into_iter().chain(new_id).collect());
        }
    }

    /// Stores a name for the next socket and the next page.
    pub(super) fn store_name(&mut self, name: PersonName) {
        cookies::store_name(&name);
        self.page.you.name = name;
    }

    /// Copies the visitor's id. If the page may not copy, selects it.
    pub(super) fn copy_id(&self) {
        let (chat, id) = (self.chat, self.page.you.id.clone());
        spawn_local(async move {
            let copied = clipboard::copy_text(id.as_str()).await;
            if !copied {
                clipboard::select_text(".privacy .id code");
            }
            set(chat.privacy.id_copied, Some(copied));
        });
    }

    /// Copies a text of a message. If the page may not copy, selects the message.
    pub(super) fn copy_message_text(&self, seq: Seq, text: String) {
        let (handle, chat) = (self.handle, self.chat);
        spawn_local(async move {
            let (copied, texts) = (clipboard::copy_text(&text).await, chat.translations.dialogs());
            if !copied {
                clipboard::select_text(&["#", &message_id(seq), " .message-text"].concat());
            }
            with(handle, |session| session.show_copied(copied.then_some(texts.text_copied), texts.text_selected));
        });
    }

    /// Copies the address of a message.
    pub(super) fn copy_message_link(&self, seq: Seq) {
        let (handle, chat) = (self.handle, self.chat);
        spawn_local(async move {
            let (copied, texts) = (clipboard::copy_address(seq).await, chat.translations.dialogs());
            with(handle, |session| session.show_copied(copied.then_some(texts.copied), texts.not_copied));
        });
    }

    /// Confirms that something was copied, or shows an error.
    fn show_copied(&mut self, copied: Option<&'static str>, error: &'static str) {
        match copied {
            Some(copied) => self.show_toast(copied.to_owned(), time::now() + TOAST_MS),
            None => self.show_errors(vec![error.to_owned()]),
        }
    }

    /// Downloads everything that the visitor wrote, as a file.
    pub(super) fn export(&self) {
        let status = self.chat.privacy.export;
        if matches!(status.get_untracked(), ExportStatus::Running | ExportStatus::Waiting(_)) {
            return;
        }
        spawn_local(async move {
            let saved =
                data_export::save(move |wait| set(status, wait.map_or(ExportStatus::Running, ExportStatus::Waiting)))
                    .await;
            set(status, if saved.is_some() { ExportStatus::No } else { ExportStatus::Failed });
        });
    }

    /// Updates the erasure. Signs the visitor out when it is done.
    pub(super) fn update_erasure(&mut self, change: impl FnOnce(&mut Erasure)) {
        let before = self.chat.privacy.erasure.get_untracked();
        let mut erasure = before;
        change(&mut erasure);
        set(self.chat.privacy.erasure, erasure);
        if erasure != before && matches!(erasure, Erasure::Done { .. }) {
            self.sign_out(true);
        }
    }

    /// Signs out and removes everything that is stored on this device. `deleted` says whether all messages were
    /// deleted, too.
    pub(super) fn sign_out(&mut self, deleted: bool) {
        self.disconnect();
        spawn_local(sign_out::sign_out(deleted));
    }

    /// Disconnects this page, after the visitor signed out on another one.
    pub(super) fn follow_sign_out(&mut self) {
        self.disconnect();
        sign_out::follow_sign_out();
    }

    fn disconnect(&mut self) {
        let effects = self.client.end(time::now(), EndReason::SignedOut);
        self.perform(effects);
    }
}
