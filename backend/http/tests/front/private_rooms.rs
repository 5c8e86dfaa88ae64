//! Private rooms, as a browser sees them.

use chat::{
    access::{policy::AccessPolicy, sessions::Session},
    ports::{
        moderation::{Moderation, Subject},
        room_members::RoomMembers,
    },
};
use chat_http::{
    answers::FrontAnswer,
    front::{FrontHandler, FrontRequest, private_image::ImageAccess},
    routes::EXAMPLES,
};
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::{AccessMode, Restrictions, Role, RoleEntry, RoomName, Timestamp};

use crate::front;

/// The address of a private room that does not exist.
const MISSING: &str = "p-zzzzzzzzzzzzzzzzzzzz";

/// Forms that are posted to every path.
const FORMS: [&str; 5] = [
    "",
    "room={room}&to=/r/{room}&token=x&passphrase=x&visitor=x",
    "room={room}&seconds=86400&uses=1&to=/r/{room}",
    "room={room}&list=1",
    "room={room}&revoke=0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
];

async fn chat_with(access: AccessMode) -> TestChat {
    let moderators = vec!["mod".parse().unwrap()];
    TestChat::with_access_policy(match access {
        AccessMode::Passphrase => AccessPolicy::passphrase("open sesame", moderators),
        AccessMode::Open | AccessMode::Oidc => AccessPolicy::open(moderators),
    })
    .await
}

/// Makes a private room of `hana` with a message. Returns its address.
async fn private_room(chat: &TestChat) -> String {
    chat.connect("h", None, Some(&chat.ticket("hana")), Some("Hana")).await.unwrap();
    chat.send("h", json!({ "action": "createRoom", "title": "SECRET title" })).await;
    let room = chat.received("h").pop().unwrap()["room"].as_str().unwrap().to_owned();
    chat.send("h", json!({ "action": "enter", "room": room })).await;
    chat.send_message("h", "SECRET words", "h-1").await;
    room
}

fn request(chat: &TestChat, who: Option<&str>, address: &str, form: Option<String>) -> FrontRequest {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let cookie = who.map(|id| {
        let session = Session { id: id.parse().unwrap(), name: None, moderator: false, device: None };
        format!("guest={}; name={id}", chat.sessions.cookie(&session))
    });
    FrontRequest {
        path: path.into(),
        query: query.into(),
        form,
        host: Some("chat.lan".into()),
        origin: Some("http://chat.lan".into()),
        address: "203.0.113.9".parse().ok(),
        cookie,
        ..FrontRequest::default()
    }
}

async fn ask(
    chat: &TestChat,
    front: &FrontHandler,
    who: Option<&str>,
    address: &str,
    form: Option<&str>,
) -> FrontAnswer {
    front.handle(request(chat, who, address, form.map(str::to_owned))).await
}

/// Returns what an answer says: signed tokens differ from answer to answer.
fn content(answer: &FrontAnswer) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut body = String::new();
    for piece in answer.body.split_inclusive(|c| !is_token(c)) {
        body.push_str(if piece.len() > 24 { "…" } else { piece });
    }
    format!("{} {:?} {} {body}", answer.status, answer.location, answer.set_cookies.len())
}

