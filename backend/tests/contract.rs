//! The contract of the ports: one suite, run against every implementation.
//!
//! The embedded store needs nothing. DynamoDB is asked at `CONTRACT_AWS_ENDPOINT`; `cargo xtask test` starts a stand-in
//! and sets it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use backend::ports::{
    AddressKey, Admission, Allowance, Applied, Claim, Connection, ConnectionId, Connections, Identity, Images, Keys,
    Limiter, Mark, Messages, Moderation, Places, Secrets, Stored, Subject, Taken, Upload,
};
use futures::future::join_all;
use shared_types::{
    Act, AuditEntry, ChatMessage, ImageType, Person, Quote, Reaction, Rev, RoomName, RoomRules, Seq, Standing,
    Timestamp,
};

#[cfg(feature = "aws")]
#[path = "contract/aws.rs"]
mod aws;
#[cfg(feature = "embedded")]
#[path = "contract/embedded.rs"]
mod embedded;
#[path = "support/memory.rs"]
mod memory;

/// One home's adapters, empty.
pub(crate) struct World {
    pub(crate) connections: Arc<dyn Connections>,
    pub(crate) messages: Arc<dyn Messages>,
    pub(crate) moderation: Arc<dyn Moderation>,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) images: Arc<dyn Images>,
    pub(crate) limiter: Arc<dyn Limiter>,
    pub(crate) browser: Arc<dyn Browser>,
    /// What has to live as long as the world: a directory, say.
    pub(crate) _keep: Box<dyn std::any::Any + Send + Sync>,
}

/// Somebody who was given an address.
#[async_trait]
pub(crate) trait Browser: Send + Sync {
    /// Puts bytes there; answers whether they were taken in.
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool;
}

macro_rules! contract {
    ($($case:ident)*) => {
        #[cfg(feature = "embedded")]
        mod on_the_embedded_store {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(super::embedded::world().await).await;
            })*
        }

        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(super::in_memory()).await;
            })*
        }

        #[cfg(feature = "aws")]
        mod on_dynamodb {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(super::aws::world().await).await;
            })*
        }
    };
}

contract! {
    a_connection_is_found_by_its_name_and_in_its_room
    a_connection_nobody_knows_is_not_found
    a_renamed_person_is_renamed_everywhere
    a_removed_connection_gives_its_place_back_once
    the_limit_is_exact_when_fifty_knock_at_once
    of_fifty_at_once_from_one_address_as_many_get_in_as_it_may_have
    whoever_is_in_from_an_address_goes_and_the_next_gets_in_once
    without_an_address_or_a_limit_for_it_all_places_are_open
    the_count_is_corrected_only_if_nobody_moved
    revisions_go_up_by_one_in_each_room
    no_revision_is_given_out_twice
    the_first_claim_holds
    of_many_claims_at_once_one_holds
    a_claim_is_replaced_only_by_who_saw_it
    identities_differ_by_room_author_and_nonce
    claims_are_listed_by_author_in_the_order_of_rooms_and_nonces
    a_claim_that_was_given_up_holds_and_is_not_listed
    a_claim_that_was_given_up_and_is_claimed_anew_is_its_author_s_again
    what_was_given_up_does_not_stand_before_what_is_left
    a_message_is_stored_once_and_stays_as_it_was
    a_moderator_s_message_says_so_and_goes_on_saying_so
    a_page_ends_before_its_mark_and_is_in_order
    what_was_born_after_a_revision_begins_after_it
    a_message_is_replaced_only_by_who_saw_it
    marks_are_found_after_a_revision_and_from_the_newest
    a_room_hears_nothing_of_its_neighbours
    a_standing_is_of_a_person_or_an_address_and_can_be_taken_back
    the_addresses_banned_with_a_person_are_remembered
    rules_are_a_room_s_own
    what_was_done_is_read_newest_first_and_none_of_one_moment_is_left_out
    the_first_secret_is_kept
    a_secret_is_replaced_once_and_the_one_before_it_is_remembered
    an_upload_is_found_as_it_was_put
    an_address_is_for_its_bytes_type_and_message_only
    only_what_was_looked_at_is_kept
    a_discarded_upload_is_gone
    a_removed_image_is_gone
    the_sweep_takes_old_uploads_and_nothing_that_is_kept
    of_fifty_at_once_just_as_many_as_are_allowed_get_through
    a_burst_is_over_sooner_than_what_is_sustained
    whoever_waits_as_long_as_they_were_told_gets_through_and_not_a_millisecond_sooner
    keys_are_counted_apart
    of_ten_uses_at_once_one_is_the_first
    a_turn_is_one_holder_s_until_it_is_over_and_they_may_ask_again
    of_ten_who_want_a_turn_at_once_one_has_it
    a_claim_that_was_given_up_and_made_anew_is_listed_again
}

/// What the simulation stands on.
fn in_memory() -> World {
    let images = Arc::new(memory::MemoryImages::default());
    World {
        connections: Arc::new(memory::MemoryConnections::default()),
        messages: Arc::new(memory::MemoryMessages::default()),
        moderation: Arc::new(memory::MemoryModeration::default()),
        secrets: Arc::new(memory::MemorySecrets::default()),
        images: images.clone(),
        limiter: Arc::new(memory::MemoryLimiter::default()),
        browser: images,
        _keep: Box::new(()),
    }
}

#[async_trait]
impl Browser for memory::MemoryImages {
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        self.take_in(address, media_type, bytes)
    }
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn connection(id: &str, in_room: &str) -> Connection {
    Connection {
        id: ConnectionId(id.into()),
        room: room(in_room),
        person: Person {
            id: format!("p-{id}").parse().unwrap(),
            name: "Ann 生".parse().unwrap(),
            moderator: id == "c2",
        },
        address: (id == "c1").then(|| AddressKey("a-1".into())),
        opened_at: now(),
    }
}

