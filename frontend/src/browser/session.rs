//! The session: connects the state of the page with sockets, storage and components.

mod administration;
mod devices;
mod dialogs;
mod links;
mod message_lists;
mod moderation;
mod notifications;
pub(crate) mod on_demand;
mod people_panel;
mod poll;
mod privacy;
mod private_rooms;
mod profile;
mod queries;
mod read_sync;
mod reading;
mod receipts;
mod renaming;
mod room_choices;
mod room_details;
mod room_directory;
mod room_switch;
mod sending;
mod thread_list;
mod threads;
mod unsent_elsewhere;
mod uploads;

use std::time::Duration;

use leptos::{ev, prelude::*};
use page_model::{
    audit::AuditLog,
    calendar::Calendar,
    client::{Client, Effect},
    connection::{SocketId, Status},
    erasure::Erasure,
    read_sync::ReadSync,
    room_list::RoomList,
    search::Search,
    timeline::{Change, UnreadSummary},
    unread::ReadPosition,
    unsent_messages::UnsentMessages,
};
use page_view::State;
use shared_types::{
    ClientMessage, GatewayError, MessageText, Nonce, PageState, Person, PersonId, PollDraft, Rev, RoomName, RoomTag,
    RoomTitle, Seq, ServerMessage, Timestamp,
    json::{FromJson as _, LateVariants as _, Value},
    with_room,
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        attachments::AttachmentTray,
        cookies, damage, draft, events,
        local_time::LocalTime,
        location, page_state, random,
        session::{
            message_lists::ListRequests,
            room_switch::{KeptView, Way},
            threads::Threads,
            uploads::SentImage,
        },
        sign_out,
        socket::{Socket, SocketEvent},
        storage, takeover, time, viewport,
    },
    ui::{
        log::{gestures, scroll::ScrollAnchor},
        message::image,
        shortcuts::keys,
        state::{
            Chat, files_of,
            intent::{Intent, OnDemandIntent},
            set,
        },
    },
};

/// Interval at which the session performs due work.
const TICK: Duration = Duration::from_secs(1);

/// Where the session of the page is stored. It lives as long as the page, so the program has no code that drops it.
pub(crate) type SessionHandle = State<Option<&'static mut Session>>;

/// The state of the page outside the components, and what it is connected to.
pub(crate) struct Session {
    /// When it started, in milliseconds.
    started_at: u64,
    handle: SessionHandle,
    chat: Chat,
    page: PageState,
    client: Client,
    unsent: UnsentMessages,
    /// The commands of the visitor that wait for what is loaded on demand.
    waiting: Vec<OnDemandIntent>,
    /// The attached images.
    attachments: AttachmentTray,
    /// The images that this page sent.
    sent_images: Vec<SentImage>,
    /// The visited rooms.
    rooms: RoomList,
    /// The title that the visitor typed to open the room, until it is sent.
    new_title: Option<RoomTitle>,
    search: Search,
    audit: AuditLog,
    /// The person whose restrictions are to be requested.
    restrictions_query: Option<PersonId>,
    /// Whether the people with a role are to be requested.
    roles_query: bool,
    /// The requests of the lists of messages.
    list_requests: ListRequests,
    /// The poll that was sent and is not confirmed.
    sent_poll: Option<(Nonce, (MessageText, PollDraft))>,
    threads: Threads,
    /// The people whose messages a moderator purges, one after the other.
    purges: Vec<(Person, Erasure)>,
    /// The person that the pending mute or ban is about.
    restricted_person: Option<Person>,
    /// Until when the toast is shown.
    toast_until: u64,
    calendar: LocalTime,
    sockets: Vec<(SocketId, Socket)>,
    /// The scroll position before changes that are not drawn yet.
    scroll_anchor: Option<ScrollAnchor>,
    /// The newest message that the reader was notified of.
    newest_noticed: Option<Seq>,
    /// The read position in the room.
    read_position: ReadPosition,
    /// The newest message that the reader saw in this room since the page showed it.
    seen: Option<Seq>,
    /// Whether the visitor's name has a number in the room.
    has_number: bool,
    /// The read position in the last `welcome`, until it is merged.
    welcome_read: Option<(RoomName, Option<Seq>)>,
    read_sync: ReadSync,
    /// When the people of the panel were last asked for.
    people_asked_at: u64,
    /// The message that the visitor wants to see.
    target: Option<Seq>,
    /// The unread messages that were shown last.
    unread: Option<UnreadSummary>,
    /// Number of messages of others since the page was last visible.
    unseen_count: u32,
    /// Whether the rows may have changed since they were drawn.
    rows_changed: bool,
    /// The day on which the rows were drawn: on the next day, "today" changes.
    drawn_day: i64,
    /// The room and the revision that the offline copy has, and when it was stored.
    copied: (RoomName, Rev, u64),
    /// The views of the rooms that were left.
    kept_views: Vec<KeptView>,
    /// Whether the room was entered and its messages have not arrived.
    has_entered: bool,
    /// Whether the room was entered for the first time, so that its page was never loaded.
    is_uncopied: bool,
}

