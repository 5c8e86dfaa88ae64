//! The table of DynamoDB calls in `docs/costs.md`: what each action costs is counted and compared with the document.

use std::{cell::Cell, collections::BTreeMap, sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use chat::{
    access::{
        devices::DeviceRegistry,
        direct_messages::direct_message_of,
        links::AccessLinks,
        origin::{Origin, Origins},
        passkeys::{ChallengeAnswer, PasskeyAccess, PasskeyOwner},
        policy::AccessPolicy,
        rate_limit::{RateLimiter, RateLimits},
        room_membership::RoomMembership,
        sessions::{Session, SessionDevice, Sessions},
    },
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    cpu::CpuScheduler,
    messages::renderer::MessageRenderer,
    moderation::restrictions::RestrictionStore,
    ports::{
        connections::ConnectionId,
        devices::{SignOuts, StoredDevice},
        passkeys::StoredPasskey,
        system::{Clock, Entropy},
    },
    presence::{
        broadcast::Broadcast,
        connect::{ConnectRequest, ConnectRule},
        connect_handler::ConnectHandler,
        disconnect::DisconnectHandler,
    },
};
use chat_testing::{
    authenticator::Authenticator, clock::ManualClock, recording_gateway::RecordingGateway, test_chat::connect_request,
};
use passkeys::WebauthnCeremony;
use platform::system::SystemEntropy;
use serde_json::{Value, json};
use shared_types::{Person, PersonId, Rev, Role, RoleEntry, RoomName, RoomRules, Timestamp, limits};
use store_aws::call_log::{CallLog, Calls};

use crate::{Tables, dynamodb, fresh_name, s3};

/// Cost of a message, whatever is stored, of a socket that the process knows.
const MESSAGE: Calls = Calls { reads: 3, writes: 4, round_trips: 5 };

/// Cost of a message that removes the counters of past windows, which happens once in 16 windows at most.
const REMOVING_MESSAGE: Calls = Calls { reads: 3, writes: 5, round_trips: 6 };

/// The moderator of the chat.
const MODERATOR: &str = "mod";

/// The rules on DynamoDB, with the limits of a deployment.
struct Chat {
    tables: Tables,
    bucket: String,
    calls: Arc<CallLog>,
    clock: Arc<ManualClock>,
    entropy: Arc<dyn Entropy>,
    gateway: Arc<RecordingGateway>,
    sessions: Sessions,
    rate: RateLimiter,
    /// The handler of one process.
    handler: Option<FrameHandler>,
    frames: Cell<u32>,
}

impl Chat {
    async fn open() -> Self {
        let mut tables = Tables::create().await;
        let calls = Arc::new(CallLog::default());
        tables.clients = tables.clients.with_call_log(calls.clone());
        // At the beginning of an hour, because the first message of each hour writes the directory of rooms.
        let Timestamp(now) = chat_testing::contract::fixtures::now();
        let clock = ManualClock::at(Timestamp(now - now % 3_600_000));
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let policy = AccessPolicy::open(vec![moderator()]);
        let secrets = Arc::new(tables.clients.secrets(&tables.connections));
        let sessions = Sessions::load(secrets, clock.clone(), entropy.clone(), policy).await.unwrap();
        let limits = RateLimits { person: 60, address: 600 };
        let rate_store = Arc::new(tables.clients.rate_store(&tables.connections));
        let mut chat = Self {
            rate: RateLimiter::new(rate_store, clock.clone(), limits),
            gateway: Arc::new(RecordingGateway::new(clock.clone())),
            handler: None,
            frames: Cell::new(0),
            tables,
            bucket: fresh_name("images"),
            calls,
            clock,
            entropy,
            sessions,
        };
        s3().create_bucket().bucket(&chat.bucket).send().await.unwrap();
        let settings = FrameSettings {
            rate: chat.rate.clone(),
            access: chat.sessions.access_policy().access,
            configured_moderators: vec![moderator()],
            page_size: 100,
        };
        chat.handler = Some(FrameHandler::new(chat.ports(), settings));
        chat
    }

    fn ports(&self) -> FramePorts {
        let Tables { clients, connections, messages } = &self.tables;
        let log = Arc::new(clients.messages(messages, None, self.clock.clone()));
        FramePorts {
            connections: Arc::new(clients.connections(connections, self.clock.clone())),
            messages: log.clone(),
            saved: log,
            images: Arc::new(clients.images(&self.bucket, self.clock.clone())),
            gateway: self.gateway.clone(),
            moderation: Arc::new(clients.moderation(connections, messages, self.clock.clone())),
            members: Arc::new(clients.room_members(connections)),
            devices: Arc::new(clients.devices(connections)),
            profiles: Arc::new(clients.profiles(connections)),
            passkeys: Arc::new(clients.passkeys(connections)),
            usage: Arc::new(clients.usage(connections, None)),
            rate_store: Arc::new(clients.rate_store(connections)),
            room_directory: Arc::new(clients.room_directory(connections)),
            read_positions: Arc::new(clients.read_positions(connections)),
            renderer: MessageRenderer::new(CpuScheduler::inline()),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn connect_rule(&self) -> ConnectRule {
        let FramePorts { connections, rate_store, moderation, members, profiles, clock, .. } = self.ports();
        ConnectRule {
            connections,
            rate_store,
            sessions: self.sessions.clone(),
            origins: Origins::of_the_address(Vec::new()),
            rate: self.rate.clone(),
            restriction_store: RestrictionStore {
                moderation,
                clock: clock.clone(),
                configured_moderators: vec![moderator()],
            },
            membership: RoomMembership { members },
            profiles,
            clock,
            limit: 1_000,
        }
    }

    /// Opens a socket of a person. `bea` has an address of her own.
    async fn connect(&self, id: &str) -> Calls {
        self.connect_to(id, None).await
    }

    /// Opens a socket of a person in a room.
    async fn connect_to(&self, id: &str, room: Option<&str>) -> Calls {
        let ticket = self.sessions.ticket(&Session {
            id: id.parse().unwrap(),
            name: None,
            moderator: id == MODERATOR,
            device: None,
        });
        let address = Some(if id == "bea" { "192.0.2.2" } else { "192.0.2.1" }.parse().unwrap());
        let room = room.map(str::to_owned);
        let request = ConnectRequest { room, ticket: Some(ticket), address, ..connect_request(id) };
        self.calls.take();
        Box::pin(ConnectHandler::new(self.connect_rule()).handle(request)).await.unwrap();
        self.calls.take()
    }

    async fn disconnect(&self, id: &str) -> Calls {
        let FramePorts { connections, gateway, clock, entropy, .. } = self.ports();
        self.calls.take();
        DisconnectHandler::new(connections, gateway, clock, entropy).handle(&ConnectionId(id.into())).await;
        self.calls.take()
    }

    /// Returns the links of a chat with a passphrase.
    async fn links(&self) -> AccessLinks {
        let Tables { clients, connections, .. } = &self.tables;
        let FramePorts { moderation, members, clock, entropy, .. } = self.ports();
        let policy = AccessPolicy::passphrase("open sesame", vec![moderator()]);
        let secrets = Arc::new(clients.secrets(connections));
        let sessions = Sessions::load(secrets, clock.clone(), entropy.clone(), policy).await.unwrap();
        let restriction_store = RestrictionStore { moderation, clock, configured_moderators: vec![moderator()] };
        let tokens = Arc::new(clients.tokens(connections));
        let membership = RoomMembership { members };
        AccessLinks { tokens, sessions, restriction_store, membership, rate: self.rate.clone(), entropy }
    }

    /// Handles a frame. Panics if it is answered with an error.
    async fn send(&self, id: &str, frame: Value) -> Calls {
        let (calls, error) = self.try_send(id, frame.clone()).await;
        assert_eq!(error, None, "{frame}");
        calls
    }

    /// Handles a frame. Returns its cost, and the code of the error that answers it.
    async fn try_send(&self, id: &str, frame: Value) -> (Calls, Option<Value>) {
        let handler = self.handler.as_ref().unwrap();
        let number = self.frames.replace(self.frames.get() + 1);
        let request_id = format!("request-{number}");
        let connection = ConnectionId(id.into());
        self.gateway.lock().frames.clear();
        self.calls.take();
        let request = FrameRequest { connection: connection.clone(), request_id, body: frame.to_string() };
        // On the heap: a test has a stack of 2 MB, and a build without optimization uses most of it for one command.
        Box::pin(handler.handle(request)).await;
        let calls = self.calls.take();
        let received = self.gateway.lock().frames.remove(&connection).unwrap_or_default();
        let error = received.iter().find(|answer| answer["type"] == "error");
        (calls, error.map(|error| error["code"].clone()))
    }
}

fn moderator() -> PersonId {
    MODERATOR.parse().unwrap()
}

/// Puts a picture where a browser would. Returns how `setProfile` names it.
async fn upload_picture(chat: &Chat, person: &str) -> Value {
    let sides = [&96_u32.to_be_bytes()[..], &96_u32.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &sides[..], &[0; 16]].concat();
    let size = png.len();
    let put = s3().put_object().bucket(&chat.bucket).key(format!("uploads/{person}/lobby/picture/{size}.png"));
    put.body(png.into()).send().await.unwrap();
    json!({ "nonce": "picture", "type": "image/png", "size": size })
}

/// Returns what each action costs in a small room.
async fn measured(chat: &Chat) -> BTreeMap<&'static str, Calls> {
    let mut costs = BTreeMap::new();
    for id in [MODERATOR, "bea", "ann"] {
        costs.insert("connect", chat.connect(id).await);
    }
    // What is paid once, for a process, a socket or a room, is not what an action costs.
    chat.clock.advance(Duration::from_secs(3 * 60));
    chat.send("ann", json!({ "action": "send", "text": "first" })).await;
    let frames = [
        ("hello", json!({ "action": "hello" })),
        ("send", json!({ "action": "send", "text": "hi" })),
        ("send, a reply", json!({ "action": "send", "text": "hi", "replyTo": 1 })),
        ("edit", json!({ "action": "edit", "seq": 1, "text": "changed" })),
        ("react", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })),
        ("send, a poll", json!({ "action": "send", "text": "When?", "poll": { "options": ["a", "b"] } })),
        ("vote", json!({ "action": "vote", "seq": 6, "option": 1, "on": true })),
        ("closePoll", json!({ "action": "closePoll", "seq": 6 })),
        ("send, a reply in a thread", json!({ "action": "send", "text": "hi", "thread": 2, "replyTo": 2 })),
        ("thread, of one reply", json!({ "action": "thread", "seq": 2 })),
        ("threads, one of them", json!({ "action": "threads", "roots": [2] })),
        ("delete, a reply in a thread", json!({ "action": "delete", "seq": 9 })),
        // The newest message of a room is rarely a deleted one.
        ("send", json!({ "action": "send", "text": "hi" })),
        ("delete", json!({ "action": "delete", "seq": 1 })),
        ("upload", json!({ "action": "upload", "nonce": "n-1", "type": "image/webp", "size": 9 })),
        ("save", json!({ "action": "save", "seq": 2, "saved": true })),
        ("saved, one message", json!({ "action": "saved" })),
        ("save, to remove", json!({ "action": "save", "seq": 2, "saved": false })),
        ("typing", json!({ "action": "typing" })),
        ("rename", json!({ "action": "rename", "name": "Anna" })),
        ("history", json!({ "action": "history", "before": 3 })),
        ("changes", json!({ "action": "changes", "after": 2 })),
        ("people", json!({ "action": "people" })),
        ("rooms, of one room", json!({ "action": "rooms", "rooms": ["lobby"] })),
        ("rooms, of one room, with titles", json!({ "action": "rooms", "rooms": ["lobby"], "titles": true })),
        ("rooms, to count what is unread in one room", json!({ "action": "rooms", "rooms": ["lobby"], "read": [0] })),
        ("rooms, to watch one room", json!({ "action": "rooms", "rooms": ["cats"], "watch": true })),
        ("directory, of one room", json!({ "action": "directory" })),
        ("search, in 200 messages", json!({ "action": "search", "text": "hi" })),
        ("ping", json!({ "action": "ping" })),
        ("read", json!({ "action": "read", "room": "lobby", "seq": 2 })),
        ("read, nothing new", json!({ "action": "read", "room": "lobby", "seq": 1 })),
        ("readThread", json!({ "action": "readThread", "root": 1, "seq": 2 })),
        ("setProfile, of one socket", json!({ "action": "setProfile", "status": "On holiday", "colour": 3 })),
        ("profile", json!({ "action": "profile" })),
        ("profile, of one person", json!({ "action": "profile", "person": "bea" })),
    ];
    for (action, frame) in frames {
        costs.insert(action, chat.send("ann", frame).await);
    }
    chat.send("ann", json!({ "action": "send", "text": "hi", "thread": 2 })).await;
    let unread = json!({ "action": "rooms", "rooms": ["lobby"], "read": [0] });
    costs.insert("rooms, with an unread reply in a thread", chat.send("bea", unread).await);
    let picture = upload_picture(chat, "ann").await;
    let with_picture = json!({ "action": "setProfile", "picture": picture });
    costs.insert("setProfile, with a picture, of one socket", chat.send("ann", with_picture).await);
    for socket in [MODERATOR, "bea"] {
        chat.send(socket, json!({ "action": "send", "text": "to be erased" })).await;
    }
    costs.insert("forget, of one message", chat.send(MODERATOR, json!({ "action": "forget" })).await);
    chat.connect("cy").await;
    let first_frame = json!({ "action": "send", "text": "hello" });
    costs.insert("send, the first frame of a new socket", chat.send("cy", first_frame).await);
    let frames = [
        ("clear, of one message", json!({ "action": "clear", "person": "bea" })),
        ("mute", json!({ "action": "mute", "person": "bea", "seconds": 60 })),
        ("ban, of one socket", json!({ "action": "ban", "person": "bea", "seconds": 60 })),
        ("directory, of one room, with its rules", json!({ "action": "directory", "rules": true })),
        ("standing", json!({ "action": "standing", "person": "bea" })),
        ("audit", json!({ "action": "audit" })),
        ("pin", json!({ "action": "pin", "seq": 2, "pinned": true })),
        ("pins, of one message", json!({ "action": "pins" })),
        ("pin, to unpin", json!({ "action": "pin", "seq": 2, "pinned": false })),
        ("chat", json!({ "action": "chat", "chat": { "name": "Cats", "icon": "🐈", "uniqueNames": false } })),
        ("roles", json!({ "action": "roles" })),
        ("usage", json!({ "action": "usage" })),
        ("role, of one socket", json!({ "action": "role", "person": "cy", "role": "moderator" })),
        ("rules", json!({ "action": "rules", "rules": { "slow": 10, "keepDays": 0 } })),
        ("rules, of an older page", json!({ "action": "rules", "rules": { "slow": 10 } })),
        ("describe", json!({ "action": "describe", "details": { "title": "Lobby", "receipts": false } })),
    ];
    let owner = RoleEntry { person: moderator(), name: None, role: Role::Owner, configured: false };
    chat.ports().moderation.set_role(&owner).await.unwrap();
    for (action, frame) in frames {
        // Two entries of the audit log with one time would be one more write.
        chat.clock.advance(Duration::from_secs(1));
        costs.insert(action, chat.send(MODERATOR, frame).await);
    }
    // The first message finds out that the room has got rules.
    chat.send("ann", json!({ "action": "send", "text": "slow" })).await;
    chat.clock.advance(Duration::from_secs(20));
    costs.insert("send, in slow mode", chat.send("ann", json!({ "action": "send", "text": "slow" })).await);
    chat.send(MODERATOR, json!({ "action": "describe", "details": { "receipts": true } })).await;
    let shown = json!({ "action": "read", "room": "lobby", "seq": 3, "receipt": true });
    costs.insert("read, shown to the room", chat.send("ann", shown).await);
    costs.insert("receipts, of one person", chat.send("ann", json!({ "action": "receipts" })).await);
    costs.insert("enter", chat.send("ann", json!({ "action": "enter", "room": "cats", "since": 0 })).await);
    costs.insert("disconnect, of a socket that watches a room", chat.disconnect("ann").await);
    costs.insert("disconnect", chat.disconnect("cy").await);
    Box::pin(add_links(chat, &mut costs)).await;
    Box::pin(add_passkeys(chat, &mut costs)).await;
    Box::pin(add_devices(chat, &mut costs)).await;
    Box::pin(add_private_rooms(chat, &mut costs)).await;
    chat.connect_to("gus", Some("owls")).await;
    chat.send("gus", json!({ "action": "ping" })).await;
    let message = json!({ "action": "send", "text": "hi" });
    costs.insert("send, the first message of a new room", chat.send("gus", message.clone()).await);
    chat.clock.advance(Duration::from_secs(60 * 60));
    costs.insert("send, the first message of a room in an hour", chat.send("gus", message).await);
    Box::pin(add_direct_messages(chat, &mut costs)).await;
    Box::pin(add_unique_names(chat, &mut costs)).await;
    costs
}

