//! Simulated window: the page's real state over the simulated network. A person may have two windows.

mod actions;
mod checks;
mod moderator;
mod moves;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use page_model::{
    calendar::Utc,
    client::{Client, Effect},
    connection::{EndReason, SocketId},
    timeline::Row,
    unsent_messages::UnsentMessages,
};
use shared_types::{ClientMessage, GatewayError, Nonce, PageState, RoomName, RoomTag, Seq, ServerMessage, with_room};
use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use self::moderator::Moderator;
use crate::{
    account::{View, content_of},
    device::Device,
    server::{SentFrame, Server, Visit},
};

enum Event {
    Opened(SocketId, Option<chat::ports::connections::ConnectionId>),
    Received(SocketId, SentFrame),
    Closed(SocketId),
    PageFetched(Visit),
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

/// Time after which a banned visitor without a page asks for it again.
const BANNED_PAUSE: Duration = Duration::from_secs(10);

pub(crate) struct Window {
    server: Arc<Server>,
    device: Arc<Device>,
    /// The number of the window on its device.
    number: usize,
    client: Client,
    page: PageState,
    unsent: UnsentMessages,
    sockets: BTreeMap<SocketId, Socket>,
    events: mpsc::UnboundedSender<(u32, Event)>,
    inbox: mpsc::UnboundedReceiver<(u32, Event)>,
    /// Number of reloads. Events of an earlier page are ignored.
    generation: u32,
    offline_until: u64,
    /// Messages with pending changes at the last check.
    changing: Vec<Seq>,
    /// Messages that were shown as deleted.
    deleted: BTreeSet<Seq>,
    /// Messages that were refused for good, and whose retry nobody asked for.
    refused: BTreeSet<Nonce>,
    /// Whether the person goes from one room to the other.
    moves: bool,
    /// When they moved last, after the faults.
    moved_at: u64,
    /// The stored unsent messages of the rooms that were left.
    left: Vec<(RoomName, UnsentMessages)>,
    moderator: Option<Moderator>,
}

#[derive(Default)]
struct Socket {
    id: Option<chat::ports::connections::ConnectionId>,
    /// Frames that were sent before the socket was open.
    early: Vec<String>,
}

impl Window {
    /// Opens a window of a device. The first one of a device becomes a new guest.
    pub(crate) async fn open(server: &Arc<Server>, device: &Arc<Device>, number: usize, moves: bool) -> Self {
        let page = fetch(server, device, RoomName::lobby()).await;
        let (client, effects) = Client::start(&page, &page_model::texts::PlainTexts, server.now(), constant_random);
        let (events, inbox) = mpsc::unbounded_channel();
        device.account().id = page.you.id.to_string();
        let mut window = Self {
            server: server.clone(),
            device: device.clone(),
            number,
            client,
            moderator: page.you.moderator.then(Moderator::default),
            unsent: UnsentMessages::open(&page.room, &page.you.id, device.as_ref()).0,
            page,
            sockets: BTreeMap::new(),
            events,
            inbox,
            generation: 0,
            offline_until: 0,
            changing: Vec::new(),
            deleted: BTreeSet::new(),
            refused: BTreeSet::new(),
            moves,
            moved_at: 0,
            left: Vec::new(),
        };
        window.restore();
        window.act(effects);
        window
    }

    /// Runs until `end`. Acts randomly until `faults_end`; then only retries unsent messages and follows the habit.
    pub(crate) async fn run(mut self, faults_end: Instant, end: Instant, habit: Habit) {
        self.run_until(faults_end, faults_end).await;
        match habit {
            Habit::Stays => {}
            Habit::ClosesPage => {
                self.close();
                let extra = self.server.pick(0..MAX_EXTRA_ABSENCE.as_millis() as u64);
                sleep_until(faults_end + AFTER_THE_GAPS + Duration::from_millis(extra)).await;
                self.open_again().await;
            }
            Habit::LosesNetwork => {
                self.run_until(faults_end + AFTER_THE_GAPS - Duration::from_secs(30), faults_end).await;
                self.offline_until = self.server.now() + 2 * MAX_EXTRA_ABSENCE.as_millis() as u64;
                self.cut_all();
            }
        }
        self.run_until(end, faults_end).await;
        let view = self.view();
        self.device.account().views.push(view);
    }