/// Starts the session, once, after the page was drawn as the server rendered it.
pub(crate) fn begin(handle: SessionHandle, chat: Chat, page: PageState) {
    let now = time::now();
    let (mut client, effects) = Client::start(&page, chat.translations, now, random::random);
    client.set_hidden(!events::is_visible());
    let (unsent, stored) = UnsentMessages::open(&page.room, &page.you.id, &storage::device());
    client.restore(stored, now);
    if let Some(name) = storage::unsent_name(&page.you.id) {
        client.restore_name(name);
    }
    if let Some(newer) = page_state::newer_state() {
        client.on_page_state(&newer);
    }
    let copied = (page.room.clone(), client.timeline().rev(), now);
    let newest = client.timeline().newest().map(|(seq, _)| seq);
    let rooms = RoomList::new(&page.room, storage::read(storage::ROOMS).as_deref());
    // A visit counts, however short it is.
    storage::write(storage::ROOMS, &rooms.to_json());
    let mut session = Session {
        started_at: now,
        handle,
        chat,
        newest_noticed: newest,
        read_position: ReadPosition::new(storage::read_position(&page.room), newest.unwrap_or_default()),
        seen: None,
        has_number: false,
        welcome_read: None,
        read_sync: ReadSync::default(),
        people_asked_at: now,
        target: None,
        kept_views: Vec::new(),
        has_entered: false,
        is_uncopied: false,
        page,
        client,
        unsent,
        waiting: Vec::new(),
        attachments: AttachmentTray::default(),
        sent_images: Vec::new(),
        rooms,
        new_title: None,
        search: Search::default(),
        audit: AuditLog::default(),
        restrictions_query: None,
        roles_query: false,
        list_requests: ListRequests::default(),
        sent_poll: None,
        threads: Threads::default(),
        purges: Vec::new(),
        restricted_person: None,
        toast_until: 0,
        calendar: LocalTime::new(chat.translations),
        sockets: Vec::new(),
        scroll_anchor: None,
        unread: None,
        unseen_count: 0,
        rows_changed: true,
        drawn_day: 0,
        copied,
    };
    session.perform(effects);
    session.show_erasure_result();
    // From the first visit on, later messages are unread.
    storage::store_read_position(&session.page.room, session.read_position.read());
    session.mark_read();
    if let Some(seq) = takeover::target().or_else(location::message_in_address) {
        session.go_to_message(seq);
    }
    session.show();
    handle.set(Some(Box::leak(Box::new(session))));
    set_interval(move || with(handle, Session::tick), TICK);
    events::on_resume(move || with(handle, Session::wake));
    location::on_address_change(move || {
        if let Some(seq) = location::message_in_address() {
            with(handle, |session| session.go_to_message(seq));
        }
    });
    location::on_history(move || with(handle, Session::follow_address));
    events::confirm_before_unload(move || {
        handle.with_untracked(|session| session.as_ref().is_some_and(|session| session.has_unsaved_work()))
    });
    sign_out::on_storage_cleared(move || with(handle, Session::follow_sign_out));
    events::on_file_drop(move || chat.dispatch.run(Intent::LoadOnDemand), move |files| chat.attach(files_of(files)));
    image::watch();
    if let Some(log) = chat.log.element.get_untracked() {
        gestures::watch(chat, &log);
    }
    keys::watch(chat);
    viewport::watch();
    draft::restore_and_store(chat);
    on_demand::load_soon(handle, chat);
}

