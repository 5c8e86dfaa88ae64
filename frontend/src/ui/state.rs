//! The state of the page by feature, in [`State`]s. Components draw them and send [`Intent`]s. Only the session writes
//! them. Until it runs, they hold what the server rendered.

pub(crate) mod composer;
pub(crate) mod intent;
pub(crate) mod invite;
pub(crate) mod log;
pub(crate) mod members;
pub(crate) mod message_lists;
pub(crate) mod moderation;
pub(crate) mod on_demand;
pub(crate) mod poll;
pub(crate) mod privacy;
pub(crate) mod room;
pub(crate) mod search;
pub(crate) mod threads;
pub(crate) mod update;

use page_model::{
    connection::Status,
    timeline::{Row, Timeline, dedup_people, tag},
};
use page_view::{Callback, State};
use shared_types::{AccessMode, PageState, Person, RoomDetails, RoomName, Seq, numbered};
use web_sys::{File, FileList};

use crate::{
    i18n::Translations,
    ui::{
        placeholder::open_when_loaded,
        state::{
            composer::ComposerState,
            intent::{DialogIntent, ImageIntent, Intent, OnDemandIntent},
            invite::{DeviceLinkState, InviteState},
            log::{ImageState, KeyedRow, LogState, MessageDialogs, OlderMessages},
            members::MembersState,
            moderation::{ModerationState, RestrictionDialogState},
            on_demand::{DialogRequest, OnDemandState},
            poll::PollState,
            privacy::{NotificationState, PrivacyState, ShortcutsState},
            room::{RoomListState, RoomState},
            search::SearchState,
            threads::ThreadState,
        },
    },
};

/// The state of the page. It is `Copy`, so that event handlers can capture it.
#[derive(Clone, Copy)]
pub(crate) struct Chat {
    /// The translations in the visitor's language.
    pub(crate) translations: &'static Translations,
    /// The name of the chat; empty if owners gave it none.
    pub(crate) name: State<String>,
    /// How visitors get access to this chat.
    pub(crate) access: AccessMode,
    pub(crate) room: RoomState,
    pub(crate) rooms: RoomListState,
    pub(crate) log: LogState,
    pub(crate) message_dialogs: MessageDialogs,
    pub(crate) images: ImageState,
    pub(crate) composer: ComposerState,
    pub(crate) search: SearchState,
    pub(crate) poll: PollState,
    pub(crate) thread: ThreadState,
    pub(crate) moderation: ModerationState,
    pub(crate) restriction_dialog: RestrictionDialogState,
    pub(crate) privacy: PrivacyState,
    pub(crate) notifications: NotificationState,
    pub(crate) shortcuts: ShortcutsState,
    pub(crate) invite: InviteState,
    pub(crate) device_link: DeviceLinkState,
    pub(crate) members: MembersState,
    pub(crate) on_demand: OnDemandState,
    /// Sends intents to the session.
    pub(crate) dispatch: Callback<Intent>,
}

impl Chat {
    pub(crate) fn new(page: &PageState, dispatch: Callback<Intent>) -> Self {
        let translations = Translations::of(page.language);
        let chat = Self {
            translations,
            name: State::new(page.chat_name.as_ref().map(ToString::to_string).unwrap_or_default()),
            access: page.access,
            room: RoomState::new(page, translations),
            rooms: RoomListState::new(page),
            log: LogState::new(),
            message_dialogs: MessageDialogs::new(),
            images: ImageState::new(),
            composer: ComposerState::new(),
            search: SearchState::new(),
            poll: PollState::new(),
            thread: ThreadState::new(),
            moderation: ModerationState::new(page),
            restriction_dialog: RestrictionDialogState::new(page),
            privacy: PrivacyState::new(),
            notifications: NotificationState::new(),
            shortcuts: ShortcutsState::new(),
            invite: InviteState::new(),
            device_link: DeviceLinkState::new(),
            members: MembersState::new(),
            on_demand: OnDemandState::new(),
            dispatch,
        };
        let timeline = Timeline::new(page);
        let calendar = Translations::utc(page.language);
        chat.show(&timeline, &calendar, None);
        // The server has no clock here: every restriction in the page state counts.
        chat.show_composer_status(&timeline, Status::Connecting, false, &calendar, 0);
        chat
    }

    /// The name of the room.
    pub(crate) fn room_name(&self) -> String {
        self.room.name.get_untracked()
    }

    /// The draft of a new message, even while an edit is in the field.
    #[cfg(feature = "hydrate")]
    pub(crate) fn draft(&self) -> Option<String> {
        let editing =
            self.composer.mode.with_untracked(|mode| matches!(mode, page_model::composer_mode::ComposerMode::Edit(_)));
        if editing {
            Some(self.composer.stashed_draft.get_untracked())
        } else {
            Some(self.composer.field.get_untracked()?.value())
        }
    }