/// Adds what the commands of private rooms cost, and what a private room costs more than an open one.
async fn add_private_rooms(chat: &Chat, costs: &mut BTreeMap<&'static str, Calls>) {
    for id in ["dora", "eli"] {
        chat.connect(id).await;
    }
    chat.send("dora", json!({ "action": "ping" })).await;
    let title = json!({ "action": "createRoom", "title": "Plans" });
    costs.insert("createRoom", chat.send("dora", title).await);
    let FramePorts { members, .. } = chat.ports();
    let dora: PersonId = "dora".parse().unwrap();
    let room = members.rooms_of(&dora, 9).await.unwrap().remove(0);
    let enter = json!({ "action": "enter", "room": room, "since": 0 });
    costs.insert("enter, a private room", chat.send("dora", enter.clone()).await);
    let watch = json!({ "action": "rooms", "rooms": [room], "watch": true });
    costs.insert("rooms, to watch one private room, by a stranger", chat.send("eli", watch.clone()).await);
    let frames = [
        ("myRooms, of one room", json!({ "action": "myRooms" })),
        ("members", json!({ "action": "members" })),
        ("addMember", json!({ "action": "addMember", "person": "eli" })),
    ];
    for (action, frame) in frames {
        costs.insert(action, chat.send("dora", frame).await);
    }
    let other = json!({ "action": "addMember", "person": "ivy", "memberRoom": room });
    costs.insert("addMember, to another room", chat.send("eli", other).await);
    costs.insert("rooms, to watch one private room", chat.send("eli", watch).await);
    let unknown = json!({ "action": "rooms", "rooms": [], "titles": true, "watch": true });
    costs.insert("rooms, with one private room that the page does not know", chat.send("eli", unknown).await);
    chat.send("eli", enter).await;
    let remove = json!({ "action": "removeMember", "person": "eli" });
    costs.insert("removeMember, of one socket", chat.send("dora", remove).await);
    let links = chat.links().await;
    let person =
        |id: PersonId| Person { id, name: "Mona".parse().unwrap(), moderator: false, appearance: Default::default() };
    let address = "192.0.2.8".parse().unwrap();
    let (keys, address) = (links.sessions.address_keys(address), Some(address));
    chat.calls.take();
    links.invite_to_room(&person(dora), &keys, &room).await.unwrap();
    costs.insert("POST /room-invitations", chat.calls.take());
    let listed = links.room_invitations(&person("dora".parse().unwrap()), &keys, &room).await.unwrap();
    costs.insert("POST /room-invitations, the list of one", chat.calls.take());
    links.invite_to_room(&person("dora".parse().unwrap()), &keys, &room).await.unwrap();
    chat.calls.take();
    links.revoke_room_invitation(&person("dora".parse().unwrap()), &keys, &room, &listed[0].id).await.unwrap();
    costs.insert("POST /room-invitations, a revocation, of two", chat.calls.take());
    let token = links.invite_to_room(&person("dora".parse().unwrap()), &keys, &room).await.unwrap();
    chat.calls.take();
    links.accept_room_invitation(&token, &person("fay".parse().unwrap()), address).await.unwrap();
    costs.insert("POST /join", chat.calls.take());
    costs.insert("connect, to a private room", chat.connect_to("fay", Some(room.as_str())).await);
    costs.insert("leaveRoom, of one socket", chat.send("dora", json!({ "action": "leaveRoom" })).await);
}