/// Performs a command of the visitor.
pub(crate) fn on_intent(handle: SessionHandle, intent: Intent) {
    with(handle, |session| session.on_intent(intent));
}

fn with(handle: SessionHandle, act: impl FnOnce(&mut Session)) {
    handle.update(|session| {
        if let Some(session) = session {
            session.hold_used_messages();
            act(session);
            session.show();
        }
    });
}

impl Session {
    fn on_intent(&mut self, intent: Intent) {
        let now = time::now();
        // These change no row.
        self.rows_changed |= !matches!(intent, Intent::Typing | Intent::MarkRead | Intent::LoadOnDemand);
        let effects = match intent {
            Intent::Typing => self.client.typing(now),
            Intent::Post(text) => self.post(text),
            Intent::SetComposerMode(mode) => return set(self.chat.composer.mode, mode),
            Intent::Change(seq, change) => self.change(seq, change),
            Intent::DismissErrors => return self.show_errors(Vec::new()),
            Intent::Retry(nonce) => self.client.retry(&nonce, now),
            Intent::Discard(nonce) => self.discard(&nonce),
            Intent::LoadOlder => self.client.load_older(),
            Intent::LoadNewer => self.client.load_newer(),
            Intent::GoToNewest => return self.return_to_newest(),
            Intent::GoToMessage(seq) => return self.go_to_message(seq),
            Intent::MarkRead => return self.mark_read(),
            Intent::RefreshPeople => self.client.send_query(ClientMessage::People),
            Intent::Reconnect => self.client.reconnect(now),
            Intent::EnterRoom(room, click) => return self.follow_link(&room, click),
            Intent::LoadOnDemand => return on_demand::load(self.handle, self.chat),
            Intent::DiscardWaiting => {
                self.waiting.clear();
                return set(self.chat.on_demand.has_waiting, false);
            }
            Intent::OnDemand(intent) => on_demand::perform(self, intent),
        };
        self.perform(effects);
    }

    /// Whether the composer or a thread has what is kept nowhere else: attached images, or an edit.
    fn has_unsaved_input(&self) -> bool {
        let Chat { composer, thread, .. } = self.chat;
        !composer.attachments.with_untracked(Vec::is_empty)
            || composer.mode.with_untracked(|mode| mode.edited().is_some())
            || thread.edited.with_untracked(Option::is_some)
            || self.threads.has_attachments()
    }

    /// Whether a reload would lose something.
    fn has_unsaved_work(&self) -> bool {
        let timeline = self.client.timeline();
        let unfinished = self.has_unsaved_input()
            || timeline.has_unfinished_uploads()
            || !timeline.changing_messages().is_empty()
            || !self.purges.is_empty()
            || self.client.has_changes_elsewhere();
        !storage::has_signed_out() && (unfinished || !self.unsent.is_complete() || draft::is_unstored())
    }

    /// Shows the room of a link, or of the room dialog, which has no click. Otherwise its page is loaded. The server creates a room when it
    /// is first used.
    fn follow_link(&mut self, room: &RoomName, click: Option<ev::MouseEvent>) {
        match (on_demand::enter(self, room, Way::Link), click) {
            (true, click) => _ = click.map(|click| click.prevent_default()),
            (false, Some(_)) => {}
            (false, None) => _ = window().location().set_href(&room.path()),
        }
    }

