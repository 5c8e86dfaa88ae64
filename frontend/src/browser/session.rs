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
    audit::Audit,
    calendar::Calendar,
    client::{Client, Deed},
    connection::{SocketId, Status},
    erasure::Forgetting,
    room_list::Rooms,
    search::Search,
    timeline::{Change, News},
    unread::Reading,
};
use shared_types::{Action, ActionName, ClientMessage, PageState, Person, PersonId, Seq, ServerMessage, Timestamp};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        attachments::Tray,
        clipboard, cookies, draft, events,
        local_time::LocalTime,
        location, page_state, random,
        session::uploads::Sent,
        sign_out,
        socket::{Socket, SocketEvent},
        storage, time,
        unsent_messages::Unsent,
        viewport,
    },
    ui::{
        log::{gestures, scroll::HistoryRange},
        message::image,
        shortcuts::keys,
        state::{Chat, intent::Intent, set},
    },
};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(1);

/// Where the one session of a page lives.
type Home = StoredValue<Option<Session>, LocalStorage>;

/// Everything that changes while the page is open, but for what is drawn.
pub(crate) struct Session {
    home: Home,
    chat: Chat,
    page: PageState,
    client: Client,
    unsent: Unsent,
    /// The images that are chosen and not sent yet.
    tray: Tray,
    /// The images that were sent from this page.
    sent: Vec<Sent>,
    /// Where the visitor has been.
    rooms: Rooms,
    search: Search,
    audit: Audit,
    /// About whom a moderator wants to know what they may not do.
    inquiry: Option<PersonId>,
    /// Whose messages a moderator has deleted, one person after the other.
    clearing: Vec<(Person, Forgetting)>,
    /// About whom a moderator's word is on its way.
    decided: Option<Person>,
    /// Until when it stands what was done.
    noted_until: u64,
    calendar: LocalTime,
    sockets: Vec<(SocketId, Socket)>,
    /// Where the reader was before the changes that are not drawn yet.
    place: Option<HistoryRange>,
    /// The newest message of somebody else that the reader was told of.
    noticed: Option<Seq>,
    /// Up to where the visitor has read.
    reading: Reading,
    /// The message that the visitor wants to see.
    sought: Option<Seq>,
    /// What is new to them, as it was told last.
    news: Option<News>,
    /// How many messages others wrote since the page was last looked at.
    unseen: u32,
    /// Whether the rows may have changed since they were drawn.
    changed: bool,
    /// The day on which the rows were drawn: on the next one, "today" is another.
    today: i64,
}

/// Starts the session. It runs once, after the page was drawn as the server drew it.
pub(crate) fn begin(home: Home, chat: Chat, page: PageState) {
    let now = time::now();
    let (mut client, deeds) = Client::start(&page, chat.words, now, random::random);
    let (unsent, left) = Unsent::open(&page.room, &page.you.id);
    client.restore(left, now);
    let newest = client.timeline().newest().map(|(seq, _)| seq);
    let rooms = Rooms::visit(&page.room, storage::read("rooms").as_deref());
    let mut session = Session {
        home,
        chat,
        noticed: newest,
        reading: Reading::begin(storage::read_position(&page.room), newest.unwrap_or_default()),
        sought: None,
        page,
        client,
        unsent,
        tray: Tray::new(chat.words),
        sent: Vec::new(),
        rooms,
        search: Search::default(),
        audit: Audit::default(),
        inquiry: None,
        clearing: Vec::new(),
        decided: None,
        noted_until: 0,
        calendar: LocalTime::new(chat.words),
        sockets: Vec::new(),
        place: None,
        news: None,
        unseen: 0,
        changed: true,
        today: 0,
    };
    session.act(deeds);
    session.begin_rooms();
    session.begin_notices();
    session.begin_anew();
    // From the first visit on: what is said behind this is new to them.
    storage::store_read_position(&session.page.room, session.reading.read());
    session.look();
    if let Some(seq) = location::message_in_address() {
        session.seek(seq);
    }
    session.show();
    home.set_value(Some(session));
    set_interval(move || with(home, Session::tick), TICK);
    events::on_resume(move || with(home, Session::wake));
    location::on_address_change(move || {
        if let Some(seq) = location::message_in_address() {
            with(home, |session| session.seek(seq));
        }
    });
    events::confirm_before_unload(move || home.with_value(|session| session.as_ref().is_some_and(Session::loses)));
    sign_out::on_storage_cleared(move || with(home, Session::follow_out));
    events::on_file_drop(move |files| _ = chat.attach(files));
    image::watch();
    gestures::watch(chat);
    keys::watch(chat);
    viewport::watch();
    draft::keep(chat);
}

