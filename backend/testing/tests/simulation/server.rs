//! The server's side: the real routes over ports that delay, fail and die.

use std::{
    cell::Cell,
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::{
        origin::Origins,
        policy::AccessPolicy,
        rate_limit::{RateLimiter, RateLimits},
        sessions::Sessions,
    },
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    front_page::FrontPage,
    messages::catch_up::CatchUp,
    moderation::restrictions::RestrictionStore,
    ports::{
        Result, Unavailable,
        connection_gateway::{ConnectionGateway, DeliveryOutcome},
        connections::{Admission, Connection, ConnectionId, ConnectionLimits, Connections},
        messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages, StoredMessage},
        rate_store::{RateDecision, RateLimit, RateStore},
        system::{Clock, Entropy},
    },
    presence::{
        connect::{ConnectRequest, ConnectRule},
        connect_handler::ConnectHandler,
        disconnect_handler::DisconnectHandler,
    },
};
use shared_types::{AccessMode, ChatMessage, Language, PageState, PersonId, PersonName, Rev, RoomName, Seq, Timestamp};
use store_memory::{
    connections::MemoryConnections, images::MemoryImages, messages::MemoryMessages, moderation::MemoryModeration,
    rate_store::MemoryRateStore, secrets::MemorySecrets,
};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep, timeout},
};

/// What a function may take on AWS: `Timeout` in template.yml.
const FUNCTION: Duration = Duration::from_secs(10);

/// How far a server's clock is off at most, in milliseconds.
const SKEW: i64 = 5 * 60 * 1000;

/// When every run begins, on the true clock.
const START: u64 = 1_700_000_000_000;

/// How often things go wrong, in thousandths, while they do.
#[derive(Clone, Copy)]
pub(crate) struct Faults {
    /// A handler dies at an await point.
    pub(crate) crash: u32,
    /// A port fails, before or after it did what it was asked.
    pub(crate) outage: u32,
    /// A port takes seconds.
    pub(crate) stall: u32,
    /// A post answers 429 or 5xx; half of them were delivered all the same.
    pub(crate) busy: u32,
    /// A frame is lost without a word, either way.
    pub(crate) loss: u32,
    /// A frame is handled twice.
    pub(crate) twice: u32,
    /// A socket is cut, at every frame through it.
    pub(crate) cut: u32,
}

pub(crate) const CALM: Faults = Faults { crash: 0, outage: 0, stall: 0, busy: 0, loss: 0, twice: 0, cut: 0 };

/// One server, its store and its network.
pub(crate) struct Server {
    start: Instant,
    dice: Mutex<fastrand::Rng>,
    faults: Mutex<Faults>,
    pub(crate) messages: MemoryMessages,
    connections: MemoryConnections,
    rate_store: MemoryRateStore,
    moderation: Arc<MemoryModeration>,
    sockets: Mutex<BTreeMap<ConnectionId, mpsc::UnboundedSender<String>>>,
    sessions: Sessions,
}

tokio::task_local! {
    /// The handler that runs: its clock's error, and how it is told that it is dead.
    static HANDLER: (Cell<i64>, Arc<Notify>);
}

impl Server {
    pub(crate) async fn new(seed: u64, faults: Faults) -> Arc<Self> {
        let dice = Mutex::new(fastrand::Rng::with_seed(seed));
        let secrets = Arc::new(MemorySecrets::default());
        let door = AccessPolicy::open(Vec::new());
        let entropy = Arc::new(Dice(Mutex::new(fastrand::Rng::with_seed(seed))));
        let sessions = Sessions::load(secrets, Arc::new(Still), entropy, door).await.unwrap();
        Arc::new(Self {
            start: Instant::now(),
            dice,
            faults: Mutex::new(faults),
            messages: MemoryMessages::default(),
            connections: MemoryConnections::default(),
            rate_store: MemoryRateStore::default(),
            moderation: Arc::default(),
            sockets: Mutex::default(),
            sessions,
        })
    }

    /// The true time, in milliseconds.
    pub(crate) fn now(&self) -> u64 {
        START + self.start.elapsed().as_millis() as u64
    }

    pub(crate) fn calm_down(&self) {
        *self.faults.lock().unwrap() = CALM;
    }

    pub(crate) fn pick(&self, range: std::ops::Range<u64>) -> u64 {
        self.dice.lock().unwrap().u64(range)
    }

    pub(crate) fn happens(&self, fault: impl Fn(&Faults) -> u32) -> bool {
        let thousandths = fault(&self.faults.lock().unwrap());
        self.pick(0..1000) < u64::from(thousandths)
    }

    /// A page is fetched; `None` when it could not be had.
    pub(crate) async fn visit(self: &Arc<Self>, cookie: &mut Option<String>) -> Option<PageState> {
        let ports = Arc::new(Ports(self.clone()));
        let page = FrontPage {
            connections: ports.clone(),
            catch_up: CatchUp { messages: ports.clone(), clock: ports.clone(), page_size: super::PAGE },
            restriction_store: self.restriction_store(&ports),
            sessions: self.sessions.clone(),
            socket: String::new(),
        };
        let mut visit = None;
        self.run(async {
            visit = page.visit(RoomName::lobby(), cookie.as_deref(), None, &[], Language::English).await.ok().flatten();
        })
        .await;
        visit.map(|visit| {
            *cookie = visit.cookie.or_else(|| cookie.take());
            visit.state
        })
    }

