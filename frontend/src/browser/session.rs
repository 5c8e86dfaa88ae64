//! The visitor's stay in the room, in the browser: joins the page's state with sockets, storage and what is drawn.

mod moderation;
mod notifications;
mod privacy;
mod queries;
mod reading;
mod uploads;

use std::time::Duration;

use leptos::prelude::*;
use page_model::{
    audit::AuditLog,
    calendar::Calendar,
    client::{Client, Effect},
    connection::{SocketId, Status},
    erasure::Erasure,
    room_list::RoomList,
    search::Search,
    timeline::{Change, UnreadSummary},
    unread::ReadPosition,
};
use shared_types::{Action, ActionName, ClientMessage, PageState, Person, PersonId, Seq, ServerMessage, Timestamp};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        attachments::AttachmentTray,
        clipboard, cookies, draft, events,
        local_time::LocalTime,
        location, page_state, random,
        session::uploads::SentImage,
        sign_out,
        socket::{Socket, SocketEvent},
        storage, time,
        unsent_messages::Unsent,
        viewport,
    },
    ui::{
        log::{gestures, scroll::ScrollAnchor},
        message::image,
        shortcuts::keys,
        state::{Chat, intent::Intent, set},
    },
};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(1);

/// Where the one session of a page lives.
type SessionHandle = StoredValue<Option<Session>, LocalStorage>;

/// Everything that changes while the page is open, but for what is drawn.
pub(crate) struct Session {
    handle: SessionHandle,
    chat: Chat,
    page: PageState,
    client: Client,
    unsent: Unsent,
    /// The images that are chosen and not sent yet.
    attachments: AttachmentTray,
    /// The images that were sent from this page.
    sent_images: Vec<SentImage>,
    /// Where the visitor has been.
    rooms: RoomList,
    search: Search,
    audit: AuditLog,
    /// About whom a moderator wants to know what they may not do.
    restrictions_query: Option<PersonId>,
    /// Whose messages a moderator has deleted, one person after the other.
    purges: Vec<(Person, Erasure)>,
    /// About whom a moderator's word is on its way.
    restricted_person: Option<Person>,
    /// Until when it stands what was done.
    toast_until: u64,
    calendar: LocalTime,
    sockets: Vec<(SocketId, Socket)>,
    /// Where the reader was before the changes that are not drawn yet.
    scroll_anchor: Option<ScrollAnchor>,
    /// The newest message of somebody else that the reader was told of.
    newest_noticed: Option<Seq>,
    /// Up to where the visitor has read.
    read_position: ReadPosition,
    /// The message that the visitor wants to see.
    target: Option<Seq>,
    /// What is new to them, as it was told last.
    news: Option<UnreadSummary>,
    /// How many messages others wrote since the page was last looked at.
    unseen_count: u32,
    /// Whether the rows may have changed since they were drawn.
    rows_changed: bool,
    /// The day on which the rows were drawn: on the next one, "today" is another.
    drawn_day: i64,
}

/// Starts the session. It runs once, after the page was drawn as the server drew it.
pub(crate) fn begin(handle: SessionHandle, chat: Chat, page: PageState) {
    let now = time::now();
    let (mut client, effects) = Client::start(&page, chat.translations, now, random::random);
    let (unsent, left) = Unsent::open(&page.room, &page.you.id);
    client.restore(left, now);
    let newest = client.timeline().newest().map(|(seq, _)| seq);
    let rooms = RoomList::new(&page.room, storage::read("rooms").as_deref());
    let mut session = Session {
        handle,
        chat,
        newest_noticed: newest,
        read_position: ReadPosition::new(storage::read_position(&page.room), newest.unwrap_or_default()),
        target: None,
        page,
        client,
        unsent,
        attachments: AttachmentTray::new(chat.translations),
        sent_images: Vec::new(),
        rooms,
        search: Search::default(),
        audit: AuditLog::default(),
        restrictions_query: None,
        purges: Vec::new(),
        restricted_person: None,
        toast_until: 0,
        calendar: LocalTime::new(chat.translations),
        sockets: Vec::new(),
        scroll_anchor: None,
        news: None,
        unseen_count: 0,
        rows_changed: true,
        drawn_day: 0,
    };
    session.perform(effects);
    session.init_rooms();
    session.init_notifications();
    session.show_erasure_result();
    // From the first visit on: what is said behind this is new to them.
    storage::store_read_position(&session.page.room, session.read_position.read());
    session.mark_read();
    if let Some(seq) = location::message_in_address() {
        session.go_to_message(seq);
    }
    session.show();
    handle.set_value(Some(session));
    set_interval(move || with(handle, Session::tick), TICK);
    events::on_resume(move || with(handle, Session::wake));
    location::on_address_change(move || {
        if let Some(seq) = location::message_in_address() {
            with(handle, |session| session.go_to_message(seq));
        }
    });
    events::confirm_before_unload(move || {
        handle.with_value(|session| session.as_ref().is_some_and(Session::has_unsaved_work))
    });
    sign_out::on_storage_cleared(move || with(handle, Session::follow_sign_out));
    events::on_file_drop(move |files| _ = chat.attach(files));
    image::watch();
    gestures::watch(chat);
    keys::watch(chat);
    viewport::watch();
    draft::keep(chat);
}

