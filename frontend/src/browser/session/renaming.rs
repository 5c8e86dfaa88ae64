//! The visitor's name: changes of it, here and on their other devices, what the server says about them, and the number that the server gives
//! a name that is taken. The server's name is the right one: the cookie of this browser may be older. It is loaded on demand.

use std::cell::Cell;

use page_model::{client::Effect, connection::Status};
use shared_types::{AccessMode, Action, ActionName, ErrorCode, Person, PersonName, ServerMessage};

use crate::{
    browser::{
        other_tabs,
        session::{Session, moderation::TOAST_MS},
        storage, time,
    },
    ui::{profile::renaming::Renaming, state::set},
};

thread_local! {
    /// The dialog that waits for the answer to the chosen name. It is not in [`Session`], which is loaded first.
    static PENDING: Cell<Option<Renaming>> = const { Cell::new(None) };
}

impl Session {
    /// Changes the visitor's name. The dialog stays open until the server has answered, and the browser keeps the name when it is accepted.
    /// Without a socket, the next one sends it, also that of a later page. The name that is shown is sent, too: it may come from the cookie,
    /// and not be the one of their other devices. With a number it is not the name that they chose, and changes nothing.
    pub(super) fn rename(&mut self, name: PersonName, renaming: Renaming) -> Vec<Effect> {
        renaming.reset();
        let is_number = self.has_number && name == self.client.timeline().me().name;
        if is_number && !renaming.is_pending.get_untracked() {
            renaming.finish();
            return Vec::new();
        }
        let is_live = self.chat.room.status.get_untracked() == Status::Live;
        storage::write(&storage::unsent_name_key(&self.page.you.id), name.as_str());
        let effects = self.client.rename(name.clone());
        if is_live && !effects.is_empty() {
            set(renaming.is_pending, true);
            PENDING.set(Some(renaming));
        } else {
            self.keep_name(name);
            renaming.finish();
        }
        effects
    }

    /// Stores a name for the next page, and tells it to the visitor's other tabs.
    fn keep_name(&mut self, name: PersonName) {
        self.store_name(name);
        other_tabs::tell_name(&self.page.you);
    }

    /// The chosen name is not sent any more: the server has stored or refused it.
    fn remove_unsent_name(&mut self) {
        self.client.forget_chosen_name();
        storage::device().remove(&storage::unsent_name_key(&self.page.you.id));
    }

    /// Handles what a message says about the visitor's name.
    pub(super) fn on_name_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome { you, numbered, .. } => {
                let known = self.client.timeline().me().name.clone();
                // A chosen name gets no number: it is refused. So a number is for the name of before.
                if !numbered && self.client.take_answered_name() {
                    self.remove_unsent_name();
                    self.keep_name(you.name.clone());
                    // Unless the visitor has closed it before the answer.
                    if let Some(renaming) = PENDING.take().filter(|renaming| renaming.is_pending.get_untracked()) {
                        renaming.finish();
                    }
                }
                // A name that is still to be sent replaces the given one.
                if self.client.chosen_name().is_none() {
                    self.follow_given_name(&known, &you.name);
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
                // What can succeed later is sent again with the next socket, unless the visitor sees here that it failed.
                let is_temporary = matches!(
                    code,
                    ErrorCode::TooFast | ErrorCode::Muted | ErrorCode::Unavailable | ErrorCode::NotConnected
                );
                match PENDING.take().filter(|renaming| renaming.is_pending.get_untracked()) {
                    Some(renaming) => {
                        self.remove_unsent_name();
                        set(renaming.is_pending, false);
                        set(renaming.refusal, sentence);
                    }
                    None if is_temporary => self.add_error(sentence),
                    None => {
                        self.remove_unsent_name();
                        self.add_error(sentence);
                    }
                }
            }
            _ => {}
        }
    }

    /// The answer that is awaited is lost. The next socket sends the name again. The dialog stays open: the visitor can save again, and has
    /// lost nothing of what they typed.
    pub(super) fn on_name_disconnect(&mut self) {
        let Some(renaming) = PENDING.take() else { return };
        if let Some(name) = self.client.chosen_name().cloned() {
            self.keep_name(name);
        }
        renaming.stop(self.chat.translations.profile().unconfirmed);
    }

    /// Handles the name that the server gave when the page was opened, before this was loaded. A name that an earlier page could not send is
    /// sent again, because its answer may be there already.
    pub(super) fn on_first_name(&mut self) {
        if let Some(name) = storage::unsent_name(&self.page.you.id) {
            return self.send_name(name);
        }
        let (known, given) = (self.page.you.name.clone(), self.client.timeline().me().name.clone());
        self.follow_given_name(&known, &given);
    }

    /// Takes the name that the visitor chose in another tab. If that tab could not send it, this one does.
    pub(super) fn follow_other_tab(&mut self, you: Person) {
        if you.id != self.page.you.id {
            return;
        }
        self.follow_name(you);
        match storage::unsent_name(&self.page.you.id) {
            Some(name) => self.send_name(name),
            None => self.client.forget_chosen_name(),
        }
    }

    fn send_name(&mut self, name: PersonName) {
        let effects = self.client.rename(name);
        self.perform(effects);
    }

    /// Handles a name that the server gave. `known` is the one of before. Says that it has a number, or keeps it: the visitor may have chosen it
    /// on another device. Where a provider gives the names, the browser keeps none.
    fn follow_given_name(&mut self, known: &PersonName, given: &PersonName) {
        if self.has_number {
            if known != given {
                let sentence = self.chat.translations.unique_names().numbered.with(given.as_str());
                self.show_toast(sentence, time::now() + TOAST_MS);
            }
        } else if *given != self.page.you.name && self.page.access != AccessMode::Oidc {
            self.store_name(given.clone());
        }
    }
}
