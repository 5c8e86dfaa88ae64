//! Simulated server: the real handlers over ports that delay, fail and crash.

mod moderation_ports;
mod network;
mod ports;
mod watchers;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use chat::{
    access::{
        devices::DeviceRegistry,
        origin::Origins,
        policy::AccessPolicy,
        rate_limit::{RateLimiter, RateLimits},
        room_membership::RoomMembership,
        sessions::{Session, Sessions},
    },
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    cpu::{CpuClient, CpuScheduler},
    front_page::{self, FrontPage, PageVisitor},
    messages::{catch_up::CatchUp, renderer::MessageRenderer, threads::Threads},
    moderation::restrictions::RestrictionStore,
    ports::{Result, Unavailable, connections::ConnectionId, messages::Messages},
    presence::{
        broadcast::Broadcast,
        connect::{ConnectRequest, ConnectRule},
        connect_handler::ConnectHandler,
    },
};
use chat_testing::contract::fixtures::message;
use futures::FutureExt;
pub(crate) use network::SentFrame;
use ports::{FrozenClock, Ports, SeededEntropy};
use shared_types::{
    AccessMode, Appearance, ChatMessage, Language, PageState, Person, PersonId, Poll, PollDraft, Rev, RoomName, Seq,
    ServerMessage, Timestamp, limits,
};
use store_memory::{
    connections::MemoryConnections, devices::MemoryDevices, images::MemoryImages, messages::MemoryMessages,
    moderation::MemoryModeration, passkeys::MemoryPasskeys, profiles::MemoryProfiles, rate_store::MemoryRateStore,
    read_positions::MemoryReadPositions, room_directory::MemoryRoomDirectory, room_members::MemoryRoomMembers,
    secrets::MemorySecrets, usage_store::MemoryUsage,
};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep, timeout},
};

use crate::observations::{Acknowledged, Observations};

/// Timeout of a function on AWS: `Timeout` in template.yml.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum error of a handler's clock, in milliseconds.
const MAX_SKEW: i64 = 5 * 60 * 1000;

/// Start of every run on the true clock, in milliseconds since the epoch.
const START: u64 = 1_700_000_000_000;

/// The id of the moderator.
const MODERATOR: &str = "moderator";

/// Probabilities of faults, in thousandths.
#[derive(Clone, Copy)]
pub(crate) struct Faults {
    /// A handler crashes at an await point.
    pub(crate) crash: u32,
    /// A call of a port fails, before or after its effect.
    pub(crate) outage: u32,
    /// A call of a port takes seconds.
    pub(crate) stall: u32,
    /// A post is answered with 429 or 5xx. Half of these frames are delivered anyway.
    pub(crate) busy: u32,
    /// A frame is lost silently, in either direction.
    pub(crate) loss: u32,
    /// API Gateway refuses a frame of a client and says so.
    pub(crate) throttled: u32,
    /// A frame is handled twice.
    pub(crate) twice: u32,
    /// A socket is cut. The probability applies to each of its frames.
    pub(crate) cut: u32,
    /// A client reads too slowly for some seconds. Frames for it are dropped meanwhile, and then it gets `catchUp` or is cut.
    pub(crate) behind: u32,
    /// A socket carries nothing any more in either direction, and neither side is told.
    pub(crate) half_open: u32,
}

pub(crate) const NO_FAULTS: Faults =
    Faults { crash: 0, outage: 0, stall: 0, busy: 0, loss: 0, throttled: 0, twice: 0, cut: 0, behind: 0, half_open: 0 };