#[tokio::test]
async fn no_route_shows_a_private_room_to_somebody_who_is_no_member() {
    for access in [AccessMode::Open, AccessMode::Passphrase] {
        let chat = chat_with(access).await;
        let owner = RoleEntry { person: "mod".parse().unwrap(), name: None, role: Role::Owner, configured: false };
        chat.moderation.set_role(&owner).await.unwrap();
        let (room, front) = (private_room(&chat).await, front(&chat));
        for who in [None, Some("eve"), Some("mod")] {
            for example in EXAMPLES {
                for form in [None].into_iter().chain(FORMS.map(Some)) {
                    // Limits of a minute would answer before the route.
                    chat.advance_to_next_minute();
                    let names = example.contains("{room}") || form.is_some_and(|form| form.contains("{room}"));
                    let mut answers = Vec::new();
                    for named in [room.as_str(), MISSING] {
                        let (address, form) =
                            (example.replace("{room}", named), form.map(|form| form.replace("{room}", named)));
                        let answer = ask(&chat, &front, who, &address, form.as_deref()).await;
                        let text = content(&answer);
                        assert!(
                            !text.contains("SECRET") && !text.contains("hana"),
                            "{access:?} {who:?} {address}: {text}"
                        );
                        assert!(names || !text.contains(&room), "{access:?} {who:?} {address}: {text}");
                        answers.push(text.replace(named, "{room}"));
                    }
                    // A page that does not know of the room shows a new guest each time, and a moderator's list grows.
                    let grows = example == "/invitations";
                    assert!(
                        !names || grows || answers[0] == answers[1],
                        "{access:?} {who:?} {example} {form:?}: {answers:?}"
                    );
                }
            }
        }
        let members = chat.members.members(&room.parse().unwrap(), 9).await.unwrap();
        assert_eq!(members.len(), 1, "nobody has come in");
    }
}

#[tokio::test]
async fn a_private_room_is_a_page_for_members_only() {
    let chat = chat_with(AccessMode::Open).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    for path in [format!("/r/{room}"), format!("/state/{room}")] {
        let answer = ask(&chat, &front, Some("hana"), &path, None).await;
        assert!(answer.status == 200 && answer.body.contains("SECRET words"), "{path}: {}", answer.body);
        for (named, who) in [(room.as_str(), Some("eve")), (MISSING, Some("hana")), (room.as_str(), None)] {
            let answer = ask(&chat, &front, who, &path.replace(&room, named), None).await;
            assert_eq!((answer.status, answer.set_cookies.len()), (404, 1), "{path} {who:?}");
        }
    }
    let page = ask(&chat, &front, Some("eve"), &format!("/r/{room}"), None).await;
    assert!(page.body.contains("This room is private or does not exist"), "{}", page.body);
}

#[tokio::test]
async fn an_image_of_a_private_room_is_for_its_members() {
    let chat = chat_with(AccessMode::Open).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    let access =
        async |who: Option<&str>, path: &str| front.image_access(&request(&chat, who, path, None)).await.unwrap();
    let path = format!("/images/hana/{room}/n-1");
    assert!(matches!(access(Some("hana"), &path).await, ImageAccess::Member(key) if key.room.as_str() == room));
    // The other images of the message.
    for number in 1..10 {
        let path = format!("{path}={number}");
        assert!(matches!(access(Some("hana"), &path).await, ImageAccess::Member(_)), "{path}");
        for who in [Some("eve"), Some("mod"), None] {
            assert_eq!(access(who, &path).await, ImageAccess::Missing, "{who:?} {path}");
        }
    }
    for (who, path) in [
        (Some("eve"), path.as_str()),
        (Some("mod"), &path),
        (None, &path),
        (Some("hana"), &path.replace(&room, MISSING)),
        (Some("hana"), &path.to_uppercase()),
        (Some("hana"), &format!("{path}/")),
    ] {
        assert_eq!(access(who, path).await, ImageAccess::Missing, "{who:?} {path}");
    }
    let other = Session { id: "hana".parse().unwrap(), name: None, moderator: false, device: None };
    let forged = FrontRequest {
        cookie: Some(format!("guest={}x", chat.sessions.cookie(&other))),
        ..request(&chat, None, &path, None)
    };
    assert_eq!(front.image_access(&forged).await.unwrap(), ImageAccess::Missing);
    assert!(matches!(access(None, "/images/hana/lobby/n-1").await, ImageAccess::Open(_)));
}

async fn invite(chat: &TestChat, front: &FrontHandler, who: &str, room: &str) -> FrontAnswer {
    ask(chat, front, Some(who), "/room-invitations", Some(&format!("room={room}"))).await
}