    /// The visitor went back or forward.
    fn follow_address(&mut self) {
        let room = location::room_of_path();
        if room == self.page.room {
            on_demand::with_part(|part| (part.on_back)(self));
        }
        if room != self.page.room && !on_demand::enter(self, &room, Way::History) {
            location::reload();
        }
    }

    /// Edits or deletes a message, or changes a reaction.
    fn change(&mut self, seq: Seq, change: Change) -> Vec<Effect> {
        let nonce = random::unique_token().parse();
        nonce.map(|nonce| self.client.change(seq, change, nonce, time::now())).unwrap_or_default()
    }

    fn tick(&mut self) {
        let now = time::now();
        damage::restart_if_damaged(self.chat, now.saturating_sub(self.started_at));
        let timeline = self.client.timeline();
        // The state of an unsent message may change with time.
        self.rows_changed |= timeline.has_unfinished_uploads()
            || !timeline.changing_messages().is_empty()
            || !timeline.unsent().is_empty();
        let effects = self.client.tick(now);
        self.perform(effects);
        self.rows_changed |= self.calendar.day(Timestamp(now)) != self.drawn_day;
    }

    fn wake(&mut self) {
        let now = time::now();
        if events::is_visible() {
            self.clear_unseen();
            self.mark_read();
        } else {
            self.clear_unread_line();
        }
        on_demand::with_part(|part| (part.on_wake)(self, now));
        // A page that is being hidden asks nothing.
        if self.client.set_hidden(!events::is_visible()) {
            return;
        }
        let effects = self.client.wake(now);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Fetch => self.fetch(),
                Effect::Open(id) => {
                    let handle = self.handle;
                    let report = move |event| with(handle, |session| session.on_socket_event(id, event));
                    self.sockets.push((id, Socket::open(&location::socket_address(&self.page), report)));
                }
                Effect::Send(id, message) => {
                    if let Some((_, socket)) = self.sockets.iter().find(|(open, _)| *open == id) {
                        // The server may handle it when the socket is in another room.
                        let names_its_room =
                            matches!(message, ClientMessage::Enter { .. } | ClientMessage::Read { .. });
                        if let Some(frame) = on_demand::write(&message) {
                            socket.send(match names_its_room {
                                true => frame,
                                false => with_room(&frame, &self.page.room),
                            });
                        }
                    }
                }
                Effect::Close(id) => self.sockets.retain(|(open, _)| *open != id),
                Effect::Upload(nonce, url) => on_demand::upload(self, nonce, &url),
                Effect::LoadPage => location::reload(),
            }
        }
    }

    fn fetch(&self) {
        let (handle, room) = (self.handle, self.page.room.clone());
        spawn_local(async move {
            let page = page_state::fetch_state(&room).await;
            with(handle, |session| {
                let now = time::now();
                let effects = match page {
                    // Another person signed in in another tab, or this device was signed out. A reload keeps the unsent messages for their
                    // author. Otherwise a new id in an open chat is the same person with another cookie.
                    Ok(page)
                        if page.you.id != session.page.you.id
                            && (!page.access.is_open() || cookies::was_signed_out(&page.you.id)) =>
                    {
                        return location::reload();
                    }
                    Ok(page) => {
                        session.update_first_visible();
                        session.client.on_page_state(&page);
                        session.rows_changed = true;
                        session.update_unread();
                        let details = page.details.clone();
                        session.page = page;
                        session.set_details(&details);
                        session.client.on_fetched(now, true)
                    }
                    Err(Some(reason)) => session.client.end(now, reason),
                    Err(None) => session.client.on_fetched(now, false),
                };
                session.perform(effects);
            });
        });
    }

    fn on_socket_event(&mut self, id: SocketId, event: SocketEvent) {
        let now = time::now();
        self.rows_changed = true;
        let mut new_messages = Vec::new();
        let mut has_arrived = false;
        let effects = match event {
            SocketEvent::Frame(frame) => {
                let frame = Value::parse(&frame).unwrap_or(Value::Null);
                let message = ServerMessage::early_from_json(&frame).ok().or_else(|| on_demand::read_late(&frame));
                let gateway_error = if message.is_none() { GatewayError::from_json(&frame).ok() } else { None };
                let tag = RoomTag::from_json(&frame).unwrap_or_default();
                let message = message.and_then(|message| self.client.route(now, id, tag.room.as_ref(), message));
                if let Some(message) = &message {
                    has_arrived = self.has_entered
                        && matches!(
                            message,
                            ServerMessage::Changes { .. } | ServerMessage::Page { up_to: Some(_), .. }
                        );
                    if matches!(message, ServerMessage::Changes { truncated: true, .. }) {
                        self.update_first_visible();
                    }
                    self.on_details(message);
                    if let ServerMessage::Welcome { room, read, numbered, .. } = message {
                        self.has_number = *numbered;
                        if self.welcome_read.is_none() {
                            on_demand::load_when_live(self.handle, self.chat);
                        }
                        self.welcome_read = Some((room.clone(), *read));
                    }
                    on_demand::with_part(|part| (part.on_answer)(self, message));
                    new_messages = self.new_messages(message);
                }
                match gateway_error {
                    Some(error) => self.client.on_gateway_error(now, id, &error),
                    None => self.client.on_message(now, id, message),
                }
            }
            SocketEvent::Closed => {
                self.sockets.retain(|(open, _)| *open != id);
                on_demand::with_part(|part| (part.on_disconnect)(self));
                self.client.on_closed(now, id)
            }
        };
        self.perform(effects);
        if has_arrived {
            on_demand::with_part(|part| (part.on_room_arrived)(self));
        }
        self.update_unread();
        self.count_unseen(&new_messages);
    }

    /// Draws what changed, and stores unsent messages.
    fn show(&mut self) {
        let now = time::now();
        self.send_queries(now);
        let status = self.client.status(now);
        set(self.chat.room.status, status);
        self.chat.show_composer_status(
            self.client.timeline(),
            status,
            self.client.is_checking_access(),
            &self.calendar,
            now,
        );
        if let Status::Ended(_) = status {
            on_demand::with_part(|part| (part.on_end)(self));
        }
        set(self.chat.room.typing, self.chat.translations.typing(&self.client.timeline().typing(now)));
        let presence = self.client.timeline().presence(now);
        set(self.chat.room.online, presence.online);
        if self.chat.room.away.with_untracked(|away| *away != presence.away) {
            self.chat.room.away.set(presence.away.clone());
        }
        if self.chat.room.people.with_untracked(|people| *people != presence.people) {
            self.chat.room.people.set(presence.people.clone());
        }
        if now >= self.toast_until {
            set(self.chat.room.toast, String::new());
        }
        let errors = self.client.take_errors();
        if !errors.is_empty() {
            self.rows_changed = true;
            self.show_errors(errors.iter().map(|why| self.chat.translations.not_changed.with(why)).collect());
        }
        if std::mem::take(&mut self.rows_changed) {
            self.drawn_day = self.calendar.day(Timestamp(now));
            let target = self.target.take_if(|_| !self.client.timeline().is_seeking());
            match target {
                Some(seq) => self.show_target(seq),
                None => {
                    self.limit_window();
                    self.keep_scroll_position();
                }
            }
            self.refresh_composer_mode();
            self.unsent.update(&storage::device(), &self.client.timeline().unsent(), now);
            let unread = self.chat.show(self.client.timeline(), &self.calendar, self.read_position.line());
            self.show_unread_summary(unread);
            on_demand::with_part(|part| (part.on_rows_shown)(self));
            takeover::restore_mode(self.chat);
        }
    }
}
