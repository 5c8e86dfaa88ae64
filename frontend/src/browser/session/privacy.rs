//! What the visitor does with what is theirs: their name and id, what they wrote, and the way out.

use leptos::prelude::*;
use page_model::{connection::EndReason, erasure::Erasure};
use shared_types::{AccessMode, PersonName};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{clipboard, cookies, data_export, session::Session, sign_out, time},
    ui::state::{privacy::ExportStatus, set},
};

impl Session {
    /// Says what became of an earlier page whose visitor had everything deleted.
    pub(super) fn show_erasure_result(&mut self) {
        if sign_out::take_erased_flag() {
            let translations = self.chat.translations;
            // Whoever signs in with a provider is who they were.
            let anew = (self.page.access != AccessMode::Oidc).then(|| translations.data_erased_new_id.to_owned());
            self.update_attachments(|attachments| {
                attachments.set_errors([translations.data_erased.to_owned()].into_iter().chain(anew).collect())
            });
        }
    }

    /// Keeps a name for the next socket and the next page.
    pub(super) fn store_name(&mut self, name: PersonName) {
        cookies::store_name(&name);
        self.page.you.name = name;
    }

    /// The server did not take a name: the one before holds.
    pub(super) fn restore_name(&mut self) {
        self.store_name(self.client.timeline().me().name.clone());
    }

    /// Copies the visitor's id, or lets them do it.
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

    /// Gets everything that the visitor wrote, as a file.
    pub(super) fn export(&self) {
        let exporting = self.chat.privacy.export;
        if matches!(exporting.get_untracked(), ExportStatus::Running | ExportStatus::Waiting(_)) {
            return;
        }
        spawn_local(async move {
            let got = data_export::save(move |waits| {
                set(exporting, waits.map_or(ExportStatus::Running, ExportStatus::Waiting))
            })
            .await;
            set(exporting, if got.is_some() { ExportStatus::No } else { ExportStatus::Failed });
        });
    }

    /// Changes how far it is with having everything deleted. When nothing is left, the visitor leaves.
    pub(super) fn update_erasure(&mut self, change: impl FnOnce(&mut Erasure)) {
        let before = self.chat.privacy.erasure.get_untracked();
        let mut erasure = before;
        change(&mut erasure);
        set(self.chat.privacy.erasure, erasure);
        if erasure != before && matches!(erasure, Erasure::Done { .. }) {
            self.sign_out(true);
        }
    }

    /// The visitor leaves by the door, and nothing of theirs stays on this device. `deleted` says whether nothing of theirs is
    /// left in the chat either.
    pub(super) fn sign_out(&mut self, deleted: bool) {
        self.disconnect();
        spawn_local(sign_out::sign_out(deleted));
    }

    /// The visitor left on another page: nothing is said in their name here any more.
    pub(super) fn follow_sign_out(&mut self) {
        self.disconnect();
        sign_out::follow_sign_out();
    }

    fn disconnect(&mut self) {
        let effects = self.client.end(time::now(), EndReason::SignedOut);
        self.perform(effects);
    }
}
