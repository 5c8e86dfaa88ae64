//! Simulated person: the page's real state over the simulated network, with random actions.

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

/// What a person did and saw, for the verification.
#[derive(Default)]
pub(crate) struct Account {
    /// Written messages in their order.
    pub(crate) written: Vec<Nonce>,
    /// Confirmed messages, each with its position when it was confirmed.
    pub(crate) confirmed: BTreeMap<Nonce, u64>,
    /// Rows on the page at the end: nonce, author and position of each sent message.
    pub(crate) page: Vec<(String, String, u64)>,
    /// Content of each row of the page, as [`content`] formats it.
    pub(crate) content: Vec<String>,
    /// Detached range of older messages that the person was reading at the end: position and content of each row.
    pub(crate) detached: Vec<(u64, String)>,
    /// This person's last change of each message, by seq and kind, as far as its outcome is known.
    pub(crate) changed: BTreeMap<(u64, String), Change>,
    /// Number of changes that are not confirmed.
    pub(crate) changing: usize,
    /// Number of changes so far.
    pub(crate) nonces: usize,
    /// Whether a message failed. Then the later messages are sent before its retry, so the order may differ.
    pub(crate) failed: bool,
    /// Id of the person.
    pub(crate) id: String,
    /// Final state of the page, for debugging.
    pub(crate) ending: String,
}

enum Event {
    Opened(SocketId, Option<chat::ports::connections::ConnectionId>),
    Received(SocketId, String),
    Closed(SocketId),
    PageFetched(Option<PageState>),
}

/// What a person does after the faults.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Keeps the page open.
    Stays,
    /// Closes the page with its unsent messages, and opens it when the other pages may have passed every gap.
    ClosesPage,
    /// Loses the network in that time, with a page that has passed every gap.
    LosesNetwork,
}

/// Time after which open pages may have passed every gap: `chat::messages::deadlines::GAP_LIFE` is 21 minutes.
const AFTER_THE_GAPS: Duration = Duration::from_secs(26 * 60);

/// Maximum additional time until a closed page is opened.
const MAX_EXTRA_ABSENCE: Duration = Duration::from_secs(3 * 60);

pub(crate) struct Person {
    server: Arc<Server>,
    client: Client,
    page: PageState,
    cookie: Option<String>,
    sockets: BTreeMap<SocketId, Socket>,
    events: mpsc::UnboundedSender<(u32, Event)>,
    inbox: mpsc::UnboundedReceiver<(u32, Event)>,
    /// Number of reloads. Events of an earlier page are ignored.
    generation: u32,
    offline_until: u64,
    /// Messages for which the outcome of this person's last change is unknown.
    unknown: BTreeSet<Seq>,
    /// Messages with pending changes at the last check.
    changing: Vec<Seq>,
    account: Account,
}

#[derive(Default)]
struct Socket {
    id: Option<chat::ports::connections::ConnectionId>,
    /// Frames that were sent before the socket was open.
    early: Vec<String>,
}

