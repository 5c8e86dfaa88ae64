//! What the components draw from, and what they may ask for.

use leptos::{html, prelude::*};
use shared_types::{MessageText, Nonce, PageState, Person, PersonName};

use crate::{
    clock::{Calendar, Utc},
    link::Status,
    timeline::{Row, Timeline},
};

/// The state of the page as signals. Only the session writes them; before it runs they show what the server drew.
#[derive(Clone, Copy)]
pub(crate) struct Chat {
    pub(crate) room: StoredValue<String>,
    pub(crate) you: RwSignal<Person>,
    pub(crate) online: RwSignal<u32>,
    pub(crate) status: RwSignal<Status>,
    pub(crate) rows: RwSignal<Vec<Shown>>,
    pub(crate) older: RwSignal<Older>,
    /// Whether something arrived below what the reader sees.
    pub(crate) unread: RwSignal<bool>,
    /// The scrolling element of the log.
    pub(crate) log: NodeRef<html::Div>,
    /// Where the components send what people want.
    pub(crate) intend: Callback<Intent>,
}

/// A row with a place of its own, so that a change redraws this row only.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) key: String,
    pub(crate) row: ArcRwSignal<Row>,
}

/// What is known of the messages before the first one shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Older {
    None,
    Some,
    Loading,
}

/// What somebody wants.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody asks for anything"))]
pub(crate) enum Intent {
    Post(MessageText),
    Retry(Nonce),
    Discard(Nonce),
    Rename(PersonName),
    LoadOlder,
    Reconnect,
}

impl Chat {
    pub(crate) fn new(page: &PageState, intend: Callback<Intent>) -> Self {
        let timeline = Timeline::new(page);
        let chat = Self {
            room: StoredValue::new(page.room.to_string()),
            you: RwSignal::new(page.you.clone()),
            online: RwSignal::new(page.online),
            status: RwSignal::new(Status::Connecting),
            rows: RwSignal::new(Vec::new()),
            older: RwSignal::new(Older::None),
            unread: RwSignal::new(false),
            log: NodeRef::new(),
            intend,
        };
        chat.show(&timeline, &Utc);
        chat
    }

    pub(crate) fn room(&self) -> String {
        self.room.get_value()
    }

    /// Brings the signals up to date with the timeline; those that did not change stay silent.
    pub(crate) fn show(&self, timeline: &Timeline, calendar: &dyn Calendar) {
        set(self.you, timeline.me().clone());
        let older = match (timeline.more(), timeline.loading()) {
            (false, _) => Older::None,
            (true, false) => Older::Some,
            (true, true) => Older::Loading,
        };
        set(self.older, older);
        self.show_rows(timeline.rows(calendar));
    }

    fn show_rows(&self, rows: Vec<Row>) {
        let before = self.rows.get_untracked();
        let mut moved = before.len() != rows.len();
        // Rows keep their order but for a few, so the next row is nearly always found where the last one was.
        let mut place = 0;
        let shown = rows.into_iter().enumerate().map(|(index, row)| {
            let key = row.key();
            let found = before.iter().skip(place).chain(before.iter().take(place)).position(|shown| shown.key == key);
            let Some(found) = found.map(|steps| (place + steps) % before.len()) else {
                moved = true;
                return Shown { key, row: ArcRwSignal::new(row) };
            };
            place = found + 1;
            moved |= found != index;
            let shown = before[found].clone();
            if shown.row.with_untracked(|old| *old != row) {
                shown.row.set(row);
            }
            shown
        });
        let shown = shown.collect();
        if moved {
            self.rows.set(shown);
        }
    }
}

/// Sets a signal whose value changed.
pub(crate) fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