/// Does what somebody wants.
pub(crate) fn on_intent(handle: SessionHandle, intent: Intent) {
    with(handle, |session| session.on_intent(intent));
}

fn with(handle: SessionHandle, act: impl FnOnce(&mut Session)) {
    handle.update_value(|session| {
        if let Some(session) = session {
            act(session);
            session.show();
        }
    });
}

impl Session {
    fn on_intent(&mut self, intent: Intent) {
        let now = time::now();
        // A keystroke changes no row, nor does a look.
        self.rows_changed |= !matches!(intent, Intent::Typing | Intent::MarkRead);
        let effects = match intent {
            Intent::Typing => self.client.typing(now),
            Intent::Post(text) => self.post(text),
            Intent::SetComposerMode(what) => return set(self.chat.composer.mode, what),
            Intent::Change(seq, change) => self.change(seq, change),
            Intent::AttachImages(files) => return self.attach(files),
            Intent::DetachImage(id) => self.update_attachments(|attachments| attachments.remove(id)),
            Intent::DescribeImage(id, text) => self.update_attachments(|attachments| attachments.describe(id, text)),
            Intent::DismissErrors => self.update_attachments(AttachmentTray::clear_errors),
            Intent::Retry(nonce) => self.client.retry(&nonce, now),
            Intent::Discard(nonce) => self.discard(&nonce),
            Intent::Rename(name) => {
                self.store_name(name.clone());
                self.client.rename(name)
            }
            Intent::SetLanguage(language) => return cookies::switch_language(language),
            Intent::LoadOlder => self.client.load_older(),
            Intent::LoadNewer => self.client.load_newer(),
            Intent::GoToNewest => return self.return_to_newest(),
            Intent::GoToMessage(seq) => return self.go_to_message(seq),
            Intent::CopyMessageLink(seq) => {
                let (handle, chat) = (self.handle, self.chat);
                return spawn_local(async move {
                    if clipboard::copy_address(seq).await {
                        return set(chat.log.copied_message, Some(seq));
                    }
                    let told = vec![chat.translations.not_copied.to_owned()];
                    with(handle, |session| _ = session.update_attachments(|attachments| attachments.set_errors(told)));
                });
            }
            Intent::MarkRead => return self.mark_read(),
            Intent::RefreshPeople => self.client.send_query(ClientMessage::People),
            Intent::Reconnect => self.client.reconnect(now),
            Intent::RefreshRooms => return self.refresh_rooms_now(),
            Intent::RemoveRoom(room) => return self.remove_room(&room),
            Intent::Search(text) => return self.update_search(|search| search.start(&text)),
            Intent::SearchMore => return self.update_search(Search::continue_search),
            Intent::SetNotifications(choice) => return self.set_notifications(choice),
            Intent::LoadRestrictions => return self.load_restrictions(),
            Intent::Restrict { person, ban, seconds } => self.restrict(person, ban, seconds),
            Intent::PurgeUser(person) => return self.purge_user(person),
            Intent::SetRules(rules) => self.send_moderation(None, ClientMessage::Rules { rules }),
            Intent::Audit => return self.update_audit(AuditLog::reload),
            Intent::AuditMore => return self.update_audit(AuditLog::load_more),
            Intent::Export => return self.export(),
            Intent::EraseMyData => return self.update_erasure(Erasure::start),
            Intent::StopErasing => return self.update_erasure(Erasure::stop),
            Intent::CopyId => return self.copy_id(),
            Intent::SignOut => return self.sign_out(false),
        };
        self.perform(effects);
    }

