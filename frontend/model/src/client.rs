//! The page's side of the conversation as plain state: joins the connection's life ([`Link`]) and what was said
//! ([`Timeline`]). It knows neither sockets, timers nor the DOM; every call brings the time, in milliseconds, and takes
//! [`Deed`]s back, to be done in their order.

use shared_types::{
    Action, ActionName, ClientMessage, ErrorCode, Nonce, PageState, PersonName, Restrictions, Seq, ServerMessage,
    limits,
};

use crate::{
    connection::{Link, Order, Over, SocketId, Status},
    texts::ClientTexts,
    timeline::{Change, Draft, Timeline},
};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Get a fresh page state for its ticket, then call [`Client::fetched`].
    Fetch,
    /// Open a socket.
    Open(SocketId),
    /// Say something on a socket, as soon as it is open.
    Say(SocketId, ClientMessage),
    /// Drop a socket.
    Close(SocketId),
    /// Put the image of this message to this address; then call [`Client::progress`], and [`Client::uploaded`],
    /// [`Client::broken`] or [`Client::lost`].
    Upload(Nonce, String),
}

/// Somebody's stay in a room.
#[derive(Debug)]
pub struct Client {
    link: Link,
    timeline: Timeline,
    texts: &'static dyn ClientTexts,
    /// What they chose to be called in this stay, if they did.
    name: Option<PersonName>,
    /// When it was last said that they are writing.
    typed: u64,
}

impl Client {
    /// A stay that begins now, with the state and the ticket the page brought.
    pub fn start(
        page: &PageState,
        texts: &'static dyn ClientTexts,
        now: u64,
        random: fn() -> u32,
    ) -> (Self, Vec<Deed>) {
        let (link, order) = Link::open(now, random);
        let mut client = Self { link, timeline: Timeline::new(page), texts, name: None, typed: 0 };
        let deeds = client.follow(now, [order]);
        (client, deeds)
    }

    /// What was said.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How the connection is.
    pub fn status(&self, now: u64) -> Status {
        self.link.status(now)
    }

    /// The visitor wrote something.
    pub fn post(&mut self, draft: Draft, now: u64) -> Vec<Deed> {
        self.timeline.post(draft, now);
        self.hand_over(now)
    }

    /// What an earlier stay could not send is to be sent after all, in its order.
    pub fn restore(&mut self, unsent: Vec<Draft>, now: u64) {
        for draft in unsent {
            self.timeline.restore(draft, now);
        }
    }

    /// A message that failed is to be sent after all.
    pub fn retry(&mut self, nonce: &Nonce, now: u64) -> Vec<Deed> {
        self.timeline.retry(nonce);
        self.hand_over(now)
    }

    /// A message that failed, or whose image is not there yet, is not wanted any more.
    pub fn discard(&mut self, nonce: &Nonce, now: u64) -> Vec<Deed> {
        self.timeline.discard(nonce);
        self.hand_over(now)
    }

    /// The visitor did something to a message that is there. `nonce` is nobody else's.
    pub fn change(&mut self, seq: Seq, change: Change, nonce: Nonce, now: u64) -> Vec<Deed> {
        self.timeline.change(seq, change, nonce);
        self.hand_over(now)
    }

    /// Why something that the visitor did was not done, since this was last asked.
    pub fn take_troubles(&mut self) -> Vec<String> {
        self.timeline.take_troubles()
    }

    /// So many hundredths of an image are there.
    pub fn progress(&mut self, nonce: &Nonce, percent: u8) {
        self.timeline.upload_runs(nonce, percent);
    }

    /// An image is there.
    pub fn uploaded(&mut self, nonce: &Nonce, now: u64) -> Vec<Deed> {
        self.timeline.upload_ends(nonce);
        self.hand_over(now)
    }

    /// An image did not get through. It is tried again.
    pub fn broken(&mut self, nonce: &Nonce, now: u64) -> Vec<Deed> {
        self.timeline.upload_breaks(nonce, now, self.texts.upload_failed());
        self.hand_over(now)
    }

