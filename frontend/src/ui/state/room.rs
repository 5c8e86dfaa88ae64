//! The room, who is in it, and the connection to it.

use leptos::{html, prelude::*};
use page_model::{connection::Status, room_list::RoomEntry};
use shared_types::{PageState, Person};

use crate::i18n::Translations;

/// The room that is shown.
#[derive(Clone, Copy)]
pub(crate) struct RoomState {
    pub(crate) name: StoredValue<String>,
    pub(crate) you: RwSignal<Person>,
    /// Number of people online.
    pub(crate) online: RwSignal<u32>,
    /// The people online, as far as the server names them.
    pub(crate) people: RwSignal<Vec<Person>>,
    /// People who share their name with somebody else.
    pub(crate) namesakes: RwSignal<Vec<Person>>,
    pub(crate) status: RwSignal<Status>,
    /// The people typing, as a sentence; empty if there are none.
    pub(crate) typing: RwSignal<String>,
    /// A confirmation that disappears after a while; usually empty.
    pub(crate) toast: RwSignal<String>,
}

impl RoomState {
    pub(super) fn new(page: &PageState, translations: &Translations) -> Self {
        Self {
            name: StoredValue::new(page.room.to_string()),
            you: RwSignal::new(page.you.clone()),
            online: RwSignal::new(page.online),
            people: RwSignal::new(Vec::new()),
            namesakes: RwSignal::new(Vec::new()),
            status: RwSignal::new(Status::Connecting),
            typing: RwSignal::new(translations.typing(&[])),
            toast: RwSignal::new(String::new()),
        }
    }
}

/// The list of visited rooms.
#[derive(Clone, Copy)]
pub(crate) struct RoomListState {
    pub(crate) entries: RwSignal<Vec<RoomEntry>>,
    pub(crate) dialog: NodeRef<html::Dialog>,
}

impl RoomListState {
    pub(super) fn new(page: &PageState) -> Self {
        Self { entries: RwSignal::new(vec![RoomEntry::current(&page.room)]), dialog: NodeRef::new() }
    }
}
