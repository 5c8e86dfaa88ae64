//! Who has seen the messages of the room, if it shows that. It is loaded on demand.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use page_model::{
    read_receipts::{ReadReceipts, SeenBy},
    timeline::DeliveryState,
};
use shared_types::{Action, ActionName, ClientMessage, Seq, ServerMessage};

use crate::{
    browser::{events, session::Session},
    ui::{
        receipts::{self, ReceiptsView},
        state::set,
    },
};

thread_local! {
    /// The receipts of the room. They are not in the session, whose type is in the first program.
    static RECEIPTS: RefCell<ReadReceipts> = RefCell::default();
    /// The message of the list.
    static LISTED: Cell<Option<Seq>> = const { Cell::new(None) };
    /// Whether a line is shown under a message.
    static HAS_LINE: Cell<bool> = const { Cell::new(false) };
}

impl Session {
    /// Called after the rows of the log were updated.
    pub(super) fn on_rows_shown(&mut self) {
        self.show_thread();
        self.show_receipts();
    }

    /// Shows who has seen a message, and asks again.
    pub(super) fn show_seen_by(&self, message: Seq) {
        LISTED.set(Some(message));
        self.refresh_receipts();
        self.show_receipts();
    }

    /// Asks again: while the page was hidden, nothing was announced to it.
    pub(super) fn refresh_receipts(&self) {
        RECEIPTS.with_borrow_mut(ReadReceipts::request);
    }

    /// Handles an answer or an announcement.
    pub(super) fn on_receipts_answer(&self, message: &ServerMessage) {
        match message {
            ServerMessage::Receipts { people, more } => {
                RECEIPTS.with_borrow_mut(|receipts| receipts.on_answer(people.clone(), *more));
            }
            ServerMessage::Seen { person, seq } => {
                RECEIPTS.with_borrow_mut(|receipts| receipts.on_seen(person, *seq));
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Receipts)), .. } => {
                RECEIPTS.with_borrow_mut(ReadReceipts::on_error);
            }
            ServerMessage::Welcome { .. } => self.refresh_receipts(),
            _ => {}
        }
    }

    /// Returns the request that is due. The caller has a socket.
    pub(super) fn receipts_query(&self) -> Option<ClientMessage> {
        events::is_visible().then(|| {
            RECEIPTS.with_borrow_mut(|receipts| {
                receipts.show(&self.page.room, self.page.details.receipts);
                receipts.take_request()
            })
        })?
    }

    /// Shows the line under the newest message of the visitor, and the list, if it is open.
    fn show_receipts(&self) {
        let shows = self.page.details.receipts;
        RECEIPTS.with_borrow_mut(|receipts| receipts.show(&self.page.room, shows));
        if !shows && !HAS_LINE.get() {
            return;
        }
        let (chat, me) = (self.chat, &self.page.you.id);
        let newest = chat.log.rows.with_untracked(|rows| {
            let own = |row: &page_model::timeline::Row| {
                let is_shown = row.mine && !row.deleted && row.state == DeliveryState::Sent;
                row.seq.filter(|_| is_shown)
            };
            rows.iter().rev().find_map(|shown| shown.row.with_untracked(own))
        });
        let line = newest.filter(|_| shows).and_then(|seq| {
            let SeenBy { people, more } = RECEIPTS.with_borrow(|receipts| receipts.seen_by(seq, me, me));
            let number = [people.len().to_string().as_str(), if more { "+" } else { "" }].concat();
            (!people.is_empty()).then(|| (seq, chat.translations.receipts().seen_by.with(&number)))
        });
        HAS_LINE.set(line.is_some());
        let follows = !self.client.timeline().is_detached() && !chat.log.is_detached.get_untracked();
        // The rows are drawn before the frame.
        request_animation_frame(move || receipts::show_line(chat, line, follows));
        let (Some(state), Some(listed)) = (receipts::state(), LISTED.get()) else { return };
        let Some(author) = chat.row(listed).map(|row| row.author.id) else { return };
        let view = RECEIPTS.with_borrow(|receipts| ReceiptsView {
            progress: receipts.progress(),
            seen: receipts.seen_by(listed, &author, me),
        });
        set(state.view, view);
    }
}
