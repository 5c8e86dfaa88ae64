//! Where the reader is in the log: what they see, what is new to them, and the way to somewhere else.

use leptos::prelude::*;
use page_model::timeline::UnreadSummary;
use shared_types::Seq;

use crate::{
    browser::{
        events,
        session::{Session, with},
        storage,
    },
    ui::{
        log::{
            gestures,
            scroll::{self, ScrollAnchor},
        },
        state::set,
    },
};

impl Session {
    /// Goes to a message, wherever it is.
    pub(super) fn go_to_message(&mut self, seq: Seq) {
        self.target = Some(seq);
        self.rows_changed = true;
        let effects = self.client.seek(seq);
        self.perform(effects);
    }

    /// Goes to the newest message.
    pub(super) fn return_to_newest(&mut self) {
        self.client.return_to_newest();
        self.rows_changed = true;
        self.scroll_to_end();
        self.mark_read();
    }

    /// Shows the newest message from now on, wherever the reader was.
    pub(super) fn scroll_to_end(&mut self) {
        self.scroll_anchor = None;
        self.target = None;
        set(self.chat.log.unread_below, false);
        scroll::to_end(self.chat.log.element);
    }

    /// Notes what the visitor sees.
    pub(super) fn mark_read(&mut self) {
        let at_end = self.chat.log.element.get_untracked().is_none_or(|log| scroll::at_end(&log));
        let timeline = self.client.timeline();
        let Some((newest, _)) = timeline.newest() else { return };
        if events::is_visible() && at_end && !timeline.is_detached() && self.read_position.read() < newest {
            self.read_position.mark_seen(newest);
            storage::store_read_position(&self.page.room, newest);
        }
    }

    /// Forgets where the line was above what was new, if that is read.
    pub(super) fn clear_unread_line(&mut self) {
        if let Some((newest, _)) = self.client.timeline().newest() {
            self.rows_changed |= self.read_position.line().is_some();
            self.read_position.clear_line(newest);
        }
    }

    /// Tells the reader when somebody else said something that they do not see.
    pub(super) fn update_unread(&mut self) {
        let Some((newest, by_somebody_else)) = self.client.timeline().newest() else { return };
        if Some(newest) <= self.newest_noticed {
            return;
        }
        self.newest_noticed = Some(newest);
        if !by_somebody_else {
            return self.mark_read();
        }
        let follows = |log: web_sys::HtmlDivElement| scroll::at_end(&log) && !self.client.timeline().is_detached();
        if !self.chat.log.element.get_untracked().is_none_or(follows) {
            set(self.chat.log.unread_below, true);
            self.read_position.on_unseen_message();
        } else if events::is_visible() {
            self.mark_read();
        }
        if !events::is_visible() {
            self.read_position.on_unseen_message();
        }
    }

    /// Brings a message that was sought into view, once it is drawn.
    pub(super) fn show_target(&mut self, seq: Seq) {
        self.scroll_anchor = None;
        let (handle, chat) = (self.handle, self.chat);
        request_animation_frame(move || {
            if !gestures::find_message(chat, seq) {
                with(handle, |session| {
                    let told = vec![chat.translations.not_found_message.to_owned()];
                    session.update_attachments(|attachments| attachments.set_errors(told));
                });
            }
        });
    }

    /// Offers the way to what is new, unless it begins where the reader is.
    pub(super) fn show_unread_summary(&mut self, news: Option<UnreadSummary>) {
        if news == self.news {
            return;
        }
        let begins_elsewhere = self.news.map(|news| news.from) != news.map(|news| news.from);
        self.news = news;
        if !begins_elsewhere && self.chat.log.news.with_untracked(Option::is_none) {
            return;
        }
        let chat = self.chat;
        request_animation_frame(move || {
            let in_view = chat.log.element.get_untracked().is_some_and(|log| scroll::news_in_view(&log));
            set(chat.log.news, news.filter(|_| !in_view));
        });
    }

    /// Keeps the reader where they are while the rows change.
    pub(super) fn keep_scroll_position(&mut self) {
        if self.scroll_anchor.is_some() {
            return;
        }
        // Far back there is no end to follow.
        let follows = !self.client.timeline().is_detached() && !self.chat.log.is_detached.get_untracked();
        let place = self.chat.log.element.get_untracked().and_then(|log| ScrollAnchor::of(&log, follows));
        let Some(place) = place else { return };
        self.scroll_anchor = Some(place);
        let handle = self.handle;
        // The rows are drawn in a microtask, the frame comes after it: nobody sees the log in between.
        request_animation_frame(move || {
            handle.update_value(|session| {
                if let Some(place) = session.as_mut().and_then(|session| session.scroll_anchor.take()) {
                    place.restore();
                }
            });
        });
    }
}