/// Adds what direct messages cost.
async fn add_direct_messages(chat: &Chat, costs: &mut BTreeMap<&'static str, Calls>) {
    const PEOPLE: [&str; 8] = ["gil", "hed", "ivo", "jan", "kim", "lea", "may", "nia"];
    for id in PEOPLE {
        chat.connect(id).await;
    }
    chat.send("gil", json!({ "action": "ping" })).await;
    let direct = |people: &[&str]| {
        let people: Vec<Value> = people.iter().map(|person| json!({ "person": person })).collect();
        json!({ "action": "direct", "people": people })
    };
    costs.insert("direct, to one person", chat.send("gil", direct(&PEOPLE[1..2])).await);
    costs.insert("direct, that exists", chat.send("gil", direct(&PEOPLE[1..2])).await);
    costs.insert("direct, to seven people", chat.send("gil", direct(&PEOPLE[1..])).await);
    let room = direct_message_of(&["gil", "hed"].map(|id| id.parse().unwrap()));
    let watch = json!({ "action": "rooms", "rooms": [], "watch": true });
    costs.insert("rooms, to watch for direct messages only", chat.send("hed", watch).await);
    let titles = json!({ "action": "rooms", "rooms": [room], "titles": true });
    costs.insert("rooms, of one direct message, with titles", chat.send("hed", titles).await);
    let enter = json!({ "action": "enter", "room": room, "since": 0 });
    costs.insert("enter, a direct message", chat.send("gil", enter).await);
    let describe = json!({ "action": "describe", "details": { "receipts": true } });
    costs.insert("describe, a direct message", chat.send("gil", describe).await);
    let send = json!({ "action": "send", "text": "hi" });
    chat.send("gil", send.clone()).await;
    costs.insert("send, to one person who is elsewhere", chat.send("gil", send.clone()).await);
    chat.send("hed", json!({ "action": "enter", "room": room })).await;
    costs.insert("leaveRoom, a direct message", chat.send("hed", json!({ "action": "leaveRoom" })).await);
    costs.insert("send, to one person who has left", chat.send("gil", send).await);
}

