//! A chat in one process: the real rules and the embedded stores, with a manual clock and a gateway that records the frames it
//! posts.

mod steps;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chat::{
    access::{
        devices::DeviceRegistry,
        links::AccessLinks,
        origin::Origins,
        passkeys::PasskeyAccess,
        policy::AccessPolicy,
        rate_limit::{RateLimiter, RateLimits},
        room_membership::RoomMembership,
        sessions::{Session, Sessions},
    },
    cleanup::{CleanupHandler, CleanupPorts},
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    cpu::CpuScheduler,
    messages::{export::DataExport, renderer::MessageRenderer},
    moderation::restrictions::RestrictionStore,
    ports::{
        connections::{Connection, ConnectionId, Connections},
        images::{Images, Upload},
        messages::MessageKey,
        moderation::Moderation,
        passkey_ceremony::PasskeyCeremony,
        secrets::Secrets,
        system::{Clock, Entropy},
    },
    presence::{
        broadcast::Broadcast,
        connect::{ConnectRequest, ConnectRule},
        connect_handler::{ConnectHandler, ConnectRejection},
        disconnect::DisconnectHandler,
    },
};
use serde_json::{Value, json};
use shared_types::{PersonId, Timestamp};
use store_redb::{
    connections::InProcessConnections, devices::RedbDevices, images::FileImages, messages::RedbMessages,
    moderation::RedbModeration, passkeys::RedbPasskeys, profiles::RedbProfiles, rate_store::InProcessRateStore,
    read_positions::RedbReadPositions, room_directory::RedbRoomDirectory, room_members::RedbRoomMembers, store::Store,
    tokens::RedbTokens, usage_store::RedbUsage,
};

use crate::{clock::ManualClock, failing_receipts::FailingReceipts, recording_gateway::RecordingGateway};

/// The time at which the clock of a [`TestChat`] starts.
pub const START: u64 = 1_700_000_000_000;

/// A chat whose rules a test calls directly. A socket is identified by its connection id.
pub struct TestChat {
    pub connections: Arc<InProcessConnections>,
    pub messages: Arc<RedbMessages>,
    pub images: Arc<FileImages>,
    pub moderation: Arc<RedbModeration>,
    pub clock: Arc<ManualClock>,
    pub gateway: Arc<RecordingGateway>,
    pub sessions: Sessions,
    pub rate_store: Arc<InProcessRateStore>,
    pub tokens: Arc<RedbTokens>,
    pub read_positions: Arc<FailingReceipts>,
    /// The directory of open rooms.
    pub room_directory: Arc<RedbRoomDirectory>,
    pub usage: Arc<RedbUsage>,
    /// The members of private rooms.
    pub members: Arc<RedbRoomMembers>,
    /// The devices of people.
    pub devices: Arc<RedbDevices>,
    /// The profiles of people.
    pub profiles: Arc<RedbProfiles>,
    /// The passkeys of people.
    pub passkeys: Arc<RedbPasskeys>,
    pub rate: RateLimiter,
    pub secrets: Arc<dyn Secrets>,
    pub renderer: MessageRenderer,
    connection_limit: u32,
    page_size: usize,
    entropy: Arc<SplitMix>,
    frames: AtomicU64,
    /// The files of the stores, which are removed with it.
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

    /// Returns a chat with rate limits per minute: for a person, and for all clients of an address.
    pub async fn with_rates(person: u32, address: u32) -> Self {
        let policy = AccessPolicy::open(vec!["mod".parse().unwrap()]);
        Self::with(100, 100, RateLimits { person, address }, policy).await
    }

    pub async fn with_access_policy(policy: AccessPolicy) -> Self {
        Self::with(100, 100, RateLimits { person: 0, address: 0 }, policy).await
    }

