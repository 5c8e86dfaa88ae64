//! Telling the visitor what was said while they do not look at the page: by its title, its marks, and notifications.

use leptos::prelude::*;
use page_model::notification_level::NotificationLevel;
use shared_types::{ChatMessage, ServerMessage};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        events,
        notification::{self, Permission},
        session::{Session, with},
        storage, unread_badge,
    },
    ui::state::set,
};

/// Where the choice is kept.
const NOTIFY: &str = "notify";

impl Session {
    /// Shows what was chosen on an earlier page, if the browser still lets it be done.
    pub(super) fn init_notifications(&self) {
        let kept = storage::read(NOTIFY).and_then(|tag| NotificationLevel::of_tag(&tag)).unwrap_or_default();
        if notification::permission() == Permission::Granted {
            set(self.chat.notifications.level, kept);
        }
    }

    /// The visitor chooses what they are told of. This is called in their click: only then a browser asks them whether they
    /// mean it.
    pub(super) fn set_notifications(&self, choice: NotificationLevel) {
        let permission =
            if choice == NotificationLevel::Never { Permission::Granted } else { notification::permission() };
        // The choice is shown at once, or taking it back would change nothing.
        set(self.chat.notifications.level, choice);
        set(self.chat.notifications.error, None);
        if permission != Permission::Open {
            return self.apply_notification_level(choice, permission);
        }
        let handle = self.handle;
        let answer = notification::ask();
        spawn_local(async move {
            let permission = answer.await;
            with(handle, |session| session.apply_notification_level(choice, permission));
        });
    }

    fn apply_notification_level(&self, choice: NotificationLevel, permission: Permission) {
        let error = match permission {
            Permission::Granted => None,
            Permission::Unable => Some(self.chat.translations.notify_unable),
            Permission::Denied | Permission::Open => Some(self.chat.translations.notify_denied),
        };
        let choice = if error.is_none() { choice } else { NotificationLevel::Never };
        set(self.chat.notifications.level, choice);
        set(self.chat.notifications.error, error);
        storage::write(NOTIFY, choice.tag());
    }

    /// The messages of others in a frame that were not heard of before.
    pub(super) fn new_messages(&self, message: &ServerMessage) -> Vec<ChatMessage> {
        let heard = match message {
            ServerMessage::Message(message) => std::slice::from_ref(message),
            ServerMessage::Changes { messages, .. } => messages,
            _ => &[],
        };
        let new = |message: &&ChatMessage| {
            Some(message.seq) > self.newest_noticed && message.author.id != self.page.you.id && !message.deleted
        };
        heard.iter().filter(new).cloned().collect()
    }

    /// Tells the visitor of messages, unless they look at the page.
    pub(super) fn notify_messages(&mut self, news: &[ChatMessage]) {
        if events::is_visible() || news.is_empty() {
            return;
        }
        self.unseen_count += news.len() as u32;
        self.show_unseen_count();
        let choice = self.chat.notifications.level.get_untracked();
        for message in news.iter().filter(|message| choice.applies_to(message, &self.page.you.id)) {
            let translations = self.chat.translations;
            let body = translations
                .notification_body(message.author.name.as_str(), message.text.as_ref().map(|text| text.as_str()));
            let url = [self.page.room.path().as_str(), "#m-", &message.seq.to_string()].concat();
            let (intend, seq) = (self.chat.dispatch, message.seq);
            let clicked = move || intend.run(crate::ui::state::intent::Intent::GoToMessage(seq));
            notification::show(
                &translations.title(self.page.room.as_str()),
                &body,
                self.page.room.as_str(),
                &url,
                clicked,
            );
        }
    }

    /// The visitor looks at the page.
    pub(super) fn clear_unseen(&mut self) {
        if std::mem::take(&mut self.unseen_count) > 0 {
            self.show_unseen_count();
        }
    }

    fn show_unseen_count(&self) {
        let (translations, room) = (self.chat.translations, self.page.room.as_str());
        let title = if self.unseen_count > 0 {
            translations.unread_title(self.unseen_count, room)
        } else {
            translations.title(room)
        };
        document().set_title(&title);
        unread_badge::show(self.unseen_count);
    }
}
