//! Tests of the devices of a person: their list, and how they are signed out.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::{
        devices::{DeviceRegistry, SignOutError},
        sessions::{Session, SessionDevice},
    },
    ports::{
        devices::{Devices, SignOuts, StoredDevice},
        moderation::Moderation,
        system::Clock,
    },
};
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::{DeviceId, PersonId, SignedInDevice, Timestamp, limits};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn id(id: &str) -> DeviceId {
    id.parse().unwrap()
}

fn session(of: &str, device: Option<SessionDevice>) -> Session {
    Session { id: person(of), name: None, moderator: false, device }
}

fn on_device(of: &str, device: &str) -> Session {
    session(of, Some(SessionDevice { id: id(device), since: Timestamp(START - 60_000), used: 0 }))
}

/// Uses a device as a page does. Returns the session of the next cookie.
async fn use_device(chat: &TestChat, session: &Session) -> Option<Session> {
    chat.device_registry().note_use(session, &chat.sessions.cookie(session), Some(FIREFOX)).await
}

/// Returns the ids of the listed devices.
async fn listed(chat: &TestChat, of: &str) -> Vec<String> {
    let found = chat.device_registry().list(&person(of), None, limits::DEVICE_LIFE).await.unwrap();
    let mut ids: Vec<_> = found.into_iter().map(|device| device.device.to_string()).collect();
    ids.sort();
    ids
}

/// Opens a socket from a device. Returns the status of a refusal.
async fn connect(chat: &TestChat, socket: &str, session: &Session) -> Result<(), u16> {
    let ticket = chat.sessions.ticket(session);
    chat.connect(socket, None, Some(&ticket), None).await.map_err(|refused| refused.status)
}

/// Returns a chat in which `ann` uses two devices and `bea` one, each with a socket.
async fn chat_with_devices() -> TestChat {
    let chat = TestChat::new().await;
    for (of, device) in [("ann", "a-1"), ("ann", "a-2"), ("bea", "b-1")] {
        assert!(use_device(&chat, &on_device(of, device)).await.is_some());
        connect(&chat, device, &on_device(of, device)).await.unwrap();
    }
    chat
}

async fn sign_out(chat: &TestChat, socket: &str, mut frame: Value) -> Value {
    frame["action"] = "signOut".into();
    chat.received(socket);
    chat.send(socket, frame).await;
    chat.received(socket).pop().unwrap_or_default()
}

#[tokio::test]
async fn a_signed_out_device_loses_its_sockets_and_cannot_connect() {
    let chat = chat_with_devices().await;
    let answer = sign_out(&chat, "a-1", json!({ "device": "a-2" })).await;
    assert_eq!(answer, json!({ "type": "signedOut", "device": "a-2" }));
    assert!(chat.is_connected("a-1").await && !chat.is_connected("a-2").await && chat.is_connected("b-1").await);
    assert_eq!(connect(&chat, "again", &on_device("ann", "a-2")).await, Err(401));
    assert!(!chat.is_connected("again").await, "the refused socket is not stored");
    connect(&chat, "other", &on_device("ann", "a-1")).await.unwrap();
    connect(&chat, "new", &on_device("ann", "a-3")).await.unwrap();
    connect(&chat, "bea's", &on_device("bea", "a-2")).await.unwrap();
    assert_eq!(listed(&chat, "ann").await, ["a-1"]);
    // A repetition of a request whose answer was lost.
    assert_eq!(sign_out(&chat, "a-1", json!({ "device": "a-2" })).await["type"], "signedOut");
}

#[tokio::test]
async fn only_the_sockets_of_signed_out_devices_are_closed() {
    let chat = chat_with_devices().await;
    for (socket, device) in [("a-1b", "a-1"), ("a-2b", "a-2"), ("a-3", "a-3")] {
        connect(&chat, socket, &on_device("ann", device)).await.unwrap();
    }
    assert_eq!(chat.connection("a-1b").await.device, Some(id("a-1")));
    let open = async |sockets: &[&str]| {
        for socket in ["a-1", "a-1b", "a-2", "a-2b", "a-3", "b-1"] {
            assert_eq!(chat.is_connected(socket).await, sockets.contains(&socket), "{socket}");
        }
    };
    sign_out(&chat, "a-1", json!({ "device": "a-2" })).await;
    open(&["a-1", "a-1b", "a-3", "b-1"]).await;
    // The holder of a copy of a cookie cannot stay by asking for the sign-out themself.
    assert!(use_device(&chat, &on_device("ann", "a-3")).await.is_some());
    sign_out(&chat, "a-3", json!({ "keep": "a-1" })).await;
    open(&["a-1", "a-1b", "b-1"]).await;
    sign_out(&chat, "a-1", json!({ "device": "a-1" })).await;
    open(&["b-1"]).await;
}

