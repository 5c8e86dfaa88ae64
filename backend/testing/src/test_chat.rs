//! A chat in one process: the real rules and the embedded adapters, with a clock that stands still and an outbox that
//! remembers what it posted.

mod steps;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::{
        origin::Origins,
        policy::AccessPolicy,
        rate_limit::{RateLimiter, RateLimits},
        sessions::{Session, Sessions},
    },
    cleanup::CleanupHandler,
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    moderation::restrictions::RestrictionStore,
    ports::{
        connection_gateway::{ConnectionGateway, DeliveryOutcome},
        connections::{Connection, ConnectionId, Connections},
        images::{Images, Storage},
        messages::MessageKey,
        moderation::Moderation,
        secrets::Secrets,
        system::{Clock, Entropy},
    },
    presence::{
        connect::{ConnectRequest, ConnectRule},
        connect_handler::{ConnectHandler, ConnectRejection},
        disconnect_handler::DisconnectHandler,
    },
};
use serde_json::{Value, json};
use shared_types::{PersonId, Timestamp};
use store_redb::{
    connections::InProcessConnections, images::FileImages, messages::RedbMessages, moderation::RedbModeration,
    rate_store::InProcessRateStore, store::Store,
};

use crate::clock::ManualClock;

pub const START: u64 = 1_700_000_000_000;

pub struct TestChat {
    pub connections: Arc<InProcessConnections>,
    pub messages: Arc<RedbMessages>,
    pub images: Arc<FileImages>,
    pub moderation: Arc<RedbModeration>,
    pub clock: Arc<ManualClock>,
    pub gateway: Arc<RecordingGateway>,
    pub sessions: Sessions,
    pub rate_store: Arc<InProcessRateStore>,
    pub rate: RateLimiter,
    pub secrets: Arc<dyn Secrets>,
    connection_limit: u32,
    page_size: usize,
    entropy: Arc<Counter>,
    frames: AtomicU64,
    _directory: tempfile::TempDir,
}

impl TestChat {
    pub async fn new() -> Self {
        Self::with_limits(100, 100).await
    }

    pub async fn with_limits(connection_limit: u32, page_size: usize) -> Self {
        Self::with(connection_limit, page_size, RateLimits { person: 0, address: 0 }, AccessPolicy::open(Vec::new()))
            .await
    }

    /// A chat in which so much is allowed to a person, and to all behind an address, in a minute.
    pub async fn with_rates(person: u32, address: u32) -> Self {
        let door = AccessPolicy::open(vec!["mod".parse().unwrap()]);
        Self::with(100, 100, RateLimits { person, address }, door).await
    }

    pub async fn with_access_policy(door: AccessPolicy) -> Self {
        Self::with(100, 100, RateLimits { person: 0, address: 0 }, door).await
    }