impl Person {
    pub(crate) async fn open_page(server: &Arc<Server>) -> Self {
        let mut cookie = None;
        let page = loop {
            if let Some(page) = server.visit(&mut cookie).await {
                break page;
            }
        };
        let (client, effects) = Client::start(&page, &page_model::texts::PlainTexts, server.now(), constant_random);
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
            generation: 0,
            offline_until: 0,
            unknown: BTreeSet::new(),
            changing: Vec::new(),
            account,
        };
        person.act(effects);
        person
    }

    /// Runs until `end`. Acts randomly until `faults_end`; then only retries unsent messages and follows the habit.
    pub(crate) async fn run(mut self, faults_end: Instant, end: Instant, habit: Habit) -> Account {
        self.run_until(faults_end, faults_end).await;
        match habit {
            Habit::Stays => {}
            Habit::ClosesPage => {
                let unsent = self.close();
                let extra = self.server.pick(0..MAX_EXTRA_ABSENCE.as_millis() as u64);
                sleep_until(faults_end + AFTER_THE_GAPS + Duration::from_millis(extra)).await;
                self.open_again(unsent).await;
            }
            Habit::LosesNetwork => {
                self.run_until(faults_end + AFTER_THE_GAPS - Duration::from_secs(30), faults_end).await;
                self.offline_until = self.server.now() + 2 * MAX_EXTRA_ABSENCE.as_millis() as u64;
                self.cut_all();
            }
        }
        self.run_until(end, faults_end).await;
        if self.client.timeline().is_detached() {
            let rows = self.client.timeline().rows(&page_model::calendar::Utc::default(), &[]);
            self.account.detached = rows.iter().filter_map(|row| Some((row.seq?.0, content_of(row)))).collect();
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

    async fn run_until(&mut self, until: Instant, faults_end: Instant) {
        let mut tick = Instant::now();
        while Instant::now() < until {
            select! {
                biased;
                Some((generation, event)) = self.inbox.recv() => {
                    if generation == self.generation {
                        self.handle(event);
                        self.check_page();
                    }
                }
                () = sleep_until(tick) => {
                    // After the faults a page ticks as in the background, where browsers slow timers down.
                    tick += Duration::from_secs(if tick < faults_end { 1 } else { 10 });
                    let effects = self.client.tick(self.server.now());
                    self.act(effects);
                    if Instant::now() < faults_end {
                        self.act_randomly().await;
                        self.check_page();
                    }
                    if !self.client.timeline().unsent().is_empty() {
                        self.retry_failed();
                    }
                }
            }
        }
    }

    async fn act_randomly(&mut self) {
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
            54..60 => self.navigate(),
            _ => {}
        }
    }

    fn write(&mut self) {
        let count = self.account.written.len();
        let nonce: Nonce = format!("{}-{count}", self.account.id).parse().unwrap();
        let text = format!("message {count}").parse().ok();
        self.account.written.push(nonce.clone());
        // Every third message answers one of the page. That one may be deleted before the answer is stored, or before its retry.
        let shown = self.rows();
        let is_reply = self.server.pick(0..3) == 0 && !shown.is_empty();
        let reply_to = is_reply.then(|| Seq(shown[self.server.pick(0..shown.len() as u64) as usize].2));
        let effects = self.client.post(Draft { nonce, text, image: None, reply_to }, self.server.now());
        self.act(effects);
    }

    /// Jumps to a message of the room, loads newer messages from there, or returns to the newest.
    fn navigate(&mut self) {
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

    /// Changes one of the newest messages: edits or deletes an own one, or reacts to any.
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

    /// Checks whether a change failed on the page. Then its outcome on the server is unknown.
    fn check_failed_changes(&mut self) {
        if !self.client.take_errors().is_empty() {
            let failed = std::mem::take(&mut self.changing);
            self.mark_unknown(&failed);
        }
        self.changing = self.client.timeline().changing_messages();
    }

    /// Marks the outcome of changes as unknown, because they failed or the page was closed. They may still arrive after the
    /// person's next change.
    fn mark_unknown(&mut self, of: &[Seq]) {
        self.unknown.extend(of);
        self.account.changed.retain(|(seq, _), _| !of.contains(&Seq(*seq)));
    }

    /// Closes the page and opens it again. The device keeps unsent messages.
    async fn reload(&mut self) {
        let unsent = self.close();
        self.open_again(unsent).await;
    }

    fn close(&mut self) -> Vec<Draft> {
        self.cut_all();
        self.sockets.clear();
        self.generation += 1;
        let changing = self.client.timeline().changing_messages();
        self.mark_unknown(&changing);
        self.client.timeline().unsent()
    }

    async fn open_again(&mut self, unsent: Vec<Draft>) {
        self.page = loop {
            if let Some(page) = self.server.visit(&mut self.cookie).await {
                break page;
            }
        };
        let (client, effects) =
            Client::start(&self.page, &page_model::texts::PlainTexts, self.server.now(), constant_random);
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

    fn handle(&mut self, event: Event) {
        let now = self.server.now();
        let effects = match event {
            Event::Opened(id, Some(connection)) => {
                let Some(socket) = self.sockets.get_mut(&id) else { return self.server.cut(&connection) };
                let early = std::mem::take(&mut socket.early);
                socket.id = Some(connection.clone());
                early.into_iter().for_each(|frame| self.server.send_frame(&connection, frame));
                Vec::new()
            }
            Event::Opened(id, None) | Event::Closed(id) => {
                if self.sockets.remove(&id).is_none() {
                    return;
                }
                self.client.on_closed(now, id)
            }
            Event::Received(id, frame) => {
                if !self.sockets.contains_key(&id) {
                    return;
                }
                let message: ServerMessage = serde_json::from_str(&frame).unwrap();
                self.client.on_message(now, id, Some(message))
            }
            Event::PageFetched(page) => {
                let arrived = page.is_some();
                if let Some(page) = page {
                    self.client.on_page_state(&page);
                    self.page = page;
                }
                self.client.on_fetched(now, arrived)
            }
        };
        self.act(effects);
    }

    fn act(&mut self, effects: Vec<Effect>) {
        self.check_failed_changes();
        for effect in effects {
            match effect {
                Effect::Fetch => self.fetch_page(),
                Effect::Open(id) => self.open_socket(id),
                Effect::Send(id, message) => {
                    let frame = serde_json::to_string(&message).unwrap();
                    if let Some(socket) = self.sockets.get_mut(&id) {
                        match &socket.id {
                            Some(connection) => self.server.send_frame(connection, frame),
                            None => socket.early.push(frame),
                        }
                    }
                }
                Effect::Upload(..) => unreachable!("no person sends an image"),
                Effect::Close(id) => {
                    if let Some(connection) = self.sockets.remove(&id).and_then(|socket| socket.id) {
                        self.server.cut(&connection);
                    }
                }
            }
        }
    }

    fn fetch_page(&self) {
        let (server, events, generation, mut cookie) =
            (self.server.clone(), self.events.clone(), self.generation, self.cookie.clone());
        let offline = self.server.now() < self.offline_until;
        tokio::spawn(async move {
            let page = if offline { None } else { server.visit(&mut cookie).await };
            drop(events.send((generation, Event::PageFetched(page))));
        });
    }

    fn open_socket(&mut self, id: SocketId) {
        self.sockets.insert(id, Socket::default());
        let (server, events, generation) = (self.server.clone(), self.events.clone(), self.generation);
        let (ticket, offline) = (self.page.ticket.clone(), self.server.now() < self.offline_until);
        tokio::spawn(async move {
            let opened = if offline { None } else { server.connect(ticket, None).await };
            let Some((connection, mut frames)) = opened else {
                return drop(events.send((generation, Event::Opened(id, None))));
            };
            drop(events.send((generation, Event::Opened(id, Some(connection)))));
            while let Some(frame) = frames.recv().await {
                drop(events.send((generation, Event::Received(id, frame))));
            }
            drop(events.send((generation, Event::Closed(id))));
        });
    }

    /// Asserts that the page is in order and shows nothing twice, and that confirmed messages keep their position.
    fn check_page(&mut self) {
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

/// Returns the content of a row, in the format of the verification.
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

/// Returns the random number of the page. It is constant here: the simulated network provides the randomness.
fn constant_random() -> u32 {
    1_234_567
}