    /// Whether something would be lost if the page went now.
    fn has_unsaved_work(&self) -> bool {
        let known = self.client.timeline();
        let unfinished =
            known.has_unfinished_uploads() || !known.changing_messages().is_empty() || !self.purges.is_empty();
        !storage::has_signed_out() && (unfinished || !self.unsent.is_whole())
    }

    /// Does something to a message.
    fn change(&mut self, seq: Seq, change: Change) -> Vec<Effect> {
        let nonce = random::unique_token().parse();
        nonce.map(|nonce| self.client.change(seq, change, nonce, time::now())).unwrap_or_default()
    }

    fn tick(&mut self) {
        let now = time::now();
        let timeline = self.client.timeline();
        // What is unsent may fail meanwhile.
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
            self.refresh_rooms(now);
            self.mark_read();
        } else {
            self.clear_unread_line();
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
                    self.sockets.push((id, Socket::open(location::socket_address(&self.page), report)));
                }
                Effect::Send(id, message) => {
                    if let Some((_, socket)) = self.sockets.iter().find(|(open, _)| *open == id) {
                        socket.send_message(&message);
                    }
                }
                Effect::Close(id) => self.sockets.retain(|(open, _)| *open != id),
                Effect::Upload(nonce, url) => self.start_upload(nonce, &url),
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
                    // Whoever signed in meanwhile, in another tab, is not to say what this one's visitor wrote: it waits for
                    // them. Where nobody signs in, it is the same person with another cookie.
                    Ok(page) if !page.access.is_open() && page.you.id != session.page.you.id => {
                        return location::reload();
                    }
                    Ok(page) => {
                        session.client.set_restrictions(page.restrictions);
                        session.page = page;
                        session.client.on_fetched(now, true)
                    }
                    Err(Some(over)) => session.client.end(now, over),
                    Err(None) => session.client.on_fetched(now, false),
                };
                session.perform(effects);
            });
        });
    }

    fn on_socket_event(&mut self, id: SocketId, event: SocketEvent) {
        let now = time::now();
        self.rows_changed = true;
        let mut news = Vec::new();
        let mut renaming_refused = false;
        let effects = match event {
            SocketEvent::Frame(frame) => {
                let message = serde_json::from_str(&frame).ok();
                if let Some(message) = &message {
                    news = self.new_messages(message);
                    self.on_query_answer(message);
                    renaming_refused =
                        matches!(message, ServerMessage::Error { action: Some(ActionName::Known(Action::Rename)), .. });
                }
                self.client.on_message(now, id, message)
            }
            SocketEvent::Closed => {
                self.sockets.retain(|(open, _)| *open != id);
                self.update_search(Search::on_disconnect);
                self.on_moderation_disconnect();
                self.client.on_closed(now, id)
            }
        };
        self.perform(effects);
        if renaming_refused {
            self.restore_name();
        }
        self.update_unread();
        self.notify_messages(&news);
    }

    /// Draws what changed, and keeps what is not sent.
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
            self.update_erasure(Erasure::stop);
        }
        set(self.chat.room.typing, self.chat.translations.typing(&self.client.timeline().typing(now)));
        let presence = self.client.timeline().presence(now);
        set(self.chat.room.online, presence.online);
        if self.chat.room.people.with_untracked(|people| *people != presence.people) {
            self.chat.room.people.set(presence.people.clone());
        }
        if now >= self.toast_until {
            set(self.chat.room.toast, String::new());
        }
        let errors = self.client.take_errors();
        if !errors.is_empty() {
            self.rows_changed = true;
            let told = errors.iter().map(|why| self.chat.translations.not_changed.with(why)).collect();
            self.update_attachments(|attachments| attachments.set_errors(told));
        }
        if std::mem::take(&mut self.rows_changed) {
            self.drawn_day = self.calendar.day(Timestamp(now));
            let sought = self.target.take_if(|_| !self.client.timeline().is_seeking());
            match sought {
                Some(seq) => self.show_target(seq),
                None => self.keep_scroll_position(),
            }
            self.unsent.keep(&self.client.timeline().unsent(), now);
            let news = self.chat.show(self.client.timeline(), &self.calendar, self.read_position.line());
            self.show_unread_summary(news);
        }
    }
}