fn connection_from(address: &str, id: &str) -> Connection {
    Connection { address: Some(AddressKey(address.into())), ..connection(id, "lobby") }
}

/// So many in all.
fn places(all: u32) -> Places {
    Places { all, per_address: None }
}

fn now() -> Timestamp {
    use backend::ports::Clock;
    Timestamp(backend::outbound::system::SystemClock.now().0)
}

fn message(seq: u64, text: &str) -> ChatMessage {
    ChatMessage {
        seq: Seq(seq),
        rev: Rev(seq),
        author: Person { id: "ann".parse().unwrap(), name: "Ann".parse().unwrap(), moderator: false },
        nonce: format!("n-{seq}").parse().unwrap(),
        text: text.parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: now(),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
    }
}

fn identity(in_room: &str, author: &str, nonce: &str) -> Identity {
    Identity { room: room(in_room), author: author.parse().unwrap(), nonce: nonce.parse().unwrap() }
}

fn claim(rev: u64) -> Claim {
    Claim { rev: Rev(rev), at: Timestamp(now().0 + rev) }
}

fn sorted(mut connections: Vec<Connection>) -> Vec<Connection> {
    connections.sort_by(|a, b| a.id.cmp(&b.id));
    connections
}

async fn admitted(world: &World, ids: &[(&str, &str)]) -> Vec<Connection> {
    let connections: Vec<_> = ids.iter().map(|(id, room)| connection(id, room)).collect();
    for connection in &connections {
        assert_eq!(world.connections.admit(connection, places(100)).await.unwrap(), Admission::Admitted);
    }
    connections
}

async fn stored(world: &World, in_room: &str, seqs: impl IntoIterator<Item = u64>) {
    for seq in seqs {
        let message = message(seq, &format!("{in_room} {seq}"));
        world.messages.put(&room(in_room), &message).await.unwrap();
    }
}

fn seqs(messages: &[ChatMessage]) -> Vec<u64> {
    messages.iter().map(|message| message.seq.0).collect()
}

async fn a_connection_is_found_by_its_name_and_in_its_room(world: World) {
    let known = admitted(&world, &[("c1", "lobby"), ("c2", "lobby"), ("c3", "cats")]).await;
    assert_eq!(world.connections.find(&known[0].id).await.unwrap().as_ref(), Some(&known[0]));
    assert_eq!(sorted(world.connections.in_room(&room("lobby")).await.unwrap()), known[..2]);
    assert_eq!(world.connections.in_room(&room("cats")).await.unwrap(), known[2..]);
    assert_eq!(sorted(world.connections.all().await.unwrap()), known);
    assert_eq!(world.connections.count().await.unwrap(), 3);
}

async fn a_connection_nobody_knows_is_not_found(world: World) {
    let stranger = ConnectionId("stranger".into());
    assert_eq!(world.connections.find(&stranger).await.unwrap(), None);
    assert_eq!(world.connections.rename(&stranger, &"Eve".parse().unwrap()).await.unwrap(), None);
    assert_eq!(world.connections.remove(&stranger).await.unwrap(), None);
    assert_eq!(world.connections.in_room(&room("lobby")).await.unwrap(), []);
    assert_eq!(world.connections.count().await.unwrap(), 0);
}

async fn a_renamed_person_is_renamed_everywhere(world: World) {
    let known = admitted(&world, &[("c1", "lobby"), ("c2", "lobby")]).await;
    let mut expected = known.clone();
    expected[0].person.name = "Bea".parse().unwrap();
    let renamed = world.connections.rename(&known[0].id, &"Bea".parse().unwrap()).await.unwrap();
    assert_eq!(renamed.as_ref(), Some(&expected[0]));
    assert_eq!(world.connections.find(&known[0].id).await.unwrap().as_ref(), Some(&expected[0]));
    assert_eq!(sorted(world.connections.in_room(&room("lobby")).await.unwrap()), expected);
}

async fn a_removed_connection_gives_its_place_back_once(world: World) {
    let known = admitted(&world, &[("c1", "lobby"), ("c2", "lobby")]).await;
    assert_eq!(world.connections.remove(&known[0].id).await.unwrap().as_ref(), Some(&known[0]));
    assert_eq!(world.connections.remove(&known[0].id).await.unwrap(), None);
    assert_eq!(world.connections.count().await.unwrap(), 1);
    assert_eq!(world.connections.find(&known[0].id).await.unwrap(), None);
    assert_eq!(world.connections.in_room(&room("lobby")).await.unwrap(), known[1..]);
}

async fn the_limit_is_exact_when_fifty_knock_at_once(world: World) {
    let knocking: Vec<_> = (0..50).map(|n| connection(&format!("c{n}"), "lobby")).collect();
    let answers = join_all(knocking.iter().map(|knock| world.connections.admit(knock, places(20)))).await;
    let admitted = answers.into_iter().filter(|answer| matches!(answer, Ok(Admission::Admitted))).count();
    assert_eq!(admitted, 20);
    assert_eq!(world.connections.count().await.unwrap(), 20);
    assert_eq!(world.connections.in_room(&room("lobby")).await.unwrap().len(), 20);

    let leaving = world.connections.all().await.unwrap().swap_remove(0);
    world.connections.remove(&leaving.id).await.unwrap();
    let next = connection("next", "lobby");
    assert_eq!(world.connections.admit(&next, places(20)).await.unwrap(), Admission::Admitted);
    assert_eq!(world.connections.admit(&connection("late", "lobby"), places(20)).await.unwrap(), Admission::Full);
    assert_eq!(world.connections.find(&ConnectionId("late".into())).await.unwrap(), None);
}

