//! A chat in one process: the real rules and the embedded adapters, with a clock that stands still and an outbox that
//! remembers what it posted.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use backend::{
    chat::{Door, Identities, Join, Knock, Origins, Rate, RateLimits, RestrictionStore, Visitor},
    outbound::embedded::{
        EmbeddedConnections, EmbeddedImages, EmbeddedLimiter, EmbeddedMessages, EmbeddedModeration, Store,
    },
    ports::{
        Clock, Connection, ConnectionId, Connections, Delivery, Entropy, Identity, Images, Moderation, Outbox, Secrets,
        Storage,
    },
    routes::{Connect, Cron, Disconnect, FrameRequest, Refusal, Send, SendPorts, SendSettings},
};
use serde_json::{Value, json};
use shared_types::{PersonId, Timestamp};

use crate::clock::HandClock;

pub(crate) const START: u64 = 1_700_000_000_000;

pub(crate) struct World {
    pub(crate) connections: Arc<EmbeddedConnections>,
    pub(crate) messages: Arc<EmbeddedMessages>,
    pub(crate) images: Arc<EmbeddedImages>,
    pub(crate) moderation: Arc<EmbeddedModeration>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) post_room: Arc<PostRoom>,
    pub(crate) identities: Identities,
    pub(crate) limiter: Arc<EmbeddedLimiter>,
    pub(crate) rate: Rate,
    pub(crate) secrets: Arc<dyn Secrets>,
    connection_limit: u32,
    page_size: usize,
    entropy: Arc<Counter>,
    frames: AtomicU64,
    _directory: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_limits(100, 100).await
    }

    pub(crate) async fn with_limits(connection_limit: u32, page_size: usize) -> Self {
        Self::with(connection_limit, page_size, RateLimits { person: 0, address: 0 }, Door::open(Vec::new())).await
    }

    /// A chat in which so much is allowed to a person, and to all behind an address, in a minute.
    pub(crate) async fn with_rates(person: u32, address: u32) -> Self {
        let door = Door::open(vec!["mod".parse().unwrap()]);
        Self::with(100, 100, RateLimits { person, address }, door).await
    }

    pub(crate) async fn behind(door: Door) -> Self {
        Self::with(100, 100, RateLimits { person: 0, address: 0 }, door).await
    }

    async fn with(connection_limit: u32, page_size: usize, rates: RateLimits, door: Door) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let entropy = Arc::new(Counter::default());
        let clock = HandClock::at(Timestamp(START));
        let secrets: Arc<dyn Secrets> = Arc::new(store.clone());
        let identities = Identities::load(secrets.clone(), clock.clone(), entropy.clone(), door).await.unwrap();
        let connections = Arc::new(EmbeddedConnections::default());
        let messages = Arc::new(EmbeddedMessages::new(store.clone(), None, clock.clone()));
        let moderation = Arc::new(EmbeddedModeration::new(store, clock.clone()));
        let images = EmbeddedImages::open(directory.path(), clock.clone(), entropy.as_ref()).unwrap();
        let images = Arc::new(images);
        let post_room = Arc::new(PostRoom { post: Mutex::default(), clock: clock.clone() });
        let limiter = Arc::new(EmbeddedLimiter::new(clock.clone()));
        let rate = Rate::new(limiter.clone(), clock.clone(), rates);
        Self {
            connection_limit,
            page_size,
            entropy,
            limiter,
            rate,
            secrets,
            connections,
            messages,
            images,
            moderation,
            clock,
            post_room,
            identities,
            frames: AtomicU64::new(0),
            _directory: directory,
        }
    }

    /// The rule of joining, where moderators decided something of their own.
    pub(crate) fn join_under(&self, moderation: Arc<dyn Moderation>) -> Join {
        Join {
            connections: self.connections.clone(),
            limiter: self.limiter.clone(),
            clock: self.clock.clone(),
            identities: self.identities.clone(),
            origins: Origins::of_the_address(vec!["https://chat.example".parse().unwrap()]),
            rate: self.rate.clone(),
            restriction_store: RestrictionStore { moderation, clock: self.clock.clone(), named: self.named() },
            limit: self.connection_limit,
        }
    }

    /// The ports of a frame.
    pub(crate) fn ports(&self) -> SendPorts {
        SendPorts {
            connections: self.connections.clone(),
            messages: self.messages.clone(),
            images: self.images.clone(),
            outbox: self.post_room.clone(),
            moderation: self.moderation.clone(),
            limiter: self.limiter.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// What holds for a frame.
    pub(crate) fn named(&self) -> Vec<PersonId> {
        self.identities.door().moderators().to_vec()
    }

    pub(crate) fn settings(&self) -> SendSettings {
        let door = self.identities.door();
        SendSettings { rate: self.rate.clone(), access: door.access, named: self.named(), page_size: self.page_size }
    }

    /// To the beginning of a minute, where rates are counted anew.
    pub(crate) fn to_the_next_minute(&self) {
        self.clock.advance(Duration::from_millis(60_000 - self.clock.now().0 % 60_000));
    }

    /// A day has passed.
    pub(crate) async fn sweep(&self) {
        let SendPorts { connections, outbox, images, clock, .. } = self.ports();
        Cron::new(connections, outbox, images, clock, self.identities.clone()).handle().await.unwrap();
    }

    /// A ticket of somebody with that id.
    pub(crate) fn ticket(&self, id: &str) -> String {
        self.identities.ticket(&Visitor { id: id.parse().unwrap(), name: None, moderator: false })
    }

    /// Opens a socket in the lobby for somebody of that name.
    pub(crate) async fn join(&self, id: &str, name: &str) {
        self.knock(id, None, None, Some(name)).await.unwrap();
    }

    pub(crate) async fn knock(
        &self,
        id: &str,
        room: Option<&str>,
        ticket: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), Refusal> {
        let [room, ticket, name] = [room, ticket, name].map(|value| value.map(String::from));
        self.handshake(Knock { room, ticket, name, ..knock_of(id) }).await
    }

    /// A knock with all that a handshake tells.
    pub(crate) async fn handshake(&self, knock: Knock) -> Result<(), Refusal> {
        Connect::new(self.join_under(self.moderation.clone())).handle(knock).await
    }

    /// A frame arrives from a socket.
    pub(crate) async fn say(&self, id: &str, frame: Value) {
        self.say_raw(id, &frame.to_string()).await;
    }

    pub(crate) async fn say_raw(&self, id: &str, frame: &str) {
        let request_id = format!("request-{}", self.frames.fetch_add(1, Ordering::Relaxed));
        let request = FrameRequest { connection: ConnectionId(id.into()), request_id, body: frame.into() };
        Send::new(self.ports(), self.settings()).handle(request).await;
    }

    /// A message is sent with a nonce.
    pub(crate) async fn post(&self, id: &str, text: &str, nonce: &str) {
        self.say(id, json!({ "action": "send", "text": text, "nonce": nonce })).await;
    }

    /// Asks for an address and puts an image's bytes there, whatever they are: also what no S3 would take in.
    pub(crate) async fn upload(&self, id: &str, nonce: &str, image: &Value, bytes: &[u8]) {
        self.say(id, json!({ "action": "upload", "nonce": nonce, "type": image["type"], "size": image["size"] })).await;
        let answer = self.told(id).pop().unwrap();
        assert_eq!((&answer["type"], &answer["nonce"]), (&json!("upload"), &json!(nonce)), "{answer}");
        let address = answer["url"].as_str().unwrap();
        let admitted = self.images.admit(address, image["type"].as_str().unwrap(), image["size"].as_u64().unwrap());
        Storage::put(self.images.as_ref(), &admitted.unwrap(), bytes.to_vec()).await.unwrap();
    }

    /// Whether a message of a socket's speaker has its image.
    pub(crate) async fn has_image(&self, id: &str, nonce: &str) -> bool {
        let Connection { room, person, .. } = self.speaker(id).await;
        self.images.is_kept(&Identity { room, author: person.id, nonce: nonce.parse().unwrap() }).await.unwrap()
    }

    /// Who speaks through a socket.
    pub(crate) async fn speaker(&self, id: &str) -> Connection {
        self.connections.find(&ConnectionId(id.into())).await.unwrap().unwrap()
    }

    pub(crate) async fn speaker_is_in(&self, id: &str) -> bool {
        self.connections.find(&ConnectionId(id.into())).await.unwrap().is_some()
    }

    pub(crate) async fn leave(&self, id: &str) {
        let SendPorts { connections, outbox, clock, entropy, .. } = self.ports();
        Disconnect::new(connections, outbox, clock, entropy).handle(&ConnectionId(id.into())).await;
    }

    /// What a socket was told since it was last asked.
    pub(crate) fn told(&self, id: &str) -> Vec<Value> {
        self.post_room.lock().frames.remove(&ConnectionId(id.into())).unwrap_or_default()
    }

    /// The texts of the messages a socket was told since it was last asked.
    pub(crate) fn texts(&self, id: &str) -> Vec<String> {
        let told = self.told(id);
        told.iter().filter(|frame| frame["type"] == "message").map(text_of).collect()
    }
}

/// A knock at the lobby that tells nothing of itself.
pub(crate) fn knock_of(id: &str) -> Knock {
    let connection = ConnectionId(id.into());
    Knock { connection, room: None, ticket: None, name: None, origin: None, host: None, address: None }
}

pub(crate) fn text_of(message: &Value) -> String {
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
pub(crate) struct PostRoom {
    post: Mutex<Post>,
    clock: Arc<HandClock>,
}

#[derive(Default)]
pub(crate) struct Post {
    pub(crate) frames: HashMap<ConnectionId, Vec<Value>>,
    pub(crate) gone: HashSet<ConnectionId>,
    /// How many more times a socket is busy.
    pub(crate) busy: HashMap<ConnectionId, u32>,
    /// Sockets to which a post takes as long as a post may, and fails.
    pub(crate) hanging: HashSet<ConnectionId>,
    /// Sockets that were closed.
    pub(crate) closed: Vec<ConnectionId>,
}

impl PostRoom {
    pub(crate) fn lock(&self) -> std::sync::MutexGuard<'_, Post> {
        self.post.lock().unwrap()
    }
}

#[async_trait]
impl Outbox for PostRoom {
    async fn post(&self, to: &ConnectionId, frame: &str) -> Delivery {
        let mut post = self.lock();
        if post.gone.contains(to) {
            return Delivery::Gone;
        }
        if post.hanging.contains(to) {
            self.clock.advance(Duration::from_secs(2));
            return Delivery::Busy;
        }
        if let Some(times) = post.busy.get_mut(to).filter(|times| **times > 0) {
            *times -= 1;
            return Delivery::Busy;
        }
        post.frames.entry(to.clone()).or_default().push(serde_json::from_str(frame).unwrap());
        Delivery::Delivered
    }

    async fn probe(&self, id: &ConnectionId) -> Delivery {
        if self.lock().gone.contains(id) { Delivery::Gone } else { Delivery::Delivered }
    }

    async fn close(&self, id: &ConnectionId) -> Delivery {
        let mut post = self.lock();
        if post.hanging.contains(id) {
            return Delivery::Busy;
        }
        post.closed.push(id.clone());
        if post.gone.insert(id.clone()) { Delivery::Delivered } else { Delivery::Gone }
    }
}