/// Does what somebody wants.
pub(crate) fn intend(home: Home, intent: Intent) {
    with(home, |session| session.intend(intent));
}

fn with(home: Home, act: impl FnOnce(&mut Session)) {
    home.update_value(|session| {
        if let Some(session) = session {
            act(session);
            session.show();
        }
    });
}

impl Session {
    fn intend(&mut self, intent: Intent) {
        let now = time::now();
        // A keystroke changes no row, nor does a look.
        self.changed |= !matches!(intent, Intent::Type | Intent::Look);
        let deeds = match intent {
            Intent::Type => self.client.typing(now),
            Intent::Post(text) => self.post(text),
            Intent::Write(what) => return set(self.chat.composer.mode, what),
            Intent::Change(seq, change) => self.change(seq, change),
            Intent::Attach(files) => return self.attach(files),
            Intent::Detach(id) => self.change_tray(|tray| tray.remove(id)),
            Intent::Describe(id, text) => self.change_tray(|tray| tray.describe(id, text)),
            Intent::Dismiss => self.change_tray(Tray::dismiss),
            Intent::Retry(nonce) => self.client.retry(&nonce, now),
            Intent::Discard(nonce) => self.discard(&nonce),
            Intent::Rename(name) => {
                self.keep_name(name.clone());
                self.client.rename(name)
            }
            Intent::Speak(language) => return cookies::switch_language(language),
            Intent::LoadOlder => self.client.load_older(),
            Intent::LoadNewer => self.client.load_newer(),
            Intent::ToNewest => return self.return_to_newest(),
            Intent::Seek(seq) => return self.seek(seq),
            Intent::Copy(seq) => {
                let (home, chat) = (self.home, self.chat);
                return spawn_local(async move {
                    if clipboard::copy_address(seq).await {
                        return set(chat.log.copied_message, Some(seq));
                    }
                    let told = vec![chat.words.not_copied.to_owned()];
                    with(home, |session| _ = session.change_tray(|tray| tray.tell(told)));
                });
            }
            Intent::Look => return self.look(),
            Intent::LookAround => self.client.ask_aside(ClientMessage::People),
            Intent::Reconnect => self.client.reconnect(now),
            Intent::Rooms => return self.open_rooms(),
            Intent::Forget(room) => return self.forget_room(&room),
            Intent::Search(text) => return self.change_search(|search| search.ask(&text)),
            Intent::SearchFurther => return self.change_search(Search::further),
            Intent::Notify(choice) => return self.notify(choice),
            Intent::Inquire => return self.inquire(),
            Intent::Sanction { person, ban, seconds } => self.sanction(person, ban, seconds),
            Intent::Clear(person) => return self.clear(person),
            Intent::Rule(rules) => self.decide(None, ClientMessage::Rules { rules }),
            Intent::Audit => return self.change_audit(Audit::open),
            Intent::AuditFurther => return self.change_audit(Audit::further),
            Intent::Export => return self.export(),
            Intent::ForgetMe => return self.change_forgetting(Forgetting::begin),
            Intent::KeepMe => return self.change_forgetting(Forgetting::stop),
            Intent::CopyId => return self.copy_id(),
            Intent::SignOut => return self.leave(false),
        };
        self.act(deeds);
    }

    /// Whether something would be lost if the page went now.
    fn loses(&self) -> bool {
        let known = self.client.timeline();
        let unfinished = known.uploads() || !known.changing().is_empty() || !self.clearing.is_empty();
        !storage::has_signed_out() && (unfinished || !self.unsent.is_whole())
    }

    /// Does something to a message.
    fn change(&mut self, seq: Seq, change: Change) -> Vec<Deed> {
        let nonce = random::unique_token().parse();
        nonce.map(|nonce| self.client.change(seq, change, nonce, time::now())).unwrap_or_default()
    }

    fn tick(&mut self) {
        let now = time::now();
        let timeline = self.client.timeline();
        // What is unsent may fail meanwhile.
        self.changed |= timeline.uploads() || !timeline.changing().is_empty() || !timeline.unsent().is_empty();
        let deeds = self.client.tick(now);
        self.act(deeds);
        self.changed |= self.calendar.day(Timestamp(now)) != self.today;
    }

