use super::*;

const HOUR: u64 = 3_600_000;

/// The shortest waits.
fn link() -> Link {
    let (link, order) = Link::open(0, || 0);
    assert_eq!(order, Order::Open(1));
    link
}

/// A connection whose waits are as long as they can be after one failure: 1,000 ms.
fn patient() -> Link {
    Link::open(0, || 1_000).0
}

fn live(mut link: Link) -> Link {
    link.heard(0, 1, true);
    assert_eq!(link.status(0), Status::Live);
    link
}

#[test]
fn the_page_is_connecting_until_it_is_welcome() {
    let mut link = link();
    assert_eq!(link.status(0), Status::Connecting);
    link.heard(10, 1, false);
    assert_eq!(link.status(10), Status::Connecting);
    link.heard(20, 1, true);
    assert_eq!(link.status(20), Status::Live);
}

#[test]
fn a_lost_socket_is_replaced_with_a_fresh_ticket() {
    let mut link = live(link());
    link.closed(50, 1);
    assert_eq!(link.status(50), Status::Offline(0));
    assert_eq!(link.tick(50), [Order::Fetch]);
    assert_eq!(link.fetched(60, true), Some(Order::Open(2)));
    link.heard(70, 2, true);
    assert_eq!(link.status(70), Status::Live);
}

#[test]
fn a_reader_sees_how_long_the_wait_is() {
    let mut link = patient();
    link.closed(0, 1);
    assert_eq!(link.status(0), Status::Offline(1));
    assert_eq!(link.tick(999), []);
    assert_eq!(link.tick(1_000), [Order::Fetch]);
    assert_eq!(link.status(1_000), Status::Offline(0));
}

#[test]
fn nobody_has_to_wait_who_asks_for_a_connection() {
    let mut link = patient();
    link.closed(0, 1);
    assert_eq!(link.wake(1), Some(Order::Fetch));
    assert_eq!(link.wake(2), None, "it is under way");
}

#[test]
fn a_try_that_takes_too_long_has_failed() {
    let mut link = link();
    assert_eq!(link.tick(OPEN_MS - 1), []);
    assert_eq!(link.tick(OPEN_MS), [Order::Close(1)]);
    assert_eq!(link.status(OPEN_MS), Status::Offline(0));
}

#[test]
fn a_ticket_that_does_not_come_is_a_failed_try() {
    let mut link = patient();
    link.closed(0, 1);
    link.wake(1);
    assert_eq!(link.fetched(2, false), None);
    assert_eq!(link.status(2), Status::Offline(1));
}

#[test]
fn a_silent_socket_is_pinged_and_lives_when_it_answers() {
    let mut link = live(link());
    assert_eq!(link.tick(HEARTBEAT_MS - 1), []);
    assert_eq!(link.tick(HEARTBEAT_MS), [Order::Ping(1)]);
    link.heard(HEARTBEAT_MS + 1, 1, false);
    assert_eq!(link.tick(HEARTBEAT_MS + PONG_MS), []);
    assert_eq!(link.status(HEARTBEAT_MS + PONG_MS), Status::Live);
}

#[test]
fn a_socket_that_does_not_answer_a_ping_is_given_up() {
    let mut link = live(patient());
    link.tick(HEARTBEAT_MS);
    assert_eq!(link.tick(HEARTBEAT_MS + PONG_MS), [Order::Close(1)]);
    assert!(matches!(link.status(HEARTBEAT_MS + PONG_MS), Status::Offline(_)));
}

#[test]
fn a_page_that_is_looked_at_again_asks_whether_its_socket_lives() {
    let mut link = live(patient());
    assert_eq!(link.wake(10), Some(Order::Ping(1)));
    assert_eq!(link.wake(11), None, "it was asked");
    assert_eq!(link.tick(10 + PONG_MS), [Order::Close(1)]);
}

#[test]
fn before_its_end_a_socket_is_replaced_without_a_moment_offline() {
    let mut link = live(link());
    let mut now = 0;
    while now < 2 * HOUR - MOVE_MS {
        now += 60_000;
        for order in link.tick(now) {
            match order {
                Order::Ping(id) => assert_eq!(link.heard(now, id, false), None),
                Order::Fetch => assert_eq!(link.fetched(now, true), Some(Order::Open(2))),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(link.live(), Some(1));
    assert_eq!(link.heard(now, 2, true), Some(Order::Close(1)));
    assert_eq!((link.live(), link.status(now)), (Some(2), Status::Live));
    link.closed(now, 1);
    assert_eq!(link.live(), Some(2), "the old socket's end is not the new one's");
}

#[test]
fn a_server_that_drops_everyone_at_once_is_asked_less_and_less_often() {
    let mut link = live(Link::open(0, || 30_000).0);
    link.closed(1, 1);
    let first = link.status(1);
    link.wake(2);
    link.fetched(2, true);
    link.heard(2, 2, true);
    link.closed(3, 2);
    let Status::Offline(second) = link.status(3) else { panic!("live") };
    assert!(matches!(first, Status::Offline(first) if first <= second), "{first:?} then {second}");
    assert_eq!(link.failures, 2);
}

#[test]
fn whoever_is_banned_is_left_alone_until_the_ban_ends() {
    let mut link = live(link());
    let over = Over::Banned(Timestamp(HOUR));
    assert_eq!(link.end(over), [Order::Close(1)]);
    assert_eq!(link.status(10), Status::Over(over));
    link.closed(20, 1);
    assert_eq!((link.wake(30), link.tick(HOUR - 1)), (None, vec![]));
    assert_eq!(link.tick(HOUR), [Order::Fetch]);
    assert_eq!(link.fetched(HOUR, true), Some(Order::Open(2)));
    link.heard(HOUR, 2, true);
    assert_eq!(link.status(HOUR), Status::Live);
}

#[test]
fn whoever_is_signed_out_is_not_tried_for_again() {
    let mut link = live(link());
    link.closed(50, 1);
    assert_eq!(link.tick(50), [Order::Fetch]);
    assert_eq!(link.end(Over::SignedOut), []);
    assert_eq!((link.wake(60), link.tick(1_000 * HOUR)), (None, vec![]));
    assert_eq!(link.status(60), Status::Over(Over::SignedOut));
}
