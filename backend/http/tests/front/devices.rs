//! The list of devices, and what a cookie of a signed-out device can do.

use std::time::Duration;

use chat::{
    access::{
        policy::{AccessPolicy, OidcClient},
        sessions::{Session, SessionDevice},
    },
    ports::system::Clock,
};
use chat_http::{
    answers::FrontAnswer,
    front::{FrontHandler, FrontRequest, private_image::ImageAccess},
    routes::EXAMPLES,
};
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::{AccessMode, Appearance, RoomMember, Timestamp, limits};

use crate::front;

const MODES: [AccessMode; 3] = [AccessMode::Open, AccessMode::Passphrase, AccessMode::Oidc];

/// The forms that a replay sends.
const FORMS: [Option<&str>; 5] =
    [None, Some(""), Some("token=x"), Some("room=p-abcdefghijklmnopqrst"), Some("seconds=60&uses=1")];

async fn chat_with(access: AccessMode) -> TestChat {
    let client = OidcClient { issuer: "https://a.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    TestChat::with_access_policy(match access {
        AccessMode::Open => AccessPolicy::open(Vec::new()),
        AccessMode::Passphrase => AccessPolicy::passphrase("open sesame", Vec::new()),
        AccessMode::Oidc => AccessPolicy::oidc(client, Vec::new()),
    })
    .await
}

fn hana(device: &str) -> Session {
    let device = SessionDevice { id: device.parse().unwrap(), since: Timestamp(START - 1_000), used: 0 };
    Session { id: "hana".parse().unwrap(), name: "Hana".parse().ok(), moderator: false, device: Some(device) }
}

fn request(cookie: Option<&str>, address: &str, form: Option<&str>) -> FrontRequest {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    FrontRequest {
        path: path.into(),
        query: query.into(),
        form: form.map(str::to_owned),
        host: Some("chat.lan".into()),
        origin: Some("http://chat.lan".into()),
        address: "203.0.113.9".parse().ok(),
        cookie: cookie.map(|cookie| format!("guest={cookie}")),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".into()),
        ..FrontRequest::default()
    }
}

async fn get(front: &FrontHandler, cookie: Option<&str>, address: &str) -> FrontAnswer {
    front.handle(request(cookie, address, None)).await
}

/// Returns the session cookie that an answer sets.
fn cookie_of(answer: &FrontAnswer) -> Option<String> {
    let set = answer.set_cookies.iter().find_map(|cookie| cookie.strip_prefix("guest="))?;
    Some(set.split(';').next()?.to_owned())
}

async fn devices(front: &FrontHandler, cookie: &str) -> Value {
    let answer = get(front, Some(cookie), "/devices").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str::<Value>(&answer.body).unwrap()["devices"].clone()
}

#[tokio::test]
async fn a_visitor_sees_their_devices() {
    for access in MODES {
        let chat = chat_with(access).await;
        let front = front(&chat);
        let [first, second] = ["d-1", "d-2"].map(|device| chat.sessions.cookie(&hana(device)));
        let page = get(&front, Some(&first), "/").await;
        assert_eq!(page.status, 200, "{access:?}");
        let next = cookie_of(&page).unwrap();
        // The second device has visited no page yet.
        let list = devices(&front, &second).await;
        let (mine, other) = (&list[0], &list[1]);
        assert_eq!((&mine["device"], &mine["current"]), (&json!("d-2"), &json!(true)), "{list}");
        let expected = json!({
            "device": "d-1", "browser": "Firefox", "system": "Linux", "since": START - 1_000, "last": START,
        });
        assert_eq!(other, &expected, "{access:?}");
        // The cookie after the first visit of the day is kept with OpenID Connect, and renewed elsewhere.
        let again = get(&front, Some(&next), "/").await;
        assert_eq!(again.set_cookies.is_empty(), access == AccessMode::Oidc);
        assert_eq!(get(&front, None, "/devices").await.status, 401);
        assert_eq!(get(&front, Some("forged.AAAA"), "/devices").await.status, 401);
    }
}