async fn of_fifty_at_once_from_one_address_as_many_get_in_as_it_may_have(world: World) {
    let places = Places { all: 60, per_address: Some(10) };
    let knocking: Vec<_> = (0..50).map(|n| connection_from("a", &format!("c{n}"))).collect();
    let answers = join_all(knocking.iter().map(|knock| world.connections.admit(knock, places))).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let counted = |admission| answers.iter().filter(|answer| **answer == admission).count();
    assert_eq!((counted(Admission::Admitted), counted(Admission::Crowded)), (10, 40));
    assert_eq!(world.connections.in_room(&room("lobby")).await.unwrap().len(), 10);
    assert_eq!(world.connections.count().await.unwrap(), 10, "who was refused holds no place of all");
    for other in [connection_from("b", "other"), connection("nowhere", "lobby")] {
        assert_eq!(world.connections.admit(&other, places).await.unwrap(), Admission::Admitted, "{other:?}");
    }
    let full = Places { all: 12, ..places };
    assert_eq!(world.connections.admit(&connection_from("a", "late"), full).await.unwrap(), Admission::Full);
}

async fn whoever_is_in_from_an_address_goes_and_the_next_gets_in_once(world: World) {
    let places = Places { all: 9, per_address: Some(2) };
    let admit = async |address, id: &str| world.connections.admit(&connection_from(address, id), places).await.unwrap();
    for id in ["c1", "c2"] {
        assert_eq!(admit("a", id).await, Admission::Admitted);
    }
    assert_eq!(admit("a", "c3").await, Admission::Crowded);
    assert_eq!(world.connections.find(&ConnectionId("c3".into())).await.unwrap(), None);
    for _ in 0..3 {
        world.connections.remove(&ConnectionId("c1".into())).await.unwrap();
    }
    assert_eq!(admit("a", "c4").await, Admission::Admitted);
    assert_eq!(admit("a", "c5").await, Admission::Crowded);
    // Whom all places are taken from takes none of its address.
    let full = Places { all: 2, ..places };
    assert_eq!(world.connections.admit(&connection_from("b", "c6"), full).await.unwrap(), Admission::Full);
    for (id, admission) in [("c7", Admission::Admitted), ("c8", Admission::Admitted), ("c9", Admission::Crowded)] {
        assert_eq!(admit("b", id).await, admission, "{id}");
    }
}

async fn without_an_address_or_a_limit_for_it_all_places_are_open(world: World) {
    let limited = Places { all: 9, per_address: Some(1) };
    for id in ["n1", "n2"] {
        assert_eq!(world.connections.admit(&connection(id, "lobby"), limited).await.unwrap(), Admission::Admitted);
    }
    for id in ["c1", "c2", "c3"] {
        let knock = connection_from("a", id);
        assert_eq!(world.connections.admit(&knock, places(9)).await.unwrap(), Admission::Admitted, "{id}");
    }
    assert_eq!(world.connections.count().await.unwrap(), 5);
}

async fn the_count_is_corrected_only_if_nobody_moved(world: World) {
    admitted(&world, &[("c1", "lobby"), ("c2", "lobby")]).await;
    assert!(!world.connections.correct_count(7, 2).await.unwrap());
    assert!(world.connections.correct_count(2, 2).await.unwrap());
    assert_eq!(world.connections.count().await.unwrap(), 2);
}

async fn revisions_go_up_by_one_in_each_room(world: World) {
    for expected in 1..=3 {
        assert_eq!(world.messages.next_rev(&room("lobby")).await.unwrap(), Rev(expected));
    }
    assert_eq!(world.messages.next_rev(&room("cats")).await.unwrap(), Rev(1));
}

async fn no_revision_is_given_out_twice(world: World) {
    let lobby = room("lobby");
    let taken = join_all((0..50).map(|_| world.messages.next_rev(&lobby))).await;
    let mut taken: Vec<u64> = taken.into_iter().map(|rev| rev.unwrap().0).collect();
    taken.sort_unstable();
    assert_eq!(taken, (1..=50).collect::<Vec<_>>());
}

async fn the_first_claim_holds(world: World) {
    let identity = identity("lobby", "ann", "n");
    let first = claim(1);
    assert_eq!(world.messages.claim(&identity, first).await.unwrap(), first);
    assert_eq!(world.messages.claim(&identity, claim(2)).await.unwrap(), first);
}

async fn of_many_claims_at_once_one_holds(world: World) {
    let identity = identity("lobby", "ann", "n");
    let held = join_all((1..=20).map(|rev| world.messages.claim(&identity, claim(rev)))).await;
    let held: Vec<Claim> = held.into_iter().map(Result::unwrap).collect();
    assert!(held.iter().all(|claim| *claim == held[0]), "{held:?}");
}

async fn a_claim_is_replaced_only_by_who_saw_it(world: World) {
    let identity = identity("lobby", "ann", "n");
    let first = world.messages.claim(&identity, claim(1)).await.unwrap();
    let (second, third) = (claim(2), claim(3));
    assert_eq!(world.messages.reclaim(&identity, first, second).await.unwrap(), second);
    assert_eq!(world.messages.reclaim(&identity, first, third).await.unwrap(), second);
    assert_eq!(world.messages.claim(&identity, third).await.unwrap(), second);
}