    /// A socket opens; the answer is what arrives on it, until it is cut.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        ticket: String,
        name: Option<PersonName>,
    ) -> Option<(ConnectionId, mpsc::UnboundedReceiver<String>)> {
        let ports = Arc::new(Ports(self.clone()));
        let id = ConnectionId(format!("c{}", self.pick(0..u64::MAX)));
        let connect = ConnectHandler::new(ConnectRule {
            connections: ports.clone(),
            rate_store: ports.clone(),
            clock: ports.clone(),
            sessions: self.sessions.clone(),
            origins: Origins::listed(Vec::new()),
            restriction_store: self.restriction_store(&ports),
            rate: unlimited(ports),
            limit: 1_000,
        });
        let request = ConnectRequest {
            connection: id.clone(),
            room: None,
            ticket: Some(ticket),
            name: name.map(|name| name.to_string()),
            origin: None,
            host: None,
            address: None,
        };
        let mut admitted = false;
        self.run(async { admitted = connect.handle(request).await.is_ok() }).await;
        if !admitted {
            return None;
        }
        let (socket, heard) = mpsc::unbounded_channel();
        self.sockets().insert(id.clone(), socket);
        Some((id, heard))
    }

    /// A frame leaves a client; it arrives later, once, twice or not at all.
    pub(crate) fn say(self: &Arc<Self>, id: &ConnectionId, body: String) {
        if self.happens(|faults| faults.cut) {
            self.cut(id);
        }
        if self.happens(|faults| faults.loss) {
            return;
        }
        let times = if self.happens(|faults| faults.twice) { 2 } else { 1 };
        let request_id = format!("r{}", self.pick(0..u64::MAX));
        for _ in 0..times {
            let frame = FrameRequest { connection: id.clone(), request_id: request_id.clone(), body: body.clone() };
            let (server, delay) = (self.clone(), self.delay());
            tokio::spawn(async move {
                sleep(delay).await;
                server.handle(frame).await;
            });
        }
    }

    /// Nothing is decided here, and so there is nothing that could fail.
    fn restriction_store(&self, ports: &Arc<Ports>) -> RestrictionStore {
        RestrictionStore {
            moderation: self.moderation.clone(),
            clock: ports.clone(),
            configured_moderators: Vec::new(),
        }
    }

    async fn handle(self: &Arc<Self>, frame: FrameRequest) {
        let ports = Arc::new(Ports(self.clone()));
        let settings = FrameSettings {
            rate: unlimited(ports.clone()),
            access: AccessMode::Open,
            configured_moderators: Vec::new(),
            page_size: super::PAGE,
        };
        let ports = FramePorts {
            connections: ports.clone(),
            messages: ports.clone(),
            images: Arc::new(MemoryImages::default()),
            gateway: ports.clone(),
            moderation: self.moderation.clone(),
            rate_store: ports.clone(),
            clock: ports.clone(),
            entropy: ports,
        };
        self.run(FrameHandler::new(ports, settings).handle(frame)).await;
    }

    /// A socket ends. `$disconnect` is best effort, so it may never be heard of.
    pub(crate) fn cut(self: &Arc<Self>, id: &ConnectionId) {
        if self.sockets().remove(id).is_none() || self.pick(0..4) == 0 {
            return;
        }
        let (server, id, delay) = (self.clone(), id.clone(), self.delay());
        tokio::spawn(async move {
            sleep(delay).await;
            let ports = Arc::new(Ports(server.clone()));
            let disconnect = DisconnectHandler::new(ports.clone(), ports.clone(), ports.clone(), ports);
            server.run(disconnect.handle(&id)).await;
        });
    }

    /// Runs a handler as a function of its own: with a clock of its own, until it ends, dies, or takes too long.
    async fn run(&self, handler: impl Future<Output = ()>) {
        let dead = Arc::new(Notify::new());
        let skew = self.pick(0..2 * SKEW as u64) as i64 - SKEW;
        let handler = HANDLER.scope((Cell::new(skew), dead.clone()), handler);
        tokio::select! {
            biased;
            () = dead.notified() => {}
            _ = timeout(FUNCTION, handler) => {}
        }
    }

    fn sockets(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, mpsc::UnboundedSender<String>>> {
        self.sockets.lock().unwrap()
    }

    fn delay(&self) -> Duration {
        // Mostly quick, now and then slow enough to be overtaken by everything else.
        let longest = if self.pick(0..10) == 0 { 3_000 } else { 60 };
        Duration::from_millis(self.pick(0..longest))
    }

    /// One await point: time passes, and the handler may die here.
    async fn step(&self) {
        let longest = if self.happens(|faults| faults.stall) { 12_000 } else { 20 };
        sleep(Duration::from_millis(self.pick(0..longest))).await;
        if self.happens(|faults| faults.crash) {
            HANDLER.with(|(_, dead)| dead.notify_one());
            std::future::pending().await
        }
    }

    /// A call of a port: it may fail before or after it did what it was asked, and the handler may die at both ends.
    async fn call<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let outage = || Err(Unavailable { doing: "simulating", cause: "an outage".into() });
        self.step().await;
        if self.happens(|faults| faults.outage) {
            return outage();
        }
        let done = work.await;
        self.step().await;
        if self.happens(|faults| faults.outage) { outage() } else { done }
    }
}

