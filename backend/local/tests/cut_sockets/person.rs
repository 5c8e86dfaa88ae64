//! A person at a page: the page's real state, over real sockets and in real time.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chat_testing::{
    guest::visit,
    local_server::{Socket, connect},
};
use fastrand::Rng;
use futures::{SinkExt, StreamExt};
use page_model::{
    client::{Client, Effect},
    connection::SocketId,
    timeline::Draft,
};
use shared_types::{ChatMessage, Nonce, PageState, PersonId, Seq, ServerMessage};
use tokio::{
    select,
    sync::{mpsc, watch},
    time::{Instant, interval},
};
use tokio_tungstenite::tungstenite::Message;

/// The page's own pace.
const TICK: Duration = Duration::from_secs(1);

/// How often somebody does something.
const FIDGET: Duration = Duration::from_millis(250);

/// What a person is to do.
#[derive(Clone)]
pub(crate) enum Mood {
    /// Write and look.
    Restless,
    /// Write nothing new, and stay until everything written is confirmed.
    Calm,
    /// Stay until the page shows the end of this log, or this moment.
    Waiting(Arc<Vec<ChatMessage>>, Instant),
}

/// What a person did, and sees in the end.
pub(crate) struct Account {
    pub(crate) id: PersonId,
    /// What was written, in its order.
    pub(crate) written: Vec<Nonce>,
    /// Author, nonce and place of each message on the page.
    pub(crate) page: Vec<(PersonId, Nonce, Seq)>,
    /// Sockets that were opened.
    pub(crate) sockets: SocketId,
}

enum Event {
    Heard(SocketId, Option<ServerMessage>),
    Closed(SocketId),
    ProviderResponse(Option<PageState>),
}

pub(crate) struct Person {
    port: u16,
    client: Client,
    page: PageState,
    cookie: Option<String>,
    /// What is said on a socket; one that is dropped from here is closed.
    sockets: BTreeMap<SocketId, mpsc::UnboundedSender<String>>,
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Event>,
    born: Instant,
    dice: Rng,
    account: Account,
}

impl Person {
    /// Opens the page, at the chat that is behind a port.
    pub(crate) async fn arrive(port: u16, seed: u64) -> Self {
        let mut cookie = None;
        let page = visit(port, &mut cookie).await.unwrap();
        let (client, effects) = Client::start(&page, &page_model::texts::PlainTexts, 0, lot);
        let (events, inbox) = mpsc::unbounded_channel();
        let account = Account { id: page.you.id.clone(), written: Vec::new(), page: Vec::new(), sockets: 0 };
        let dice = Rng::with_seed(seed);
        let sockets = BTreeMap::new();
        let born = Instant::now();
        let mut person = Self { port, client, page, cookie, sockets, events, inbox, born, dice, account };
        person.act(effects);
        person
    }

    /// Lives as its mood says, and says with `confirmed` when nothing that was written is unconfirmed any more.
    pub(crate) async fn live(mut self, mut mood: watch::Receiver<Mood>, confirmed: mpsc::Sender<()>) -> Account {
        let mut confirmed = Some(confirmed);
        let (mut tick, mut fidget) = (interval(TICK), interval(FIDGET));
        loop {
            let now = mood.borrow_and_update().clone();
            match &now {
                Mood::Calm if self.client.timeline().unsent().is_empty() => drop(confirmed.take()),
                Mood::Waiting(log, until) if Instant::now() >= *until || self.shows_the_end_of(log) => break,
                _ => {}
            }
            let effects = select! {
                Some(event) = self.inbox.recv() => self.happened(event),
                _ = tick.tick() => {
                    self.look();
                    self.client.tick(self.now())
                }
                _ = fidget.tick(), if matches!(now, Mood::Restless) => self.fidget(),
                changed = mood.changed() => {
                    changed.unwrap();
                    Vec::new()
                }
            };
            self.act(effects);
        }
        self.account.page = self.look();
        self.account
    }

    fn now(&self) -> u64 {
        self.born.elapsed().as_millis() as u64
    }

