//! Tests of what a client reports: typing, and whether its page is hidden.

mod chosen_name;
mod entry;
mod throttling;

use shared_types::{AccessMode, ChatMessage, Language, Person, Restrictions, Rev, RoomDetails, RoomName, RoomRules};

use super::*;
use crate::texts::PlainTexts;

pub(super) const HEARTBEAT: u64 = limits::HEARTBEAT.as_millis() as u64;

pub(super) fn me() -> Person {
    Person { id: "me".parse().unwrap(), name: "me".parse().unwrap(), moderator: false, appearance: Default::default() }
}

/// A client with a live socket, whose number is 1, in a room with this number of people.
pub(super) fn client(online: u32) -> Client {
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
        details: RoomDetails::default(),
        restrictions: Restrictions::default(),
        owner: false,
        chat_name: None,
    };
    let (mut client, _) = Client::start(&page, &PlainTexts, 0, || 0);
    client.on_message(0, 1, Some(welcome(online)));
    client.on_message(0, 1, Some(changes()));
    client
}

pub(super) fn welcome(online: u32) -> ServerMessage {
    let (you, room, rules) = (me(), RoomName::lobby(), RoomRules::default());
    ServerMessage::Welcome {
        you,
        room,
        online,
        people: Vec::new(),
        away: Vec::new(),
        rules,
        details: RoomDetails::default(),
        read: None,
        numbered: false,
    }
}

/// A `welcome` that gives the visitor this name.
pub(super) fn welcome_as(given: &str) -> ServerMessage {
    let mut message = welcome(2);
    if let ServerMessage::Welcome { you, .. } = &mut message {
        you.name = given.parse().unwrap();
    }
    message
}

pub(super) fn changes() -> ServerMessage {
    ServerMessage::Changes { messages: Vec::new(), up_to: Rev(0), truncated: false }
}

/// The message with this number.
pub(super) fn message(seq: u64) -> ServerMessage {
    ServerMessage::Message(ChatMessage { author: me(), ..entry::message(seq, "me", "n") })
}

/// The heartbeat with this report.
pub(super) fn heartbeat(hidden: Option<bool>) -> [Effect; 1] {
    [Effect::Send(1, ClientMessage::Changes { after: Rev(0), hidden })]
}

/// Runs the timer for some seconds.
pub(super) fn wait(client: &mut Client, now: &mut u64, seconds: u64) {
    for _ in 0..seconds {
        *now += 1_000;
        client.tick(*now);
    }
}

/// Runs the timer to the next heartbeat, which the server answers.
pub(super) fn next_heartbeat(client: &mut Client, now: &mut u64) -> Vec<Effect> {
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
    // A message ends the typing for the others, so they are told again at once.
    let draft =
        Draft { nonce: "d".parse().unwrap(), text: "hi".parse().ok(), image: None, reply_to: None, thread: None };
    client.post(draft, 108_100);
    assert_eq!(client.typing(108_200), typing);
    assert_eq!(client.typing(108_300), []);
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
        assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(None));
        assert_eq!(now, number * HEARTBEAT);
    }
    assert_eq!(HEARTBEAT, 5 * 60_000);
}

#[test]
fn a_message_postpones_the_heartbeat() {
    let (mut client, mut now) = (client(2), 0);
    wait(&mut client, &mut now, 100);
    client.on_message(now, 1, Some(message(1)));
    let request = ClientMessage::Changes { after: Rev(1), hidden: None };
    assert_eq!(next_heartbeat(&mut client, &mut now), [Effect::Send(1, request)]);
    assert_eq!(now, 100_000 + HEARTBEAT, "a message that was missed after it is found in time");
}

#[test]
fn messages_do_not_postpone_the_report_of_a_hidden_page() {
    let (mut client, mut now) = (client(2), 0);
    client.set_hidden(true);
    wait(&mut client, &mut now, 100);
    client.on_message(now, 1, Some(message(1)));
    let request = ClientMessage::Changes { after: Rev(1), hidden: Some(true) };
    assert_eq!(next_heartbeat(&mut client, &mut now), [Effect::Send(1, request)]);
    assert_eq!(now, HEARTBEAT);
}

#[test]
fn a_hidden_page_reports_it_once_with_its_heartbeat() {
    let (mut client, mut now) = (client(2), 0);
    assert!(client.set_hidden(true), "it was hidden just now");
    assert!(!client.set_hidden(true), "it has been hidden before");
    for hidden in [Some(true), None] {
        assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(hidden));
    }
    client.set_hidden(false);
    assert_eq!(client.wake(now + 1), heartbeat(Some(false)), "shown again");
}

#[test]
fn a_page_that_is_shown_soon_reports_nothing() {
    let mut client = client(2);
    client.set_hidden(true);
    client.set_hidden(false);
    assert_eq!(client.wake(1_000), heartbeat(None));
}

#[test]
fn a_shown_page_reports_it_until_the_presence_arrives() {
    let (mut client, mut now) = (client(2), 0);
    client.set_hidden(true);
    next_heartbeat(&mut client, &mut now);
    client.set_hidden(false);
    client.wake(now);
    client.on_message(now, 1, Some(changes()));
    assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(Some(false)), "the server may have failed to store it");
    client.on_message(now, 1, Some(presence()));
    assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(None));
}

pub(super) fn presence() -> ServerMessage {
    ServerMessage::Presence { online: 2, people: Vec::new(), away: Vec::new() }
}

#[test]
fn presence_that_was_sent_before_the_report_does_not_count() {
    let (mut client, mut now) = (client(2), 0);
    client.set_hidden(true);
    next_heartbeat(&mut client, &mut now);
    client.set_hidden(false);
    client.on_message(now, 1, Some(presence()));
    assert_eq!(client.wake(now), heartbeat(Some(false)), "nothing was reported yet");
    client.on_message(now, 1, Some(presence()));
    client.on_message(now, 1, Some(changes()));
    assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(Some(false)), "it came before the answer");
}

#[test]
fn a_page_that_is_shown_during_a_heartbeat_reports_it_after_the_answer() {
    let (mut client, mut now) = (client(2), 0);
    client.set_hidden(true);
    next_heartbeat(&mut client, &mut now);
    // The next heartbeat is not answered yet.
    wait(&mut client, &mut now, 300);
    client.set_hidden(false);
    assert_eq!(client.wake(now), [], "the server could handle the report before the heartbeat");
    assert_eq!(client.on_message(now, 1, Some(changes())), heartbeat(Some(false)));
    assert_eq!(client.on_message(now, 1, Some(changes())), [], "once");
}

#[test]
fn a_hidden_page_reports_nothing_where_it_saves_nothing() {
    let most = limits::TYPING_CONNECTIONS as u32;
    for (online, hidden) in [(1, None), (2, Some(true)), (most, Some(true)), (most + 1, None)] {
        let (mut client, mut now) = (client(online), 0);
        client.set_hidden(true);
        assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(hidden), "{online} people");
    }
}