/// Adds what the requests for devices cost, beyond what every request of the front page does.
async fn add_devices(chat: &Chat, costs: &mut BTreeMap<&'static str, Calls>) {
    let links = chat.links().await;
    let FramePorts { devices, connections, gateway, clock, entropy, .. } = chat.ports();
    let sockets = Broadcast { connections, gateway, clock, entropy, deadline: None, large_rooms: None };
    let registry = DeviceRegistry { devices, restriction_store: links.restriction_store.clone(), sockets };
    let session = |device: &str, used| {
        let device = SessionDevice { id: device.parse().unwrap(), since: chat.clock.now(), used };
        Session { id: "pam".parse().unwrap(), name: None, moderator: false, device: Some(device) }
    };
    chat.calls.take();
    registry.note_use(&session("d-1", 0), "", None).await.unwrap();
    costs.insert("a page, of a new device", chat.calls.take());
    registry.note_use(&session("d-2", 1), "", None).await.unwrap();
    costs.insert("a page, the first of a device on a day", chat.calls.take());
    assert!(!registry.is_signed_out(&session("d-1", 1)).await.unwrap());
    links.rate.link_request(&"pam".parse().unwrap()).await.unwrap();
    registry.list(&"pam".parse().unwrap(), None, Duration::from_secs(60)).await.unwrap();
    costs.insert("GET /devices", chat.calls.take());
    for (socket, device) in [("pam", "d-1"), ("pam-2", "d-2")] {
        let ticket = links.sessions.ticket(&session(device, 1));
        let request = ConnectRequest { ticket: Some(ticket), ..connect_request(socket) };
        let rule = ConnectRule { sessions: links.sessions.clone(), ..chat.connect_rule() };
        Box::pin(ConnectHandler::new(rule).handle(request)).await.unwrap();
    }
    chat.send("pam", json!({ "action": "ping" })).await;
    let sign_out = json!({ "action": "signOut", "device": "d-2" });
    costs.insert("signOut, of a device with one socket", chat.send("pam", sign_out).await);
    let keys = links.sessions.address_keys("192.0.2.9".parse().unwrap());
    links.rate.token_attempt(keys.first()).await.unwrap();
    registry.sign_out_current(&session("d-1", 1)).await.unwrap();
    costs.insert("POST /sign-out, with one socket", chat.calls.take());
}

