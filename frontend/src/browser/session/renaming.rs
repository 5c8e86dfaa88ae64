//! The visitor's name: changes of it, here and on their other devices, what the server says about them, and the number that the server gives
//! a name that is taken. The server's name is the right one: the cookie of this browser may be older. It is loaded on demand.

use std::cell::RefCell;

use page_model::{
    client::Effect,
    connection::Status,
    unique_names::{confirms, is_known_numbered},
};
use shared_types::{AccessMode, Action, ActionName, ErrorCode, PersonName, ServerMessage};

use crate::{
    browser::{
        other_tabs,
        session::{Session, moderation::TOAST_MS},
        time,
    },
    ui::{profile::renaming::Renaming, state::set},
};

thread_local! {
    /// The change of the name that the server has not answered. It is not in [`Session`], which is loaded first.
    static PENDING: RefCell<Option<(PersonName, Renaming)>> = const { RefCell::new(None) };
}

impl Session {
    /// Changes the visitor's name. The dialog stays open until the server has answered, and the browser keeps the name when it is accepted.
    /// Without a socket, the next one takes the name. The name that the visitor has already changes nothing: with a number it is not the
    /// name that they chose.
    pub(super) fn rename(&mut self, name: PersonName, renaming: Renaming) -> Vec<Effect> {
        renaming.reset();
        if name == self.client.timeline().me().name && !renaming.is_pending.get_untracked() {
            renaming.finish();
            return Vec::new();
        }
        let is_live = self.chat.room.status.get_untracked() == Status::Live;
        let effects = self.client.rename(name.clone());
        if is_live && !effects.is_empty() {
            set(renaming.is_pending, true);
            PENDING.set(Some((name, renaming)));
        } else {
            self.keep_name(name);
            renaming.finish();
        }
        effects
    }

    /// Stores a name for the next socket and the next page, and tells it to the visitor's other tabs.
    fn keep_name(&mut self, name: PersonName) {
        self.store_name(name);
        other_tabs::tell_name(&self.page.you);
    }

    /// Handles what a message says about the visitor's name.
    pub(super) fn on_name_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome { you, .. } => {
                let is_confirmed = |(name, _): &mut (PersonName, Renaming)| confirms(name.as_str(), you.name.as_str());
                if let Some((name, renaming)) = PENDING.with_borrow_mut(|pending| pending.take_if(is_confirmed)) {
                    // The server has stored it: the next socket asks for no name that another device may have replaced.
                    self.client.forget_chosen_name();
                    self.keep_name(name);
                    finish(renaming);
                } else if is_known_numbered(self.client.timeline().me().name.as_str(), you.name.as_str()) {
                    self.client.forget_chosen_name();
                    self.tell_number(&you.name);
                } else {
                    self.follow_server_name(&you.name);
                }
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Rename)), code, message, .. } => {
                let translations = self.chat.translations;
                let sentence = match code {
                    // The page checks everything else before it sends a name.
                    ErrorCode::BadField => translations.unique_names().confusable.to_owned(),
                    ErrorCode::NotAllowed => translations.unique_names().taken.to_owned(),
                    code => page_model::texts::ClientTexts::server_error(translations, *code)
                        .map_or_else(|| message.clone(), str::to_owned),
                };
                match PENDING.take() {
                    Some((_, renaming)) if renaming.is_pending.get_untracked() => {
                        set(renaming.is_pending, false);
                        set(renaming.refusal, sentence);
                    }
                    _ => self.add_error(sentence),
                }
            }
            _ => {}
        }
    }

    /// The answer that is awaited is lost. The next socket takes the name. The dialog stays open: the visitor can save again, and has lost
    /// nothing of what they typed.
    pub(super) fn on_name_disconnect(&mut self) {
        if let Some((name, renaming)) = PENDING.take() {
            self.keep_name(name);
            renaming.stop(self.chat.translations.profile().unconfirmed);
        }
    }

    /// Handles the name that the server gave when the page was opened, before this was loaded.
    pub(super) fn on_first_name(&mut self) {
        let given = self.client.timeline().me().name.clone();
        if is_known_numbered(self.page.you.name.as_str(), given.as_str()) {
            self.tell_number(&given);
        } else {
            self.follow_server_name(&given);
        }
    }

    /// Keeps the name that the server gave, which the visitor chose on another device, unless they chose another one here that the server
    /// does not know yet. Where a provider gives the names, the browser keeps none.
    fn follow_server_name(&mut self, given: &PersonName) {
        if self.client.chosen_name().is_some_and(|chosen| chosen != given) {
            return;
        }
        self.client.forget_chosen_name();
        if *given != self.page.you.name && self.page.access != AccessMode::Oidc {
            self.store_name(given.clone());
        }
    }

    fn tell_number(&mut self, name: &PersonName) {
        let sentence = self.chat.translations.unique_names().numbered.with(name.as_str());
        self.show_toast(sentence, time::now() + TOAST_MS);
    }
}

/// Closes the dialog, unless the visitor has closed it before the answer.
fn finish(renaming: Renaming) {
    if renaming.is_pending.get_untracked() {
        renaming.finish();
    }
}
