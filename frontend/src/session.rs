//! The visitor's stay in the room, in the browser: joins the page's state with sockets, storage and what is drawn.

mod images;

use std::time::Duration;

use leptos::prelude::*;
use shared_types::{PageState, Seq, ServerMessage, Timestamp};
use wasm_bindgen_futures::spawn_local;

use self::images::Sent;
use crate::{
    browser,
    chat::{Chat, Intent, set},
    client::{Client, Deed},
    clock::Calendar,
    components::{gestures, image},
    draft,
    link::SocketId,
    local_time::LocalTime,
    scroll::{self, Place},
    socket::{Socket, SocketEvent},
    timeline::Change,
    tray::Tray,
    unsent::Unsent,
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
    calendar: LocalTime,
    sockets: Vec<(SocketId, Socket)>,
    /// Where the reader was before the changes that are not drawn yet.
    place: Option<Place>,
    /// The newest message of somebody else that the reader was told of.
    noticed: Option<Seq>,
    /// How many messages others wrote since the page was last looked at.
    unseen: u32,
    /// Whether the rows may have changed since they were drawn.
    changed: bool,
    /// The day on which the rows were drawn: on the next one, "today" is another.
    today: i64,
}

/// Starts the session. It runs once, after the page was drawn as the server drew it.
pub(crate) fn begin(home: Home, chat: Chat, page: PageState) {
    let now = browser::now();
    let (mut client, deeds) = Client::start(&page, now, browser::random);
    let (unsent, left) = Unsent::open(&page.room);
    client.restore(left, now);
    let mut session = Session {
        home,
        chat,
        noticed: client.timeline().newest().map(|(seq, _)| seq),
        page,
        client,
        unsent,
        tray: Tray::new(chat.words),
        sent: Vec::new(),
        calendar: LocalTime::new(chat.words),
        sockets: Vec::new(),
        place: None,
        unseen: 0,
        changed: true,
        today: 0,
    };
    session.act(deeds);
    session.show();
    home.set_value(Some(session));
    set_interval(move || with(home, Session::tick), TICK);
    browser::on_wake(move || with(home, Session::wake));
    let loses = |session: &Option<Session>| {
        session
            .as_ref()
            .map(|session| session.client.timeline())
            .is_some_and(|known| known.uploads() || !known.changing().is_empty())
    };
    browser::before_leaving(move || home.with_value(loses));
    browser::on_drop(move |files| _ = chat.attach(files));
    image::watch();
    gestures::watch(chat);
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
        let now = browser::now();
        // A keystroke changes no row.
        self.changed |= !matches!(intent, Intent::Type);
        let deeds = match intent {
            Intent::Type => self.client.typing(now),
            Intent::Post(text) => self.post(text),
            Intent::Write(what) => return set(self.chat.writing, what),
            Intent::Change(seq, change) => self.change(seq, change),
            Intent::Attach(files) => return self.attach(files),
            Intent::Detach(id) => self.change_tray(|tray| tray.remove(id)),
            Intent::Describe(id, text) => self.change_tray(|tray| tray.describe(id, text)),
            Intent::Dismiss => self.change_tray(Tray::dismiss),
            Intent::Retry(nonce) => self.client.retry(&nonce, now),
            Intent::Discard(nonce) => self.discard(&nonce),
            Intent::Rename(name) => {
                browser::keep_name(&name);
                self.page.you.name = name.clone();
                self.client.rename(name)
            }
            Intent::Speak(language) => return browser::speak(language),
            Intent::LoadOlder => self.client.load_older(),
            Intent::Reconnect => self.client.wake(now),
        };
        self.act(deeds);
    }

    /// Does something to a message.
    fn change(&mut self, seq: Seq, change: Change) -> Vec<Deed> {
        let nonce = browser::unique_token().parse();
        nonce.map(|nonce| self.client.change(seq, change, nonce, browser::now())).unwrap_or_default()
    }

    fn tick(&mut self) {
        let now = browser::now();
        let timeline = self.client.timeline();
        // What is unsent may fail meanwhile.
        self.changed |= timeline.uploads() || !timeline.changing().is_empty() || !timeline.unsent().is_empty();
        let deeds = self.client.tick(now);
        self.act(deeds);
        self.changed |= self.calendar.day(Timestamp(now)) != self.today;
    }

    fn wake(&mut self) {
        if browser::visible() && self.unseen > 0 {
            self.unseen = 0;
            document().set_title(&self.chat.words.title(self.page.room.as_str()));
        }
        let deeds = self.client.wake(browser::now());
        self.act(deeds);
    }

    fn act(&mut self, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Fetch => self.fetch(),
                Deed::Open(id) => {
                    let home = self.home;
                    let report = move |event| with(home, |session| session.happened(id, event));
                    self.sockets.push((id, Socket::open(browser::socket_address(&self.page), report)));
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
            let page = browser::fetch_state(&room).await;
            with(home, |session| {
                let arrived = page.is_some();
                if let Some(page) = page {
                    session.page = page;
                }
                let deeds = session.client.fetched(browser::now(), arrived);
                session.act(deeds);
            });
        });
    }

    fn happened(&mut self, id: SocketId, event: SocketEvent) {
        let now = browser::now();
        self.changed = true;
        let deeds = match event {
            SocketEvent::Heard(frame) => {
                let message = serde_json::from_str(&frame).ok();
                if let Some(ServerMessage::Welcome { online, .. } | ServerMessage::Presence { online, .. }) = &message {
                    set(self.chat.online, *online);
                }
                self.client.heard(now, id, message)
            }
            SocketEvent::Closed => {
                self.sockets.retain(|(open, _)| *open != id);
                self.client.closed(now, id)
            }
        };
        self.act(deeds);
        self.notice();
    }

    /// Tells the reader when somebody else said something that they do not see.
    fn notice(&mut self) {
        let Some((newest, by_somebody_else)) = self.client.timeline().newest() else { return };
        if Some(newest) <= self.noticed {
            return;
        }
        self.noticed = Some(newest);
        if !by_somebody_else {
            return;
        }
        if let Some(log) = self.chat.log.get_untracked()
            && !scroll::at_end(&log)
        {
            set(self.chat.unread, true);
        }
        if !browser::visible() {
            self.unseen += 1;
            document().set_title(&self.chat.words.unread_title(self.unseen, self.page.room.as_str()));
        }
    }

    /// Draws what changed, and keeps what is not sent.
    fn show(&mut self) {
        let now = browser::now();
        set(self.chat.status, self.client.status(now));
        set(self.chat.typing, self.chat.words.typing(&self.client.timeline().typing(now)));
        let troubles = self.client.take_troubles();
        if !troubles.is_empty() {
            self.changed = true;
            let told = troubles.iter().map(|why| self.chat.words.not_changed.with(why)).collect();
            self.change_tray(|tray| tray.tell(told));
        }
        if std::mem::take(&mut self.changed) {
            self.today = self.calendar.day(Timestamp(now));
            self.keep_place();
            self.unsent.keep(&self.client.timeline().unsent(), now);
            self.chat.show(self.client.timeline(), &self.calendar);
        }
    }

    /// Keeps the reader where they are while the rows change.
    fn keep_place(&mut self) {
        if self.place.is_some() {
            return;
        }
        let Some(place) = self.chat.log.get_untracked().as_ref().and_then(Place::of) else { return };
        self.place = Some(place);
        let home = self.home;
        // The rows are drawn in a microtask, the frame comes after it: nobody sees the log in between.
        request_animation_frame(move || {
            home.update_value(|session| {
                if let Some(place) = session.as_mut().and_then(|session| session.place.take()) {
                    place.restore();
                }
            });
        });
    }
}