async fn identities_differ_by_room_author_and_nonce(world: World) {
    let identities = [
        identity("lobby", "ann", "n"),
        identity("cats", "ann", "n"),
        identity("lobby", "bea", "n"),
        identity("lobby", "ann", "m"),
        identity("lobby", "ann-n", "n"),
    ];
    for (rev, identity) in (1..).zip(&identities) {
        let claim = claim(rev);
        assert_eq!(world.messages.claim(identity, claim).await.unwrap(), claim, "{identity:?}");
    }
}

async fn a_message_is_stored_once_and_stays_as_it_was(world: World) {
    let lobby = room("lobby");
    let first = message(1, "  let x = \"1\";\n\u{1f600} 日本語");
    assert_eq!(world.messages.at(&lobby, Seq(1)).await.unwrap(), None);
    assert_eq!(world.messages.put(&lobby, &first).await.unwrap(), first);
    assert_eq!(world.messages.put(&lobby, &message(1, "another")).await.unwrap(), first);
    assert_eq!(world.messages.at(&lobby, Seq(1)).await.unwrap(), Some(Stored { message: first, applied: Vec::new() }));
}

async fn a_moderator_s_message_says_so_and_goes_on_saying_so(world: World) {
    let lobby = room("lobby");
    let mut said = message(1, "order, please");
    said.author.moderator = true;
    assert_eq!(world.messages.put(&lobby, &said).await.unwrap(), said);
    assert_eq!(world.messages.put(&lobby, &said).await.unwrap(), said, "a retry is answered with what is stored");
    assert_eq!(world.messages.before(&lobby, None, 1).await.unwrap(), std::slice::from_ref(&said));
    let edited = ChatMessage { rev: Rev(2), edited_at: Some(now()), ..said };
    let changed = Stored { message: edited, applied: Vec::new() };
    assert!(world.messages.replace(&lobby, Rev(1), &changed).await.unwrap());
    assert_eq!(world.messages.at(&lobby, Seq(1)).await.unwrap(), Some(changed));
}

async fn a_page_ends_before_its_mark_and_is_in_order(world: World) {
    // Stored out of order and with a hole, across a digit boundary.
    stored(&world, "lobby", [12, 3, 9, 10, 2, 1]).await;
    for (before, limit, expected) in [
        (None, 10, &[1, 2, 3, 9, 10, 12][..]),
        (None, 2, &[10, 12]),
        (Some(12), 2, &[9, 10]),
        (Some(10), 3, &[2, 3, 9]),
        (Some(5), 1, &[3]),
        (Some(1), 5, &[]),
        (Some(0), 5, &[]),
        (Some(u64::MAX), 1, &[12]),
    ] {
        let page = world.messages.before(&room("lobby"), before.map(Seq), limit).await.unwrap();
        assert_eq!(seqs(&page), expected, "{limit} before {before:?}");
    }
}

async fn what_was_born_after_a_revision_begins_after_it(world: World) {
    stored(&world, "lobby", [12, 3, 9, 10, 2, 1]).await;
    for (after, limit, expected) in [
        (0, 10, &[1, 2, 3, 9, 10, 12][..]),
        (0, 2, &[1, 2]),
        (3, 10, &[9, 10, 12]),
        (5, 1, &[9]),
        (12, 10, &[]),
        (u64::MAX, 10, &[]),
    ] {
        let changes = world.messages.born_after(&room("lobby"), Rev(after), limit).await.unwrap();
        assert_eq!(seqs(&changes), expected, "{limit} after {after}");
    }
}

async fn a_message_is_replaced_only_by_who_saw_it(world: World) {
    let lobby = room("lobby");
    let born = message(3, "hi");
    world.messages.put(&lobby, &born).await.unwrap();
    let at = async |seq| world.messages.at(&lobby, Seq(seq)).await.unwrap();
    let unchanged = Stored { message: born.clone(), applied: Vec::new() };
    let changed = Stored {
        message: ChatMessage {
            rev: Rev(7),
            text: None,
            reply_to: Some(Quote { seq: Seq(1), author: born.author.clone() }),
            mentions: vec![born.author.clone()],
            edited_at: Some(now()),
            deleted: true,
            reactions: vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![born.author.clone()] }],
            ..born.clone()
        },
        applied: vec![Applied { by: born.author.id.clone(), nonce: born.nonce.clone(), at: now() }],
    };
    assert!(!world.messages.replace(&lobby, Rev(2), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&unchanged));
    assert!(world.messages.replace(&lobby, Rev(3), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&changed));
    assert_eq!(world.messages.before(&lobby, None, 9).await.unwrap(), std::slice::from_ref(&changed.message));
    let as_of = |rev| Stored { message: ChatMessage { rev: Rev(rev), ..born.clone() }, applied: Vec::new() };
    assert!(!world.messages.replace(&lobby, Rev(3), &as_of(8)).await.unwrap(), "somebody was faster");
    assert_eq!(
        world.messages.put(&lobby, &born).await.unwrap(),
        changed.message,
        "a retry of the send changes nothing"
    );
    let never_said = Stored { message: message(4, "never said"), applied: Vec::new() };
    assert!(!world.messages.replace(&lobby, Rev(4), &never_said).await.unwrap());
    assert_eq!(at(4).await, None);
    // Of many who saw the same, one is first.
    let tries = (9..29).map(|rev| {
        let (messages, lobby, mine) = (world.messages.clone(), lobby.clone(), as_of(rev));
        async move { messages.replace(&lobby, Rev(7), &mine).await.unwrap() }
    });
    assert_eq!(join_all(tries).await.into_iter().filter(|first| *first).count(), 1);
}