    fn fidget(&mut self) -> Vec<Effect> {
        match self.dice.u8(0..100) {
            0..25 => {
                let count = self.account.written.len();
                let nonce: Nonce = format!("n{count}").parse().unwrap();
                self.account.written.push(nonce.clone());
                let text = format!("message {count}").parse().ok();
                self.client.post(Draft { nonce, text, image: None, reply_to: None }, self.now())
            }
            // Somebody who comes back to the page, now and then: without them the waits grow longer than the calm
            // between two cuts.
            25..30 => self.client.wake(self.now()),
            _ => Vec::new(),
        }
    }

    fn happened(&mut self, event: Event) -> Vec<Effect> {
        let now = self.now();
        match event {
            Event::Heard(id, message) if self.sockets.contains_key(&id) => self.client.on_message(now, id, message),
            Event::Closed(id) if self.sockets.remove(&id).is_some() => self.client.on_closed(now, id),
            // The page has let that socket go.
            Event::Heard(..) | Event::Closed(_) => Vec::new(),
            Event::ProviderResponse(page) => {
                let arrived = page.is_some();
                self.page = page.unwrap_or_else(|| self.page.clone());
                self.client.on_fetched(now, arrived)
            }
        }
    }

    fn act(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Fetch => {
                    let (port, mut cookie, events) = (self.port, self.cookie.clone(), self.events.clone());
                    tokio::spawn(async move {
                        let page = visit(port, &mut cookie).await;
                        drop(events.send(Event::ProviderResponse(page)));
                    });
                }
                Effect::Open(id) => {
                    let (frames, queue) = mpsc::unbounded_channel();
                    self.sockets.insert(id, frames);
                    self.account.sockets += 1;
                    tokio::spawn(carry(id, self.port, self.page.ticket.clone(), queue, self.events.clone()));
                }
                Effect::Send(id, message) => {
                    if let Some(frames) = self.sockets.get(&id) {
                        // One that has just closed tells so itself.
                        drop(frames.send(serde_json::to_string(&message).unwrap()));
                    }
                }
                Effect::Upload(..) => unreachable!("nobody sends an image"),
                Effect::Close(id) => drop(self.sockets.remove(&id)),
            }
        }
    }

    fn shows_the_end_of(&self, log: &[ChatMessage]) -> bool {
        let page = self.look();
        page == end_of(log, &page)
    }

    /// What is on the page is in order and has nothing twice, at every look.
    fn look(&self) -> Vec<(PersonId, Nonce, Seq)> {
        let rows = self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]);
        let mut keys: Vec<String> = rows.iter().map(|row| row.key()).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "shown twice: {keys:?}");
        let sent: Vec<_> = rows.into_iter().filter_map(|row| Some((row.author.id, row.nonce, row.seq?))).collect();
        assert!(sent.windows(2).all(|pair| pair[0].2 < pair[1].2), "out of order: {sent:?}");
        sent
    }
}

/// The end of a log that a page shows which begins where this one does.
pub(crate) fn end_of(log: &[ChatMessage], page: &[(PersonId, Nonce, Seq)]) -> Vec<(PersonId, Nonce, Seq)> {
    let from = page.first().map_or(Seq(0), |(_, _, seq)| *seq);
    let end = log.iter().filter(|message| message.seq >= from);
    end.map(|message| (message.author.id.clone(), message.nonce.clone(), message.seq)).collect()
}

/// A socket's life: frames out and in, until either side lets it go.
async fn carry(
    id: SocketId,
    port: u16,
    ticket: String,
    mut queue: mpsc::UnboundedReceiver<String>,
    events: mpsc::UnboundedSender<Event>,
) {
    if let Ok(mut socket) = connect(port, &format!("?ticket={ticket}")).await {
        while let Some(event) = exchange(id, &mut socket, &mut queue).await {
            drop(events.send(event));
        }
    }
    drop(events.send(Event::Closed(id)));
}

/// Says what is to be said until something is heard; `None` is the end of the socket.
async fn exchange(id: SocketId, socket: &mut Socket, queue: &mut mpsc::UnboundedReceiver<String>) -> Option<Event> {
    loop {
        select! {
            frame = queue.recv() => socket.send(Message::text(frame?)).await.ok()?,
            heard = socket.next() => if let Message::Text(text) = heard?.ok()? {
                return Some(Event::Heard(id, serde_json::from_str(&text).ok()));
            },
        }
    }
}

/// The page draws lots for its waits.
fn lot() -> u32 {
    fastrand::u32(..)
}