    fn view(&mut self) -> View {
        let mut view = View {
            room: self.client.room().clone(),
            seqs: Vec::new(),
            content: Vec::new(),
            detached: Vec::new(),
            threads: BTreeMap::new(),
            changing: 0,
            ending: String::new(),
        };
        if self.client.timeline().is_detached() {
            view.detached = self.rows().iter().filter_map(|row| Some((row.seq?.0, content_of(row)))).collect();
            self.client.return_to_newest();
        }
        let rows = self.rows();
        view.seqs = rows.iter().filter_map(|row| Some(row.seq?.0)).collect();
        view.content = rows.iter().map(content_of).collect();
        view.threads = rows.iter().filter_map(|row| Some((row.seq?.0, row.thread.as_ref()?.replies))).collect();
        let timeline = self.client.timeline();
        view.changing = timeline.changing_messages().len();
        view.ending = format!(
            "{:?}, {} unsent, everything up to {}",
            self.client.status(self.server.now()),
            timeline.unsent().len(),
            timeline.rev(),
        );
        view
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
                    } else {
                        self.lift_restrictions();
                        self.visit_both_rooms(until);
                    }
                    if !self.client.timeline().unsent().is_empty() {
                        self.retry_failed();
                    }
                }
            }
        }
    }

    /// Closes the page and opens it again. The device keeps unsent messages.
    async fn reload(&mut self) {
        self.close();
        self.open_again().await;
    }

    fn close(&mut self) {
        self.client.return_to_newest();
        self.note_failed_messages();
        self.cut_all();
        self.sockets.clear();
        self.generation += 1;
        let changing = self.changing_messages();
        self.device.account().mark_unknown(self.number, &changing);
        self.changing.clear();
        self.left.clear();
    }

    async fn open_again(&mut self) {
        self.page = fetch(&self.server, &self.device, self.page.room.clone()).await;
        let (client, effects) =
            Client::start(&self.page, &page_model::texts::PlainTexts, self.server.now(), constant_random);
        self.client = client;
        self.restore();
        self.act(effects);
    }

    /// Takes over the unsent messages of the device.
    fn restore(&mut self) {
        let drafts;
        (self.unsent, drafts) = UnsentMessages::open(&self.page.room, &self.page.you.id, self.device.as_ref());
        self.refused.clear();
        self.client.restore(drafts, self.server.now());
    }

    fn cut_all(&mut self) {
        for id in self.sockets.values().filter_map(|socket| socket.id.clone()) {
            self.server.cut(&id);
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
                if let Ok(error) = serde_json::from_str::<GatewayError>(&frame.json) {
                    let effects = self.client.on_gateway_error(now, id, &error);
                    return self.act(effects);
                }
                let message: ServerMessage = serde_json::from_str(&frame.json).unwrap();
                let room = serde_json::from_str::<RoomTag>(&frame.json).unwrap().room;
                assert!(room.is_some() || !message.is_of_room(), "a frame of a room names it: {}", frame.json);
                if room.as_ref() == Some(&RoomName::lobby()) {
                    self.server.observations().on_frame(&message, frame.deletions);
                }
                self.on_moderation_answer(&message);
                let routed = self.client.route(now, id, room.as_ref(), message.clone());
                if routed.is_none() && matches!(message, ServerMessage::Error { nonce: Some(_), .. }) {
                    // The page shows an error of a room that was left when the person is back.
                    self.device.account().mark_unknown(self.number, &self.changing);
                }
                let effects = self.client.on_message(now, id, routed);
                self.check_refusal(&message);
                effects
            }
            Event::PageFetched(Visit::Page(page, deletions)) => {
                if page.room == RoomName::lobby() {
                    self.server.observations().on_messages(&page.messages, deletions);
                }
                self.client.on_page_state(&page);
                self.page = *page;
                self.client.on_fetched(now, true)
            }
            Event::PageFetched(Visit::Banned(until)) => self.client.end(now, EndReason::Banned(until)),
            Event::PageFetched(Visit::Failed) => self.client.on_fetched(now, false),
        };
        self.act(effects);
    }

    fn act(&mut self, effects: Vec<Effect>) {
        self.note_failed_messages();
        self.check_failed_changes();
        for effect in effects {
            match effect {
                Effect::Fetch => self.fetch_page(),
                Effect::Open(id) => self.open_socket(id),
                Effect::Send(id, message) => self.send(id, &message),
                Effect::Upload(..) => unreachable!("no person sends an image"),
                Effect::LoadPage => unreachable!("the server knows every action"),
                Effect::Close(id) => {
                    if let Some(connection) = self.sockets.remove(&id).and_then(|socket| socket.id) {
                        self.server.cut(&connection);
                    }
                }
            }
        }
        self.unsent.update(self.device.as_ref(), &self.client.timeline().unsent(), self.server.now());
    }

    fn send(&mut self, id: SocketId, message: &ClientMessage) {
        self.check_sent(message);
        let frame = serde_json::to_string(message).unwrap();
        let is_entry = matches!(message, ClientMessage::Enter { .. });
        let frame = if is_entry { frame } else { with_room(&frame, self.client.room()) };
        if let Some(socket) = self.sockets.get_mut(&id) {
            match &socket.id {
                Some(connection) => self.server.send_frame(connection, frame),
                None => socket.early.push(frame),
            }
        }
    }

    fn fetch_page(&self) {
        let (server, events, generation) = (self.server.clone(), self.events.clone(), self.generation);
        let mut cookie = self.device.cookie().clone();
        let (room, offline) = (self.page.room.clone(), self.server.now() < self.offline_until);
        tokio::spawn(async move {
            let visit = if offline { Visit::Failed } else { server.visit(room, &mut cookie).await };
            drop(events.send((generation, Event::PageFetched(visit))));
        });
    }

    fn open_socket(&mut self, id: SocketId) {
        self.sockets.insert(id, Socket::default());
        let (server, events, generation) = (self.server.clone(), self.events.clone(), self.generation);
        let (ticket, room) = (self.page.ticket.clone(), self.page.room.clone());
        let offline = self.server.now() < self.offline_until;
        tokio::spawn(async move {
            let opened = if offline { None } else { server.connect(room, ticket).await };
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

    /// The replies that wait or have failed and that the log does not show.
    fn waiting_replies(&mut self) -> Vec<Row> {
        let unsent = self.client.timeline().unsent();
        let waiting = unsent.iter().filter(|draft| draft.thread == Some(false));
        let mut rows = Vec::new();
        for draft in waiting {
            self.client.open_thread(draft.reply_to.unwrap());
            let shown = self.client.timeline().thread_rows(&Utc::default(), &[]).rows;
            rows.extend(shown.into_iter().filter(|row| row.seq.is_none() && row.nonce == draft.nonce));
        }
        rows
    }

    fn rows(&self) -> Vec<Row> {
        self.client.timeline().rows(&Utc::default(), &[])
    }
}

/// Fetches the page until it arrives.
async fn fetch(server: &Arc<Server>, device: &Device, room: RoomName) -> PageState {
    let mut cookie = device.cookie().clone();
    loop {
        match server.visit(room.clone(), &mut cookie).await {
            Visit::Page(page, deletions) => {
                if room == RoomName::lobby() {
                    server.observations().on_messages(&page.messages, deletions);
                }
                *device.cookie() = cookie;
                return *page;
            }
            Visit::Banned(_) => sleep(BANNED_PAUSE).await,
            Visit::Failed => {}
        }
    }
}

/// Returns the random number of the page. It is constant here: the simulated network provides the randomness.
fn constant_random() -> u32 {
    1_234_567
}