async fn marks_are_found_after_a_revision_and_from_the_newest(world: World) {
    let (lobby, at) = (room("lobby"), now());
    let mark = |rev: u64, seq: Option<u64>| Mark { rev: Rev(rev), at, seq: seq.map(Seq) };
    let marks = [mark(2, Some(1)), mark(5, None), mark(9, Some(1)), mark(10, Some(4)), mark(12, None)];
    stored(&world, "lobby", [1, 3, 4]).await;
    assert_eq!(world.messages.marks_after(&lobby, Rev(0), 10).await.unwrap(), []);
    for place in [3, 0, 4, 2, 1] {
        world.messages.mark(&lobby, marks[place]).await.unwrap();
        world.messages.mark(&room("lobby-2"), marks[place]).await.unwrap();
    }
    for (after, limit, expected) in
        [(0, 10, 0..5), (0, 2, 0..2), (5, 10, 2..5), (6, 1, 2..3), (12, 10, 0..0), (u64::MAX, 9, 0..0)]
    {
        let found = world.messages.marks_after(&lobby, Rev(after), limit).await.unwrap();
        assert_eq!(found, marks[expected], "{limit} after {after}");
    }
    assert_eq!(world.messages.newest_marks(&lobby, 2).await.unwrap(), marks[3..]);
    assert_eq!(world.messages.newest_marks(&lobby, 10).await.unwrap(), marks);
    assert_eq!(world.messages.newest_marks(&room("empty"), 10).await.unwrap(), []);
    assert_eq!(seqs(&world.messages.before(&lobby, None, 10).await.unwrap()), [1, 3, 4], "marks are no messages");
}

async fn a_room_hears_nothing_of_its_neighbours(world: World) {
    stored(&world, "a", [1, 2]).await;
    stored(&world, "a-b", [1, 5]).await;
    stored(&world, "b", [7]).await;
    assert_eq!(seqs(&world.messages.before(&room("a"), None, 10).await.unwrap()), [1, 2]);
    assert_eq!(seqs(&world.messages.born_after(&room("a"), Rev(1), 10).await.unwrap()), [2]);
    assert_eq!(seqs(&world.messages.before(&room("a-b"), None, 10).await.unwrap()), [1, 5]);
    assert_eq!(world.messages.at(&room("a"), Seq(5)).await.unwrap(), None);
    assert_eq!(seqs(&world.messages.before(&room("empty"), None, 10).await.unwrap()), [0_u64; 0]);
}

async fn the_first_secret_is_kept(world: World) {
    let answers = join_all((1..=10).map(|n| world.secrets.keep_first([n; 32], Timestamp(n.into())))).await;
    let answers: Vec<Keys> = answers.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|secret| *secret == answers[0]), "{answers:?}");
    assert_eq!(world.secrets.keep_first([99; 32], Timestamp(99)).await.unwrap(), answers[0]);
}

async fn a_secret_is_replaced_once_and_the_one_before_it_is_remembered(world: World) {
    let first = world.secrets.keep_first([1; 32], Timestamp(1)).await.unwrap();
    let replaced = join_all((2..=9).map(|n| world.secrets.replace(&first, [n; 32], Timestamp(7)))).await;
    assert_eq!(replaced.into_iter().map(Result::unwrap).filter(|made| *made).count(), 1);
    let second = world.secrets.keep_first([99; 32], Timestamp(99)).await.unwrap();
    assert_eq!((second.previous, second.made_at), (Some(first.current), Timestamp(7)));
    assert!((2..=9).any(|n| second.current == [n; 32]));

    assert!(!world.secrets.replace(&first, [50; 32], Timestamp(8)).await.unwrap());
    assert!(world.secrets.replace(&second, [51; 32], Timestamp(9)).await.unwrap());
    let third = world.secrets.keep_first([99; 32], Timestamp(99)).await.unwrap();
    assert_eq!((third.current, third.previous), ([51; 32], Some(second.current)));
}

fn upload(nonce: &str, kind: ImageType, size: usize) -> Upload {
    Upload { identity: identity("lobby", "ann=", nonce), kind, size: (size as u64).try_into().unwrap() }
}

async fn put(world: &World, upload: &Upload, bytes: &[u8]) -> bool {
    let address = world.images.address(upload).await.unwrap();
    world.browser.put(&address, upload.kind.media_type(), bytes).await
}

async fn an_upload_is_found_as_it_was_put(world: World) {
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let image = upload("n", ImageType::Webp, bytes.len());
    assert_eq!(world.images.uploaded(&image).await.unwrap(), None);
    assert!(put(&world, &image, &bytes).await);
    let found = world.images.uploaded(&image).await.unwrap().unwrap();
    assert_eq!(found.size, 200_000);
    assert!(found.head.len() >= backend::ports::Uploaded::HEAD && bytes.starts_with(&found.head));
    for other in
        [upload("m", image.kind, bytes.len()), upload("n", image.kind, 7), upload("n", ImageType::Png, bytes.len())]
    {
        assert_eq!(world.images.uploaded(&other).await.unwrap(), None, "{other:?}");
    }
}

async fn an_address_is_for_its_bytes_type_and_message_only(world: World) {
    let image = upload("n", ImageType::Png, 4);
    let address = world.images.address(&image).await.unwrap();
    let other = upload("m", ImageType::Png, 4);
    let another = address.replace("/n/", "/m/").replace("\"n\"", "\"m\"");
    assert_ne!(address, another);
    for (address, media_type, bytes) in [
        (&address, "image/png", "12345"),
        (&address, "image/png", "123"),
        (&address, "image/png", ""),
        (&address, "image/gif", "1234"),
        (&address, "text/html", "1234"),
        (&another, "image/png", "1234"),
    ] {
        world.browser.put(address, media_type, bytes.as_bytes()).await;
        assert_eq!(world.images.uploaded(&image).await.unwrap(), None, "{media_type} {bytes}");
        assert_eq!(world.images.uploaded(&other).await.unwrap(), None, "{address}");
    }
    assert!(world.browser.put(&address, "image/png", b"1234").await);
}