/// Server with its store and its network.
pub(crate) struct Server {
    start: Instant,
    rng: Mutex<fastrand::Rng>,
    faults: Mutex<Faults>,
    pub(crate) messages: Arc<MemoryMessages>,
    connections: MemoryConnections,
    rate_store: MemoryRateStore,
    moderation: MemoryModeration,
    members: Arc<MemoryRoomMembers>,
    devices: Arc<MemoryDevices>,
    profiles: Arc<MemoryProfiles>,
    observations: Mutex<Observations>,
    /// The people who opened a page, without the moderator.
    people: Mutex<Vec<PersonId>>,
    sockets: Mutex<BTreeMap<ConnectionId, mpsc::UnboundedSender<SentFrame>>>,
    /// The sockets whose clients are behind, with the first revision of a dropped frame.
    behind: Mutex<BTreeMap<ConnectionId, Option<Rev>>>,
    half_open: Mutex<BTreeSet<ConnectionId>>,
    sessions: Sessions,
    renderer: MessageRenderer,
}

/// The answer to a request for the page.
pub(crate) enum Visit {
    /// The page, and the number of deletions that it has to respect.
    Page(Box<PageState>, usize),
    /// The visitor is banned until this time.
    Banned(Timestamp),
    /// The request failed.
    Failed,
}

/// A running handler.
struct Handler {
    /// The error of its clock.
    skew: i64,
    /// Crashes it.
    crashed: Arc<Notify>,
    /// What was acknowledged when it started.
    acknowledged: Acknowledged,
}

tokio::task_local! {
    static HANDLER: Handler;
}

impl Server {
    pub(crate) async fn new(seed: u64, faults: Faults) -> Arc<Self> {
        let rng = Mutex::new(fastrand::Rng::with_seed(seed));
        let secrets = Arc::new(MemorySecrets::default());
        let policy = AccessPolicy::open(vec![MODERATOR.parse().unwrap()]);
        let entropy = Arc::new(SeededEntropy(Mutex::new(fastrand::Rng::with_seed(seed))));
        let sessions = Sessions::load(secrets, Arc::new(FrozenClock), entropy, policy).await.unwrap();
        Arc::new(Self {
            start: Instant::now(),
            rng,
            faults: Mutex::new(faults),
            messages: Arc::default(),
            connections: MemoryConnections::default(),
            rate_store: MemoryRateStore::default(),
            moderation: MemoryModeration::default(),
            members: Arc::default(),
            devices: Arc::default(),
            profiles: Arc::default(),
            observations: Mutex::default(),
            people: Mutex::default(),
            sockets: Mutex::default(),
            behind: Mutex::default(),
            half_open: Mutex::default(),
            sessions,
            renderer: MessageRenderer::new(CpuScheduler::inline()),
        })
    }

    /// Stores a poll before anybody writes.
    pub(crate) async fn post_poll(&self) {
        let (lobby, options) = (RoomName::lobby(), ["one", "two", "three"].map(|option| option.parse().unwrap()));
        let seq = Seq::from(self.messages.next_rev(&lobby).await.unwrap());
        let poll = Poll::from(PollDraft { options: options.to_vec(), several: false });
        let question = ChatMessage {
            author: Person {
                id: "pollster".parse().unwrap(),
                name: "Pollster".parse().unwrap(),
                moderator: false,
                appearance: Appearance::NONE,
            },
            nonce: "poll-lobby-0".parse().unwrap(),
            poll: Some(poll),
            sent_at: Timestamp(self.now()),
            ..message(seq.0, "which one?")
        };
        self.messages.put(&lobby, &question).await.unwrap();
    }

    /// Reads the newest replies of a thread, or those before a position, without faults.
    pub(crate) async fn thread(self: &Arc<Self>, root: Seq, before: Option<Seq>) -> (ChatMessage, Vec<ChatMessage>) {
        let threads = Threads { messages: self.messages.clone(), clock: Arc::new(FrozenClock) };
        let client = CpuClient::default();
        let page = threads.page(&self.renderer, &RoomName::lobby(), root, before, &client).await.unwrap();
        let ServerMessage::Thread { root, messages, .. } = page else { panic!("{page:?}") };
        (root, messages)
    }