/// Devices whose first list is answered after another request signed out a device.
struct Interleaved {
    registry: DeviceRegistry,
    signed_out: DeviceId,
    is_first: AtomicBool,
}

#[async_trait]
impl Devices for Interleaved {
    async fn record(&self, person: &PersonId, device: &StoredDevice) -> chat::ports::Result<()> {
        self.registry.devices.record(person, device).await
    }

    async fn devices(&self, person: &PersonId, limit: usize) -> chat::ports::Result<Vec<StoredDevice>> {
        let listed = self.registry.devices.devices(person, limit).await;
        if self.is_first.swap(false, Ordering::Relaxed) {
            self.registry.sign_out(person, &self.signed_out).await.unwrap();
        }
        listed
    }

    async fn remove(&self, person: &PersonId, device: &DeviceId) -> chat::ports::Result<()> {
        self.registry.devices.remove(person, device).await
    }
}

#[tokio::test]
async fn a_device_that_another_request_signs_out_cannot_be_kept() {
    let chat = chat_with_devices().await;
    let registry = chat.device_registry();
    let devices = Interleaved { registry: registry.clone(), signed_out: id("a-2"), is_first: true.into() };
    let interleaved = DeviceRegistry { devices: Arc::new(devices), ..registry };
    let kept = interleaved.sign_out_others(&person("ann"), &id("a-2")).await;
    assert!(matches!(kept, Err(SignOutError::NoDevice)), "{kept:?}");
    assert_eq!(connect(&chat, "x", &on_device("ann", "a-2")).await, Err(401));
    connect(&chat, "y", &on_device("ann", "a-1")).await.unwrap();
}

#[tokio::test]
async fn signing_out_everywhere_else_keeps_one_device() {
    let chat = chat_with_devices().await;
    let answer = sign_out(&chat, "a-1", json!({ "keep": "a-1" })).await;
    assert_eq!(answer, json!({ "type": "signedOut" }));
    assert_eq!(listed(&chat, "ann").await, ["a-1"]);
    connect(&chat, "kept", &on_device("ann", "a-1")).await.unwrap();
    for refused in [on_device("ann", "a-2"), on_device("ann", "unlisted"), session("ann", None)] {
        assert_eq!(connect(&chat, "x", &refused).await, Err(401), "{refused:?}");
    }
    // A device that is signed in later.
    let later = SessionDevice { id: id("later"), since: chat.clock.now() + DAY, used: 0 };
    connect(&chat, "later", &session("ann", Some(later))).await.unwrap();
    connect(&chat, "old cookie of bea", &session("bea", None)).await.unwrap();
}

#[tokio::test]
async fn only_own_devices_can_be_signed_out() {
    let chat = chat_with_devices().await;
    for frame in [
        json!({ "device": "b-1" }),
        json!({ "device": "unknown" }),
        json!({ "keep": "b-1" }),
        json!({ "keep": "unknown" }),
        json!({}),
        json!({ "device": "no id" }),
        json!({ "device": "" }),
        json!({ "device": "x".repeat(65) }),
        json!({ "device": 7 }),
        json!({ "keep": ["a-1"] }),
    ] {
        chat.advance_to_next_minute();
        let answer = sign_out(&chat, "a-1", frame.clone()).await;
        assert_eq!(answer["code"], "badField", "{frame}: {answer}");
    }
    for socket in ["a-1", "a-2", "b-1"] {
        assert!(chat.is_connected(socket).await, "{socket}");
    }
    assert_eq!((listed(&chat, "ann").await, listed(&chat, "bea").await.len()), (vec!["a-1".into(), "a-2".into()], 1));
    for of in ["ann", "bea"] {
        assert_eq!(chat.moderation.sign_outs(&person(of)).await.unwrap(), SignOuts::default());
    }
}

#[tokio::test]
async fn a_signed_out_device_cannot_be_kept() {
    let chat = chat_with_devices().await;
    sign_out(&chat, "a-1", json!({ "device": "a-2" })).await;
    // Its use was stored at the same moment.
    let device = StoredDevice {
        id: id("a-2"),
        browser: None,
        system: None,
        since: Timestamp(START - 60_000),
        last: chat.clock.now(),
    };
    chat.devices.record(&person("ann"), &device).await.unwrap();
    assert_eq!(listed(&chat, "ann").await, ["a-1"], "it is not listed");
    let answer = sign_out(&chat, "a-1", json!({ "keep": "a-2" })).await;
    assert_eq!(answer["code"], "badField", "{answer}");
    assert_eq!(connect(&chat, "x", &on_device("ann", "a-2")).await, Err(401));
}