/// Adds what the requests for invitations and for links to other devices cost, beyond what every request of the front page does.
async fn add_links(chat: &Chat, costs: &mut BTreeMap<&'static str, Calls>) {
    let links = chat.links().await;
    let person = |id: PersonId, moderator| Person {
        id,
        name: "Mona".parse().unwrap(),
        moderator,
        appearance: Default::default(),
    };
    let (mona, ann) = (person(moderator(), true), person("ann".parse().unwrap(), false));
    let address = "192.0.2.9".parse().unwrap();
    let (keys, address) = (links.sessions.address_keys(address), Some(address));
    chat.calls.take();
    let token = links.invite(&mona, &keys, 86_400.try_into().unwrap(), 10.try_into().unwrap()).await.unwrap();
    let listed = links.listed().await.unwrap();
    costs.insert("POST /invitations", chat.calls.take());
    links.invitations(&mona, &keys).await.unwrap();
    costs.insert("GET /invitations", chat.calls.take());
    links.accept_invitation(&token, links.visitor(None).await, address).await.unwrap();
    costs.insert("POST /invite", chat.calls.take());
    links.revoke_invitation(&mona, &keys, &listed[0].id).await.unwrap();
    links.listed().await.unwrap();
    costs.insert("POST /invitations, a revocation", chat.calls.take());
    let link = links.link_device(&ann, None, &keys).await.unwrap();
    costs.insert("POST /device-links", chat.calls.take());
    links.person_of_device_link(&link, address).await.unwrap();
    costs.insert("POST /device, the question", chat.calls.take());
    links.use_device_link(&link, &links.visitor(None).await, address).await.unwrap();
    costs.insert("POST /device, the sign-in", chat.calls.take());
}

