//! A person at a page: the page's real state, sockets of the simulated network, and a restless hand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use page_model::{
    client::{Client, Effect},
    connection::SocketId,
    timeline::{Change, DeliveryState, Draft, Row},
};
use shared_types::{Emoji, MessageText, Nonce, PageState, Seq, ServerMessage};
use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep_until},
};

use crate::server::Server;

/// What a person saw and did, for the judge.
#[derive(Default)]
pub(crate) struct Account {
    /// What was written, in its order.
    pub(crate) written: Vec<Nonce>,
    /// What was confirmed, with its place at that time.
    pub(crate) confirmed: BTreeMap<Nonce, u64>,
    /// What is on the page at the end: nonce, author and place of each row that was sent.
    pub(crate) page: Vec<(String, String, u64)>,
    /// What each row of the page says, in the judge's words.
    pub(crate) content: Vec<String>,
    /// What was far back where the person was reading at the end: place and content of each row.
    pub(crate) apart: Vec<(u64, String)>,
    /// What became of messages by this person's own doing, as far as they know: the last word on each, by seq and kind.
    pub(crate) changed: BTreeMap<(u64, String), Change>,
    /// Changes of the page that are still not confirmed.
    pub(crate) changing: usize,
    /// How many changes there were.
    pub(crate) nonces: usize,
    /// Whether a message failed: what is behind it goes on then, and the order is the person's own doing.
    pub(crate) failed: bool,
    /// Who they are.
    pub(crate) id: String,
    /// How it ended, for whoever has to find out why.
    pub(crate) ending: String,
}

enum Event {
    Opened(SocketId, Option<chat::ports::connections::ConnectionId>),
    Heard(SocketId, String),
    Closed(SocketId),
    ProviderResponse(Option<PageState>),
}

/// What a person does once it is calm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Looks at the page all the time.
    Stays,
    /// Closes the page with whatever is unsent, and opens it when every hole may have been passed.
    SleepsLong,
    /// Loses the network in just that time, with a page that has passed every hole.
    DozesOff,
}

/// When holes may have been passed by those who stay: `chat::GAP_LIFE` is 21 minutes.
const AFTER_THE_HOLES: Duration = Duration::from_secs(26 * 60);

/// The longest that somebody sleeps on after that.
const LIE_IN: Duration = Duration::from_secs(3 * 60);

pub(crate) struct Person {
    server: Arc<Server>,
    client: Client,
    page: PageState,
    cookie: Option<String>,
    sockets: BTreeMap<SocketId, Socket>,
    events: mpsc::UnboundedSender<(u32, Event)>,
    inbox: mpsc::UnboundedReceiver<(u32, Event)>,
    /// Counts reloads: what an earlier page was waiting for is nothing to this one.
    life: u32,
    offline_until: u64,
    /// Messages of which nobody can say what the last word of this person on them is.
    unknown: BTreeSet<Seq>,
    /// The messages that were being changed when this was last looked at.
    changing: Vec<Seq>,
    account: Account,
}

#[derive(Default)]
struct Socket {
    id: Option<chat::ports::connections::ConnectionId>,
    /// What was said before it was open.
    early: Vec<String>,
}

impl Person {
    pub(crate) async fn arrive(server: &Arc<Server>) -> Self {
        let mut cookie = None;
        let page = loop {
            if let Some(page) = server.visit(&mut cookie).await {
                break page;
            }
        };
        let (client, effects) = Client::start(&page, &page_model::texts::PlainTexts, server.now(), lot);
        let (events, inbox) = mpsc::unbounded_channel();
        let account = Account { id: page.you.id.to_string(), ..Account::default() };
        let mut person = Self {
            server: server.clone(),
            client,
            page,
            cookie,
            sockets: BTreeMap::new(),
            events,
            inbox,
            life: 0,
            offline_until: 0,
            unknown: BTreeSet::new(),
            changing: Vec::new(),
            account,
        };
        person.act(effects);
        person
    }

