//! Tests of the move of the socket to another room.

use shared_types::{
    AccessMode, ChatMessage, Language, Person, Restrictions, Rev, Role, RoomName, RoomRules, Timestamp,
};

use crate::client::*;
use crate::{texts::PlainTexts, timeline::Draft};

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn person(id: &str) -> Person {
    Person { id: id.parse().unwrap(), name: id.parse().unwrap(), moderator: false, appearance: Default::default() }
}

pub(super) fn message(seq: u64, author: &str, nonce: &str) -> ChatMessage {
    ChatMessage {
        seq: Seq(seq),
        rev: Rev(seq),
        author: person(author),
        nonce: nonce.parse().unwrap(),
        text: "hi".parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: Timestamp(0),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    }
}

fn welcome(to: &str) -> ServerMessage {
    ServerMessage::Welcome {
        you: person("me"),
        room: room(to),
        online: 1,
        people: Vec::new(),
        away: Vec::new(),
        rules: RoomRules::default(),
        details: Default::default(),
        read: None,
        numbered: false,
    }
}

fn changes(messages: Vec<ChatMessage>, up_to: u64) -> ServerMessage {
    ServerMessage::Changes { messages, up_to: Rev(up_to), truncated: false }
}

fn newest_page(messages: Vec<ChatMessage>, up_to: u64) -> ServerMessage {
    ServerMessage::Page { place: None, messages, more: false, newer: false, up_to: Some(Rev(up_to)) }
}