    /// The bytes of an image are not here any more.
    pub fn lost(&mut self, nonce: &Nonce, now: u64) -> Vec<Deed> {
        self.timeline.upload_lost(nonce, self.texts.image_lost());
        self.hand_over(now)
    }

    /// The visitor chose another name.
    pub fn rename(&mut self, name: PersonName) -> Vec<Deed> {
        self.timeline.rename(name.clone());
        self.name = Some(name.clone());
        self.say(ClientMessage::Rename { name })
    }

    /// The visitor is writing something. It is said now and then.
    pub fn typing(&mut self, now: u64) -> Vec<Deed> {
        if now < self.typed + limits::TYPING_PAUSE.as_millis() as u64 {
            return Vec::new();
        }
        self.typed = now;
        self.say(ClientMessage::Typing)
    }

    /// The visitor comes near the first message.
    pub fn load_older(&mut self) -> Vec<Deed> {
        self.ask(Timeline::ask_older)
    }

    /// The visitor comes near the last message of a stretch that is apart from the newest ones.
    pub fn load_newer(&mut self) -> Vec<Deed> {
        self.ask(Timeline::ask_newer)
    }

    /// The visitor wants to see a message, wherever it is.
    pub fn seek(&mut self, seq: Seq) -> Vec<Deed> {
        self.timeline.seek(seq);
        self.ask(Timeline::ask_sought)
    }

    /// The visitor wants to see the newest messages again.
    pub fn return_to_newest(&mut self) {
        self.timeline.return_to_newest();
    }

    /// The visitor wants to know something beside the conversation. Nothing is said while there is no socket.
    pub fn ask_aside(&self, question: ClientMessage) -> Vec<Deed> {
        self.say(question)
    }

    /// Time passed.
    pub fn tick(&mut self, now: u64) -> Vec<Deed> {
        let orders = self.link.tick(now);
        let mut deeds = self.follow(now, orders);
        if self.timeline.expire(now, self.texts.unconfirmed()) {
            let order = self.link.give_up(now);
            deeds.extend(self.follow(now, order));
        }
        if self.link.live().is_some()
            && let Some(question) = self.timeline.ask(now)
        {
            deeds.extend(self.say(question));
        }
        self.timeline.expire_history(now);
        deeds.extend(self.ask(Timeline::ask_sought));
        deeds.extend(self.ask(|timeline| timeline.ask_history_again(now)));
        deeds.extend(self.hand_over(now));
        deeds
    }

    /// The network may have come back, or somebody looks at the page again.
    pub fn wake(&mut self, now: u64) -> Vec<Deed> {
        let order = self.link.wake(now);
        self.follow(now, order)
    }

    /// The visitor wants to be connected, or to know whether they may come back.
    pub fn reconnect(&mut self, now: u64) -> Vec<Deed> {
        let order = self.link.reconnect(now);
        self.follow(now, order)
    }

    /// Whether the server is being asked whether whoever was sent away may come back.
    pub fn asks(&self) -> bool {
        self.link.asks()
    }

    /// The fresh page state arrived, or could not be had.
    pub fn fetched(&mut self, now: u64, arrived: bool) -> Vec<Deed> {
        let order = self.link.fetched(now, arrived);
        self.follow(now, order)
    }

    /// A fresh page state said what the visitor may not do.
    pub fn stand(&mut self, restrictions: Restrictions) {
        self.timeline.stand(restrictions);
    }

    /// The server does not let the visitor take part.
    pub fn end(&mut self, now: u64, over: Over) -> Vec<Deed> {
        let orders = self.link.end(now, over);
        self.follow(now, orders)
    }