#[tokio::test]
async fn sign_outs_have_a_limit_of_their_own() {
    let chat = chat_with_devices().await;
    chat.advance_to_next_minute();
    for _ in 0..limits::SIGN_OUTS {
        assert_eq!(sign_out(&chat, "a-1", json!({ "device": "unknown" })).await["code"], "badField");
    }
    let answer = sign_out(&chat, "a-1", json!({ "device": "a-2" })).await;
    assert_eq!((&answer["code"], listed(&chat, "ann").await.len()), (&json!("tooFast"), 2), "{answer}");
    chat.advance_to_next_minute();
    assert_eq!(sign_out(&chat, "a-1", json!({ "device": "a-2" })).await["type"], "signedOut");
}

#[tokio::test]
async fn the_use_of_a_device_is_stored_once_a_day() {
    let chat = TestChat::new().await;
    let first = use_device(&chat, &on_device("ann", "a-1")).await.unwrap();
    assert_eq!(use_device(&chat, &first).await, None);
    let since = Timestamp(START - 60_000);
    let list = async || chat.device_registry().list(&person("ann"), Some(&id("a-1")), DAY * 30).await.unwrap();
    let expected = |last| SignedInDevice {
        device: id("a-1"),
        browser: Some("Firefox".into()),
        system: Some("Linux".into()),
        since: Some(since),
        last,
        current: true,
    };
    assert_eq!(list().await, [expected(Timestamp(START))]);
    chat.clock.advance(DAY);
    assert!(use_device(&chat, &first).await.is_some());
    assert_eq!(list().await, [expected(Timestamp(START) + DAY)]);
    // A cookie of this chat lives for 30 days.
    chat.clock.advance(DAY * 30);
    assert_eq!(list().await, []);
}

#[tokio::test]
async fn a_further_device_signs_out_the_one_that_was_used_longest_ago() {
    let chat = TestChat::new().await;
    for number in 0..limits::DEVICES {
        assert!(use_device(&chat, &on_device("ann", &format!("d-{number}"))).await.is_some());
        chat.clock.advance(Duration::from_secs(60));
    }
    // The oldest one is used again.
    chat.clock.advance(DAY);
    assert!(use_device(&chat, &on_device("ann", "d-0")).await.is_some());
    assert_eq!(listed(&chat, "ann").await.len(), limits::DEVICES);
    connect(&chat, "d-1", &on_device("ann", "d-1")).await.unwrap();
    assert!(use_device(&chat, &on_device("ann", "d-20")).await.is_some());
    let devices = listed(&chat, "ann").await;
    assert_eq!((devices.len(), devices.contains(&"d-1".to_owned())), (limits::DEVICES, false), "{devices:?}");
    assert!(!chat.is_connected("d-1").await, "its socket is closed");
    assert_eq!(connect(&chat, "x", &on_device("ann", "d-1")).await, Err(401));
    for device in ["d-0", "d-2", "d-20"] {
        connect(&chat, device, &on_device("ann", device)).await.unwrap();
    }
}

#[tokio::test]
async fn a_cookie_of_an_older_version_is_a_device_once_it_is_used() {
    let chat = TestChat::new().await;
    let (old, registry) = (session("ann", None), chat.device_registry());
    let cookie = chat.sessions.cookie(&old);
    connect(&chat, "a", &old).await.unwrap();
    assert_eq!(listed(&chat, "ann").await, [""; 0]);
    // Two pages at once.
    let [one, other] = [(); 2].map(|()| registry.note_use(&old, &cookie, Some(FIREFOX)));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert_eq!((&one, listed(&chat, "ann").await.len()), (&other, 1));
    let device = one.device.clone().unwrap();
    let shown = registry.list(&person("ann"), Some(&device.id), DAY).await.unwrap();
    assert_eq!((shown[0].since, shown[0].current), (Some(Timestamp(START)), true));
    assert!(use_device(&chat, &on_device("ann", "new")).await.is_some());
    connect(&chat, "n", &on_device("ann", "new")).await.unwrap();
    sign_out(&chat, "n", json!({ "device": device.id.as_str() })).await;
    assert_eq!(connect(&chat, "x", &one).await, Err(401));
    // The cookie itself is the same device, also if the browser did not get the next one.
    let read = chat.sessions.session(Some(&cookie)).await.unwrap();
    assert!(registry.is_signed_out(&read).await.unwrap());
    assert!(chat.is_connected("n").await);
    // Another browser whose cookie is that old stays signed in, until all others are signed out.
    chat.clock.advance(DAY);
    let other = chat.sessions.session(Some(&chat.sessions.cookie(&old))).await.unwrap();
    assert!(!registry.is_signed_out(&other).await.unwrap());
    chat.advance_to_next_minute();
    assert_eq!(sign_out(&chat, "n", json!({ "keep": "new" })).await["type"], "signedOut");
    assert!(registry.is_signed_out(&other).await.unwrap());
}

