//! Private rooms: makes them, knows those of the visitor, and shows their members.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use leptos::prelude::*;
use page_model::{
    client::Effect,
    room_list::{
        hidden::HiddenRooms,
        removed::{RemovedRoom, UNDO_MS},
    },
};
use shared_types::{
    Action, ActionName, ClientMessage, DeviceLink, NamedPerson, Person, PrivateRoom, RoomName, RoomTitle,
    ServerMessage, json,
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        location,
        session::{
            Session,
            links::{note_new_invitation, own_address, request},
            moderation::TOAST_MS,
            room_switch::Way,
            with,
        },
        storage, time,
    },
    ui::{
        composer::suggestion_list,
        members_dialog,
        parts::dialog,
        rooms::{notices, room_dialog, row_buttons},
        state::{members::MembersView, set},
        threads,
    },
};

/// Key of the private rooms that the visitor took off the list.
const HIDDEN: &str = "hidden-rooms";

/// Returns the private rooms that the visitor took off the list. Another tab may have changed them.
fn hidden_rooms() -> HiddenRooms {
    HiddenRooms::new(storage::read(HIDDEN).as_deref())
}

/// Changes the private rooms that the visitor took off the list, and stores them if `change` returns `true`.
fn change_hidden(change: &dyn Fn(&mut HiddenRooms) -> bool) {
    let mut hidden = hidden_rooms();
    if change(&mut hidden) {
        storage::write(HIDDEN, &hidden.to_json());
    }
}

/// Key of the tab's entry about a room from which the visitor was removed.
const REMOVAL: &str = "removed";

thread_local! {
    /// Whether the visitor asked to leave the room that is shown.
    static IS_LEAVING: Cell<bool> = const { Cell::new(false) };
    /// The room that was taken off the list, as long as that can be undone.
    static REMOVED: RefCell<Option<RemovedRoom>> = const { RefCell::new(None) };
}

impl Session {
    /// Leaves the private room.
    pub(super) fn leave_room(&mut self) -> Vec<Effect> {
        let effects = self.client.send_query(ClientMessage::LeaveRoom);
        IS_LEAVING.set(!effects.is_empty());
        effects
    }

    /// Stores for the next page that the visitor was removed from this room, and what they had written there.
    fn store_removal(&self, room: &RoomName) {
        let texts = self.chat.translations.private_rooms();
        let label = self.chat.rooms.titles.with_untracked(|titles| titles.label(room));
        let mut sentences = vec![texts.removed.with(&label)];
        let draft = self.chat.draft().filter(|draft| !draft.trim().is_empty());
        let replies = self.reply_drafts();
        let written = draft.as_deref().into_iter().chain(replies.texts());
        sentences.extend(written.map(|text| texts.was_writing.with(text)));
        storage::tab().set(REMOVAL, &sentences.join("\n"));
    }

    /// Says that the visitor was removed from the room that this tab showed before.
    pub(super) fn show_removal(&self) {
        if let Some(removal) = storage::tab().get(REMOVAL) {
            storage::tab().remove(REMOVAL);
            self.add_error(removal);
        }
    }

    /// Requests an invitation to the private room and shows its link.
    pub(super) fn invite_to_room(&self) {
        let (room, invite, handle) = (self.page.room.clone(), self.chat.invite, self.handle);
        set(invite.is_pending, true);
        spawn_local(async move {
            let answer = request("/room-invitations", Some(["room=", room.as_str()].concat())).await;
            set(invite.is_pending, false);
            let is_open = invite.dialog.get_untracked().is_some_and(|dialog| dialog.open());
            match answer.and_then(|answer| json::from_str::<DeviceLink>(&answer).ok()) {
                Some(DeviceLink { token, .. }) if is_open => {
                    note_new_invitation();
                    invite.link.show(own_address(&["/join#", &token]));
                }
                Some(_) => {}
                None => set(invite.is_failed, true),
            }
            with(handle, |session| session.load_room_invitations());
        });
    }

