//! The visitor's name: changes of it, what the server says about them, and the number that the server gives a name that is taken. It is
//! loaded on demand.

use std::cell::Cell;

use page_model::{client::Effect, connection::Status, unique_names::is_numbered};
use shared_types::{Action, ActionName, ErrorCode, PersonName, ServerMessage};

use crate::{
    browser::{
        other_tabs,
        session::{Session, moderation::TOAST_MS},
        time,
    },
    ui::{profile::renaming::Renaming, state::set},
};

thread_local! {
    /// The last change of the name. It is not in [`Session`], which is loaded first.
    static LAST: Cell<Option<Renaming>> = const { Cell::new(None) };
}

impl Session {
    /// Changes the visitor's name. The dialog stays open until the server has answered; without a socket, the next one takes the name.
    pub(super) fn rename(&mut self, name: PersonName, renaming: Renaming) -> Vec<Effect> {
        self.store_name(name.clone());
        other_tabs::tell_name(&self.page.you);
        renaming.reset();
        LAST.set(Some(renaming));
        let is_live = self.chat.room.status.get_untracked() == Status::Live;
        let effects = self.client.rename(name);
        if is_live && !effects.is_empty() {
            set(renaming.is_pending, true);
        } else {
            renaming.finish();
        }
        effects
    }

    /// Handles what a message says about the visitor's name.
    pub(super) fn on_name_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome { you, .. } => match pending() {
                Some(renaming) => renaming.finish(),
                None if is_numbered(self.client.timeline().me().name.as_str(), you.name.as_str()) => {
                    self.client.forget_chosen_name();
                    self.tell_number(&you.name);
                }
                None => {}
            },
            ServerMessage::Error { action: Some(ActionName::Known(Action::Rename)), code, message, .. } => {
                let translations = self.chat.translations;
                let sentence = match code {
                    ErrorCode::NotAllowed => translations.unique_names().taken.to_owned(),
                    code => page_model::texts::ClientTexts::server_error(translations, *code)
                        .map_or_else(|| message.clone(), str::to_owned),
                };
                match pending() {
                    Some(renaming) => {
                        set(renaming.is_pending, false);
                        set(renaming.refusal, sentence);
                    }
                    None => self.add_error(sentence),
                }
            }
            _ => {}
        }
    }

    /// The answer that is awaited is lost. The next socket takes the name.
    pub(super) fn on_name_disconnect(&self) {
        if let Some(renaming) = pending() {
            renaming.finish();
        }
    }

    /// Tells the visitor that they got a number when the page was opened, before this was loaded.
    pub(super) fn tell_first_number(&mut self) {
        let given = self.client.timeline().me().name.clone();
        if is_numbered(self.page.you.name.as_str(), given.as_str()) {
            self.tell_number(&given);
        }
    }

    fn tell_number(&mut self, name: &PersonName) {
        let sentence = self.chat.translations.unique_names().numbered.with(name.as_str());
        self.show_toast(sentence, time::now() + TOAST_MS);
    }
}

/// Returns the change of the name that the server has not answered.
fn pending() -> Option<Renaming> {
    LAST.get().filter(|renaming| renaming.is_pending.get_untracked())
}