/// The page of the lobby, which has three messages.
pub(super) fn page() -> PageState {
    PageState {
        language: Language::English,
        room: RoomName::lobby(),
        you: person("me"),
        online: 1,
        messages: (1..=3).map(|seq| message(seq, "bob", &format!("l{seq}"))).collect(),
        more: false,
        up_to: Rev(3),
        socket: "/ws".into(),
        ticket: String::new(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        restrictions: Restrictions::default(),
        details: Default::default(),
        owner: false,
        chat_name: None,
    }
}

/// A client, and the room that the server names in its frames.
struct Socket(Client);

impl Socket {
    /// A client with a live socket in the lobby, which has three messages.
    fn live() -> Self {
        let mut socket = Self(Client::start(&page(), &PlainTexts, 0, || 0).0);
        socket.receive(0, None, welcome("lobby"));
        socket.receive(0, Some("lobby"), changes(Vec::new(), 3));
        assert!(socket.0.can_enter());
        socket
    }

    /// A frame arrives that names this room.
    fn receive(&mut self, now: u64, tag: Option<&str>, message: ServerMessage) -> Vec<Effect> {
        let routed = self.0.route(now, 1, tag.map(room).as_ref(), message);
        self.0.on_message(now, 1, routed)
    }

    fn enter(&mut self, now: u64, name: &str) -> Vec<Effect> {
        self.0.enter(&room(name), now).1
    }

    fn post(&mut self, now: u64, nonce: &str) -> Vec<Effect> {
        let draft =
            Draft { nonce: nonce.parse().unwrap(), text: "hi".parse().ok(), image: None, reply_to: None, thread: None };
        self.0.post(draft, now)
    }

    /// The nonces of the rows.
    fn shown(&self) -> String {
        let rows = self.0.timeline().rows(&crate::calendar::Utc::default(), &[]);
        rows.iter().map(|row| row.nonce.as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn asks_for(name: &str, since: Option<u64>) -> Vec<Effect> {
    vec![Effect::Send(1, ClientMessage::Enter { room: room(name), since: since.map(Rev) })]
}

/// The nonces of the sent messages.
fn sent(effects: &[Effect]) -> Vec<&str> {
    let nonce = |effect| match effect {
        &Effect::Send(_, ClientMessage::Send { nonce: Some(ref nonce), .. }) => Some(nonce.as_str()),
        _ => None,
    };
    effects.iter().filter_map(nonce).collect()
}

#[test]
fn a_new_room_is_asked_for_its_newest_page_and_a_kept_one_for_changes() {
    let mut socket = Socket::live();
    assert_eq!(socket.enter(1, "cats"), asks_for("cats", None));
    assert_eq!((socket.shown().as_str(), socket.0.timeline().is_loading_older()), ("", true));
    socket.receive(2, None, welcome("cats"));
    socket.receive(3, Some("cats"), newest_page(vec![message(1, "bob", "c1")], 1));
    assert_eq!((socket.shown().as_str(), socket.0.timeline().is_loading_older()), ("c1", false));
    assert_eq!(socket.enter(4, "lobby"), asks_for("lobby", Some(3)));
    assert_eq!(socket.shown(), "l1 l2 l3", "a kept room is shown at once");
    socket.receive(5, None, welcome("lobby"));
    socket.receive(6, Some("lobby"), changes(vec![message(4, "bob", "l4")], 4));
    assert_eq!(socket.shown(), "l1 l2 l3 l4");
    assert_eq!(socket.enter(7, "cats"), asks_for("cats", Some(1)));
}

#[test]
fn frames_of_another_room_are_not_shown() {
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    let late = |socket: &mut Socket, seq, nonce: &str| {
        socket.receive(seq, Some("lobby"), ServerMessage::Message(message(seq, "bob", nonce)));
    };
    late(&mut socket, 4, "l4");
    socket.receive(2, None, welcome("cats"));
    late(&mut socket, 5, "l5");
    socket.receive(3, Some("lobby"), changes(vec![message(9, "bob", "l9")], 9));
    socket.receive(3, Some("cats"), newest_page(Vec::new(), 0));
    socket.receive(3, Some("cats"), ServerMessage::Message(message(1, "bob", "c1")));
    assert_eq!(socket.shown(), "c1");
    // What arrived late is in its own room, and the room is asked for what is after it.
    assert_eq!(socket.enter(4, "lobby"), asks_for("lobby", Some(5)));
    assert_eq!(socket.shown(), "l1 l2 l3 l4 l5");
}

#[test]
fn answers_about_devices_reach_the_dialog_in_every_room() {
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    let refused = ServerMessage::Error {
        message: String::new(),
        code: ErrorCode::TooFast,
        action: Some(ActionName::Known(Action::SignOut)),
        nonce: None,
        retry_after: None,
    };
    for answer in [ServerMessage::SignedOut { device: None }, refused] {
        assert_eq!(socket.0.route(2, 1, Some(&room("lobby")), answer.clone()), Some(answer));
    }
}

#[test]
fn nothing_is_sent_until_the_server_has_confirmed_the_move() {
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    assert_eq!(socket.post(2, "n1"), []);
    assert_eq!(socket.0.send_query(ClientMessage::People), []);
    assert_eq!(socket.0.tick(1_000), []);
    assert_eq!(sent(&socket.receive(1_001, None, welcome("cats"))), ["n1"]);
}

#[test]
fn a_message_in_flight_is_answered_before_the_socket_moves() {
    let mut socket = Socket::live();
    assert_eq!(sent(&socket.post(1, "n1")), ["n1"]);
    socket.post(1, "n2");
    assert_eq!(socket.enter(2, "cats"), []);
    let acknowledgement = ServerMessage::Message(message(4, "me", "n1"));
    assert_eq!(socket.receive(3, Some("lobby"), acknowledgement), asks_for("cats", None));
    socket.receive(4, None, welcome("cats"));
    socket.receive(4, Some("cats"), newest_page(Vec::new(), 0));
    assert_eq!(socket.shown(), "");
    // The message that was not sent belongs to its room, and goes out there.
    socket.enter(5, "lobby");
    assert_eq!(socket.shown(), "l1 l2 l3 n1 n2");
    assert_eq!(sent(&socket.receive(6, None, welcome("lobby"))), ["n2"]);
}

#[test]
fn an_unanswered_message_delays_the_move_for_two_seconds() {
    let mut socket = Socket::live();
    socket.post(1, "n1");
    assert_eq!(socket.enter(2, "cats"), []);
    assert_eq!(socket.0.tick(1_900), []);
    assert_eq!(socket.0.tick(2_002), asks_for("cats", None));
    socket.receive(2_003, None, welcome("cats"));
    // It is sent again under its nonce when the visitor comes back.
    socket.enter(3_000, "lobby");
    assert_eq!(sent(&socket.receive(3_001, None, welcome("lobby"))), ["n1"]);
}

#[test]
fn the_last_of_several_rooms_is_entered() {
    let mut socket = Socket::live();
    assert_eq!(socket.enter(1, "cats"), asks_for("cats", None));
    assert_eq!(socket.enter(2, "dogs"), []);
    assert_eq!(socket.receive(3, None, welcome("cats")), asks_for("dogs", None));
    assert_eq!(socket.receive(3, Some("cats"), newest_page(vec![message(1, "bob", "c1")], 1)), []);
    assert!(socket.0.is_entering());
    socket.receive(4, None, welcome("dogs"));
    socket.receive(4, Some("dogs"), newest_page(Vec::new(), 0));
    assert_eq!((socket.shown().as_str(), socket.0.is_entering()), ("", false));
    assert_eq!(socket.enter(5, "cats"), asks_for("cats", None), "its page was not for the room that was shown");
}

#[test]
fn a_move_that_is_not_answered_ends_with_a_new_socket() {
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    assert_eq!(socket.0.tick(5_001), [Effect::Close(1)]);
    assert!(!socket.0.is_entering());
}

#[test]
fn a_server_that_cannot_move_the_socket_leads_to_a_page_load() {
    for code in [ErrorCode::UnknownAction, ErrorCode::NotAllowed] {
        let mut socket = Socket::live();
        socket.enter(1, "cats");
        assert_eq!(socket.receive(2, None, refusal(code)), [Effect::LoadPage]);
    }
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    assert_eq!(socket.receive(2, None, refusal(ErrorCode::Unavailable)), [Effect::Close(1)]);
}

fn refusal(code: ErrorCode) -> ServerMessage {
    let (message, action) = (String::new(), Some(Action::Enter.into()));
    ServerMessage::Error { code, message, action, nonce: None, retry_after: None }
}

#[test]
fn a_socket_in_an_unexpected_room_is_replaced() {
    let mut socket = Socket::live();
    let refused = ServerMessage::Error {
        code: ErrorCode::OtherRoom,
        message: String::new(),
        action: Some(Action::Changes.into()),
        nonce: None,
        retry_after: None,
    };
    assert_eq!(socket.receive(1, Some("cats"), refused.clone()), [], "it answers a frame of another room");
    assert_eq!(socket.receive(1, Some("lobby"), refused), [Effect::Close(1)]);
    let mut socket = Socket::live();
    assert_eq!(socket.receive(1, None, welcome("cats")), [Effect::Close(1)]);
}

#[test]
fn an_older_server_that_names_no_rooms_is_not_asked_to_move_a_socket() {
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    socket.receive(2, None, welcome("cats"));
    // It took over after the move: the frame may be of any room.
    assert_eq!(socket.receive(3, None, ServerMessage::Message(message(1, "bob", "x"))), [Effect::Close(1)]);
    assert_eq!(socket.shown(), "");
    let mut fresh = Socket::live();
    fresh.0.tags_rooms = false;
    assert!(!fresh.0.can_enter());
}

#[test]
fn a_name_that_was_chosen_while_the_socket_moves_is_confirmed_in_the_new_room() {
    let mut socket = Socket::live();
    socket.enter(1, "cats");
    assert_eq!(socket.0.rename("Ann".parse().unwrap()), []);
    let effects = socket.receive(2, None, welcome("cats"));
    assert_eq!(effects, [Effect::Send(1, ClientMessage::Rename { name: "Ann".parse().unwrap() })]);
}

#[test]
fn a_role_holds_in_every_room() {
    let mut socket = Socket::live();
    let role = |role: Role| ServerMessage::Role { person: person("me").id, role, moderator: role.moderates() };
    socket.receive(1, None, role(Role::Owner));
    socket.enter(2, "cats");
    assert!(socket.0.timeline().is_owner(), "in a new room");
    socket.receive(3, None, role(Role::Member));
    socket.enter(4, "lobby");
    assert!(!socket.0.timeline().is_owner(), "in a kept room");
}
