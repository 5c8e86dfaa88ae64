//! The room, who is in it, and the connection to it.

use page_model::{connection::Status, room_list::RoomEntry, room_titles::RoomTitles};
use page_view::{NodeRef, State};
use shared_types::{PageState, Person, PersonId, RoomDetails, RoomName};
use web_sys::HtmlDialogElement;

use crate::{i18n::Translations, ui::parts::colour::Colours};

/// The room that is shown.
#[derive(Clone, Copy)]
pub(crate) struct RoomState {
    pub(crate) name: State<String>,
    /// Title, topic and description.
    pub(crate) details: State<RoomDetails>,
    pub(crate) details_dialog: NodeRef<HtmlDialogElement>,
    pub(crate) you: State<Person>,
    /// Number of people online.
    pub(crate) online: State<u32>,
    /// The people online, as far as the server names them.
    pub(crate) people: State<Vec<Person>>,
    /// Those of them whose pages are all hidden.
    pub(crate) away: State<Vec<PersonId>>,
    /// People who share their name with somebody else.
    pub(crate) namesakes: State<Vec<Person>>,
    pub(crate) status: State<Status>,
    /// The people typing, as a sentence; empty if there are none.
    pub(crate) typing: State<String>,
    /// Who has which colour.
    pub(crate) colours: State<Colours>,
    /// A confirmation that disappears after a while; usually empty.
    pub(crate) toast: State<String>,
}

impl RoomState {
    pub(super) fn new(page: &PageState, translations: &Translations) -> Self {
        Self {
            name: State::new(page.room.to_string()),
            details: State::new(page.details.clone()),
            details_dialog: NodeRef::new(),
            you: State::new(page.you.clone()),
            online: State::new(page.online),
            people: State::new(Vec::new()),
            away: State::new(Vec::new()),
            namesakes: State::new(Vec::new()),
            status: State::new(Status::Connecting),
            typing: State::new(translations.typing(&[])),
            colours: State::new(Colours::default()),
            toast: State::new(String::new()),
        }
    }
}

impl RoomState {
    /// The address of the room. Subscribes the caller to its changes.
    pub(crate) fn address(&self) -> RoomName {
        self.name.with(|name| name.parse()).unwrap_or_else(|_| RoomName::lobby())
    }
}

/// The list of visited rooms.
#[derive(Clone, Copy)]
pub(crate) struct RoomListState {
    pub(crate) entries: State<Vec<RoomEntry>>,
    /// The titles of the rooms, as far as they are known.
    pub(crate) titles: State<RoomTitles>,
    /// Whether the visited rooms are among the entries. The server does not know them.
    pub(crate) is_complete: State<bool>,
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
}

impl RoomListState {
    pub(super) fn new(page: &PageState) -> Self {
        let mut titles = RoomTitles::default().with_erased(Translations::of(page.language).erased_person);
        titles.set(&page.room, page.details.title.as_ref());
        Self {
            entries: State::new(RoomEntry::initial(&page.room)),
            titles: State::new(titles),
            is_complete: State::new(false),
            dialog: NodeRef::new(),
        }
    }

    /// Returns what is unread in the other rooms together.
    pub(crate) fn unread(&self) -> UnreadRooms {
        self.entries.with(|rooms| UnreadRooms {
            any: rooms.iter().any(|room| room.unread),
            count: rooms.iter().map(|room| room.count).sum(),
            mentioned: rooms.iter().any(|room| room.mentioned),
        })
    }
}

/// What is unread in several rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnreadRooms {
    /// Whether anything is.
    pub(crate) any: bool,
    /// Number of messages; 0 if it is unknown.
    pub(crate) count: u32,
    /// Whether one of them mentions the visitor.
    pub(crate) mentioned: bool,
}
