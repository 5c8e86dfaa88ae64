//! Simulated person: the page's real state over real sockets, in real time.

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

/// Interval of the page's timer.
const TICK: Duration = Duration::from_secs(1);

/// Interval at which a person acts.
const ACT_INTERVAL: Duration = Duration::from_millis(250);

/// Phase of the test.
#[derive(Clone)]
pub(crate) enum Phase {
    /// The person writes and reads.
    Active,
    /// The person writes nothing new, and waits until every message is confirmed.
    Settling,
    /// The person waits until the page shows the end of this log, or until this time.
    Verifying(Arc<Vec<ChatMessage>>, Instant),
}

/// Result of a person: what they wrote, and what their page shows at the end.
pub(crate) struct Account {
    pub(crate) id: PersonId,
    /// The written messages in their order.
    pub(crate) written: Vec<Nonce>,
    /// Author, nonce and position of each message on the page.
    pub(crate) page: Vec<(PersonId, Nonce, Seq)>,
    /// Number of opened sockets.
    pub(crate) sockets: SocketId,
}

enum Event {
    Received(SocketId, Box<Option<ServerMessage>>),
    Closed(SocketId),
    PageFetched(Box<Option<PageState>>),
}

pub(crate) struct Person {
    port: u16,
    client: Client,
    page: PageState,
    cookie: Option<String>,
    /// Queue of frames for each socket. Dropping a queue closes its socket.
    sockets: BTreeMap<SocketId, mpsc::UnboundedSender<String>>,
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Event>,
    started: Instant,
    rng: Rng,
    account: Account,
}

impl Person {
    /// Opens the page of the chat at a port.
    pub(crate) async fn open(port: u16, seed: u64) -> Self {
        let mut cookie = None;
        let page = visit(port, &mut cookie).await.unwrap();
        let (client, effects) = Client::start(&page, &page_model::texts::PlainTexts, 0, random);
        let (events, inbox) = mpsc::unbounded_channel();
        let account = Account { id: page.you.id.clone(), written: Vec::new(), page: Vec::new(), sockets: 0 };
        let rng = Rng::with_seed(seed);
        let sockets = BTreeMap::new();
        let started = Instant::now();
        let mut person = Self { port, client, page, cookie, sockets, events, inbox, started, rng, account };
        person.act(effects);
        person
    }

    /// Acts as the phase demands. Drops `confirmed` when every written message is confirmed.
    pub(crate) async fn run(mut self, mut phase: watch::Receiver<Phase>, confirmed: mpsc::Sender<()>) -> Account {
        let mut confirmed = Some(confirmed);
        let (mut tick, mut act) = (interval(TICK), interval(ACT_INTERVAL));
        loop {
            let current = phase.borrow_and_update().clone();
            match &current {
                Phase::Settling if self.client.timeline().unsent().is_empty() => drop(confirmed.take()),
                Phase::Verifying(log, until) if Instant::now() >= *until || self.shows_the_end_of(log) => break,
                _ => {}
            }
            let effects = select! {
                Some(event) = self.inbox.recv() => self.handle(event),
                _ = tick.tick() => {
                    self.check_page();
                    self.client.tick(self.now())
                }
                _ = act.tick(), if matches!(current, Phase::Active) => self.act_randomly(),
                changed = phase.changed() => {
                    changed.unwrap();
                    Vec::new()
                }
            };
            self.act(effects);
        }
        self.account.page = self.check_page();
        self.account
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn act_randomly(&mut self) -> Vec<Effect> {
        match self.rng.u8(0..100) {
            0..25 => {
                let count = self.account.written.len();
                let nonce: Nonce = format!("n{count}").parse().unwrap();
                self.account.written.push(nonce.clone());
                let text = format!("message {count}").parse().ok();
                self.client.post(Draft { nonce, text, image: None, reply_to: None, thread: None }, self.now())
            }
            // The person returns to the page now and then. Without this the reconnect delay would grow longer than the
            // time between two cuts.
            25..30 => self.client.wake(self.now()),
            _ => Vec::new(),
        }
    }

    fn handle(&mut self, event: Event) -> Vec<Effect> {
        let now = self.now();
        match event {
            Event::Received(id, message) if self.sockets.contains_key(&id) => self.client.on_message(now, id, *message),
            Event::Closed(id) if self.sockets.remove(&id).is_some() => self.client.on_closed(now, id),
            // The page has closed that socket.
            Event::Received(..) | Event::Closed(_) => Vec::new(),
            Event::PageFetched(page) => {
                let arrived = page.is_some();
                if let Some(page) = *page {
                    self.client.on_page_state(&page);
                    self.page = page;
                }
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
                        drop(events.send(Event::PageFetched(Box::new(page))));
                    });
                }
                Effect::Open(id) => {
                    let (frames, queue) = mpsc::unbounded_channel();
                    self.sockets.insert(id, frames);
                    self.account.sockets += 1;
                    tokio::spawn(run_socket(id, self.port, self.page.ticket.clone(), queue, self.events.clone()));
                }
                Effect::Send(id, message) => {
                    if let Some(frames) = self.sockets.get(&id) {
                        // A socket that has just closed sends its own event.
                        drop(frames.send(serde_json::to_string(&message).unwrap()));
                    }
                }
                Effect::Upload(..) => unreachable!("nobody sends an image"),
                Effect::LoadPage => unreachable!("nobody goes to another room"),
                Effect::Close(id) => drop(self.sockets.remove(&id)),
            }
        }
    }

    fn shows_the_end_of(&self, log: &[ChatMessage]) -> bool {
        let page = self.check_page();
        page == end_of(log, &page)
    }

    /// Asserts that the page is in order and shows nothing twice. Returns the shown messages.
    fn check_page(&self) -> Vec<(PersonId, Nonce, Seq)> {
        let rows = self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]);
        let mut keys: Vec<String> = rows.iter().map(|row| row.key()).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "shown twice: {keys:?}");
        let sent: Vec<_> = rows.into_iter().filter_map(|row| Some((row.author.id, row.nonce, row.seq?))).collect();
        assert!(sent.windows(2).all(|pair| pair[0].2 < pair[1].2), "out of order: {sent:?}");
        sent
    }
}

/// Returns the part of the log that a page shows if it begins at the same message as `page`.
pub(crate) fn end_of(log: &[ChatMessage], page: &[(PersonId, Nonce, Seq)]) -> Vec<(PersonId, Nonce, Seq)> {
    let from = page.first().map_or(Seq(0), |(_, _, seq)| *seq);
    let end = log.iter().filter(|message| message.seq >= from);
    end.map(|message| (message.author.id.clone(), message.nonce.clone(), message.seq)).collect()
}

/// Runs a socket: sends and receives frames until either side closes it.
async fn run_socket(
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

/// Sends queued frames until a frame arrives. Returns `None` at the end of the socket.
async fn exchange(id: SocketId, socket: &mut Socket, queue: &mut mpsc::UnboundedReceiver<String>) -> Option<Event> {
    loop {
        select! {
            frame = queue.recv() => socket.send(Message::text(frame?)).await.ok()?,
            heard = socket.next() => if let Message::Text(text) = heard?.ok()? {
                return Some(Event::Received(id, Box::new(serde_json::from_str(&text).ok())));
            },
        }
    }
}

/// Returns a random number for the page's reconnect delays.
fn random() -> u32 {
    fastrand::u32(..)
}