    /// Requests the invitations to the private room, if a host has the invite dialog open and no request is on its way.
    fn load_room_invitations(&self) {
        let (chat, invite) = (self.chat, self.chat.invite);
        let is_open = invite.dialog.get_untracked().is_some_and(|dialog| dialog.open());
        if is_open && !invite.is_pending.get_untracked() && leptos::prelude::untrack(|| members_dialog::is_host(chat)) {
            self.load_invitations();
        }
    }

    /// Requests the direct message with these people. The answer opens it.
    pub(super) fn open_direct(&mut self, people: Vec<Person>) -> Vec<Effect> {
        let people = people.into_iter().map(|Person { id, name, .. }| NamedPerson { person: id, name: Some(name) });
        self.send_or_say(ClientMessage::Direct { people: people.collect() })
    }

    /// Sends a command whose dialog is closed already. Without a live socket it says so.
    pub(super) fn send_or_say(&mut self, command: ClientMessage) -> Vec<Effect> {
        let effects = self.client.send_query(command);
        if effects.is_empty() {
            self.show_errors(vec![self.chat.translations.dialogs().moderation_offline.to_owned()]);
        }
        effects
    }

    /// Removes what was said about commands that failed because the page was offline. There is a live socket again.
    pub(super) fn clear_offline_errors(&self) {
        let offline = self.chat.translations.dialogs().moderation_offline;
        let errors = self.chat.composer.errors.get_untracked();
        self.show_errors(errors.lines().filter(|error| *error != offline).map(str::to_owned).collect());
        if self.chat.poll.note.with_untracked(|note| note == offline) {
            set(self.chat.poll.note, String::new());
        }
    }