fn token(answer: &FrontAnswer) -> String {
    let made: Value = serde_json::from_str(&answer.body).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

async fn is_member(chat: &TestChat, room: &str, person: &str) -> bool {
    chat.members.is_member(&room.parse::<RoomName>().unwrap(), &person.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_invitation_makes_one_person_a_member() {
    let chat = chat_with(AccessMode::Open).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    let made = invite(&chat, &front, "hana", &room).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let form = format!("token={}", token(&made));
    let page = ask(&chat, &front, Some("bea"), "/join", None).await;
    assert!(page.status == 200 && !page.body.contains(&room), "{}", page.body);
    for _ in 0..2 {
        let joined = ask(&chat, &front, Some("bea"), "/join", Some(&form)).await;
        assert_eq!((joined.status, joined.location), (303, Some(format!("/r/{room}#"))), "{}", joined.body);
    }
    assert!(is_member(&chat, &room, "bea").await);
    let late = ask(&chat, &front, Some("eve"), "/join", Some(&form)).await;
    assert!(late.status == 403 && late.body.contains("used up") && !late.body.contains(&room), "{}", late.body);
    assert!(!is_member(&chat, &room, "eve").await);
    // A new visitor of an open chat becomes a guest, and stays the same when the form is sent twice.
    let form = format!("token={}", token(&invite(&chat, &front, "bea", &room).await));
    let joined = ask(&chat, &front, None, "/join", Some(&form)).await;
    assert_eq!((joined.status, joined.set_cookies.len()), (303, 1));
}

#[tokio::test]
async fn an_invitation_to_a_room_waits_until_its_visitor_has_entered_a_closed_chat() {
    let chat = chat_with(AccessMode::Passphrase).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    let token = token(&invite(&chat, &front, "hana", &room).await);
    let form = format!("token={token}");
    let first = ask(&chat, &front, None, "/join", Some(&form)).await;
    assert_eq!((first.status, first.location.as_deref()), (303, Some("/")), "it lets nobody in");
    assert_eq!(first.set_cookies, [format!("join={token}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax")]);
    let with_cookie = async |who: Option<&str>, address: &str, form: Option<&str>| {
        let asked = request(&chat, who, address, form.map(str::to_owned));
        let cookies = asked.cookie.iter().map(String::as_str).chain([first.set_cookies[0].split(';').next().unwrap()]);
        let cookie = Some(cookies.collect::<Vec<_>>().join("; "));
        front.handle(FrontRequest { cookie, ..asked }).await
    };
    for (address, form) in [("/", None), ("/enter", Some("passphrase=wrong"))] {
        let page = with_cookie(None, address, form).await;
        assert!(page.body.contains("You are invited to a room. Please enter the chat first."), "{}", page.body);
        assert!(!page.body.contains(&token) && !page.body.contains(&room), "{}", page.body);
        assert!(page.body.contains("data-path=\"/join\""), "{}", page.body);
    }
    let entered = with_cookie(None, "/enter", Some("passphrase=open+sesame")).await;
    assert_eq!((entered.status, entered.location.as_deref()), (303, Some("/join")));
    let page = with_cookie(Some("bea"), "/join", None).await;
    assert!(page.body.contains(&format!("value=\"{token}\"")), "{}", page.body);
    let joined = with_cookie(Some("bea"), "/join", Some(&form)).await;
    assert_eq!((joined.status, joined.location), (303, Some(format!("/r/{room}#"))), "it took no use before");
    let removed = ["join=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax".to_owned()];
    assert_eq!(joined.set_cookies, removed);
    let late = with_cookie(Some("eve"), "/join", Some(&form)).await;
    assert_eq!((late.status, &late.set_cookies[..]), (403, &removed[..]), "{}", late.body);
}

#[tokio::test]
async fn what_is_no_token_does_not_wait() {
    let chat = chat_with(AccessMode::Passphrase).await;
    let front = front(&chat);
    for token in ["", "a;b", "a%0D%0Ab", "%C3%A9", &"a".repeat(65)] {
        let refused = ask(&chat, &front, None, "/join", Some(&format!("token={token}"))).await;
        assert_eq!((refused.status, refused.set_cookies.len()), (403, 0), "{token}");
    }
    let forged = request(&chat, None, "/", None);
    let page = front.handle(FrontRequest { cookie: Some("join=<b>".into()), ..forged }).await;
    assert!(!page.body.contains("You are invited"), "{}", page.body);
}

#[tokio::test]
async fn forged_expired_and_void_invitations_make_nobody_a_member() {
    let chat = chat_with(AccessMode::Open).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    for who in ["eve", "mod"] {
        for named in [room.as_str(), MISSING, "lobby"] {
            assert_eq!(invite(&chat, &front, who, named).await.status, 403, "{who} {named}");
        }
    }
    assert_eq!(invite(&chat, &front, "hana", "No Room").await.status, 400);
    // A token of another kind, and no token.
    let device = token(&ask(&chat, &front, Some("hana"), "/device-links", Some("")).await);
    for bad in [device.as_str(), "", "x", "AQIDBAUGBwgJCgsMDQ4PEBES"] {
        assert_eq!(ask(&chat, &front, Some("eve"), "/join", Some(&format!("token={bad}"))).await.status, 403, "{bad}");
    }
    // Made by a member who was removed since.
    chat.advance_to_next_minute();
    chat.send("h", json!({ "action": "addMember", "person": "bea" })).await;
    let void = format!("token={}", token(&invite(&chat, &front, "bea", &room).await));
    chat.send("h", json!({ "action": "removeMember", "person": "bea" })).await;
    for who in ["bea", "eve"] {
        assert_eq!(ask(&chat, &front, Some(who), "/join", Some(&void)).await.status, 403, "{who}");
    }
    // A banned person.
    let form = format!("token={}", token(&invite(&chat, &front, "hana", &room).await));
    let banned = Restrictions { banned_until: Some(Timestamp(START * 2)), ..Restrictions::default() };
    chat.moderation.set_restrictions(&Subject::Person("eve".parse().unwrap()), banned).await.unwrap();
    assert_eq!(ask(&chat, &front, Some("eve"), "/join", Some(&form)).await.status, 403);
    // A day later.
    chat.clock.advance(std::time::Duration::from_secs(24 * 60 * 60 + 1));
    let late = ask(&chat, &front, Some("cy"), "/join", Some(&form)).await;
    assert!(late.status == 403 && late.body.contains("expired"), "{}", late.body);
    // A form of another site.
    let foreign = FrontRequest {
        origin: Some("https://evil.example".into()),
        ..request(&chat, Some("hana"), "/room-invitations", Some(format!("room={room}")))
    };
    assert_eq!(front.handle(foreign).await.status, 403);
    for person in ["eve", "bea", "cy", "mod"] {
        assert!(!is_member(&chat, &room, person).await, "{person}");
    }
}

async fn room_invitations(chat: &TestChat, front: &FrontHandler, who: &str, form: &str) -> (u16, Vec<Value>) {
    let answer = ask(chat, front, Some(who), "/room-invitations", Some(form)).await;
    let listed: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    assert!(answer.status != 200 || listed["token"].is_null(), "{listed}");
    (answer.status, listed["invitations"].as_array().cloned().unwrap_or_default())
}

#[tokio::test]
async fn hosts_list_and_revoke_the_invitations_of_their_room() {
    let chat = chat_with(AccessMode::Open).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    chat.send("h", json!({ "action": "addMember", "person": "bea", "name": "Bea" })).await;
    let list = format!("room={room}&list=1");
    assert_eq!(room_invitations(&chat, &front, "hana", &list).await, (200, vec![]));
    let first = token(&invite(&chat, &front, "bea", &room).await);
    chat.clock.advance(std::time::Duration::from_secs(1));
    let second = token(&invite(&chat, &front, "hana", &room).await);
    let (status, listed) = room_invitations(&chat, &front, "hana", &list).await;
    let makers: Vec<&str> = listed.iter().map(|one| one["by"]["id"].as_str().unwrap()).collect();
    assert_eq!((status, makers), (200, vec!["hana", "bea"]));
    assert_eq!((&listed[1]["by"]["name"], &listed[1]["usesLeft"]), (&json!("Bea"), &json!(1)));

    let revoke = format!("room={room}&revoke={}", listed[1]["id"].as_str().unwrap());
    // Members who are no hosts, and people who see nothing of the room.
    for who in ["bea", "eve", "mod"] {
        for named in [room.as_str(), MISSING, "lobby"] {
            for form in [&list, &revoke] {
                let form = form.replace(&room, named);
                assert_eq!(room_invitations(&chat, &front, who, &form).await, (403, vec![]), "{who} {form}");
            }
        }
        chat.advance_to_next_minute();
    }
    let (status, listed) = room_invitations(&chat, &front, "hana", &revoke).await;
    assert_eq!((status, &listed[1]["revoked"], listed[0]["revoked"].is_null()), (200, &json!(true), true));
    assert_eq!(ask(&chat, &front, Some("eve"), "/join", Some(&format!("token={first}"))).await.status, 403);
    assert!(!is_member(&chat, &room, "eve").await);
    assert_eq!(ask(&chat, &front, Some("cy"), "/join", Some(&format!("token={second}"))).await.status, 303);
    // What its maker, who was removed, made is void and is left out.
    chat.send("h", json!({ "action": "removeMember", "person": "bea" })).await;
    let (_, listed) = room_invitations(&chat, &front, "hana", &list).await;
    assert_eq!((listed.len(), &listed[0]["usesLeft"]), (1, &json!(0)));
}

#[tokio::test]
async fn a_host_does_not_revoke_the_invitation_of_another_room() {
    let chat = chat_with(AccessMode::Open).await;
    let (room, front) = (private_room(&chat).await, front(&chat));
    let made = token(&invite(&chat, &front, "hana", &room).await);
    let (_, listed) = room_invitations(&chat, &front, "hana", &format!("room={room}&list=1")).await;
    let id = listed[0]["id"].as_str().unwrap();
    chat.connect("e", None, Some(&chat.ticket("eve")), Some("Eve")).await.unwrap();
    chat.send("e", json!({ "action": "createRoom", "title": "Mine" })).await;
    let own = chat.received("e").pop().unwrap()["room"].as_str().unwrap().to_owned();
    let (status, _) = room_invitations(&chat, &front, "eve", &format!("room={own}&revoke={id}")).await;
    assert_eq!(status, 404);
    assert_eq!(room_invitations(&chat, &front, "hana", &format!("room={room}&revoke=no-id")).await.0, 400);
    assert_eq!(ask(&chat, &front, Some("cy"), "/join", Some(&format!("token={made}"))).await.status, 303);
}

#[tokio::test]
async fn a_direct_message_is_a_page_for_its_people_and_has_no_invitations() {
    let chat = chat_with(AccessMode::Open).await;
    for (window, person) in [("h", "hana"), ("b", "bea")] {
        chat.connect(window, None, Some(&chat.ticket(person)), Some(person)).await.unwrap();
        chat.send(window, json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    }
    chat.send("h", json!({ "action": "direct", "people": [{ "person": "bea", "name": "Bea" }] })).await;
    let room = chat.received("h").pop().unwrap()["room"].as_str().unwrap().to_owned();
    let front = front(&chat);
    for (who, title) in [("hana", "Bea"), ("bea", "hana")] {
        let state = ask(&chat, &front, Some(who), &format!("/state/{room}"), None).await;
        let state: Value = serde_json::from_str(&state.body).unwrap();
        assert_eq!(state["details"], json!({ "title": title }));
        let page = ask(&chat, &front, Some(who), &format!("/r/{room}"), None).await;
        assert!(page.body.contains(&format!("<title>{title} · ")), "{}", page.body);
        let refused = invite(&chat, &front, who, &room).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("start a new one with the people you want"), "{}", refused.body);
    }
    let stranger = invite(&chat, &front, "eve", &room).await;
    let missing = invite(&chat, &front, "eve", MISSING).await;
    assert_eq!((stranger.status, &stranger.body), (missing.status, &missing.body));
    for path in [format!("/r/{room}"), format!("/state/{room}")] {
        assert_eq!(ask(&chat, &front, Some("eve"), &path, None).await.status, 404, "{path}");
    }
}