/// Nobody is too fast here.
fn unlimited(ports: Arc<Ports>) -> RateLimiter {
    RateLimiter::new(ports.clone(), ports, RateLimits { person: 0, address: 0 })
}

/// The ports of one handler.
struct Ports(Arc<Server>);

#[async_trait]
impl Connections for Ports {
    async fn admit(&self, connection: &Connection, places: ConnectionLimits) -> Result<Admission> {
        self.0.call(self.0.connections.admit(connection, places)).await
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.find(id)).await
    }

    async fn rename(&self, id: &ConnectionId, name: &PersonName) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.rename(id, name)).await
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.remove(id)).await
    }

    async fn in_room(&self, room: &RoomName) -> Result<Vec<Connection>> {
        self.0.call(self.0.connections.in_room(room)).await
    }

    async fn all(&self) -> Result<Vec<Connection>> {
        self.0.call(self.0.connections.all()).await
    }

    async fn count(&self) -> Result<u32> {
        self.0.call(self.0.connections.count()).await
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        self.0.call(self.0.connections.correct_count(seen, truth)).await
    }
}

#[async_trait]
impl RateStore for Ports {
    async fn take(&self, key: &str, allowance: RateLimit, now: Timestamp) -> Result<RateDecision> {
        self.0.call(self.0.rate_store.take(key, allowance, now)).await
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        self.0.call(self.0.rate_store.acquire_slow_mode_slot(key, holder, window, now)).await
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        self.0.call(self.0.rate_store.mark_ticket_used(key, until)).await
    }
}

#[async_trait]
impl Messages for Ports {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        self.0.call(self.0.messages.next_rev(room)).await
    }

    async fn reserve(&self, message_key: &MessageKey, claim: IdempotencyRecord) -> Result<IdempotencyRecord> {
        self.0.call(self.0.messages.reserve(message_key, claim)).await
    }

    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord> {
        self.0.call(self.0.messages.take_over(message_key, held, fresh)).await
    }

    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        self.0.call(self.0.messages.records_of(author, after, limit)).await
    }

    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        self.0.call(self.0.messages.tombstone(message_key, until)).await
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        self.0.call(self.0.messages.put(room, message)).await
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>> {
        self.0.call(self.0.messages.at(room, seq)).await
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        self.0.call(self.0.messages.before(room, before, limit)).await
    }

    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        self.0.call(self.0.messages.created_after(room, rev, limit)).await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool> {
        self.0.call(self.0.messages.replace(room, seen, changed)).await
    }

    async fn record_change(&self, room: &RoomName, mark: ChangeRecord) -> Result<()> {
        self.0.call(self.0.messages.record_change(room, mark)).await
    }

    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>> {
        self.0.call(self.0.messages.changes_after(room, rev, limit)).await
    }

    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>> {
        self.0.call(self.0.messages.newest_changes(room, limit)).await
    }
}

#[async_trait]
impl ConnectionGateway for Ports {
    async fn post(&self, to: &ConnectionId, frame: &str) -> DeliveryOutcome {
        self.0.step().await;
        let Some(socket) = self.0.sockets().get(to).cloned() else { return DeliveryOutcome::Gone };
        let busy = self.0.happens(|faults| faults.busy);
        if busy && self.0.pick(0..2) == 0 {
            return DeliveryOutcome::Busy;
        }
        if self.0.happens(|faults| faults.cut) {
            self.0.cut(to);
        }
        if !self.0.happens(|faults| faults.loss) {
            let (frame, delay) = (frame.to_owned(), self.0.delay());
            tokio::spawn(async move {
                sleep(delay).await;
                // The client may have closed its end meanwhile.
                drop(socket.send(frame));
            });
        }
        self.0.step().await;
        if busy { DeliveryOutcome::Busy } else { DeliveryOutcome::Delivered }
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.0.sockets().contains_key(id) { DeliveryOutcome::Delivered } else { DeliveryOutcome::Gone }
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.0.sockets().remove(id).is_some() { DeliveryOutcome::Delivered } else { DeliveryOutcome::Gone }
    }
}

#[async_trait]
impl Clock for Ports {
    fn now(&self) -> Timestamp {
        Timestamp(HANDLER.with(|(skew, _)| self.0.now().saturating_add_signed(skew.get())))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }
}

impl Entropy for Ports {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.dice.lock().unwrap().fill(bytes);
    }
}

/// The time of the tickets: they do not grow old here, whatever clock the handler has that looks at them.
struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    async fn sleep(&self, _: Duration) {}
}

/// The same draws in every run of a seed, and never the same one twice: a ticket opens one socket.
struct Dice(Mutex<fastrand::Rng>);

impl Entropy for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill(bytes);
    }
}