#[tokio::test]
async fn a_new_guest_is_listed_with_the_second_request() {
    let chat = chat_with(AccessMode::Open).await;
    let front = front(&chat);
    let first = cookie_of(&get(&front, None, "/").await).unwrap();
    let session = chat.sessions.read_cookie(&first).await.unwrap();
    let stored = chat.device_registry().list(&session.id, None, limits::DEVICE_LIFE).await.unwrap();
    assert_eq!(stored, [], "a program that keeps no cookies stores nothing");
    let list = devices(&front, &first).await;
    assert_eq!((list.as_array().unwrap().len(), &list[0]["current"]), (1, &json!(true)));
}

#[tokio::test]
async fn a_cookie_of_a_provider_keeps_its_end() {
    let chat = chat_with(AccessMode::Oidc).await;
    let front = front(&chat);
    let cookie = chat.sessions.cookie(&hana("d-1"));
    let day = Duration::from_secs(24 * 60 * 60);
    chat.clock.advance(day * 29);
    let next = cookie_of(&get(&front, Some(&cookie), "/").await).unwrap();
    assert!(chat.sessions.read_cookie(&next).await.is_ok());
    chat.clock.advance(day + Duration::from_secs(1));
    assert!(chat.sessions.read_cookie(&next).await.is_err(), "at {:?}", chat.clock.now());
}

/// Makes `hana` a member of a private room with a secret title.
async fn private_room(chat: &TestChat) -> String {
    let room = "p-abcdefghijklmnopqrst";
    let member = RoomMember {
        person: "hana".parse().unwrap(),
        name: None,
        host: true,
        since: Timestamp(START),
        appearance: Appearance::NONE,
    };
    use chat::ports::room_members::RoomMembers as _;
    chat.members.add(&room.parse().unwrap(), &member).await.unwrap();
    room.to_owned()
}

