//! Golden JSON of the page state.

use serde_json::{Value, json};
use shared_types::{
    AccessMode, Language, PageState, Restrictions, Rev, RoomDetails, RoomRules, Timestamp,
    json::compare::{read_both, write_both},
};

use crate::samples::{ann, message, message_json};

/// Returns page states and their golden JSON. They cover every field (`coverage.rs`).
pub(crate) fn golden() -> Vec<(PageState, Value)> {
    let state = PageState {
        language: Language::English,
        room: "cats".parse().unwrap(),
        you: ann(),
        online: 1,
        messages: vec![message()],
        more: false,
        up_to: Rev(7),
        socket: "/ws".into(),
        ticket: "t".into(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        details: RoomDetails::default(),
        restrictions: Restrictions::default(),
        owner: false,
        chat_name: None,
    };
    let json = json!({
        "language": "en", "room": "cats", "you": { "id": "p1", "name": "Ann" }, "online": 1, "messages": [message_json()],
        "more": false, "upTo": 7, "socket": "/ws", "ticket": "t",
    });
    let changed = |change: fn(&mut PageState), fields: Value| {
        let (mut state, mut json) = (state.clone(), json.clone());
        change(&mut state);
        json.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        (state, json)
    };
    vec![
        changed(|_| (), json!({})),
        changed(|state| state.language = Language::Japanese, json!({ "language": "ja" })),
        changed(|state| state.owner = true, json!({ "owner": true })),
        changed(|state| state.chat_name = "猫 Cats".parse().ok(), json!({ "chat": "猫 Cats" })),
        changed(|state| state.access = AccessMode::Passphrase, json!({ "access": "passphrase" })),
        changed(
            |state| {
                state.access = AccessMode::Oidc;
                state.rules =
                    RoomRules { slow: 0, read_only: true, archived: false, member_pins: false, keep_days: None };
                state.restrictions = Restrictions { muted_until: Some(Timestamp(9)), banned_until: None };
            },
            json!({ "access": "oidc", "rules": { "readOnly": true }, "standing": { "mutedUntil": 9 } }),
        ),
        changed(
            |state| {
                state.rules =
                    RoomRules { slow: 30, read_only: false, archived: false, member_pins: false, keep_days: None };
                state.restrictions = Restrictions { muted_until: None, banned_until: Some(Timestamp(9)) };
            },
            json!({ "rules": { "slow": 30 }, "standing": { "bannedUntil": 9 } }),
        ),
        changed(
            |state| state.details = RoomDetails { title: "猫 Cats".parse().ok(), ..RoomDetails::default() },
            json!({ "details": { "title": "猫 Cats" } }),
        ),
    ]
}

#[test]
fn the_page_state_matches_its_golden_json() {
    for (state, golden) in golden() {
        assert_eq!(serde_json::from_str::<Value>(&write_both(&state)).unwrap(), golden);
        assert_eq!(read_both(&golden.to_string()), Some(state));
    }
}

/// Returns a page state with the default access, which the server does not write, and its JSON.
pub(crate) fn with_open_access() -> (PageState, Value) {
    let (state, mut golden) = golden().remove(0);
    golden["access"] = json!("open");
    (state, golden)
}

#[test]
fn the_default_access_may_be_written() {
    let (state, golden) = with_open_access();
    assert_eq!(read_both(&golden.to_string()), Some(state));
}

#[test]
fn languages_match_their_golden_tags() {
    for (language, golden) in [(Language::English, "en"), (Language::Japanese, "ja")] {
        assert_eq!(serde_json::to_value(language).unwrap(), golden);
        assert_eq!(language.tag(), golden);
    }
}