    /// Returns the true time, in milliseconds.
    pub(crate) fn now(&self) -> u64 {
        START + self.start.elapsed().as_millis() as u64
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    pub(crate) fn pick(&self, range: std::ops::Range<u64>) -> u64 {
        self.rng.lock().unwrap().u64(range)
    }

    pub(crate) fn happens(&self, fault: impl Fn(&Faults) -> u32) -> bool {
        let thousandths = fault(&self.faults.lock().unwrap());
        self.pick(0..1000) < u64::from(thousandths)
    }

    pub(crate) fn observations(&self) -> MutexGuard<'_, Observations> {
        self.observations.lock().unwrap()
    }

    /// Returns the session cookie of the moderator.
    pub(crate) fn moderator_cookie(&self) -> String {
        self.sessions.cookie(&Session { id: MODERATOR.parse().unwrap(), name: None, moderator: true, device: None })
    }

    /// Returns the people who opened a page, without the moderator.
    pub(crate) fn people(&self) -> Vec<PersonId> {
        self.people.lock().unwrap().clone()
    }

    /// Fetches the page.
    pub(crate) async fn visit(self: &Arc<Self>, room: RoomName, cookie: &mut Option<String>) -> Visit {
        let ports = Arc::new(Ports(self.clone()));
        let page = FrontPage {
            connections: ports.clone(),
            catch_up: CatchUp {
                messages: ports.clone(),
                clock: ports.clone(),
                renderer: self.renderer.clone(),
                page_size: super::PAGE_SIZE,
            },
            restriction_store: self.restriction_store(&ports),
            sessions: self.sessions.clone(),
            membership: self.membership(),
            devices: self.device_registry(&ports),
            socket: String::new(),
            clock: ports.clone(),
        };
        let (mut visit, mut deletions) = (None, 0);
        self.run(async {
            deletions = HANDLER.with(|handler| handler.acknowledged.deletions);
            let visitor = PageVisitor {
                cookie: cookie.as_deref(),
                name: None,
                addresses: &[],
                user_agent: Some("Firefox/1 Linux"),
            };
            visit = page.visit(&room, &visitor, Language::English).await.ok();
        })
        .await;
        let Some(front_page::Visit::Room(visit)) = visit else { return Visit::Failed };
        // The routes of the page refuse a banned visitor.
        if let Some(until) = visit.state.restrictions.banned_until {
            return Visit::Banned(until);
        }
        *cookie = visit.session.cookie.or_else(|| cookie.take());
        let you = &visit.state.you;
        if !you.moderator && !self.people().contains(&you.id) {
            self.people.lock().unwrap().push(you.id.clone());
        }
        Visit::Page(Box::new(visit.state), deletions)
    }

