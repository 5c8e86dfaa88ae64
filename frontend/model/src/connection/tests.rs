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
    assert_eq!(link.end(10, over), [Order::Close(1)]);
    assert_eq!(link.status(10), Status::Over(over));
    link.closed(20, 1);
    assert_eq!((link.wake(30), link.tick(HOUR - 1)), (None, vec![]));
    assert_eq!(link.tick(HOUR), [Order::Fetch]);
    assert_eq!(link.fetched(HOUR, true), Some(Order::Open(2)));
    link.heard(HOUR, 2, true);
    assert_eq!(link.status(HOUR), Status::Live);
}

#[test]
fn a_page_whose_clock_is_ahead_does_not_ask_all_the_time_whether_a_ban_is_over() {
    let mut link = live(link());
    let over = Over::Banned(Timestamp(HOUR));
    let mut now = 2 * HOUR;
    link.end(now, over);
    for _ in 0..3 {
        assert_eq!(link.tick(now + BANNED_MS - 1), []);
        now += BANNED_MS;
        assert_eq!(link.tick(now), [Order::Fetch]);
        assert_eq!(link.end(now, over), []);
    }
}

#[test]
fn whoever_was_sent_away_may_ask_at_once_whether_that_was_lifted() {
    let mut link = live(link());
    let over = Over::Banned(Timestamp(HOUR));
    link.end(0, over);
    assert!(!link.asks());
    assert_eq!(link.reconnect(1), Some(Order::Fetch));
    assert!(link.asks());
    assert_eq!(link.reconnect(2), None, "it is under way");
    link.end(3, over);
    assert!(!link.asks());
    assert_eq!(link.reconnect(4), Some(Order::Fetch));
    assert_eq!(link.fetched(5, true), Some(Order::Open(2)));
    link.end(6, Over::SignedOut);
    assert_eq!(link.reconnect(7), None, "a page of their own lets them in");
}

#[test]
fn somebody_who_looks_at_the_page_sees_that_their_ban_was_lifted() {
    let mut link = live(link());
    let over = Over::Banned(Timestamp(HOUR));
    link.end(0, over);
    assert_eq!(link.wake(BANNED_MS - 1), None, "it has only just been said");
    assert_eq!(link.wake(BANNED_MS), Some(Order::Fetch));
    assert_eq!(link.wake(BANNED_MS + 1), None, "it is under way");
    link.end(BANNED_MS + 2, over);
    assert_eq!(link.wake(2 * BANNED_MS + 1), None, "nobody asks more often, however often they look");
    assert_eq!(link.wake(2 * BANNED_MS + 2), Some(Order::Fetch));
    link.fetched(2 * BANNED_MS + 3, false);
    assert_eq!(link.wake(2 * BANNED_MS + 4), None, "nor where the question is lost");
    assert_eq!(link.wake(3 * BANNED_MS + 2), Some(Order::Fetch));
    assert_eq!(link.fetched(3 * BANNED_MS + 3, true), Some(Order::Open(2)));
}

#[test]
fn a_hello_that_came_too_early_is_said_again_on_another_socket_after_that_time() {
    let mut link = link();
    assert_eq!(link.put_off(5, 2, 9), None, "another socket's hello is not the one");
    assert_eq!(link.put_off(5, 1, 9), Some(Order::Close(1)));
    assert_eq!(link.status(5), Status::Offline(9));
    assert_eq!(link.tick(9_004), []);
    assert_eq!(link.tick(9_005), [Order::Fetch]);
}

#[test]
fn while_the_next_socket_is_put_off_the_present_one_carries_the_talk() {
    let mut link = live(link());
    let moves = link.tick(2 * HOUR - MOVE_MS);
    assert!(moves.contains(&Order::Fetch), "{moves:?}");
    link.fetched(2 * HOUR - MOVE_MS, true);
    assert_eq!(link.put_off(2 * HOUR - MOVE_MS, 2, 9), Some(Order::Close(2)));
    assert_eq!(link.live(), Some(1));
}

#[test]
fn whoever_is_signed_out_is_not_tried_for_again() {
    let mut link = live(link());
    link.closed(50, 1);
    assert_eq!(link.tick(50), [Order::Fetch]);
    assert_eq!(link.end(50, Over::SignedOut), []);
    assert_eq!((link.wake(60), link.tick(1_000 * HOUR)), (None, vec![]));
    assert_eq!(link.status(60), Status::Over(Over::SignedOut));
}