    /// Returns the message with a sequence number, if it is shown, in the log or in the thread beside it. Subscribes the caller to its changes.
    pub(crate) fn row(&self, seq: Seq) -> Option<Row> {
        let of = |shown: &&KeyedRow| shown.row.with_untracked(|row| row.seq == Some(seq));
        let among = |shown: State<Vec<KeyedRow>>| shown.with_untracked(|rows| rows.iter().rev().find(of).cloned());
        let found = among(self.log.rows).or_else(|| among(self.thread.rows));
        Some(found?.row.get())
    }

    /// Returns the people that a message can mention: those who are online, and the authors in the log.
    pub(crate) fn known_people(&self) -> Vec<Person> {
        let author = |shown: &KeyedRow| shown.row.with_untracked(|row| row.author.clone());
        let authors: Vec<Person> = self.log.rows.with_untracked(|rows| rows.iter().rev().map(author).collect());
        dedup_people(self.room.people.get_untracked().iter().chain(&authors))
    }

    /// Returns a person with the appearance that is known of them last: what is kept of people elsewhere may be older, or lack it.
    pub(crate) fn as_known(&self, person: &Person) -> Person {
        let you = self.room.you.get_untracked();
        let known = self.known_people().into_iter().chain([you]).find(|known| known.id == person.id);
        Person { appearance: known.map_or(person.appearance, |known| known.appearance), ..person.clone() }
    }

    /// Opens a dialog, as soon as it is loaded.
    pub(crate) fn open_dialog(self, request: DialogRequest) {
        match self.on_demand.functions.get_untracked() {
            Some(functions) => (functions.show)(self, request),
            None => open_when_loaded(self, request),
        }
    }

    /// Opens a room.
    pub(crate) fn open_room(self, room: &RoomName) {
        self.dispatch.run(Intent::EnterRoom(room.clone(), None));
    }

    /// Whether the visitor may change the details of the room: moderators may, and others before the first message.
    pub(crate) fn can_describe(&self) -> bool {
        let is_new = || self.log.rows.with(Vec::is_empty) && self.log.older.get() == OlderMessages::None;
        // The title of a direct message is the names of its people.
        !self.room.address().is_direct()
            && (self.is_moderator() || is_new() && self.room.details.with(RoomDetails::is_default))
    }

    /// Sends a command of a dialog to the session.
    pub(crate) fn run_in_dialog(&self, intent: DialogIntent) {
        self.dispatch.run(Intent::OnDemand(OnDemandIntent::Dialog(intent)));
    }

    /// Sends a command about the attached images to the session.
    pub(crate) fn run_for_images(&self, intent: ImageIntent) {
        self.dispatch.run(Intent::OnDemand(OnDemandIntent::Image(self.composer.place, intent)));
    }

    /// Focuses the composer.
    pub(crate) fn focus(&self) {
        if let Some(field) = self.composer.field.get_untracked() {
            _ = field.focus();
        }
    }

    /// Attaches files.
    pub(crate) fn attach(&self, files: Vec<File>) {
        if !files.is_empty() {
            self.run_for_images(ImageIntent::Attach(files));
            self.focus();
        }
    }

    /// The URL of one of a row's images, which have numbers from 0: a local one if this page sent it.
    pub(crate) fn image_source(&self, row: &Row, number: usize) -> String {
        let key = numbered(&row.key(), number);
        let own = self
            .images
            .own_sources
            .with_untracked(|pictures| Some(pictures.iter().find(|(of, _)| *of == key)?.1.clone()));
        own.unwrap_or_else(|| numbered(&row.image_path, number))
    }

    /// The tag of a person who shares their name with somebody else.
    pub(crate) fn tag(&self, person: &Person) -> Option<String> {
        self.room.namesakes.with(|namesakes| tag(person, namesakes))
    }

    /// The text that stands for the room: its title, or else its name. Subscribes the caller to its changes.
    pub(crate) fn room_label(&self) -> String {
        self.rooms.titles.with(|titles| titles.label(&self.room.address()))
    }

    /// The label with `#` before it, except for direct messages.
    pub(crate) fn marked_room_label(&self) -> String {
        self.rooms.titles.with(|titles| titles.marked_label(&self.room.address()))
    }

    /// Whether the visitor is a moderator.
    pub(crate) fn is_moderator(&self) -> bool {
        self.room.you.with(|you| you.moderator)
    }

    /// Whether the visitor may pin messages in this room now.
    pub(crate) fn can_pin(&self) -> bool {
        let (is_disabled, rules) = self.composer.status.with(|status| (status.is_disabled, status.rules));
        !is_disabled && (rules.member_pins || self.is_moderator())
    }

    /// Whether a moderation command can be sent: there is a live socket and no command is pending.
    pub(crate) fn can_moderate_now(&self) -> bool {
        self.room.status.get() == Status::Live && !self.moderation.is_pending.get()
    }
}

/// Returns the files of a list.
pub(crate) fn files_of(list: Option<FileList>) -> Vec<File> {
    let files = list.map(|list| (0..list.length()).filter_map(|index| list.get(index)).collect());
    files.unwrap_or_default()
}

/// Sets a state, unless it has this value already.
pub(crate) fn set<T: PartialEq + 'static>(state: State<T>, value: T) {
    if state.with_untracked(|old| *old != value) {
        state.set(value);
    }
}