    /// A frame arrived on a socket; `None` is one of a type that only newer pages know, and still a sign of life.
    pub fn heard(&mut self, now: u64, id: SocketId, message: Option<ServerMessage>) -> Vec<Deed> {
        let before = self.link.live();
        let welcome = matches!(message, Some(ServerMessage::Welcome { .. }));
        let order = self.link.heard(now, id, welcome);
        let Some(mut message) = message else { return self.follow(now, order) };
        if let ServerMessage::Error { code, message: reason, .. } = &mut message
            && let Some(sentence) = self.texts.server_error(*code)
        {
            *reason = sentence.into();
        }
        let upload = match &message {
            ServerMessage::Upload { nonce, url } if self.timeline.upload_begins(nonce) => {
                Some(Deed::Upload(nonce.clone(), url.clone()))
            }
            _ => None,
        };
        let banned = match &message {
            ServerMessage::Restrictions { person, restrictions } if *person == self.timeline.me().id => {
                restrictions.banned_until
            }
            _ => None,
        };
        if matches!(&message, ServerMessage::Error { action: Some(ActionName::Known(Action::Rename)), .. }) {
            self.name = None;
        }
        let unknown_here = matches!(message, ServerMessage::Error { code: ErrorCode::NotConnected, .. });
        let too_early = match &message {
            ServerMessage::Error {
                code: ErrorCode::TooFast,
                action: Some(ActionName::Known(Action::Hello)),
                retry_after,
                ..
            } => Some(retry_after.unwrap_or_default()),
            _ => None,
        };
        let question = self.timeline.apply(message, now);
        let mut deeds = self.follow(now, order);
        deeds.extend(upload);
        if let Some(seconds) = too_early {
            let order = self.link.put_off(now, id, seconds);
            deeds.extend(self.follow(now, order));
        }
        if let Some(until) = banned.filter(|until| until.0 > now) {
            deeds.extend(self.end(now, Over::Banned(until)));
        }
        if unknown_here && before == Some(id) {
            let order = self.link.give_up(now);
            deeds.extend(self.follow(now, order));
        }
        if self.link.live() != before && self.link.live().is_some() {
            deeds.extend(self.confirm_name());
        }
        deeds.extend(question.map(|question| self.say(question)).unwrap_or_default());
        deeds.extend(self.ask(Timeline::ask_sought));
        deeds.extend(self.hand_over(now));
        deeds
    }

    /// A socket closed, or could not be opened.
    pub fn closed(&mut self, now: u64, id: SocketId) -> Vec<Deed> {
        self.link.closed(now, id);
        self.dropped(now)
    }

    /// The socket may have been opened under the name before.
    fn confirm_name(&mut self) -> Vec<Deed> {
        match self.name.clone() {
            Some(name) if name != self.timeline.me().name => self.rename(name),
            _ => Vec::new(),
        }
    }

    /// A socket is gone: the questions and messages that it carried get no answer any more.
    fn dropped(&mut self, now: u64) -> Vec<Deed> {
        self.timeline.disconnected();
        self.hand_over(now)
    }

    fn follow(&mut self, now: u64, orders: impl IntoIterator<Item = Order>) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for order in orders {
            match order {
                Order::Fetch => deeds.push(Deed::Fetch),
                Order::Open(id) => deeds.extend([Deed::Open(id), Deed::Say(id, self.timeline.hello(now))]),
                Order::Close(id) => {
                    deeds.push(Deed::Close(id));
                    deeds.extend(self.dropped(now));
                }
                // A heartbeat that asks for what is missing costs little more than one that does not, and brings what
                // nothing live has given away: the last message before a silence.
                Order::Ping(id) => deeds.push(Deed::Say(id, self.timeline.ask_now(now))),
            }
        }
        deeds
    }

    fn hand_over(&mut self, now: u64) -> Vec<Deed> {
        if self.link.live().is_none() {
            return Vec::new();
        }
        let timeline = &mut self.timeline;
        let said = [timeline.ask_upload(now), timeline.hand_over_change(now), timeline.hand_over(now)];
        said.into_iter().flatten().flat_map(|message| self.say(message)).collect()
    }

    /// Asks something on the live socket; without one the question stays open.
    fn ask(&mut self, question: impl FnOnce(&mut Timeline) -> Option<ClientMessage>) -> Vec<Deed> {
        let question = self.link.live().and_then(|_| question(&mut self.timeline));
        question.map(|question| self.say(question)).unwrap_or_default()
    }

    /// Says something on the live socket.
    fn say(&self, message: ClientMessage) -> Vec<Deed> {
        self.link.live().map(|id| Deed::Say(id, message)).into_iter().collect()
    }
}
