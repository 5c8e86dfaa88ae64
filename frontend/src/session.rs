//! The visitor's stay in the room: joins the connection, the timeline and what is drawn.

mod connection;

use std::time::Duration;

use leptos::prelude::*;
use shared_types::{ErrorCode, MessageText, PageState, PersonName, ServerMessage, Timestamp};

use crate::{
    browser,
    chat::{Chat, Intent, set},
    clock::Calendar,
    link::{Link, SocketId},
    local_time::LocalTime,
    say,
    scroll::{self, Place},
    socket::Socket,
    timeline::Timeline,
    words,
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
    name: Option<PersonName>,
    timeline: Timeline,
    calendar: LocalTime,
    link: Link,
    sockets: Vec<(SocketId, Socket)>,
    /// Where the reader was before the changes that are not drawn yet.
    place: Option<Place>,
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
    let (link, order) = Link::open(now, browser::random);
    let mut timeline = Timeline::new(&page);
    let name = browser::stored_name();
    if let Some(name) = &name {
        timeline.rename(name.clone());
    }
    let calendar = LocalTime::new();
    let mut session = Session {
        home,
        chat,
        page,
        name,
        timeline,
        calendar,
        link,
        sockets: Vec::new(),
        place: None,
        unseen: 0,
        changed: true,
        today: 0,
    };
    session.follow(now, order);
    session.show();
    home.set_value(Some(session));
    set_interval(move || with(home, Session::tick), TICK);
    browser::on_wake(move || with(home, Session::wake));
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
        self.changed = true;
        match intent {
            Intent::Post(text) => self.post(text, now),
            Intent::Retry(nonce) => {
                self.timeline.retry(&nonce);
                self.hand_over(now);
            }
            Intent::Discard(nonce) => self.timeline.discard(&nonce),
            Intent::Rename(name) => {
                browser::store_name(&name);
                self.timeline.rename(name.clone());
                self.say(&say::rename(&name));
                self.name = Some(name);
            }
            Intent::LoadOlder => self.load_older(),
            Intent::Reconnect => self.wake(),
        }
    }

    fn post(&mut self, text: MessageText, now: u64) {
        let Ok(nonce) = browser::unique_token().parse() else { return };
        self.timeline.post(nonce, text, now);
        self.hand_over(now);
        // Whoever writes wants to see it, wherever they were reading.
        self.place = None;
        scroll::to_end(self.chat.log);
    }

    fn load_older(&mut self) {
        if self.link.live().is_some()
            && let Some(question) = self.timeline.ask_older()
        {
            self.say(&question);
        }
    }

    fn tick(&mut self) {
        let now = browser::now();
        for order in self.link.tick(now) {
            self.follow(now, order);
        }
        if self.timeline.expire(now, words::UNCONFIRMED) {
            self.changed = true;
            if let Some(order) = self.link.give_up(now) {
                self.follow(now, order);
            }
        }
        self.changed |= self.calendar.day(Timestamp(now)) != self.today;
        if self.link.live().is_some()
            && let Some(question) = self.timeline.ask(now)
        {
            self.say(&question);
        }
    }

    fn wake(&mut self) {
        let now = browser::now();
        if browser::visible() && self.unseen > 0 {
            self.unseen = 0;
            document().set_title(&words::title(self.page.room.as_str()));
        }
        if let Some(order) = self.link.wake(now) {
            self.follow(now, order);
        }
    }

    fn heard(&mut self, now: u64, id: SocketId, message: ServerMessage) {
        self.changed = true;
        let welcome = matches!(message, ServerMessage::Welcome { .. });
        let before = self.link.live();
        let order = self.link.heard(now, id, welcome);
        match &message {
            ServerMessage::Welcome { online, .. } | ServerMessage::Presence { online } => {
                set(self.chat.online, *online)
            }
            ServerMessage::Error { code: ErrorCode::NotConnected, .. } if before == Some(id) => {
                if let Some(order) = self.link.give_up(now) {
                    self.follow(now, order);
                }
            }
            _ => {}
        }
        let newest = self.timeline.newest();
        let question = self.timeline.apply(message, now);
        if let Some((_, true)) = self.timeline.newest().filter(|now| Some(now.0) > newest.map(|before| before.0)) {
            self.notice();
        }
        if let Some(order) = order {
            self.follow(now, order);
        }
        if self.link.live() != before && self.link.live().is_some() {
            self.arrived(now);
        }
        if let Some(question) = question {
            self.say(&question);
        }
    }

    /// A socket is live: what waited goes out, under the right name.
    fn arrived(&mut self, now: u64) {
        if let Some(name) = self.name.clone().filter(|name| *name != self.timeline.me().name) {
            self.timeline.rename(name.clone());
            self.say(&say::rename(&name));
        }
        self.hand_over(now);
    }

    /// Somebody else said something.
    fn notice(&mut self) {
        if let Some(log) = self.chat.log.get_untracked()
            && !scroll::at_end(&log)
        {
            set(self.chat.unread, true);
        }
        if !browser::visible() {
            self.unseen += 1;
            document().set_title(&words::unread_title(self.unseen, self.page.room.as_str()));
        }
    }

    fn hand_over(&mut self, now: u64) {
        if self.link.live().is_some() {
            for message in self.timeline.hand_over(now) {
                self.say(&message);
            }
        }
    }

    /// Draws what changed.
    fn show(&mut self) {
        let now = browser::now();
        set(self.chat.status, self.link.status(now));
        if std::mem::take(&mut self.changed) {
            self.today = self.calendar.day(Timestamp(now));
            self.keep_place();
            self.chat.show(&self.timeline, &self.calendar);
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
