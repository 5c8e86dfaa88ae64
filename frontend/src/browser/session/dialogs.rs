//! What the dialogs ask the session for. It is loaded with them: `on_demand` has the table of these functions.

use page_model::{audit::AuditLog, client::Effect, erasure::Erasure, search::Search};
use shared_types::{AccessMode, Action, ActionName, ClientMessage, Person, ServerMessage, json};

use crate::{
    browser::{
        cookies, events, location, offline, other_tabs,
        session::{Session, with},
        storage, time,
    },
    ui::state::intent::DialogIntent,
};

/// Storage key that is set while the buttons that format a text are shown.
const FORMAT_BAR: &str = "format";

/// Minimum time between two changes of the offline copy, in milliseconds: each writes up to 124 KB. A lost connection does
/// not wait for it.
const COPY_INTERVAL: u64 = 2_000;

impl Session {
    /// Performs a command of a dialog.
    pub(super) fn on_dialog_intent(&mut self, intent: DialogIntent) -> Vec<Effect> {
        match intent {
            DialogIntent::Rename(name, renaming) => return self.rename(name, renaming),
            DialogIntent::LoadOwnProfile => self.load_own_profile(),
            DialogIntent::LoadProfile(person) => self.load_profile(person),
            DialogIntent::LoadStatuses => self.load_statuses(),
            DialogIntent::ChoosePicture(file) => self.choose_picture(file),
            DialogIntent::SaveProfile(draft) => return self.save_profile(draft),
            DialogIntent::Restrict { person, ban, seconds } => return self.restrict(person, ban, seconds),
            DialogIntent::SetRules(rules) => return self.send_moderation(None, ClientMessage::Rules { rules }),
            DialogIntent::SetDetails(details) => {
                return self.send_moderation(None, ClientMessage::Describe { details: details.into() });
            }
            DialogIntent::SetRole(person, role) => return self.set_role(person, role),
            DialogIntent::SendPoll(text, poll) => return self.send_poll(text, poll),
            DialogIntent::LoadPins => self.load_pins(),
            DialogIntent::Unpin(seq) => return self.unpin(seq),
            DialogIntent::LoadSaved => self.load_saved(),
            DialogIntent::LoadMoreSaved => self.load_more_saved(),
            DialogIntent::LoadThreads => self.load_threads(),
            DialogIntent::LoadMoreThreads => self.load_more_threads(),
            DialogIntent::Save { room, seq, saved } => return self.save(room, seq, saved),
            DialogIntent::ShowSeenBy(seq) => self.show_seen_by(seq),
            DialogIntent::OpenThread(seq) => self.open_thread(seq),
            DialogIntent::CloseThread => self.close_thread(),
            DialogIntent::ReloadThread => self.request_thread(false),
            DialogIntent::LoadOlderReplies => self.request_thread(true),
            DialogIntent::Reply(text, in_room) => return self.reply_in_thread(text, in_room),
            DialogIntent::StoreReplyDraft(text) => self.store_reply_draft(&text),
            DialogIntent::RestoreReplyDraft => self.restore_reply_draft(),
            DialogIntent::SetIdentity(chat) => return self.set_identity(chat),
            DialogIntent::LoadUsage => return self.load_usage(),
            DialogIntent::LoadRoles => self.load_roles(),
            DialogIntent::LeaveAdministration => location::leave_administration(&self.page.room),
            DialogIntent::SetLanguage(language) => cookies::switch_language(language),
            DialogIntent::Search(text) => self.update_search(|search| search.start(&text)),
            DialogIntent::SearchMore => self.update_search(Search::continue_search),
            DialogIntent::RefreshRooms => self.refresh_rooms_now(),
            DialogIntent::TitleNewRoom(room, title) => Self::keep_new_title(&room, title.as_ref()),
            DialogIntent::RemoveRoom(room) => self.take_off_list(&room),
            DialogIntent::RestoreRoom => self.restore_room(),
            DialogIntent::SetNotifications(choice) => self.set_notifications(choice),
            DialogIntent::LoadRestrictions => self.load_restrictions(),
            DialogIntent::PurgeUser(person) => self.purge_user(person),
            DialogIntent::Audit => self.update_audit(AuditLog::reload),
            DialogIntent::AuditMore => self.update_audit(AuditLog::load_more),
            DialogIntent::Export => self.export(),
            DialogIntent::EraseMyData => self.update_erasure(Erasure::start),
            DialogIntent::StopErasing => self.stop_erasing(),
            DialogIntent::CopyId => self.copy_id(),
            DialogIntent::CopyMessageLink(seq) => self.copy_message_link(seq),
            DialogIntent::CopyText(seq, text) => self.copy_message_text(seq, text),
            DialogIntent::ShowFormatBar(is_shown) => storage::write(FORMAT_BAR, if is_shown { "1" } else { "" }),
            DialogIntent::SignOut => self.sign_out(false),
            DialogIntent::LoadInvitations => self.load_invitations(),
            DialogIntent::MakeInvitation { seconds, uses } => self.make_invitation(seconds, uses),
            DialogIntent::RevokeInvitation(id) => self.revoke_invitation(&id),
            DialogIntent::LinkDevice => self.link_device(),
            DialogIntent::LoadDevices(devices) => self.load_devices(devices),
            DialogIntent::SignOutDevice(device) => return self.sign_out_device(device),
            DialogIntent::CreatePrivateRoom(title) => {
                return self.client.send_query(ClientMessage::CreateRoom { title });
            }
            DialogIntent::LoadDirectory => self.load_directory(),
            DialogIntent::LoadMoreDirectory => self.load_more_directory(),
            DialogIntent::RetryDirectory => self.retry_directory(),
            DialogIntent::LoadMyRooms => return self.client.send_query(ClientMessage::MyRooms),
            DialogIntent::OpenDirect(people) => return self.open_direct(people),
            DialogIntent::LoadMembers => return self.client.send_query(ClientMessage::Members),
            DialogIntent::AddMember(room, Person { id, name, .. }) => {
                let add = ClientMessage::AddMember { person: id, name: Some(name), member_room: Some(room) };
                return self.send_or_say(add);
            }
            DialogIntent::RemoveMember(person) => {
                return self.client.send_query(ClientMessage::RemoveMember { person });
            }
            DialogIntent::LeaveRoom => return self.leave_room(),
            DialogIntent::InviteToRoom => self.invite_to_room(),
            DialogIntent::CopyLink(link) => self.copy_link(link),
            DialogIntent::ShareLink(link) => self.share_link(link),
            DialogIntent::ToggleFavourite(room) => self.toggle_favourite(&room),
            DialogIntent::ToggleMuted => self.toggle_muted(),
            DialogIntent::ToggleRoomOrder => self.toggle_order(),
            DialogIntent::MarkRoomRead(room) => self.mark_room_read(&room),
            DialogIntent::ShowPeoplePanel(is_open) => self.show_people_panel(is_open),
        }
        Vec::new()
    }