    async fn with(connection_limit: u32, page_size: usize, rates: RateLimits, door: AccessPolicy) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let entropy = Arc::new(Counter::default());
        let clock = ManualClock::at(Timestamp(START));
        let secrets: Arc<dyn Secrets> = Arc::new(store.clone());
        let sessions = Sessions::load(secrets.clone(), clock.clone(), entropy.clone(), door).await.unwrap();
        let connections = Arc::new(InProcessConnections::default());
        let messages = Arc::new(RedbMessages::new(store.clone(), None, clock.clone()));
        let moderation = Arc::new(RedbModeration::new(store, clock.clone()));
        let images = FileImages::open(directory.path(), clock.clone(), entropy.as_ref()).unwrap();
        let images = Arc::new(images);
        let gateway = Arc::new(RecordingGateway { post: Mutex::default(), clock: clock.clone() });
        let rate_store = Arc::new(InProcessRateStore::new(clock.clone()));
        let rate = RateLimiter::new(rate_store.clone(), clock.clone(), rates);
        Self {
            connection_limit,
            page_size,
            entropy,
            rate_store,
            rate,
            secrets,
            connections,
            messages,
            images,
            moderation,
            clock,
            gateway,
            sessions,
            frames: AtomicU64::new(0),
            _directory: directory,
        }
    }

    /// The rule of joining, where moderators decided something of their own.
    pub fn connect_rule(&self, moderation: Arc<dyn Moderation>) -> ConnectRule {
        ConnectRule {
            connections: self.connections.clone(),
            rate_store: self.rate_store.clone(),
            clock: self.clock.clone(),
            sessions: self.sessions.clone(),
            origins: Origins::of_the_address(vec!["https://chat.example".parse().unwrap()]),
            rate: self.rate.clone(),
            restriction_store: RestrictionStore {
                moderation,
                clock: self.clock.clone(),
                configured_moderators: self.configured_moderators(),
            },
            limit: self.connection_limit,
        }
    }

    /// The ports of a frame.
    pub fn ports(&self) -> FramePorts {
        FramePorts {
            connections: self.connections.clone(),
            messages: self.messages.clone(),
            images: self.images.clone(),
            gateway: self.gateway.clone(),
            moderation: self.moderation.clone(),
            rate_store: self.rate_store.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// What holds for a frame.
    pub fn configured_moderators(&self) -> Vec<PersonId> {
        self.sessions.access_policy().moderators().to_vec()
    }

    pub fn settings(&self) -> FrameSettings {
        let door = self.sessions.access_policy();
        FrameSettings {
            rate: self.rate.clone(),
            access: door.access,
            configured_moderators: self.configured_moderators(),
            page_size: self.page_size,
        }
    }

    /// To the beginning of a minute, where rates are counted anew.
    pub fn advance_to_next_minute(&self) {
        self.clock.advance(Duration::from_millis(60_000 - self.clock.now().0 % 60_000));
    }

    /// A day has passed.
    pub async fn run_cleanup(&self) {
        let FramePorts { connections, gateway, images, clock, .. } = self.ports();
        CleanupHandler::new(connections, gateway, images, clock, self.sessions.clone()).handle().await.unwrap();
    }

    /// A ticket of somebody with that id.
    pub fn ticket(&self, id: &str) -> String {
        self.sessions.ticket(&Session { id: id.parse().unwrap(), name: None, moderator: false })
    }

    /// Opens a socket in the lobby for somebody of that name.
    pub async fn connect_to_lobby(&self, id: &str, name: &str) {
        self.connect(id, None, None, Some(name)).await.unwrap();
    }

    pub async fn connect(
        &self,
        id: &str,
        room: Option<&str>,
        ticket: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), ConnectRejection> {
        let [room, ticket, name] = [room, ticket, name].map(|value| value.map(String::from));
        self.connect_with(ConnectRequest { room, ticket, name, ..connect_request(id) }).await
    }

    /// A knock with all that a handshake tells.
    pub async fn connect_with(&self, knock: ConnectRequest) -> Result<(), ConnectRejection> {
        ConnectHandler::new(self.connect_rule(self.moderation.clone())).handle(knock).await
    }

    /// A frame arrives from a socket.
    pub async fn send(&self, id: &str, frame: Value) {
        self.send_raw(id, &frame.to_string()).await;
    }

    pub async fn send_raw(&self, id: &str, frame: &str) {
        let request_id = format!("request-{}", self.frames.fetch_add(1, Ordering::Relaxed));
        let request = FrameRequest { connection: ConnectionId(id.into()), request_id, body: frame.into() };
        FrameHandler::new(self.ports(), self.settings()).handle(request).await;
    }

    /// A message is sent with a nonce.
    pub async fn send_message(&self, id: &str, text: &str, nonce: &str) {
        self.send(id, json!({ "action": "send", "text": text, "nonce": nonce })).await;
    }

    /// Asks for an address and puts an image's bytes there, whatever they are: also what no S3 would take in.
    pub async fn upload(&self, id: &str, nonce: &str, image: &Value, bytes: &[u8]) {
        self.send(id, json!({ "action": "upload", "nonce": nonce, "type": image["type"], "size": image["size"] }))
            .await;
        let answer = self.received(id).pop().unwrap();
        assert_eq!((&answer["type"], &answer["nonce"]), (&json!("upload"), &json!(nonce)), "{answer}");
        let address = answer["url"].as_str().unwrap();
        let admitted = self.images.admit(address, image["type"].as_str().unwrap(), image["size"].as_u64().unwrap());
        Storage::put(self.images.as_ref(), &admitted.unwrap(), bytes.to_vec()).await.unwrap();
    }

    /// Whether a message of a socket's speaker has its image.
    pub async fn has_image(&self, id: &str, nonce: &str) -> bool {
        let Connection { room, person, .. } = self.connection(id).await;
        self.images.is_kept(&MessageKey { room, author: person.id, nonce: nonce.parse().unwrap() }).await.unwrap()
    }

    /// Who speaks through a socket.
    pub async fn connection(&self, id: &str) -> Connection {
        self.connections.find(&ConnectionId(id.into())).await.unwrap().unwrap()
    }

    pub async fn is_connected(&self, id: &str) -> bool {
        self.connections.find(&ConnectionId(id.into())).await.unwrap().is_some()
    }

    pub async fn disconnect(&self, id: &str) {
        let FramePorts { connections, gateway, clock, entropy, .. } = self.ports();
        DisconnectHandler::new(connections, gateway, clock, entropy).handle(&ConnectionId(id.into())).await;
    }

    /// What a socket was told since it was last asked.
    pub fn received(&self, id: &str) -> Vec<Value> {
        self.gateway.lock().frames.remove(&ConnectionId(id.into())).unwrap_or_default()
    }

    /// The texts of the messages a socket was told since it was last asked.
    pub fn received_texts(&self, id: &str) -> Vec<String> {
        let told = self.received(id);
        told.iter().filter(|frame| frame["type"] == "message").map(text_of).collect()
    }
}

/// A knock at the lobby that tells nothing of itself.
pub fn connect_request(id: &str) -> ConnectRequest {
    let connection = ConnectionId(id.into());
    ConnectRequest { connection, room: None, ticket: None, name: None, origin: None, host: None, address: None }
}

pub fn text_of(message: &Value) -> String {
    message["text"].as_str().unwrap().into()
}

/// Bytes that are never the same twice, and the same in every run.
#[derive(Default)]
struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // SplitMix64: as good as a draw by lot, and the same each time.
            let drawn = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
    }
}

