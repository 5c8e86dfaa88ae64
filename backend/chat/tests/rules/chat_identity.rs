//! Tests of the name and the icon of the chat: who sets them, what is refused, and where they appear.

use chat::ports::moderation::Moderation;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{ChatIdentity, Role, RoleEntry, limits};

use super::moderation::{code, moderated_chat};

fn name_chat(chat: Value) -> Value {
    json!({ "action": "chat", "chat": chat })
}

/// Opens a moderated chat with two more people in the lobby: `own` is owner, and `rob` is moderator by a stored role.
pub(crate) async fn owned_chat() -> TestChat {
    let chat = moderated_chat().await;
    for (person, role) in [("own", Role::Owner), ("rob", Role::Moderator)] {
        let entry = RoleEntry { person: person.parse().unwrap(), name: None, role, configured: false };
        assert!(chat.moderation.set_role(&entry).await.unwrap());
        chat.connect(person, None, Some(&chat.ticket(person)), Some(person)).await.unwrap();
    }
    chat
}

#[tokio::test]
async fn only_owners_name_the_chat() {
    let chat = owned_chat().await;
    for socket in ["m", "rob", "a"] {
        assert_eq!(chat.error_for(socket, name_chat(json!({ "name": "Mine" }))).await, code("notAllowed"), "{socket}");
    }
    assert_eq!(chat.moderation.identity().await.unwrap(), ChatIdentity::default());
    assert!(chat.moderation.audit(None, 9).await.unwrap().is_empty(), "a refusal is no entry");
    chat.received("own");
    chat.received("a");
    chat.send("own", name_chat(json!({ "name": " Foxes  & \n hounds ", "icon": "❤" }))).await;
    let named = json!({ "name": "Foxes & hounds", "icon": "❤\u{fe0f}" });
    assert!(chat.received("own").contains(&json!({ "type": "chat", "chat": named })), "the canonical emoji");
    assert!(chat.received("a").is_empty(), "others see it with their next page");
    let entries = serde_json::to_value(chat.moderation.audit(None, 9).await.unwrap()).unwrap();
    assert_eq!((&entries[0]["act"], &entries[0]["chat"], &entries[1]), (&json!("chat"), &named, &Value::Null));
    chat.send("own", json!({ "action": "roles" })).await;
    let roles = chat.received("own").into_iter().find(|frame| frame["type"] == "roles").unwrap();
    assert_eq!(roles["chat"], named);
    chat.error_for("own", name_chat(json!({}))).await;
    assert_eq!(chat.moderation.identity().await.unwrap(), ChatIdentity::default());
}

/// Hostile and mistaken names and icons. A refusal changes nothing and closes nothing.
#[tokio::test]
async fn bad_names_and_icons_are_refused() {
    let chat = owned_chat().await;
    let long = "x".repeat(limits::TITLE_CHARS + 1);
    let names = ["", " ", "\u{200b}", "a\u{202e}b", "a\0b", "a\u{1b}[31m", "\u{3164}", "a\u{2066}b", "\u{feff}", &long];
    let icons = [
        "",
        " ",
        "a",
        "1",
        "<b>",
        "👍👍",
        "\u{200d}",
        "\u{202e}👍",
        "👍\u{fe0f}\u{fe0f}",
        "ａ",
        "🀫🀫",
        "\u{1f3fb}\u{200d}",
    ];
    let names = names.into_iter().map(|name| json!({ "name": name }));
    let icons = icons.into_iter().map(|icon| json!({ "icon": icon }));
    let others = [json!({ "name": 7 }), json!({ "icon": ["👍"] }), json!("Foxes"), json!(null)];
    for bad in names.chain(icons).chain(others) {
        assert_eq!(chat.error_for("own", name_chat(bad.clone())).await, code("badField"), "{bad}");
    }
    assert_eq!(chat.error_for("own", json!({ "action": "chat" })).await, code("badField"));
    assert_eq!(chat.moderation.identity().await.unwrap(), ChatIdentity::default());
    for good in
        ["<script>alert(1)</script>", "\"><img src=x>", "{{7*7}}", "'; DROP TABLE chat;--", "🦊 Füchse 狐", "%s%n"]
    {
        assert_eq!(chat.error_for("own", name_chat(json!({ "name": good }))).await.0, Value::Null, "{good}");
        assert_eq!(chat.moderation.identity().await.unwrap().name.unwrap().as_str(), good, "shown as it was typed");
    }
}