/// Adds what the requests for passkeys cost, beyond what every request of the front page does.
async fn add_passkeys(chat: &Chat, costs: &mut BTreeMap<&'static str, Calls>) {
    let (links, FramePorts { passkeys, .. }) = (chat.links().await, chat.ports());
    let access = PasskeyAccess { links, passkeys, ceremony: Arc::new(WebauthnCeremony) };
    let origin: Origin = "https://chat.example".parse().unwrap();
    let mut authenticator = Authenticator::new("https://chat.example", "of pia");
    let person = access.links.sessions.new_guest().person("Pia".parse().ok());
    let by = PasskeyOwner { person: &person, device: None, addresses: &[] };
    let address = "192.0.2.77".parse().ok();
    chat.calls.take();
    let challenge = access.start_registration(by, &origin).await.unwrap();
    costs.insert("POST /passkeys/register", chat.calls.take());
    let answer = authenticator.register(&challenge.options);
    let answered = ChallengeAnswer { origin: &origin, token: &challenge.token, answer: &answer };
    access.finish_registration(by, answered, None).await.unwrap();
    let listed = access.list_after_change(&person.id, None).await.unwrap();
    costs.insert("POST /passkeys/registered", chat.calls.take());
    access.list(&person.id, None).await.unwrap();
    costs.insert("GET /passkeys", chat.calls.take());
    let challenge = access.start_sign_in(&origin, address).await.unwrap();
    costs.insert("POST /passkeys/sign-in", chat.calls.take());
    let answer = authenticator.sign_in(&challenge.options);
    let answered = ChallengeAnswer { origin: &origin, token: &challenge.token, answer: &answer };
    access.finish_sign_in(answered, address, false).await.unwrap();
    costs.insert("POST /passkeys/signed-in", chat.calls.take());
    access.remove(&person.id, &listed[0].stored.id).await.unwrap();
    access.list_after_change(&person.id, None).await.unwrap();
    costs.insert("POST /passkeys/remove", chat.calls.take());
    let device = access.links.sessions.new_guest().device.unwrap();
    let passkey = StoredPasskey { device: Some(device.id.clone()), ..listed[0].stored.clone() };
    access.passkeys.add(&person.id, &passkey).await.unwrap();
    let (now, moderation) = (chat.clock.now(), chat.ports().moderation);
    let device = StoredDevice { id: device.id, browser: None, system: None, since: now, last: now };
    moderation.set_sign_outs(&person.id, &SignOuts::default().with(&[device], &[], now)).await.unwrap();
    chat.calls.take();
    access.remove_of_signed_out_devices(&person.id).await.unwrap();
    access.list_after_change(&person.id, None).await.unwrap();
    costs.insert("POST /passkeys/remove, that of a signed-out device", chat.calls.take());
}