    /// Adds private rooms and direct messages that the visitor does not know to the list, without the private rooms that the visitor took off
    /// it.
    pub(super) fn add_private<'a>(&mut self, rooms: impl IntoIterator<Item = &'a RoomName>) {
        let hidden = hidden_rooms();
        let is_wanted = |room: &RoomName| room.is_direct() || !hidden.contains(room);
        let rooms = rooms.into_iter().filter(|room| **room != self.page.room && is_wanted(room));
        if rooms.filter(|room| self.rooms.add_private(room)).count() > 0 {
            storage::write(storage::ROOMS, &self.rooms.to_json());
        }
    }

    /// Handles an answer about private rooms. Returns whether it is one.
    pub(super) fn on_private_room_answer(&mut self, message: &ServerMessage) -> bool {
        match message {
            ServerMessage::RoomCreated { room, title } => {
                self.add_titles([(room, Some(title))]);
                dialog::close(self.chat.rooms.dialog);
                if !self.enter_room(room, Way::Link) {
                    location::load_room(room);
                }
            }
            ServerMessage::MyRooms { rooms } => self.on_my_rooms(rooms),
            ServerMessage::Members { people } => {
                set(self.chat.members.list, MembersView::Known(people.clone()));
                self.client.set_members(self.chat.members.people());
                [self.chat, threads::with_field(self.chat)].into_iter().for_each(suggestion_list::update);
                self.load_room_invitations();
            }
            ServerMessage::MemberAdded { member_room, .. } => {
                let label = self.chat.rooms.titles.with_untracked(|titles| titles.label(member_room));
                let added = self.chat.translations.private_rooms().added.with(&label);
                self.show_toast(added, time::now() + TOAST_MS);
            }
            ServerMessage::RoomAdded { member_room, title } => self.on_room_added(member_room, title.as_ref()),
            ServerMessage::RoomLeft { room } => self.on_room_left(room),
            ServerMessage::Error { action: Some(ActionName::Known(action)), message, .. } => match action {
                Action::Members => set(self.chat.members.list, MembersView::Failed),
                Action::CreateRoom | Action::AddMember | Action::RemoveMember | Action::LeaveRoom | Action::Direct => {
                    IS_LEAVING.set(false);
                    self.show_errors(vec![message.clone()]);
                }
                _ => return false,
            },
            _ => return false,
        }
        true
    }

    /// Lists exactly the private rooms of the visitor, except for those that they took off the list: others may have added them to one or
    /// removed them from one, or they came from another device.
    fn on_my_rooms(&mut self, rooms: &[PrivateRoom]) {
        let mine: Vec<RoomName> = rooms.iter().map(|private| private.room.clone()).collect();
        self.rooms.merge_stored(storage::read(storage::ROOMS).as_deref());
        self.rooms.remove_lost(&mine).iter().for_each(Self::forget_choices);
        change_hidden(&|hidden| hidden.keep_only(&mine));
        let hidden = hidden_rooms();
        for room in mine.iter().filter(|room| !hidden.contains(room)) {
            self.rooms.add(room);
        }
        self.add_titles(rooms.iter().map(|PrivateRoom { room, title }| (room, title.as_ref())));
        self.store_rooms();
        room_dialog::set_private_rooms(self.chat, mine);
        self.show_directory();
    }

    /// Takes a room off the list. A private one stays off it until the visitor opens it, and is found in the dialogs. For a while, this can be
    /// undone.
    pub(super) fn take_off_list(&mut self, room: &RoomName) {
        change_hidden(&|hidden| hidden.hide(room));
        let Some(place) = self.remove_room(room) else { return };
        REMOVED.set(Some(RemovedRoom::new(room.clone(), place, time::now())));
        let label = self.chat.rooms.titles.with_untracked(|titles| titles.marked_label(room));
        notices::show_removed(self.chat.translations.room_choices().removed.with(&label));
        self.end_undo_in(UNDO_MS);
    }

    /// Ends after a while what can be undone, unless it is being used then.
    fn end_undo_in(&self, milliseconds: u64) {
        let handle = self.handle;
        let look = move || {
            with(handle, |session| {
                let Some(removed) = REMOVED.with_borrow(Clone::clone) else { return };
                match removed.look_again_in(time::now(), notices::is_undo_in_use()) {
                    Some(later) => session.end_undo_in(later),
                    None => Self::end_undo(),
                }
            });
        };
        set_timeout(look, Duration::from_millis(milliseconds));
    }

    /// What was done cannot be undone any more.
    fn end_undo() {
        REMOVED.set(None);
        notices::show_removed(String::new());
    }

    /// The room was opened, or the visitor is no member of it any more: that it was taken off the list cannot be undone.
    pub(super) fn end_undo_of(room: &RoomName) {
        if REMOVED.with_borrow(|removed| removed.as_ref().is_some_and(|removed| removed.room == *room)) {
            Self::end_undo();
        }
    }

    /// Puts the room that was taken off the list into it again.
    pub(super) fn restore_room(&mut self) {
        let Some(RemovedRoom { room, place, .. }) = REMOVED.take() else { return };
        change_hidden(&|hidden| hidden.show(&room));
        self.rooms.merge_stored(storage::read(storage::ROOMS).as_deref());
        self.rooms.restore(&room, place);
        self.store_rooms();
        notices::show_removed(String::new());
        row_buttons::set_focus([".room-link[href=\"", &room.path(), "\"]"].concat(), true);
    }

    /// Another person made the visitor a member of a room, which is listed as unread. The next request asks for its messages.
    fn on_room_added(&mut self, room: &RoomName, title: Option<&RoomTitle>) {
        change_hidden(&|hidden| hidden.show(room));
        self.add_titles([(room, title)]);
        self.rooms.on_added(room);
        self.add_private([room]);
        self.show_rooms();
    }

    /// The visitor is no member of a room any more. If they did not leave it themselves, the next page says so.
    fn on_room_left(&mut self, room: &RoomName) {
        // A room to which they come back is listed again.
        change_hidden(&|hidden| hidden.show(room));
        Self::forget_choices(room);
        Self::end_undo_of(room);
        let is_own_wish = IS_LEAVING.take();
        if *room == self.page.room {
            if !is_own_wish {
                self.store_removal(room);
            }
            storage::write(storage::ROOMS, &self.rooms.to_json_without_current());
            location::load_room(&RoomName::lobby());
        } else {
            _ = self.remove_room(room);
            room_dialog::remove_private_room(self.chat, room);
            self.show_directory();
        }
    }
}