    async fn with(connection_limit: u32, page_size: usize, rates: RateLimits, policy: AccessPolicy) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let entropy = Arc::new(SplitMix::default());
        let clock = ManualClock::at(Timestamp(START));
        let secrets: Arc<dyn Secrets> = Arc::new(store.clone());
        let sessions = Sessions::load(secrets.clone(), clock.clone(), entropy.clone(), policy).await.unwrap();
        let connections = Arc::new(InProcessConnections::default());
        let messages = Arc::new(RedbMessages::new(store.clone(), None, clock.clone()));
        let tokens = Arc::new(RedbTokens::new(store.clone(), clock.clone()));
        let read_positions = Arc::new(FailingReceipts::new(RedbReadPositions::new(store.clone())));
        let room_directory = Arc::new(RedbRoomDirectory::load(store.clone()).await);
        let members = Arc::new(RedbRoomMembers::new(store.clone()));
        let devices = Arc::new(RedbDevices::new(store.clone()));
        let profiles = Arc::new(RedbProfiles::new(store.clone()));
        let passkeys = Arc::new(RedbPasskeys::new(store.clone()));
        let usage = Arc::new(RedbUsage::new(store.clone(), directory.path()));
        let moderation = Arc::new(RedbModeration::new(store, clock.clone()));
        let images = FileImages::open(directory.path(), clock.clone(), entropy.as_ref()).unwrap();
        let images = Arc::new(images);
        let gateway = Arc::new(RecordingGateway::new(clock.clone()));
        let rate_store = Arc::new(InProcessRateStore::new(clock.clone()));
        let rate = RateLimiter::new(rate_store.clone(), clock.clone(), rates);
        Self {
            connection_limit,
            page_size,
            entropy,
            rate_store,
            tokens,
            read_positions,
            room_directory,
            usage,
            members,
            devices,
            profiles,
            passkeys,
            rate,
            secrets,
            renderer: MessageRenderer::new(CpuScheduler::inline()),
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

    /// Returns the rule of connecting, with the given store of restrictions.
    pub fn connect_rule(&self, moderation: Arc<dyn Moderation>) -> ConnectRule {
        ConnectRule {
            connections: self.connections.clone(),
            rate_store: self.rate_store.clone(),
            clock: self.clock.clone(),
            sessions: self.sessions.clone(),
            origins: Origins::of_the_address(vec!["https://chat.example".parse().unwrap()]),
            rate: self.rate.clone(),
            restriction_store: RestrictionStore { moderation, ..self.restriction_store() },
            membership: self.membership(),
            profiles: self.profiles.clone(),
            limit: self.connection_limit,
        }
    }

    /// Returns the rules of private rooms.
    pub fn membership(&self) -> RoomMembership {
        RoomMembership { members: self.members.clone() }
    }

    /// Returns the restrictions and sign-outs of people.
    pub fn restriction_store(&self) -> RestrictionStore {
        RestrictionStore {
            moderation: self.moderation.clone(),
            clock: self.clock.clone(),
            configured_moderators: self.configured_moderators(),
        }
    }

    /// Returns the devices of people.
    pub fn device_registry(&self) -> DeviceRegistry {
        DeviceRegistry {
            devices: self.devices.clone(),
            restriction_store: self.restriction_store(),
            sockets: self.broadcast(),
        }
    }

    /// Returns what posts to sockets and closes them.
    fn broadcast(&self) -> Broadcast {
        Broadcast {
            connections: self.connections.clone(),
            gateway: self.gateway.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            deadline: None,
            large_rooms: None,
        }
    }

    /// Returns the export of what people wrote.
    pub fn data_export(&self) -> DataExport {
        DataExport {
            messages: self.messages.clone(),
            read_positions: self.read_positions.clone(),
            devices: self.device_registry(),
            profiles: self.profiles.clone(),
            passkeys: self.passkeys.clone(),
            saved: self.messages.clone(),
            membership: self.membership(),
            moderation: self.moderation.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Returns the links of the chat: invitations, and links to other devices.
    pub fn links(&self) -> AccessLinks {
        AccessLinks {
            tokens: self.tokens.clone(),
            sessions: self.sessions.clone(),
            restriction_store: self.restriction_store(),
            membership: self.membership(),
            rate: self.rate.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// Returns the rules of passkeys, with these ceremonies.
    pub fn passkey_access(&self, ceremony: Arc<dyn PasskeyCeremony>) -> PasskeyAccess {
        PasskeyAccess { links: self.links(), passkeys: self.passkeys.clone(), ceremony }
    }

    /// Returns the ports of the frame handler.
    pub fn ports(&self) -> FramePorts {
        FramePorts {
            connections: self.connections.clone(),
            messages: self.messages.clone(),
            saved: self.messages.clone(),
            images: self.images.clone(),
            gateway: self.gateway.clone(),
            moderation: self.moderation.clone(),
            room_directory: self.room_directory.clone(),
            members: self.members.clone(),
            devices: self.devices.clone(),
            profiles: self.profiles.clone(),
            passkeys: self.passkeys.clone(),
            usage: self.usage.clone(),
            rate_store: self.rate_store.clone(),
            read_positions: self.read_positions.clone(),
            renderer: self.renderer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn configured_moderators(&self) -> Vec<PersonId> {
        self.sessions.access_policy().moderators().to_vec()
    }

    /// Returns the settings of the frame handler.
    pub fn settings(&self) -> FrameSettings {
        let policy = self.sessions.access_policy();
        FrameSettings {
            rate: self.rate.clone(),
            access: policy.access,
            configured_moderators: self.configured_moderators(),
            page_size: self.page_size,
        }
    }

    /// Advances the clock to the beginning of the next minute, where a new rate window begins.
    pub fn advance_to_next_minute(&self) {
        self.clock.advance(Duration::from_millis(60_000 - self.clock.now().0 % 60_000));
    }

    /// Runs the daily clean-up.
    pub async fn run_cleanup(&self) {
        let FramePorts {
            connections,
            gateway,
            messages,
            moderation,
            images,
            profiles,
            room_directory,
            usage,
            clock,
            ..
        } = self.ports();
        let ports =
            CleanupPorts { connections, gateway, messages, moderation, images, profiles, room_directory, usage, clock };
        CleanupHandler::new(ports, self.sessions.clone()).handle().await.unwrap();
    }

    /// Returns a ticket of the person with that id.
    pub fn ticket(&self, id: &str) -> String {
        self.sessions.ticket(&Session { id: id.parse().unwrap(), name: None, moderator: false, device: None })
    }

    /// Opens a socket in the lobby for a person with that name.
    pub async fn connect_to_lobby(&self, id: &str, name: &str) {
        self.connect(id, None, None, Some(name)).await.unwrap();
    }

    /// Opens a socket. Defaults: the lobby, a new guest, a generated name.
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

    /// Opens a socket with all fields of a connect request.
    pub async fn connect_with(&self, request: ConnectRequest) -> Result<(), ConnectRejection> {
        ConnectHandler::new(self.connect_rule(self.moderation.clone())).handle(request).await
    }

    /// Handles a frame from a socket.
    pub async fn send(&self, id: &str, frame: Value) {
        self.send_raw(id, &frame.to_string()).await;
    }

    pub async fn send_raw(&self, id: &str, frame: &str) {
        let request_id = format!("request-{}", self.frames.fetch_add(1, Ordering::Relaxed));
        let request = FrameRequest { connection: ConnectionId(id.into()), request_id, body: frame.into() };
        FrameHandler::new(self.ports(), self.settings()).handle(request).await;
    }

    /// Sends a text message with a nonce.
    pub async fn send_message(&self, id: &str, text: &str, nonce: &str) {
        self.send(id, json!({ "action": "send", "text": text, "nonce": nonce })).await;
    }

    /// Asks for an upload address and stores bytes there as the image. The bytes need not be an image of the announced size.
    pub async fn upload(&self, id: &str, nonce: &str, image: &Value, bytes: &[u8]) {
        self.send(id, json!({ "action": "upload", "nonce": nonce, "type": image["type"], "size": image["size"] }))
            .await;
        let answer = self.received(id).pop().unwrap();
        assert_eq!((&answer["type"], &answer["nonce"]), (&json!("upload"), &json!(nonce)), "{answer}");
        let address = answer["url"].as_str().unwrap();
        let admitted = self.images.admit(address, image["type"].as_str().unwrap(), image["size"].as_u64().unwrap());
        self.put(&admitted.unwrap(), bytes);
    }

    /// Stores bytes as an upload, whether or not they are as many as announced.
    pub fn put(&self, upload: &Upload, bytes: &[u8]) {
        std::fs::write(self.images.upload_path(upload), bytes).unwrap();
    }

    /// Returns the bytes of the image of a message, if it is kept.
    pub async fn kept_image(&self, message_key: &MessageKey) -> Option<Vec<u8>> {
        let mut image = self.images.image(message_key).await.unwrap()?;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut image.file, &mut bytes).unwrap();
        Some(bytes)
    }

    /// Returns whether the image of a message is kept. The person of the socket is the author.
    pub async fn has_image(&self, id: &str, nonce: &str) -> bool {
        let Connection { room, person, .. } = self.connection(id).await;
        self.images.is_kept(&MessageKey { room, author: person.id, nonce: nonce.parse().unwrap() }).await.unwrap()
    }

    /// Returns the connection of a socket.
    pub async fn connection(&self, id: &str) -> Connection {
        self.connections.find(&ConnectionId(id.into())).await.unwrap().unwrap()
    }

    /// Returns whether a socket is in the connection store.
    pub async fn is_connected(&self, id: &str) -> bool {
        self.connections.find(&ConnectionId(id.into())).await.unwrap().is_some()
    }

    /// Handles the end of a socket.
    pub async fn disconnect(&self, id: &str) {
        let FramePorts { connections, gateway, clock, entropy, .. } = self.ports();
        DisconnectHandler::new(connections, gateway, clock, entropy).handle(&ConnectionId(id.into())).await;
    }

    /// Returns the frames that a socket received since the last call.
    pub fn received(&self, id: &str) -> Vec<Value> {
        self.gateway.lock().frames.remove(&ConnectionId(id.into())).unwrap_or_default()
    }

    /// Returns the texts of the messages that a socket received since the last call.
    pub fn received_texts(&self, id: &str) -> Vec<String> {
        let received = self.received(id);
        received.iter().filter(|frame| frame["type"] == "message").map(text_of).collect()
    }
}

/// Returns a connect request for the lobby without ticket, name, origin and address.
pub fn connect_request(id: &str) -> ConnectRequest {
    let connection = ConnectionId(id.into());
    ConnectRequest {
        connection,
        room: None,
        ticket: None,
        name: None,
        frames: None,
        origin: None,
        host: None,
        address: None,
        subprotocols: None,
    }
}

pub fn text_of(message: &Value) -> String {
    message["text"].as_str().unwrap().into()
}

/// A deterministic generator: bytes that differ from call to call and are the same in every run.
#[derive(Default)]
struct SplitMix(AtomicU64);

impl Entropy for SplitMix {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // SplitMix64.
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
    }
}