async fn only_what_was_looked_at_is_kept(world: World) {
    let image = upload("n", ImageType::Gif, 3);
    assert!(!world.images.keep(&image, "never seen").await.unwrap());
    put(&world, &image, b"one").await;
    let first = world.images.uploaded(&image).await.unwrap().unwrap().version;
    put(&world, &image, b"two").await;
    assert!(!world.images.keep(&image, &first).await.unwrap(), "it was changed meanwhile");
    assert!(!world.images.is_kept(&image.identity).await.unwrap());
    let second = world.images.uploaded(&image).await.unwrap().unwrap().version;
    assert!(world.images.keep(&image, &second).await.unwrap());
    assert!(world.images.is_kept(&image.identity).await.unwrap());
    assert!(!world.images.is_kept(&identity("lobby", "bob", "n")).await.unwrap());
    assert!(!world.images.is_kept(&identity("cats", "ann=", "n")).await.unwrap());
}

async fn a_discarded_upload_is_gone(world: World) {
    let image = upload("n", ImageType::Jpeg, 3);
    put(&world, &image, b"one").await;
    world.images.discard(&image).await.unwrap();
    assert_eq!(world.images.uploaded(&image).await.unwrap(), None);
    world.images.discard(&image).await.unwrap();
}

async fn a_removed_image_is_gone(world: World) {
    let image = upload("n", ImageType::Jpeg, 3);
    put(&world, &image, b"one").await;
    let version = world.images.uploaded(&image).await.unwrap().unwrap().version;
    world.images.keep(&image, &version).await.unwrap();
    world.images.remove(&image.identity).await.unwrap();
    assert!(!world.images.is_kept(&image.identity).await.unwrap());
    world.images.remove(&image.identity).await.unwrap();
}

async fn the_sweep_takes_old_uploads_and_nothing_that_is_kept(world: World) {
    let (kept, left) = (upload("n", ImageType::Gif, 3), upload("m", ImageType::Gif, 3));
    for image in [&kept, &left] {
        put(&world, image, b"one").await;
    }
    let version = world.images.uploaded(&kept).await.unwrap().unwrap().version;
    world.images.keep(&kept, &version).await.unwrap();
    assert_eq!(world.images.sweep(Timestamp(0)).await.unwrap(), 0);
    assert!(world.images.uploaded(&left).await.unwrap().is_some());
    assert!(world.images.sweep(Timestamp(now().0 + 60_000)).await.unwrap() >= 1);
    assert_eq!(world.images.uploaded(&left).await.unwrap(), None);
    assert!(world.images.is_kept(&kept.identity).await.unwrap());
}

/// Ten in ten seconds, and fifteen in a minute.
const ALLOWANCE: Allowance =
    Allowance { burst: 10, burst_window: Duration::from_secs(10), sustained: 15, window: Duration::from_secs(60) };

/// Some milliseconds into a minute that has begun.
fn into_a_minute(milliseconds: u64) -> Timestamp {
    Timestamp(now().0 / 60_000 * 60_000 + milliseconds)
}

/// How many of so many that are tried at once get through.
async fn get_through(world: &World, tries: usize, at: Timestamp) -> usize {
    let tries = join_all((0..tries).map(|_| world.limiter.take("ann", ALLOWANCE, at))).await;
    tries.into_iter().filter(|taken| matches!(taken, Ok(Taken::Yes))).count()
}

async fn of_fifty_at_once_just_as_many_as_are_allowed_get_through(world: World) {
    assert_eq!(get_through(&world, 50, into_a_minute(0)).await, 10);
    assert_eq!(get_through(&world, 50, into_a_minute(9_999)).await, 0);
}

async fn a_burst_is_over_sooner_than_what_is_sustained(world: World) {
    let wait = async |at| match world.limiter.take("ann", ALLOWANCE, at).await.unwrap() {
        Taken::Yes => None,
        Taken::No(wait) => Some(wait),
    };
    assert_eq!(get_through(&world, 10, into_a_minute(3_000)).await, 10);
    assert_eq!(wait(into_a_minute(3_000)).await, Some(Duration::from_secs(7)));
    assert_eq!(get_through(&world, 10, into_a_minute(10_000)).await, 5);
    assert_eq!(wait(into_a_minute(10_000)).await, Some(Duration::from_secs(50)));
    assert_eq!(wait(into_a_minute(59_999)).await, Some(Duration::from_millis(1)));
    assert_eq!(get_through(&world, 50, into_a_minute(60_000)).await, 10);
}

async fn whoever_waits_as_long_as_they_were_told_gets_through_and_not_a_millisecond_sooner(world: World) {
    let mut at = into_a_minute(1_234);
    for _ in 0..3 {
        let wait = loop {
            match world.limiter.take("ann", ALLOWANCE, at).await.unwrap() {
                Taken::Yes => at.0 += 1,
                Taken::No(wait) => break wait,
            }
        };
        at.0 += wait.as_millis() as u64;
        assert!(
            matches!(world.limiter.take("ann", ALLOWANCE, Timestamp(at.0 - 1)).await, Ok(Taken::No(_))),
            "{wait:?}"
        );
        assert!(matches!(world.limiter.take("ann", ALLOWANCE, at).await, Ok(Taken::Yes)), "{wait:?}");
    }
}

async fn keys_are_counted_apart(world: World) {
    let at = into_a_minute(0);
    assert_eq!(get_through(&world, 11, at).await, 10);
    assert_eq!(world.limiter.take("bea", ALLOWANCE, at).await.unwrap(), Taken::Yes);
}