#[tokio::test]
async fn an_expired_or_forged_cookie_is_no_device() {
    let chat = TestChat::new().await;
    let cookie = chat.sessions.cookie(&on_device("ann", "a-1"));
    let device = chat.sessions.read_cookie(&cookie).await.unwrap().device;
    assert_eq!(device, on_device("ann", "a-1").device);
    let (claims, mac) = cookie.split_once('.').unwrap();
    let other = chat.sessions.cookie(&on_device("ann", "a-2"));
    let (other_claims, _) = other.split_once('.').unwrap();
    for forged in
        [format!("{other_claims}.{mac}"), format!("{claims}."), chat.sessions.ticket(&on_device("ann", "a-1"))]
    {
        assert!(chat.sessions.read_cookie(&forged).await.is_err(), "{forged}");
    }
    chat.clock.advance(limits::DEVICE_LIFE + Duration::from_secs(1));
    assert!(chat.sessions.read_cookie(&cookie).await.is_err());
}

#[tokio::test]
async fn a_renewed_cookie_can_keep_its_end() {
    let chat = TestChat::new().await;
    let cookie = chat.sessions.cookie(&on_device("ann", "a-1"));
    chat.clock.advance(DAY);
    let renewed = chat.sessions.cookie_until(&on_device("ann", "a-2"), &cookie);
    assert_eq!(chat.sessions.read_cookie(&renewed).await, Ok(on_device("ann", "a-2")));
    chat.clock.advance(limits::DEVICE_LIFE - DAY + Duration::from_secs(1));
    assert!(chat.sessions.read_cookie(&renewed).await.is_err());
}

#[tokio::test]
async fn signing_out_on_the_page_ends_the_copies_of_the_cookie() {
    let chat = chat_with_devices().await;
    let registry = chat.device_registry();
    let unlisted = SessionDevice { id: id("unlisted"), since: Timestamp(START - 60_000), used: 1 };
    for session in [on_device("ann", "a-2"), session("ann", Some(unlisted))] {
        assert!(!registry.is_signed_out(&session).await.unwrap());
        registry.sign_out_current(&session).await.unwrap();
        assert!(registry.is_signed_out(&session).await.unwrap());
    }
    assert_eq!(listed(&chat, "ann").await, ["a-1"]);
    assert!(chat.is_connected("a-1").await && !chat.is_connected("a-2").await);
    let before = chat.moderation.sign_outs(&person("ann")).await.unwrap();
    registry.sign_out_current(&on_device("ann", "never-stored")).await.unwrap();
    assert_eq!(chat.moderation.sign_outs(&person("ann")).await.unwrap(), before);
    registry.sign_out_current(&session("bea", None)).await.unwrap();
    assert!(!registry.is_signed_out(&session("bea", None)).await.unwrap(), "an old cookie names no device");
}

#[tokio::test]
async fn erasing_all_data_signs_out_all_other_devices() {
    let chat = chat_with_devices().await;
    sign_out(&chat, "a-1", json!({ "device": "a-2" })).await;
    assert!(use_device(&chat, &on_device("ann", "a-3")).await.is_some());
    connect(&chat, "a-3", &on_device("ann", "a-3")).await.unwrap();
    assert_eq!(chat.erase_data("a-1").await, (0, false));
    assert_eq!(chat.devices.devices(&person("ann"), 9).await.unwrap(), []);
    for device in ["a-2", "a-3", "unlisted"] {
        assert_eq!(connect(&chat, "x", &on_device("ann", device)).await, Err(401), "{device}");
    }
    assert!(chat.is_connected("a-1").await && !chat.is_connected("a-3").await);
    assert_eq!(listed(&chat, "bea").await, ["b-1"]);
    // The device that is left is listed again when it asks for the list, and can sign out others.
    let current = session("ann", Some(SessionDevice { id: id("a-1"), since: Timestamp(START - 60_000), used: 1 }));
    let found = chat.device_registry().list_with_current(&current, Some(FIREFOX), DAY).await.unwrap();
    assert_eq!((found.len(), found[0].current, &found[0].device), (1, true, &id("a-1")));
    chat.advance_to_next_minute();
    assert_eq!(sign_out(&chat, "a-1", json!({ "keep": "a-1" })).await["type"], "signedOut");
}

#[tokio::test]
async fn an_export_has_the_devices_of_its_person() {
    let chat = chat_with_devices().await;
    let ann = chat.connection("a-1").await.person;
    let export = serde_json::to_value(chat.data_export().export(ann, None).await.unwrap()).unwrap();
    let devices = export["devices"].as_array().unwrap();
    assert_eq!((devices.len(), &devices[0]["browser"], &devices[0]["system"]), (2, &json!("Firefox"), &json!("Linux")));
}