/// An outbox that keeps every frame, and fails where it is told to.
pub struct RecordingGateway {
    post: Mutex<Recorded>,
    clock: Arc<ManualClock>,
}

#[derive(Default)]
pub struct Recorded {
    pub frames: HashMap<ConnectionId, Vec<Value>>,
    pub gone: HashSet<ConnectionId>,
    /// How many more times a socket is busy.
    pub busy: HashMap<ConnectionId, u32>,
    /// Sockets to which a post takes as long as a post may, and fails.
    pub hanging: HashSet<ConnectionId>,
    /// Sockets that were closed.
    pub closed: Vec<ConnectionId>,
}

impl RecordingGateway {
    pub fn lock(&self) -> std::sync::MutexGuard<'_, Recorded> {
        self.post.lock().unwrap()
    }
}

#[async_trait]
impl ConnectionGateway for RecordingGateway {
    async fn post(&self, to: &ConnectionId, frame: &str) -> DeliveryOutcome {
        let mut post = self.lock();
        if post.gone.contains(to) {
            return DeliveryOutcome::Gone;
        }
        if post.hanging.contains(to) {
            self.clock.advance(Duration::from_secs(2));
            return DeliveryOutcome::Busy;
        }
        if let Some(times) = post.busy.get_mut(to).filter(|times| **times > 0) {
            *times -= 1;
            return DeliveryOutcome::Busy;
        }
        post.frames.entry(to.clone()).or_default().push(serde_json::from_str(frame).unwrap());
        DeliveryOutcome::Delivered
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.lock().gone.contains(id) { DeliveryOutcome::Gone } else { DeliveryOutcome::Delivered }
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        let mut post = self.lock();
        if post.hanging.contains(id) {
            return DeliveryOutcome::Busy;
        }
        post.closed.push(id.clone());
        if post.gone.insert(id.clone()) { DeliveryOutcome::Delivered } else { DeliveryOutcome::Gone }
    }
}