    fn wake(&mut self) {
        let now = time::now();
        if events::is_visible() {
            self.see();
            self.look_around(now);
            self.look();
        } else {
            self.settle();
        }
        let deeds = self.client.wake(now);
        self.act(deeds);
    }

    fn act(&mut self, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Fetch => self.fetch(),
                Deed::Open(id) => {
                    let home = self.home;
                    let report = move |event| with(home, |session| session.happened(id, event));
                    self.sockets.push((id, Socket::open(location::socket_address(&self.page), report)));
                }
                Deed::Say(id, message) => {
                    if let Some((_, socket)) = self.sockets.iter().find(|(open, _)| *open == id) {
                        socket.say(&message);
                    }
                }
                Deed::Close(id) => self.sockets.retain(|(open, _)| *open != id),
                Deed::Upload(nonce, url) => self.upload(nonce, &url),
            }
        }
    }

    fn fetch(&self) {
        let (home, room) = (self.home, self.page.room.clone());
        spawn_local(async move {
            let page = page_state::fetch_state(&room).await;
            with(home, |session| {
                let now = time::now();
                let deeds = match page {
                    // Whoever signed in meanwhile, in another tab, is not to say what this one's visitor wrote: it waits for
                    // them. Where nobody signs in, it is the same person with another cookie.
                    Ok(page) if !page.access.is_open() && page.you.id != session.page.you.id => {
                        return location::reload();
                    }
                    Ok(page) => {
                        session.client.stand(page.restrictions);
                        session.page = page;
                        session.client.fetched(now, true)
                    }
                    Err(Some(over)) => session.client.end(now, over),
                    Err(None) => session.client.fetched(now, false),
                };
                session.act(deeds);
            });
        });
    }

    fn happened(&mut self, id: SocketId, event: SocketEvent) {
        let now = time::now();
        self.changed = true;
        let mut news = Vec::new();
        let mut renaming_refused = false;
        let deeds = match event {
            SocketEvent::Heard(frame) => {
                let message = serde_json::from_str(&frame).ok();
                if let Some(message) = &message {
                    news = self.news(message);
                    self.hear_aside(message);
                    renaming_refused =
                        matches!(message, ServerMessage::Error { action: Some(ActionName::Known(Action::Rename)), .. });
                }
                self.client.heard(now, id, message)
            }
            SocketEvent::Closed => {
                self.sockets.retain(|(open, _)| *open != id);
                self.change_search(Search::disconnected);
                self.order_disconnected();
                self.client.closed(now, id)
            }
        };
        self.act(deeds);
        if renaming_refused {
            self.take_back_name();
        }
        self.notice();
        self.tell(&news);
    }

    /// Draws what changed, and keeps what is not sent.
    fn show(&mut self) {
        let now = time::now();
        self.ask_aside(now);
        let status = self.client.status(now);
        set(self.chat.room.status, status);
        self.chat.show_leave(self.client.timeline(), status, self.client.asks(), &self.calendar, now);
        if let Status::Over(_) = status {
            self.change_forgetting(Forgetting::stop);
        }
        set(self.chat.room.typing, self.chat.words.typing(&self.client.timeline().typing(now)));
        let presence = self.client.timeline().presence(now);
        set(self.chat.room.online, presence.online);
        if self.chat.room.people.with_untracked(|people| *people != presence.people) {
            self.chat.room.people.set(presence.people.clone());
        }
        if now >= self.noted_until {
            set(self.chat.room.toast, String::new());
        }
        let troubles = self.client.take_troubles();
        if !troubles.is_empty() {
            self.changed = true;
            let told = troubles.iter().map(|why| self.chat.words.not_changed.with(why)).collect();
            self.change_tray(|tray| tray.tell(told));
        }
        if std::mem::take(&mut self.changed) {
            self.today = self.calendar.day(Timestamp(now));
            let sought = self.sought.take_if(|_| !self.client.timeline().is_seeking());
            match sought {
                Some(seq) => self.arrive_at(seq),
                None => self.keep_place(),
            }
            self.unsent.keep(&self.client.timeline().unsent(), now);
            let news = self.chat.show(self.client.timeline(), &self.calendar, self.reading.line());
            self.tell_news(news);
        }
    }
}
