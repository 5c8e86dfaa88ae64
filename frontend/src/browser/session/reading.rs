//! The reader's position in the log: what they see, what is unread, and navigation.

use leptos::prelude::*;
use page_model::{composer_mode::ComposerMode, timeline::UnreadSummary};
use shared_types::Seq;

use crate::{
    browser::{
        events,
        session::{Session, on_demand, with},
        storage,
    },
    ui::{
        log::{
            gestures,
            scroll::{self, ScrollAnchor},
        },
        state::{
            intent::{DialogIntent, OnDemandIntent},
            set,
        },
        threads,
    },
};

impl Session {
    /// Goes to a message and loads it if needed.
    pub(super) fn go_to_message(&mut self, seq: Seq) {
        self.target = Some(seq);
        self.rows_changed = true;
        let effects = self.client.seek(seq);
        self.perform(effects);
    }

    /// Returns to the newest messages.
    pub(super) fn return_to_newest(&mut self) {
        self.client.return_to_newest();
        self.rows_changed = true;
        self.scroll_to_end();
        self.mark_read();
    }

    /// Scrolls to the end of the log, which then follows the newest message.
    pub(super) fn scroll_to_end(&mut self) {
        self.scroll_anchor = None;
        self.target = None;
        self.client.on_target_seen();
        set(self.chat.log.unread_below, false);
        // Otherwise the position in the detached range would be kept.
        set(self.chat.log.is_detached, false);
        scroll::to_end(self.chat.log.element);
    }

    /// Stores the newest message as the read position if the visitor sees it.
    pub(super) fn mark_read(&mut self) {
        let at_end = self.chat.log.element.get_untracked().is_none_or(|log| scroll::at_end(&log));
        let timeline = self.client.timeline();
        let Some((newest, _)) = timeline.newest() else { return };
        if self.sees_log() && at_end && !timeline.is_detached() {
            self.seen = Some(newest);
            if self.read_position.read() < newest {
                self.read_position.mark_seen(newest);
                storage::store_read_position(&self.page.room, newest);
            }
        }
    }

    /// Whether the page is visible, and no thread covers the log.
    fn sees_log(&self) -> bool {
        events::is_visible() && !(self.chat.thread.is_open.get_untracked() && threads::covers_page())
    }

    /// Removes the line above unread messages that were seen.
    pub(super) fn clear_unread_line(&mut self) {
        if let Some((newest, _)) = self.client.timeline().newest() {
            self.rows_changed |= self.read_position.line().is_some();
            self.read_position.clear_line(newest);
        }
    }

    /// Marks new messages of others as unread if the reader does not see them.
    pub(super) fn update_unread(&mut self) {
        let Some((newest, _)) = self.client.timeline().newest() else { return };
        if Some(newest) <= self.newest_noticed {
            return;
        }
        let noticed = self.newest_noticed.replace(newest);
        let shown = self.client.timeline().newest_in_room().filter(|(seq, _)| Some(*seq) > noticed);
        if !shown.is_some_and(|(_, is_from_other)| is_from_other) {
            return self.mark_read();
        }
        let follows = |log: web_sys::HtmlElement| scroll::at_end(&log) && !self.client.timeline().is_detached();
        if !self.chat.log.element.get_untracked().is_none_or(follows) {
            set(self.chat.log.unread_below, true);
            self.read_position.on_unseen_message();
        } else if self.sees_log() {
            self.mark_read();
        }
        if !self.sees_log() {
            self.read_position.on_unseen_message();
        }
    }

    /// Scrolls to the target as soon as it is drawn. Until then it stays in the window.
    pub(super) fn show_target(&mut self, seq: Seq) {
        if self.client.timeline().thread_of_hidden(seq).is_some() {
            self.client.on_target_seen();
            let open = OnDemandIntent::Dialog(DialogIntent::OpenThread(seq));
            let effects = on_demand::perform(self, open);
            return self.perform(effects);
        }
        self.scroll_anchor = None;
        let (handle, chat) = (self.handle, self.chat);
        request_animation_frame(move || {
            let target = handle.with_untracked(|session| session.as_ref()?.client.timeline().unseen_target());
            // The visitor may have gone elsewhere since.
            if target != Some(seq) {
                return;
            }
            let is_found = gestures::scroll_to_message(chat, seq);
            with(handle, |session| {
                session.client.on_target_seen();
                if !is_found {
                    session.show_errors(vec![chat.translations.not_found_message.to_owned()]);
                }
            });
        });
    }

    /// Shows a button that leads to the first unread message, unless that is in view.
    pub(super) fn show_unread_summary(&mut self, unread: Option<UnreadSummary>) {
        if unread == self.unread {
            return;
        }
        let start_changed = self.unread.map(|unread| unread.from) != unread.map(|unread| unread.from);
        self.unread = unread;
        if !start_changed && self.chat.log.unread.with_untracked(Option::is_none) {
            return;
        }
        let chat = self.chat;
        request_animation_frame(move || {
            let in_view = chat.log.element.get_untracked().is_some_and(|log| scroll::unread_line_in_view(&log));
            set(chat.log.unread, unread.filter(|_| !in_view));
        });
    }

    /// Keeps the messages known that the composer edits or that a dialog is about, wherever the reader goes meanwhile.
    pub(super) fn hold_used_messages(&mut self) {
        let edited = self.chat.composer.mode.with_untracked(ComposerMode::edited);
        let requested = self.chat.on_demand.request.with_untracked(|request| request.as_ref()?.message());
        let used = [edited, requested, self.chat.message_dialogs.message.get_untracked()];
        self.client.hold(&used.into_iter().flatten().collect::<Vec<_>>());
    }

    /// Drops messages far from what the visitor reads, if there are many.
    pub(super) fn limit_window(&mut self) {
        let log = self.chat.log.element.get_untracked();
        self.client.limit_window(|| log.filter(|log| !scroll::at_end(log)).and_then(|log| scroll::first_visible(&log)));
    }

    /// Finds the first visible message, before a frame or a page that may have a gap before it.
    pub(super) fn update_first_visible(&mut self) {
        let log = self.chat.log.element.get_untracked();
        self.client.set_first_visible(log.and_then(|log| scroll::first_visible(&log)));
    }

    /// Keeps the scroll position while the rows change.
    pub(super) fn keep_scroll_position(&mut self) {
        let is_scrolling_to_target = self.target.is_none() && self.client.timeline().unseen_target().is_some();
        if self.scroll_anchor.is_some() || is_scrolling_to_target {
            return;
        }
        // A detached range has no newest message to follow.
        let follows = !self.client.timeline().is_detached() && !self.chat.log.is_detached.get_untracked();
        let anchor = self.chat.log.element.get_untracked().and_then(|log| ScrollAnchor::of(&log, follows));
        let Some(anchor) = anchor else { return };
        self.scroll_anchor = Some(anchor);
        let handle = self.handle;
        // Rows are drawn in a microtask before the frame, so the log is never painted in the wrong position.
        request_animation_frame(move || {
            handle.update(|session| {
                if let Some(anchor) = session.as_mut().and_then(|session| session.scroll_anchor.take()) {
                    anchor.restore();
                }
            });
        });
    }
}