#[tokio::test]
async fn a_cookie_of_a_signed_out_device_is_worth_no_more_than_none() {
    for access in MODES {
        let chat = chat_with(access).await;
        let (front, room) = (front(&chat), private_room(&chat).await);
        let [kept, out] = ["kept", "out"].map(|device| chat.sessions.cookie(&hana(device)));
        for cookie in [&kept, &out] {
            devices(&front, cookie).await;
        }
        chat.device_registry().sign_out(&"hana".parse().unwrap(), &"out".parse().unwrap()).await.unwrap();
        // `/sign-out` answers everybody alike, and `/sign-in` asks the provider and reads no session.
        for example in EXAMPLES.iter().filter(|example| !example.starts_with("/sign-")) {
            for form in FORMS {
                // Limits of a minute would answer before the route.
                chat.advance_to_next_minute();
                let address = example.replace("{room}", &room);
                let [replayed, without] =
                    [Some(out.as_str()), None].map(|cookie| front.handle(request(cookie, &address, form)));
                let (replayed, without) = (replayed.await, without.await);
                let context = format!("{access:?} {address} {form:?}");
                // That the device was signed out says nothing about its person.
                let said = |answer: &FrontAnswer| {
                    (answer.status, answer.location.is_some(), cookie_of(answer).is_some(), answer.content_type)
                };
                assert_eq!(said(&replayed), said(&without), "{context}");
                assert!(!replayed.body.to_lowercase().contains("hana"), "{context}: {}", replayed.body);
                if let Some(cookie) = cookie_of(&replayed) {
                    let session = chat.sessions.read_cookie(&cookie).await.unwrap();
                    assert_ne!(session.id.as_str(), "hana", "{context}");
                }
            }
        }
        let image = format!("/images/hana/{room}/n-1");
        let image_access = async |cookie: &str| front.image_access(&request(Some(cookie), &image, None)).await.unwrap();
        assert_eq!(image_access(&out).await, ImageAccess::Missing);
        assert!(matches!(image_access(&kept).await, ImageAccess::Member(_)));
        assert_eq!(get(&front, Some(&kept), &format!("/r/{room}")).await.status, 200, "{access:?}");
        assert_eq!(devices(&front, &kept).await.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_new_guest_of_a_signed_out_device_is_told_and_has_another_name() {
    let chat = chat_with(AccessMode::Open).await;
    let front = front(&chat);
    let [kept, out] = ["kept", "out"].map(|device| {
        let session = Session { name: None, ..hana(device) };
        chat.sessions.cookie(&session)
    });
    for cookie in [&kept, &out] {
        devices(&front, cookie).await;
    }
    chat.device_registry().sign_out(&"hana".parse().unwrap(), &"out".parse().unwrap()).await.unwrap();
    let with_name = |cookie: &str, address: &str| FrontRequest {
        cookie: Some(format!("guest={cookie}; name=Hana")),
        ..request(None, address, None)
    };
    for (cookie, is_out) in [(kept.as_str(), false), ("forged.AAAA", false), (out.as_str(), true)] {
        for address in ["/", "/state/lobby", "/r/p-abcdefghijklmnopqrst", "/state/p-abcdefghijklmnopqrst", "/admin"] {
            let answer = front.handle(with_name(cookie, address)).await;
            let guest = chat.sessions.read_cookie(&cookie_of(&answer).unwrap()).await.unwrap().id;
            let further: Vec<&str> = answer.set_cookies[1..].iter().map(String::as_str).collect();
            let told = format!("signed-out={guest}; Path=/; Max-Age=86400; SameSite=Lax");
            let expected = ["name=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", told.as_str()];
            assert_eq!(further, if is_out { expected.to_vec() } else { Vec::new() }, "{address}");
            if address == "/state/lobby" {
                let state: Value = serde_json::from_str(&answer.body).unwrap();
                assert_eq!(state["you"]["name"] == "Hana", !is_out, "{state}");
            }
        }
    }
}

#[tokio::test]
async fn the_sign_in_page_of_a_signed_out_device_says_so_and_removes_the_name() {
    for access in [AccessMode::Passphrase, AccessMode::Oidc] {
        let chat = chat_with(access).await;
        let front = front(&chat);
        let out = chat.sessions.cookie(&hana("out"));
        devices(&front, &out).await;
        chat.device_registry().sign_out(&"hana".parse().unwrap(), &"out".parse().unwrap()).await.unwrap();
        for address in ["/", "/r/p-abcdefghijklmnopqrst", "/admin"] {
            for (cookie, is_out) in [(Some(out.as_str()), true), (Some("forged.AAAA"), false), (None, false)] {
                let answer = get(&front, cookie, address).await;
                let context = format!("{access:?} {address} {cookie:?}");
                assert_eq!(answer.body.contains("This device was signed out from another one."), is_out, "{context}");
                let removed: &[&str] = if is_out { &["name=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"] } else { &[] };
                assert_eq!(answer.set_cookies, removed, "{context}");
            }
        }
    }
}

#[tokio::test]
async fn signing_out_ends_all_copies_of_the_cookie() {
    for access in MODES {
        let chat = chat_with(access).await;
        let front = front(&chat);
        let cookie = chat.sessions.cookie(&hana("d-1"));
        devices(&front, &cookie).await;
        let foreign = FrontRequest {
            origin: Some("https://evil.example".into()),
            ..request(Some(&cookie), "/sign-out", Some(""))
        };
        assert_eq!(front.handle(foreign).await.status, 403);
        devices(&front, &cookie).await;
        let (ticket, other) = (chat.sessions.ticket(&hana("d-1")), chat.sessions.ticket(&hana("d-2")));
        for (socket, ticket) in [("copy", &ticket), ("other", &other)] {
            chat.connect(socket, None, Some(ticket), None).await.unwrap();
        }
        let answer = front.handle(request(Some(&cookie), "/sign-out", Some(""))).await;
        assert!(!chat.is_connected("copy").await && chat.is_connected("other").await, "{access:?}");
        assert_eq!((answer.status, answer.set_cookies.len()), (303, 2));
        assert_eq!(get(&front, Some(&cookie), "/devices").await.status, 401, "{access:?}");
        // It can be repeated.
        assert_eq!(front.handle(request(Some(&cookie), "/sign-out", Some(""))).await.status, 303);
    }
}
