//! Tests of what a client sends by itself: typing and heartbeats.

use shared_types::{AccessMode, Language, Person, Restrictions, Rev, RoomName, RoomRules};

use super::*;
use crate::texts::PlainTexts;

const HEARTBEAT: u64 = limits::HEARTBEAT.as_millis() as u64;

fn me() -> Person {
    Person { id: "me".parse().unwrap(), name: "me".parse().unwrap(), moderator: false }
}

/// A client with a live socket, whose number is 1, in a room with this number of people.
fn client(online: u32) -> Client {
    let page = PageState {
        language: Language::English,
        room: RoomName::lobby(),
        you: me(),
        online: 0,
        messages: Vec::new(),
        more: false,
        up_to: Rev(0),
        socket: "/ws".into(),
        ticket: String::new(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        restrictions: Restrictions::default(),
    };
    let (mut client, _) = Client::start(&page, &PlainTexts, 0, || 0);
    client.on_message(0, 1, Some(welcome(online)));
    client.on_message(0, 1, Some(changes()));
    client
}

fn welcome(online: u32) -> ServerMessage {
    let (you, room, rules) = (me(), RoomName::lobby(), RoomRules::default());
    ServerMessage::Welcome { you, room, online, people: Vec::new(), rules }
}

fn changes() -> ServerMessage {
    ServerMessage::Changes { messages: Vec::new(), up_to: Rev(0), truncated: false }
}

/// The heartbeat.
fn heartbeat() -> [Effect; 1] {
    [Effect::Send(1, ClientMessage::Changes { after: Rev(0) })]
}

/// Runs the timer to the next heartbeat, which the server answers.
fn next_heartbeat(client: &mut Client, now: &mut u64) -> Vec<Effect> {
    let mut effects = Vec::new();
    while effects.is_empty() {
        *now += 1_000;
        effects = client.tick(*now);
    }
    client.on_message(*now, 1, Some(changes()));
    effects
}

#[test]
fn typing_is_sent_every_eight_seconds() {
    let mut client = client(2);
    let typing = [Effect::Send(1, ClientMessage::Typing)];
    assert_eq!(client.typing(100_000), typing);
    assert_eq!(client.typing(107_999), []);
    assert_eq!(client.typing(108_000), typing);
}

#[test]
fn typing_is_not_sent_in_a_large_room() {
    let most = limits::TYPING_CONNECTIONS as u32;
    assert_eq!(client(most).typing(100_000).len(), 1);
    assert_eq!(client(most + 1).typing(100_000), []);
}

#[test]
fn the_heartbeat_comes_every_five_minutes() {
    let (mut client, mut now) = (client(2), 0);
    for number in 1..=3 {
        assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat());
        assert_eq!(now, number * HEARTBEAT);
    }
    assert_eq!(HEARTBEAT, 5 * 60_000);
}