/// Returns the table of `docs/costs.md` whose head begins with `action`.
fn documented() -> BTreeMap<String, Calls> {
    let document = include_str!("../../../../../docs/costs.md");
    let rows = document.lines().skip_while(|line| !line.starts_with("| action | reads |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let number = |place: usize| cells[place].parse().unwrap();
        (cells[1].replace('`', ""), Calls { reads: number(2), writes: number(3), round_trips: number(4) })
    });
    rows.collect()
}

#[tokio::test]
async fn each_action_costs_what_the_document_says() {
    let chat = Chat::open().await;
    let measured = Box::pin(measured(&chat)).await.into_iter().map(|(action, calls)| (action.to_owned(), calls));
    let (measured, documented) = (measured.collect::<BTreeMap<_, _>>(), documented());
    let row = |(action, Calls { reads, writes, round_trips }): (&String, &Calls)| {
        format!("| `{action}` | {reads} | {writes} | {round_trips} |")
    };
    let [measured, documented] =
        [measured, documented].map(|table| table.iter().map(row).collect::<Vec<_>>().join("\n"));
    assert!(measured == documented, "measured:\n{measured}\n\ndocumented:\n{documented}");
}

#[tokio::test]
async fn a_message_costs_the_same_with_forty_sign_outs() {
    let chat = Chat::open().await;
    chat.connect("ann").await;
    let (ann, moderation): (PersonId, _) = ("ann".parse().unwrap(), chat.ports().moderation);
    let device = |number: usize| {
        let (id, now) = (format!("device-{number:09}").parse().unwrap(), chat.clock.now());
        StoredDevice { id, browser: None, system: None, since: now, last: now }
    };
    let devices: Vec<_> = (0..2 * limits::DEVICES).map(device).collect();
    let sign_outs = SignOuts::default().with(&devices, &[], chat.clock.now());
    assert!(moderation.set_sign_outs(&ann, &sign_outs).await.unwrap());
    chat.clock.advance(Duration::from_secs(3 * 60));
    let message = json!({ "action": "send", "text": "hi" });
    chat.send("ann", message.clone()).await;
    assert_eq!(chat.send("ann", message).await, MESSAGE);
    // The item that each message of the person writes. A write of more than 1 KB is two units.
    let key = |value: &str| AttributeValue::S(value.into());
    let get = dynamodb().get_item().table_name(&chat.tables.connections);
    let found = get.key("pk", key("person#ann")).key("sk", key("standing")).send().await.unwrap().item.unwrap();
    let length = |value: &AttributeValue| value.as_s().or_else(|_| value.as_n()).unwrap().len();
    let size: usize = found.iter().map(|(name, value)| name.len() + length(value)).sum();
    assert!(size < 300, "{size} bytes: {found:?}");
    assert!(serde_json::to_string(&sign_outs).unwrap().len() > 700);
}