    /// Lives until `end`, restless until `calm`; then only what is unsent is tried again, and the habit followed.
    pub(crate) async fn live(mut self, calm: Instant, end: Instant, habit: Habit) -> Account {
        self.pass(calm, calm).await;
        match habit {
            Habit::Stays => {}
            Habit::SleepsLong => {
                let unsent = self.close();
                let lie_in = self.server.pick(0..LIE_IN.as_millis() as u64);
                sleep_until(calm + AFTER_THE_HOLES + Duration::from_millis(lie_in)).await;
                self.open_again(unsent).await;
            }
            Habit::DozesOff => {
                self.pass(calm + AFTER_THE_HOLES - Duration::from_secs(30), calm).await;
                self.offline_until = self.server.now() + 2 * LIE_IN.as_millis() as u64;
                self.cut_all();
            }
        }
        self.pass(end, calm).await;
        if self.client.timeline().is_detached() {
            let rows = self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]);
            self.account.apart = rows.iter().filter_map(|row| Some((row.seq?.0, content_of(row)))).collect();
            self.client.return_to_newest();
        }
        self.account.page = self.rows();
        let timeline = self.client.timeline();
        self.account.content =
            timeline.rows(&page_model::calendar::Utc::default(), &[]).iter().map(content_of).collect();
        self.account.changing = timeline.changing_messages().len();
        self.account.ending = format!(
            "{:?}, {} unsent, everything up to {}",
            self.client.status(self.server.now()),
            timeline.unsent().len(),
            timeline.rev(),
        );
        self.account
    }

    async fn pass(&mut self, until: Instant, calm: Instant) {
        let mut tick = Instant::now();
        while Instant::now() < until {
            select! {
                biased;
                Some((life, event)) = self.inbox.recv() => {
                    if life == self.life {
                        self.happened(event);
                        self.look();
                    }
                }
                () = sleep_until(tick) => {
                    // Once it is calm a page ticks as one in the background does: browsers slow those down.
                    tick += Duration::from_secs(if tick < calm { 1 } else { 10 });
                    let effects = self.client.tick(self.server.now());
                    self.act(effects);
                    if Instant::now() < calm {
                        self.fidget().await;
                        self.look();
                    }
                    if !self.client.timeline().unsent().is_empty() {
                        self.retry_failed();
                    }
                }
            }
        }
    }

    async fn fidget(&mut self) {
        match self.server.pick(0..100) {
            0..30 => self.write(),
            30..34 => {
                if let Some(id) = self.sockets.values().rev().find_map(|socket| socket.id.clone()) {
                    self.server.cut(&id);
                }
            }
            34..36 => self.offline_until = self.server.now() + self.server.pick(0..40_000),
            36..38 => {
                let effects = self.client.wake(self.server.now());
                self.act(effects);
            }
            38..39 => self.reload().await,
            39..42 => {
                let effects = self.client.load_older();
                self.act(effects);
            }
            42..54 => self.change(),
            54..60 => self.wander(),
            _ => {}
        }
    }

    fn write(&mut self) {
        let count = self.account.written.len();
        let nonce: Nonce = format!("{}-{count}", self.account.id).parse().unwrap();
        let text = format!("message {count}").parse().ok();
        self.account.written.push(nonce.clone());
        let effects = self.client.post(Draft { nonce, text, image: None, reply_to: None }, self.server.now());
        self.act(effects);
    }

    /// Goes to some message of the room, reads on from there, or comes back.
    fn wander(&mut self) {
        let effects = match self.server.pick(0..6) {
            0..3 => {
                let seq = self.server.pick(0..self.client.timeline().rev().0 + 1);
                self.client.seek(Seq(seq))
            }
            3..5 => self.client.load_newer(),
            _ => {
                self.client.return_to_newest();
                Vec::new()
            }
        };
        self.act(effects);
    }

    /// Does something to one of the newest messages: edits or deletes an own one, or reacts to any.
    fn change(&mut self) {
        let rows = self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]);
        let sent: Vec<_> = rows.iter().rev().filter(|row| row.seq.is_some() && !row.deleted).take(12).collect();
        if sent.is_empty() {
            return;
        }
        let row = sent[self.server.pick(0..sent.len() as u64) as usize];
        let (seq, number) = (row.seq.unwrap(), self.account.nonces);
        self.account.nonces += 1;
        let (kind, change) = match self.server.pick(0..10) {
            0..5 if row.mine => ("text".to_owned(), Change::Text(format!("edit {number}").parse().ok())),
            5 if row.mine => ("text".to_owned(), Change::Delete),
            pick => {
                let emoji = if pick % 2 == 0 { "👍" } else { "🎉" };
                let on = !row.reactions.iter().any(|reaction| reaction.mine && reaction.emoji.as_str() == emoji);
                (emoji.to_owned(), Change::Reaction { emoji: emoji.parse().unwrap(), on })
            }
        };
        if !self.unknown.contains(&seq) {
            self.account.changed.insert((seq.0, kind), change.clone());
        }
        let nonce = format!("c-{}-{number}", self.account.id).parse().unwrap();
        let effects = self.client.change(seq, change, nonce, self.server.now());
        self.act(effects);
    }

    /// Looks whether the page gave a change up: nobody knows then whether it was made.
    fn mind_troubles(&mut self) {
        if !self.client.take_errors().is_empty() {
            let given_up = std::mem::take(&mut self.changing);
            self.forget_changes(&given_up);
        }
        self.changing = self.client.timeline().changing_messages();
    }

    /// What became of these is not known: the page gave them up, or was closed. The last of them may still arrive, after
    /// what the person does next.
    fn forget_changes(&mut self, of: &[Seq]) {
        self.unknown.extend(of);
        self.account.changed.retain(|(seq, _), _| !of.contains(&Seq(*seq)));
    }

    /// The page is closed and opened again; what was not sent is kept on the device.
    async fn reload(&mut self) {
        let unsent = self.close();
        self.open_again(unsent).await;
    }

    fn close(&mut self) -> Vec<Draft> {
        self.cut_all();
        self.sockets.clear();
        self.life += 1;
        let changing = self.client.timeline().changing_messages();
        self.forget_changes(&changing);
        self.client.timeline().unsent()
    }

    async fn open_again(&mut self, unsent: Vec<Draft>) {
        self.page = loop {
            if let Some(page) = self.server.visit(&mut self.cookie).await {
                break page;
            }
        };
        let (client, effects) = Client::start(&self.page, &page_model::texts::PlainTexts, self.server.now(), lot);
        self.client = client;
        self.client.restore(unsent, self.server.now());
        self.act(effects);
    }

    fn cut_all(&mut self) {
        for id in self.sockets.values().filter_map(|socket| socket.id.clone()) {
            self.server.cut(&id);
        }
    }

    fn retry_failed(&mut self) {
        let failed: Vec<Nonce> = (self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]).into_iter())
            .filter(|row| matches!(row.state, DeliveryState::Failed(_)))
            .map(|row| row.nonce)
            .collect();
        for nonce in failed {
            let effects = self.client.retry(&nonce, self.server.now());
            self.act(effects);
        }
    }

    fn happened(&mut self, event: Event) {
        let now = self.server.now();
        let effects = match event {
            Event::Opened(id, Some(connection)) => {
                let Some(socket) = self.sockets.get_mut(&id) else { return self.server.cut(&connection) };
                let early = std::mem::take(&mut socket.early);
                socket.id = Some(connection.clone());
                early.into_iter().for_each(|frame| self.server.say(&connection, frame));
                Vec::new()
            }
            Event::Opened(id, None) | Event::Closed(id) => {
                if self.sockets.remove(&id).is_none() {
                    return;
                }
                self.client.on_closed(now, id)
            }
            Event::Heard(id, frame) => {
                if !self.sockets.contains_key(&id) {
                    return;
                }
                let message: ServerMessage = serde_json::from_str(&frame).unwrap();
                self.client.on_message(now, id, Some(message))
            }
            Event::ProviderResponse(page) => {
                let arrived = page.is_some();
                if let Some(page) = page {
                    self.page = page;
                }
                self.client.on_fetched(now, arrived)
            }
        };
        self.act(effects);
    }

    fn act(&mut self, effects: Vec<Effect>) {
        self.mind_troubles();
        for effect in effects {
            match effect {
                Effect::Fetch => self.fetch(),
                Effect::Open(id) => self.open(id),
                Effect::Send(id, message) => {
                    let frame = serde_json::to_string(&message).unwrap();
                    if let Some(socket) = self.sockets.get_mut(&id) {
                        match &socket.id {
                            Some(connection) => self.server.say(connection, frame),
                            None => socket.early.push(frame),
                        }
                    }
                }
                Effect::Upload(..) => unreachable!("nobody sends an image"),
                Effect::Close(id) => {
                    if let Some(connection) = self.sockets.remove(&id).and_then(|socket| socket.id) {
                        self.server.cut(&connection);
                    }
                }
            }
        }
    }

    fn fetch(&self) {
        let (server, events, life, mut cookie) =
            (self.server.clone(), self.events.clone(), self.life, self.cookie.clone());
        let offline = self.server.now() < self.offline_until;
        tokio::spawn(async move {
            let page = if offline { None } else { server.visit(&mut cookie).await };
            drop(events.send((life, Event::ProviderResponse(page))));
        });
    }

    fn open(&mut self, id: SocketId) {
        self.sockets.insert(id, Socket::default());
        let (server, events, life) = (self.server.clone(), self.events.clone(), self.life);
        let (ticket, offline) = (self.page.ticket.clone(), self.server.now() < self.offline_until);
        tokio::spawn(async move {
            let opened = if offline { None } else { server.connect(ticket, None).await };
            let Some((connection, mut frames)) = opened else {
                return drop(events.send((life, Event::Opened(id, None))));
            };
            drop(events.send((life, Event::Opened(id, Some(connection)))));
            while let Some(frame) = frames.recv().await {
                drop(events.send((life, Event::Heard(id, frame))));
            }
            drop(events.send((life, Event::Closed(id))));
        });
    }

    /// What is on the page is in order and has nothing twice, at every moment; and what was confirmed once keeps its
    /// place.
    fn look(&mut self) {
        let rows = self.rows();
        assert!(rows.windows(2).all(|pair| pair[0].2 < pair[1].2), "out of order: {rows:?}");
        let mut seen = BTreeSet::new();
        for row in self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]) {
            self.account.failed |= matches!(row.state, DeliveryState::Failed(_));
            assert!(seen.insert(row.key()), "shown twice: {}", row.key());
        }
        for (nonce, author, seq) in rows {
            if author == self.account.id {
                let seq_then = *self.account.confirmed.entry(nonce.parse().unwrap()).or_insert(seq);
                assert_eq!(seq, seq_then, "{nonce} moved");
            }
        }
    }

    fn rows(&self) -> Vec<(String, String, u64)> {
        (self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]).into_iter())
            .filter_map(|row| Some((row.nonce.to_string(), row.author.id.to_string(), row.seq?.0)))
            .collect()
    }
}

/// The page draws lots for its waits; here the same one each time, and the network brings the chance.
/// What a row says, in the words in which the judge writes what is stored.
fn content_of(row: &Row) -> String {
    let reactions = row.reactions.iter().map(|reaction| (&reaction.emoji, &reaction.people));
    content(row.text.as_ref(), row.deleted, row.edited, reactions)
}

pub(crate) fn content<'a>(
    text: Option<&MessageText>,
    deleted: bool,
    edited: bool,
    reactions: impl Iterator<Item = (&'a Emoji, &'a Vec<shared_types::Person>)>,
) -> String {
    let people =
        |people: &Vec<shared_types::Person>| people.iter().map(|person| person.id.to_string()).collect::<Vec<_>>();
    let reactions: Vec<_> = reactions.map(|(emoji, who)| (emoji.as_str(), people(who))).collect();
    format!("{:?} {deleted} {edited} {reactions:?}", text.map(MessageText::as_str))
}

fn lot() -> u32 {
    1_234_567
}