    /// Opens a socket in a room. The receiver yields its frames until it is cut.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        room: RoomName,
        ticket: String,
    ) -> Option<(ConnectionId, mpsc::UnboundedReceiver<SentFrame>)> {
        let ports = Arc::new(Ports(self.clone()));
        let id = ConnectionId(format!("c{}", self.pick(0..u64::MAX)));
        let connect = ConnectHandler::new(ConnectRule {
            connections: ports.clone(),
            rate_store: ports.clone(),
            clock: ports.clone(),
            sessions: self.sessions.clone(),
            origins: Origins::listed(Vec::new()),
            restriction_store: self.restriction_store(&ports),
            membership: self.membership(),
            profiles: self.profiles.clone(),
            rate: unlimited(ports),
            limit: 1_000,
        });
        let request = ConnectRequest {
            frames: None,
            connection: id.clone(),
            room: Some(room.to_string()),
            ticket: Some(ticket),
            name: None,
            origin: None,
            host: None,
            address: None,
            subprotocols: None,
        };
        let mut admitted = false;
        self.run(async { admitted = connect.handle(request).await.is_ok() }).await;
        if !admitted {
            return None;
        }
        let (socket, frames) = mpsc::unbounded_channel();
        self.sockets().insert(id.clone(), socket);
        Some((id, frames))
    }

    fn device_registry(&self, ports: &Arc<Ports>) -> DeviceRegistry {
        DeviceRegistry {
            devices: self.devices.clone(),
            restriction_store: self.restriction_store(ports),
            sockets: Broadcast {
                connections: ports.clone(),
                gateway: ports.clone(),
                clock: ports.clone(),
                entropy: ports.clone(),
                deadline: None,
                large_rooms: None,
            },
        }
    }

    fn membership(&self) -> RoomMembership {
        RoomMembership { members: self.members.clone() }
    }

    fn restriction_store(&self, ports: &Arc<Ports>) -> RestrictionStore {
        RestrictionStore {
            moderation: ports.clone(),
            clock: ports.clone(),
            configured_moderators: self.sessions.access_policy().moderators().to_vec(),
        }
    }

    /// Handles a frame of a client, as one function does.
    pub(crate) async fn handle(self: &Arc<Self>, frame: FrameRequest) {
        let ports = Arc::new(Ports(self.clone()));
        let settings = FrameSettings {
            rate: unlimited(ports.clone()),
            access: AccessMode::Open,
            configured_moderators: self.sessions.access_policy().moderators().to_vec(),
            page_size: super::PAGE_SIZE,
        };
        let ports = FramePorts {
            connections: ports.clone(),
            messages: ports.clone(),
            saved: ports.clone(),
            images: Arc::new(MemoryImages::default()),
            gateway: ports.clone(),
            moderation: ports.clone(),
            members: self.members.clone(),
            devices: self.devices.clone(),
            profiles: self.profiles.clone(),
            passkeys: Arc::new(MemoryPasskeys::default()),
            usage: Arc::new(MemoryUsage::new(Arc::default())),
            rate_store: ports.clone(),
            read_positions: Arc::new(MemoryReadPositions::default()),
            room_directory: Arc::new(MemoryRoomDirectory::default()),
            renderer: self.renderer.clone(),
            clock: ports.clone(),
            entropy: ports,
        };
        let handler = FrameHandler::new(ports, settings);
        self.run(handler.handle(frame).map(|_| ())).await;
    }

    /// Runs a handler as a separate function with its own clock, until it ends, crashes or reaches the timeout.
    async fn run(&self, handler: impl Future<Output = ()>) {
        let crashed = Arc::new(Notify::new());
        let skew = self.pick(0..2 * MAX_SKEW as u64) as i64 - MAX_SKEW;
        let acknowledged = self.observations().acknowledged(self.now());
        let handler = HANDLER.scope(Handler { skew, crashed: crashed.clone(), acknowledged }, handler);
        tokio::select! {
            biased;
            () = crashed.notified() => {}
            _ = timeout(FUNCTION_TIMEOUT, handler) => {}
        }
    }

    fn sockets(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, mpsc::UnboundedSender<SentFrame>>> {
        self.sockets.lock().unwrap()
    }

    fn delay(&self) -> Duration {
        // Usually short, sometimes long enough that later frames overtake this one.
        let longest = if self.pick(0..10) == 0 { 3_000 } else { 60 };
        Duration::from_millis(self.pick(0..longest))
    }

    /// Await point: time passes, and the handler may crash.
    async fn step(&self) {
        let longest = if self.happens(|faults| faults.stall) { 12_000 } else { 20 };
        sleep(Duration::from_millis(self.pick(0..longest))).await;
        if self.happens(|faults| faults.crash) {
            HANDLER.with(|handler| handler.crashed.notify_one());
            std::future::pending().await
        }
    }

    /// Calls a port. The call may fail before or after its effect, and the handler may crash at both times.
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

/// Returns a rate limiter whose limit nobody reaches, so that people are counted.
fn unlimited(ports: Arc<Ports>) -> RateLimiter {
    RateLimiter::new(ports.clone(), ports, RateLimits { person: limits::MAX_RATE, address: 0 })
}