    /// Handles what a message means for other rooms and for the dialogs.
    pub(super) fn on_answer(&mut self, message: &ServerMessage) {
        self.on_rooms_answer(message);
        self.on_list_answer(message);
        self.on_poll_answer(message);
        self.on_directory_answer(message);
        self.on_thread_answer(message);
        self.on_thread_list_answer(message);
        self.on_receipts_answer(message);
        self.on_name_answer(message);
        match message {
            ServerMessage::Welcome { .. } => self.clear_offline_errors(),
            ServerMessage::Found { text, messages, before } => {
                self.update_search(|search| search.on_results(text, messages.clone(), *before));
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Search)), .. } => {
                self.update_search(Search::on_error);
            }
            ServerMessage::Rooms { .. } => self.merge_positions(),
            ServerMessage::Read { room, seq } => self.on_read_elsewhere(room, *seq),
            ServerMessage::Error { action: Some(ActionName::Known(Action::Read)), code, retry_after, .. } => {
                self.read_sync.on_error(*code, *retry_after, time::now());
            }
            _ if self.on_device_answer(message) || self.on_profile_answer(message) => {}
            _ if self.on_private_room_answer(message) => {}
            _ => self.on_moderation_answer(message),
        }
    }

    /// Prepares the requests of a closed socket to be repeated.
    pub(super) fn on_dialogs_disconnect(&mut self) {
        self.stop_sending_elsewhere();
        self.store_newer_state(time::now());
        self.update_search(Search::on_disconnect);
        self.on_moderation_disconnect();
        self.on_lists_disconnect();
        self.on_poll_disconnect();
        self.on_directory_disconnect();
        self.on_devices_disconnect();
        self.on_profile_disconnect();
        self.on_name_disconnect();
    }

    /// Returns the requests of the dialogs that are due. The caller has a socket.
    pub(super) fn dialog_queries(&mut self, now: u64) -> Vec<ClientMessage> {
        if now >= self.copied.2 + COPY_INTERVAL {
            self.store_newer_state(now);
        }
        self.send_elsewhere(now);
        let mut queries = Vec::from_iter(self.rooms_query(now));
        queries.extend(self.take_new_title_request());
        queries.extend([self.search.take_request()].into_iter().chain(self.moderation_queries(now)).flatten());
        queries.extend(self.read_reports(now));
        queries.extend(self.people_request(now));
        queries.extend(self.profile_queries(now));
        queries.extend(self.list_queries().into_iter().flatten());
        queries.extend(self.directory_query(now));
        queries.extend(self.thread_query(now));
        queries.extend(self.thread_list_query());
        queries.extend(self.thread_reports(now));
        queries.extend(self.receipts_query());
        queries
    }

    /// The page is shown or hidden, or the network is back.
    pub(super) fn on_wake(&mut self, now: u64) {
        if events::is_visible() {
            self.refresh_rooms(now);
            self.refresh_receipts();
            self.ask_thread_positions_again(now);
        } else {
            self.read_sync.leave(&self.page.room);
            self.threads.reports.leave();
        }
        self.store_newer_state(now);
    }

    /// Prepares, once this is loaded, everything that can wait until then.
    pub(super) fn on_loaded(&mut self) {
        location::remove_empty_fragment();
        offline::prepare();
        self.init_titles();
        self.init_rooms();
        self.init_notifications();
        if self.unseen_count > 0 {
            self.show_badge();
        }
        self.on_first_name();
        self.restore_choices();
        self.show_removal();
        self.show_new_guest();
        self.open_administration_in_address();
    }

    /// Restores what the visitor chose, and follows what they choose in other tabs.
    fn restore_choices(&mut self) {
        if self.chat.composer.has_format_bar.get_untracked() {
            storage::write(FORMAT_BAR, "1");
        } else if storage::read(FORMAT_BAR).is_some_and(|stored| !stored.is_empty()) {
            self.chat.composer.has_format_bar.set(true);
        }
        self.merge_positions();
        self.restore_people_panel();
        self.load_followed_threads();
        let handle = self.handle;
        other_tabs::on_name(move |person| with(handle, |session| session.follow_other_tab(person)));
        self.follow_stored_name();
    }

    /// Takes the name that the visitor chose in another tab before this was loaded. Where a provider gives the names, the cookie has none. The
    /// page sends no name of the cookie: it may be older than the one that the server has stored.
    fn follow_stored_name(&mut self) {
        let stored = cookies::stored_name().filter(|_| self.page.access != AccessMode::Oidc);
        if let Some(name) = stored.filter(|name| *name != self.page.you.name) {
            self.follow_name(Person { name, ..self.page.you.clone() });
        }
    }

    /// Takes the name that the visitor chose in another tab, for the next socket.
    pub(super) fn follow_name(&mut self, you: Person) {
        if you.id == self.page.you.id {
            self.page.you.name = you.name;
        }
    }

    /// Adds the messages to the offline copy of the page, if there are new ones. Pages of other chats have no copies.
    pub(super) fn store_newer_state(&mut self, now: u64) {
        let (room, rev) = (&self.page.room, self.client.timeline().rev());
        if (room, rev) == (&self.copied.0, self.copied.1) || !self.page.access.is_open() {
            return;
        }
        let state = self.client.timeline().newest_page(&self.page);
        if offline::store_newer_state(&self.page.room.path(), &json::to_string(&state)) {
            self.copied = (self.page.room.clone(), rev, now);
        }
    }

    /// Stops deleting the visitor's data.
    pub(super) fn stop_erasing(&mut self) {
        self.update_erasure(Erasure::stop);
    }
}