async fn of_ten_uses_at_once_one_is_the_first(world: World) {
    let until = Timestamp(now().0 + 60_000);
    let uses = join_all((0..10).map(|_| world.limiter.first_use("ticket", until))).await;
    assert_eq!(uses.into_iter().filter(|first| matches!(first, Ok(true))).count(), 1);
    assert!(!world.limiter.first_use("ticket", until).await.unwrap());
    assert!(world.limiter.first_use("another", until).await.unwrap());
}

async fn claims_are_listed_by_author_in_the_order_of_rooms_and_nonces(world: World) {
    let ann = |room, nonce| identity(room, "ann", nonce);
    let in_order = [ann("a", "n-1"), ann("a", "n-2"), ann("a-b", "n-0"), ann("b", "m"), ann("b", "n")];
    for place in [3, 0, 4, 2, 1] {
        world.messages.claim(&in_order[place], claim(place as u64)).await.unwrap();
    }
    for stranger in ["an", "ann-", "anna"] {
        world.messages.claim(&identity("a", stranger, "n-1"), claim(7)).await.unwrap();
    }
    let listed = async |after: Option<&Identity>, limit| {
        let claims = world.messages.claims_of(&in_order[0].author, after, limit).await.unwrap();
        claims.into_iter().map(|(identity, _)| identity).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 10).await, in_order);
    assert_eq!(listed(None, 2).await, in_order[..2]);
    assert_eq!(listed(Some(&in_order[1]), 2).await, in_order[2..4]);
    assert_eq!(listed(Some(&in_order[4]), 2).await, []);
    assert_eq!(listed(Some(&ann("a", "n-11")), 1).await, in_order[1..2], "after a place where nothing is");
    let found = world.messages.claims_of(&in_order[0].author, None, 1).await.unwrap();
    let held = world.messages.claim(&in_order[0], claim(99)).await.unwrap();
    assert_eq!(found, [(in_order[0].clone(), held)]);
}

async fn a_claim_that_was_given_up_holds_and_is_not_listed(world: World) {
    let (kept, gone) = (identity("lobby", "ann", "kept"), identity("lobby", "ann", "gone"));
    let first = world.messages.claim(&gone, claim(1)).await.unwrap();
    world.messages.claim(&kept, claim(2)).await.unwrap();
    let tomorrow = Timestamp(now().0 + 24 * 60 * 60 * 1000);
    for _ in 0..2 {
        world.messages.give_up(&gone, tomorrow).await.unwrap();
        let left = world.messages.claims_of(&kept.author, None, 10).await.unwrap();
        assert_eq!(left.into_iter().map(|(identity, _)| identity).collect::<Vec<_>>(), std::slice::from_ref(&kept));
        assert_eq!(world.messages.claim(&gone, claim(3)).await.unwrap(), first, "a retry finds it");
    }
    let never = identity("lobby", "ann", "never");
    world.messages.give_up(&never, tomorrow).await.unwrap();
    let fresh = claim(4);
    assert_eq!(world.messages.claim(&never, fresh).await.unwrap(), fresh);
}

async fn a_claim_that_was_given_up_and_is_claimed_anew_is_its_author_s_again(world: World) {
    let identity = identity("lobby", "ann", "n");
    let (held, fresh, late) = (claim(1), claim(2), claim(3));
    world.messages.claim(&identity, held).await.unwrap();
    let until = Timestamp(now().0 + 60_000);
    world.messages.give_up(&identity, until).await.unwrap();
    assert_eq!(world.messages.reclaim(&identity, late, fresh).await.unwrap(), held, "who saw another is refused");
    assert_eq!(world.messages.reclaim(&identity, held, fresh).await.unwrap(), fresh);
    assert_eq!(world.messages.claim(&identity, late).await.unwrap(), fresh, "a retry finds the new one");
    assert_eq!(world.messages.reclaim(&identity, held, late).await.unwrap(), fresh);
    let listed = async || world.messages.claims_of(&identity.author, None, 9).await.unwrap();
    assert_eq!(listed().await, [(identity.clone(), fresh)]);
    world.messages.give_up(&identity, until).await.unwrap();
    assert_eq!((listed().await, world.messages.claim(&identity, late).await.unwrap()), (vec![], fresh));
}

async fn what_was_given_up_does_not_stand_before_what_is_left(world: World) {
    let names: Vec<_> = (10..40).map(|number| identity("lobby", "ann", &format!("n-{number}"))).collect();
    for (name, rev) in names.iter().zip(1..) {
        world.messages.claim(name, claim(rev)).await.unwrap();
    }
    for gone in &names[..20] {
        world.messages.give_up(gone, Timestamp(now().0 + 60_000)).await.unwrap();
    }
    let listed = async |after: Option<&Identity>, limit| {
        let claims = world.messages.claims_of(&names[0].author, after, limit).await.unwrap();
        claims.into_iter().map(|(identity, _)| identity).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 3).await, names[20..23]);
    assert_eq!(listed(Some(&names[5]), 100).await, names[20..]);
    assert_eq!(listed(Some(&names[22]), 2).await, names[23..25]);
}