/// Adds what unique names cost, in rooms where nobody has the name, and in one where somebody has it.
async fn add_unique_names(chat: &Chat, costs: &mut BTreeMap<&'static str, Calls>) {
    chat.clock.advance(Duration::from_secs(60));
    chat.send(MODERATOR, json!({ "action": "chat", "chat": { "uniqueNames": true } })).await;
    costs.insert("connect, where names are unique", chat.connect_to("una", Some("finches")).await);
    costs
        .insert("rename, where names are unique", chat.send("una", json!({ "action": "rename", "name": "Uma" })).await);
    let enter = |room: &str| json!({ "action": "enter", "room": room, "since": 0 });
    costs.insert("enter, where names are unique", chat.send("una", enter("newts")).await);
    chat.connect_to("uli", Some("otters")).await;
    chat.send("uli", json!({ "action": "rename", "name": "uma" })).await;
    costs.insert("enter, with a name that is taken", chat.send("una", enter("otters")).await);
}

#[tokio::test]
async fn rules_that_another_process_sets_apply_to_the_next_message() {
    let chat = Chat::open().await;
    chat.connect("ann").await;
    chat.clock.advance(Duration::from_secs(3 * 60));
    let message = json!({ "action": "send", "text": "hi" });
    let ports = chat.ports();
    let lobby = RoomName::lobby();
    let newest = async || ports.messages.before(&lobby, None, 1).await.unwrap().last().map(|message| message.seq.0);
    for _ in 0..2 {
        chat.send("ann", message.clone()).await;
    }
    assert_eq!(chat.send("ann", message.clone()).await, MESSAGE, "the process knows that there are no rules");
    let (none, mut sent) = (RoomRules::default(), 3);
    for rules in [RoomRules { read_only: true, ..none }, RoomRules { archived: true, ..none }] {
        ports.moderation.set_rules(&lobby, rules).await.unwrap();
        for _ in 0..2 {
            assert_eq!(chat.try_send("ann", message.clone()).await.1, Some(json!("readOnly")), "{rules:?}");
        }
        ports.moderation.set_rules(&lobby, none).await.unwrap();
        chat.send("ann", message.clone()).await;
        assert_eq!(newest().await, Some(sent + 1), "a refused message takes no revision");
        assert_eq!(chat.send("ann", message.clone()).await, MESSAGE, "it knows it again");
        sent += 2;
    }
    ports.moderation.set_rules(&lobby, RoomRules { member_pins: true, ..none }).await.unwrap();
    assert_eq!(chat.send("ann", message.clone()).await, MESSAGE, "who may pin does not matter to a message");
    ports
        .moderation
        .set_rules(
            &lobby,
            RoomRules { slow: 30, read_only: false, archived: false, member_pins: false, keep_days: None },
        )
        .await
        .unwrap();
    chat.send("ann", message.clone()).await;
    assert_eq!(chat.try_send("ann", message.clone()).await.1, Some(json!("tooFast")));
    assert_eq!(newest().await, Some(sent + 2));
    let new_room: RoomName = "new".parse().unwrap();
    ports
        .moderation
        .set_rules(
            &new_room,
            RoomRules { slow: 30, read_only: false, archived: false, member_pins: false, keep_days: None },
        )
        .await
        .unwrap();
    assert_eq!(ports.messages.next_rev_without_rules(&new_room).await.unwrap(), None);
    assert_eq!(ports.messages.next_rev(&new_room).await.unwrap(), Rev(1));
}

#[tokio::test]
async fn a_message_costs_the_same_in_a_long_room() {
    let chat = Chat::open().await;
    chat.connect("ann").await;
    let message = json!({ "action": "send", "text": "hi" });
    chat.clock.advance(Duration::from_secs(3 * 60));
    chat.send("ann", message.clone()).await;
    let mut exceptions = 0;
    for _ in 0..40 {
        // Each in a rate window of its own.
        chat.clock.advance(Duration::from_secs(60));
        let calls = chat.send("ann", message.clone()).await;
        if calls != MESSAGE {
            assert_eq!(calls, REMOVING_MESSAGE);
            exceptions += 1;
        }
    }
    // Each minute leaves two counters, and more than 16 are removed.
    assert!((1..=40 / 8).contains(&exceptions), "{exceptions}");
}
