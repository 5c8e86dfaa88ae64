//! What the dialogs ask the session for. It is loaded with them: `on_demand` has the table of these functions.

use page_model::{audit::AuditLog, client::Effect, erasure::Erasure, search::Search};
use shared_types::{Action, ActionName, ClientMessage, ServerMessage};

use crate::{
    browser::{cookies, session::Session},
    ui::state::intent::DialogIntent,
};

impl Session {
    /// Performs a command of a dialog.
    pub(super) fn on_dialog_intent(&mut self, intent: DialogIntent) -> Vec<Effect> {
        match intent {
            DialogIntent::Rename(name) => {
                self.store_name(name.clone());
                return self.client.rename(name);
            }
            DialogIntent::Restrict { person, ban, seconds } => return self.restrict(person, ban, seconds),
            DialogIntent::SetRules(rules) => return self.send_moderation(None, ClientMessage::Rules { rules }),
            DialogIntent::SetLanguage(language) => cookies::switch_language(language),
            DialogIntent::Search(text) => self.update_search(|search| search.start(&text)),
            DialogIntent::SearchMore => self.update_search(Search::continue_search),
            DialogIntent::SetNotifications(choice) => self.set_notifications(choice),
            DialogIntent::LoadRestrictions => self.load_restrictions(),
            DialogIntent::PurgeUser(person) => self.purge_user(person),
            DialogIntent::Audit => self.update_audit(AuditLog::reload),
            DialogIntent::AuditMore => self.update_audit(AuditLog::load_more),
            DialogIntent::Export => self.export(),
            DialogIntent::EraseMyData => self.update_erasure(Erasure::start),
            DialogIntent::StopErasing => self.stop_erasing(),
            DialogIntent::CopyId => self.copy_id(),
            DialogIntent::SignOut => self.sign_out(false),
        }
        Vec::new()
    }

    /// Handles an answer that only the dialogs wait for.
    pub(super) fn on_dialog_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Found { text, messages, before } => {
                self.update_search(|search| search.on_results(text, messages.clone(), *before));
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Search)), .. } => {
                self.update_search(Search::on_error);
            }
            _ => self.on_moderation_answer(message),
        }
    }

    /// Prepares the requests of a closed socket to be repeated.
    pub(super) fn on_dialogs_disconnect(&mut self) {
        self.update_search(Search::on_disconnect);
        self.on_moderation_disconnect();
    }

    /// Returns the requests of the dialogs that are due. The caller has a socket.
    pub(super) fn dialog_queries(&mut self, now: u64) -> Vec<ClientMessage> {
        [self.search.take_request()].into_iter().chain(self.moderation_queries(now)).flatten().collect()
    }

    /// Stops deleting the visitor's data.
    pub(super) fn stop_erasing(&mut self) {
        self.update_erasure(Erasure::stop);
    }
}