async fn a_standing_is_of_a_person_or_an_address_and_can_be_taken_back(world: World) {
    let soon = |minutes: u64| Some(Timestamp(now().0 / 1000 * 1000 + minutes * 60_000));
    let (person, address) = (Subject::Person("ann".parse().unwrap()), Subject::Address(AddressKey("ann".into())));
    assert_eq!(world.moderation.standing(&person).await.unwrap(), Standing::default());
    let both = Standing { muted_until: soon(1), banned_until: soon(2) };
    world.moderation.set_standing(&person, both).await.unwrap();
    assert_eq!(world.moderation.standing(&person).await.unwrap(), both);
    assert_eq!(world.moderation.standing(&address).await.unwrap(), Standing::default());
    let banned = Standing { muted_until: None, banned_until: soon(3) };
    world.moderation.set_standing(&address, banned).await.unwrap();
    world.moderation.set_standing(&person, Standing::default()).await.unwrap();
    assert_eq!(world.moderation.standing(&person).await.unwrap(), Standing::default());
    assert_eq!(world.moderation.standing(&address).await.unwrap(), banned);
}

async fn the_addresses_banned_with_a_person_are_remembered(world: World) {
    let ann = "ann".parse().unwrap();
    assert_eq!(world.moderation.banned_with(&ann).await.unwrap(), []);
    let addresses = ["a", "b"].map(|key| AddressKey(key.into()));
    world.moderation.set_banned_with(&ann, &addresses, Timestamp(now().0 + 60_000)).await.unwrap();
    assert_eq!(world.moderation.banned_with(&ann).await.unwrap(), addresses);
    assert_eq!(world.moderation.banned_with(&"bea".parse().unwrap()).await.unwrap(), []);
}

async fn rules_are_a_room_s_own(world: World) {
    let of = async |name| world.moderation.rules(&room(name)).await.unwrap();
    for rules in [
        RoomRules { slow: 30, read_only: true },
        RoomRules { slow: 0, read_only: true },
        RoomRules { slow: u16::MAX, read_only: false },
        RoomRules::default(),
    ] {
        world.moderation.set_rules(&room("cats"), rules).await.unwrap();
        assert_eq!((of("cats").await, of("lobby").await), (rules, RoomRules::default()));
    }
}

async fn what_was_done_is_read_newest_first_and_none_of_one_moment_is_left_out(world: World) {
    let done = |at: u64, slow| AuditEntry {
        at: Timestamp(at),
        by: Person { id: "mod".parse().unwrap(), name: "Mo".parse().unwrap(), moderator: true },
        act: Act::Rules { room: room("lobby"), rules: RoomRules { slow, read_only: false } },
    };
    assert_eq!(world.moderation.audit(None, 10).await.unwrap(), []);
    for (at, slow) in [(9, 1), (10, 2), (10, 3), (10, 3), (10, 4), (100, 5)] {
        world.moderation.record(&done(at, slow)).await.unwrap();
    }
    let times = async |before: Option<u64>, limit| {
        let entries = world.moderation.audit(before.map(Timestamp), limit).await.unwrap();
        entries.iter().map(|entry| entry.at.0).collect::<Vec<_>>()
    };
    assert_eq!(times(None, 10).await, [100, 10, 10, 10, 10, 9]);
    assert_eq!(times(None, 1).await, [100]);
    assert_eq!(times(None, 2).await, [100, 10, 10, 10, 10]);
    assert_eq!(times(Some(100), 1).await, [10, 10, 10, 10]);
    assert_eq!(times(Some(10), 5).await, [9]);
    assert_eq!(times(Some(9), 5).await, [0_u64; 0]);
    assert_eq!(world.moderation.audit(Some(Timestamp(10)), 9).await.unwrap(), [done(9, 1)]);
}

async fn a_turn_is_one_holder_s_until_it_is_over_and_they_may_ask_again(world: World) {
    let ask = async |holder, at: u64, seconds| {
        let window = Duration::from_secs(seconds);
        match world.limiter.take_turn("ann", holder, window, into_a_minute(at)).await.unwrap() {
            Taken::Yes => None,
            Taken::No(wait) => Some(wait.as_millis()),
        }
    };
    assert_eq!(ask("one", 0, 30).await, None);
    for at in [0, 29_999, 45_000] {
        assert_eq!(ask("one", at, 30).await, None, "{at}: it is theirs");
    }
    assert_eq!(ask("two", 10_000, 30).await, Some(20_000), "asking again did not take it anew");
    assert_eq!(ask("two", 10_000, 11).await, Some(1_000));
    assert_eq!(ask("two", 29_999, 30).await, Some(1));
    assert_eq!(ask("two", 30_000, 30).await, None);
    assert_eq!(ask("one", 30_001, 30).await, Some(29_999));
    assert_eq!(ask("one", 40_000, 10).await, None, "the stretch became shorter");
}

async fn of_ten_who_want_a_turn_at_once_one_has_it(world: World) {
    let names: Vec<String> = (0..10).map(|number| format!("n{number}")).collect();
    let (window, at) = (Duration::from_secs(30), into_a_minute(0));
    let answers = join_all(names.iter().map(|name| world.limiter.take_turn("ann", name, window, at))).await;
    assert_eq!(answers.into_iter().filter(|answer| matches!(answer, Ok(Taken::Yes))).count(), 1);
}

async fn a_claim_that_was_given_up_and_made_anew_is_listed_again(world: World) {
    let identity = identity("lobby", "ann", "n");
    let first = world.messages.claim(&identity, claim(1)).await.unwrap();
    let tomorrow = Timestamp(now().0 + 24 * 60 * 60 * 1000);
    world.messages.give_up(&identity, tomorrow).await.unwrap();
    let fresh = world.messages.reclaim(&identity, first, claim(2)).await.unwrap();
    let listed = async || world.messages.claims_of(&identity.author, None, 10).await.unwrap();
    assert_eq!(listed().await, [(identity.clone(), fresh)], "or what it says could not be forgotten");
    world.messages.give_up(&identity, tomorrow).await.unwrap();
    assert_eq!(listed().await, []);
}
