//! Tests of roles: who gives them, what they permit, and how open connections follow them.

use chat::{
    ports::{connections::ConnectionId, moderation::Moderation, system::Clock},
    presence::connect::ConnectRequest,
};
use chat_testing::test_chat::{TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::{Role, RoleEntry};

use super::moderation::{ban, code, moderated_chat, mute};

fn no_code() -> (Value, Value) {
    (Value::Null, Value::Null)
}

fn set_role(person: &str, role: &str) -> Value {
    json!({ "action": "role", "person": person, "role": role })
}

async fn store_role(chat: &TestChat, person: &str, role: Role) {
    let entry = RoleEntry { person: person.parse().unwrap(), name: None, role, configured: false };
    assert!(chat.moderation.set_role(&entry).await.unwrap());
}

/// Opens a chat with the configured moderators `mod` and `other-mod`, and with `own`, `own2` (owners), `rob` (a moderator by role), `ann`
/// and `bea`. Each has a connection of that name in the lobby, except `other-mod`; `mod` has `m`, `ann` has `a` and `a2`, `bea` has `b`.
async fn owned_chat() -> TestChat {
    let chat = moderated_chat().await;
    for (person, role) in [("own", Role::Owner), ("own2", Role::Owner), ("rob", Role::Moderator)] {
        store_role(&chat, person, role).await;
        chat.connect(person, None, Some(&chat.ticket(person)), Some(person)).await.unwrap();
    }
    chat
}

/// What each person may do to each other person. The rows are the actors.
#[tokio::test]
async fn actions_depend_on_the_roles_of_both_people() {
    // Socket, and whether it may act on: an owner, a configured moderator, a moderator by role, a member.
    let table = [
        ("own", [false, false, true, true]),
        ("m", [false, false, true, true]),
        ("rob", [false, false, false, true]),
        ("a", [false, false, false, false]),
    ];
    let targets = ["own2", "other-mod", "robin", "bea"];
    let chat = owned_chat().await;
    store_role(&chat, "robin", Role::Moderator).await;
    for (socket, allowed) in table {
        for (target, allowed) in targets.into_iter().zip(allowed) {
            let clear = json!({ "action": "clear", "person": target });
            for action in [mute(target, 60), mute(target, 0), ban(target, 60), ban(target, 0), clear] {
                let expected = if allowed { no_code() } else { code("notAllowed") };
                assert_eq!(chat.error_for(socket, action.clone()).await, expected, "{socket}: {action}");
            }
        }
        let owns = socket == "own";
        let expected = if owns { no_code() } else { code("notAllowed") };
        assert_eq!(chat.error_for(socket, json!({ "action": "roles" })).await, expected, "{socket}");
        for role in ["moderator", "owner", "member"] {
            assert_eq!(chat.error_for(socket, set_role("cy", role)).await, expected, "{socket}: {role}");
        }
    }
}

#[tokio::test]
async fn a_moderator_by_role_moderates_without_a_new_connection_and_until_the_role_is_taken() {
    let chat = owned_chat().await;
    chat.send_message("b", "one", "n-1").await;
    chat.send_message("b", "two", "n-2").await;
    assert_eq!(chat.error_for("a", json!({ "action": "delete", "seq": 1 })).await, code("notYours"));
    chat.received("a");
    assert_eq!(chat.error_for("own", set_role("ann", "moderator")).await, no_code());
    let told = json!({ "type": "role", "person": "ann", "role": "moderator", "moderator": true });
    for socket in ["a", "a2"] {
        assert!(chat.received(socket).contains(&told), "{socket}");
    }
    assert_eq!(chat.error_for("a", json!({ "action": "delete", "seq": 1 })).await, no_code());
    assert_eq!(chat.error_for("own", set_role("ann", "member")).await, no_code());
    assert_eq!(chat.error_for("a", json!({ "action": "delete", "seq": 2 })).await, code("notYours"));
    // The next connection has the role, too.
    assert_eq!(chat.error_for("own", set_role("ann", "owner")).await, no_code());
    chat.connect("a3", None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap();
    assert_eq!(chat.error_for("a3", json!({ "action": "delete", "seq": 2 })).await, no_code());
    let acts: Vec<Value> = chat.audit().await.into_iter().filter(|entry| entry["act"] == "role").collect();
    let roles: Vec<_> = acts.iter().map(|entry| (entry["name"].as_str(), entry["role"].as_str())).collect();
    let ann = Some("Ann");
    assert_eq!(roles, [(ann, Some("owner")), (ann, Some("member")), (ann, Some("moderator"))]);
}

#[tokio::test]
async fn the_last_owner_cannot_give_up_the_role() {
    let chat = owned_chat().await;
    assert_eq!(chat.error_for("own", set_role("own2", "member")).await, no_code());
    for lower in ["moderator", "member"] {
        assert_eq!(chat.error_for("own", set_role("own", lower)).await, code("lastOwner"), "{lower}");
    }
    assert_eq!(chat.error_for("own2", set_role("own", "member")).await, code("notAllowed"), "no owner any more");
    assert_eq!(chat.error_for("own", set_role("ann", "owner")).await, no_code());
    assert_eq!(chat.error_for("own", set_role("own", "member")).await, no_code());
    assert_eq!(chat.error_for("own", json!({ "action": "roles" })).await, code("notAllowed"));
    assert_eq!(chat.error_for("a", json!({ "action": "roles" })).await, no_code());
}

#[tokio::test]
async fn roles_are_listed_with_owners_first_and_configured_moderators() {
    let chat = owned_chat().await;
    chat.received("own");
    chat.send("own", json!({ "action": "roles" })).await;
    let answer = chat.received("own").pop().unwrap();
    let people = answer["people"].as_array().unwrap().iter();
    let listed: Vec<_> =
        people.map(|entry| (entry["person"].as_str().unwrap(), entry["role"].as_str().unwrap())).collect();
    let expected =
        [("own", "owner"), ("own2", "owner"), ("mod", "member"), ("other-mod", "member"), ("rob", "moderator")];
    assert_eq!(listed, expected);
    assert_eq!(answer["people"][2]["configured"], true);
}

#[tokio::test]
async fn the_number_of_people_with_a_role_is_bounded() {
    let chat = moderated_chat().await;
    store_role(&chat, "own", Role::Owner).await;
    chat.connect("own", None, Some(&chat.ticket("own")), None).await.unwrap();
    for number in 1..shared_types::limits::ROLES {
        store_role(&chat, &format!("p-{number}"), Role::Moderator).await;
    }
    assert_eq!(chat.error_for("own", set_role("ann", "moderator")).await, code("tooMany"));
    assert_eq!(chat.error_for("own", set_role("p-1", "owner")).await, no_code());
    assert_eq!(chat.error_for("own", set_role("p-1", "member")).await, no_code());
    assert_eq!(chat.error_for("own", set_role("ann", "moderator")).await, no_code());
}

#[tokio::test]
async fn a_bad_role_frame_is_refused() {
    let chat = owned_chat().await;
    for fields in
        [json!({}), json!({ "person": "ann" }), json!({ "person": "ann", "role": "king" }), json!({ "role": "owner" })]
    {
        let mut frame = fields;
        frame["action"] = "role".into();
        assert_eq!(chat.error_for("own", frame.clone()).await, code("badField"), "{frame}");
    }
}

#[tokio::test]
async fn a_banned_address_does_not_keep_a_moderator_by_role_out() {
    let chat = owned_chat().await;
    let connect = |socket: &str, who: &str| {
        let (connection, ticket) = (ConnectionId(socket.into()), Some(chat.ticket(who)));
        let address = "203.0.113.7".parse().ok();
        chat.connect_with(ConnectRequest { connection, ticket, address, ..connect_request("") })
    };
    connect("e", "eve").await.unwrap();
    assert_eq!(chat.error_for("m", ban("eve", 600)).await, no_code());
    assert_eq!(connect("n", "nina").await.unwrap_err().status, 403);
    connect("r", "rob").await.unwrap();
    assert!(chat.connection("r").await.person.moderator);
}

#[tokio::test]
async fn owners_see_when_people_with_a_role_last_read_something() {
    let chat = owned_chat().await;
    chat.send_message("b", "one", "n-1").await;
    let read_at = chat.clock.now();
    for person in ["rob", "a"] {
        chat.send(person, json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    }
    chat.clock.advance(std::time::Duration::from_secs(60));
    // What is known already is nothing new.
    chat.send("rob", json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    chat.received("own");
    chat.send("own", json!({ "action": "roles" })).await;
    let roles = chat.received("own").into_iter().find(|frame| frame["type"] == "roles").unwrap();
    assert_eq!(roles["read"], json!([{ "person": "rob", "at": read_at.0 }]), "and nobody without a role");
}
