//! Tests of people who lose their membership of a private room while they come into it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chat::{
    access::room_membership::RoomMembership,
    commands::{FrameHandler, FramePorts, FrameRequest},
    ports::{
        Result, Unavailable,
        connections::ConnectionId,
        room_members::{DirectMember, RoomMembers},
    },
    presence::{connect::ConnectRequest, connect_handler::ConnectHandler},
};
use chat_testing::test_chat::{TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::{PersonId, PersonName, RoomMember, RoomName, Seq};
use store_redb::room_members::RedbRoomMembers;

use crate::private_rooms::{add, open, private_room};

/// The members of a room, from which `bea` is removed after this number of checks.
pub(crate) struct Vanishing {
    inner: Arc<RedbRoomMembers>,
    checks_left: AtomicUsize,
    /// Whether the next change of who has left fails.
    fails: AtomicBool,
}

impl Vanishing {
    fn after(checks: usize, chat: &TestChat) -> Arc<Self> {
        Arc::new(Self {
            inner: chat.members.clone(),
            checks_left: AtomicUsize::new(checks),
            fails: AtomicBool::new(false),
        })
    }

    /// Returns a store that removes nobody. Its next call of `set_left` fails.
    pub(crate) fn failing_once(chat: &TestChat) -> Arc<Self> {
        let members = Self::after(usize::MAX, chat);
        members.fails.store(true, Ordering::Relaxed);
        members
    }

    /// Removes her after the last check that she passes, as another process would.
    async fn checked(&self, room: &RoomName) -> Result<()> {
        if self.checks_left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.inner.remove(room, &"bea".parse().unwrap()).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl RoomMembers for Vanishing {
    async fn add(&self, room: &RoomName, member: &RoomMember) -> Result<()> {
        self.inner.add(room, member).await
    }

    async fn add_together(&self, room: &RoomName, members: &[RoomMember]) -> Result<()> {
        self.inner.add_together(room, members).await
    }

    async fn set_name(&self, room: &RoomName, person: &PersonId, name: &PersonName) -> Result<()> {
        self.inner.set_name(room, person, name).await
    }

    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()> {
        self.inner.remove(room, person).await
    }

    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool> {
        let is_member = self.inner.is_member(room, person).await?;
        self.checked(room).await?;
        Ok(is_member)
    }

    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>> {
        let members = self.inner.members(room, limit).await?;
        self.checked(room).await?;
        Ok(members)
    }

    async fn direct_members(&self, room: &RoomName) -> Result<Vec<DirectMember>> {
        self.inner.direct_members(room).await
    }

    async fn set_left(&self, room: &RoomName, person: &PersonId, left: Option<Seq>) -> Result<()> {
        if self.fails.swap(false, Ordering::Relaxed) {
            return Err(Unavailable { doing: "changing a member", cause: "the test says so".into() });
        }
        self.inner.set_left(room, person, left).await
    }

    async fn left_rooms(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        self.inner.left_rooms(person, limit).await
    }

    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        let rooms = self.inner.rooms_of(person, limit).await?;
        if let Some(room) = rooms.first() {
            self.checked(room).await?;
        }
        Ok(rooms)
    }
}

/// Handles a frame with these members.
pub(crate) async fn send(chat: &TestChat, members: Arc<dyn RoomMembers>, window: &str, frame: Value) {
    let request =
        FrameRequest { connection: ConnectionId(window.into()), request_id: "r".into(), body: frame.to_string() };
    FrameHandler::new(FramePorts { members, ..chat.ports() }, chat.settings()).handle(request).await;
}

#[tokio::test]
async fn a_person_who_is_removed_while_they_connect_is_not_let_in() {
    let chat = TestChat::new().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    let mut rule = chat.connect_rule(chat.moderation.clone());
    rule.membership = RoomMembership { members: Vanishing::after(1, &chat) };
    let (ticket, room) = (Some(chat.ticket("bea")), Some(room));
    let refused = ConnectHandler::new(rule).handle(ConnectRequest { room, ticket, ..connect_request("b") }).await;
    assert_eq!(refused.unwrap_err().status, 404);
    assert!(!chat.is_connected("b").await);
}

#[tokio::test]
async fn a_person_who_is_removed_while_they_enter_is_shut_out() {
    let chat = TestChat::new().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", "lobby").await;
    chat.send_message("h", "SECRET", "n1").await;
    send(&chat, Vanishing::after(1, &chat), "b", json!({ "action": "enter", "room": room })).await;
    assert_eq!(chat.received("b"), [] as [Value; 0]);
    assert!(!chat.is_connected("b").await);
}

#[tokio::test]
async fn a_person_who_is_removed_while_they_begin_to_watch_gets_no_news() {
    let chat = TestChat::new().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", "lobby").await;
    chat.send_message("h", "SECRET", "n1").await;
    let frame = json!({ "action": "rooms", "rooms": ["cats", room], "watch": true, "titles": true });
    send(&chat, Vanishing::after(1, &chat), "b", frame).await;
    assert_eq!(chat.received("b"), [json!({ "type": "rooms", "rooms": [] })]);
    chat.send_message("h", "SECRET", "n2").await;
    assert_eq!(chat.received("b"), [] as [Value; 0]);
    open(&chat, "c", "cat", "cats").await;
    chat.send_message("c", "hi", "n1").await;
    assert_eq!(chat.received("b").len(), 1, "she watches the other room");
}

#[tokio::test]
async fn a_person_who_is_being_removed_brings_nobody_in() {
    for (person, checks) in [("bea", 1), ("eve", 1), ("eve", 2)] {
        let chat = TestChat::new().await;
        let room = private_room(&chat).await;
        add(&chat, "h", "bea").await;
        open(&chat, "b", "bea", &room).await;
        let members = Vanishing::after(checks, &chat);
        send(&chat, members.clone(), "b", json!({ "action": "addMember", "person": person })).await;
        let left = members.inner.members(&room.parse().unwrap(), 9).await.unwrap();
        let left: Vec<_> = left.iter().map(|member| member.person.as_str()).collect();
        // With two checks she is removed after the last one, and had the right to bring `eve` in.
        assert_eq!(left, if checks == 2 { vec!["eve", "hana"] } else { vec!["hana"] }, "{person} {checks}");
    }
}
