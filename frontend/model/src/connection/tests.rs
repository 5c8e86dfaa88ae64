use super::*;

const HOUR: u64 = 3_600_000;

/// The shortest waits.
fn connection() -> Connection {
    let (connection, command) = Connection::open(0, || 0);
    assert_eq!(command, ConnectionCommand::Open(1));
    connection
}

/// A connection whose waits are as long as they can be after one failure: 1,000 ms.
fn patient() -> Connection {
    Connection::open(0, || 1_000).0
}

fn live(mut connection: Connection) -> Connection {
    connection.on_frame(0, 1, true);
    assert_eq!(connection.status(0), Status::Live);
    connection
}

#[test]
fn the_page_is_connecting_until_it_is_welcome() {
    let mut connection = connection();
    assert_eq!(connection.status(0), Status::Connecting);
    connection.on_frame(10, 1, false);
    assert_eq!(connection.status(10), Status::Connecting);
    connection.on_frame(20, 1, true);
    assert_eq!(connection.status(20), Status::Live);
}

#[test]
fn a_lost_socket_is_replaced_with_a_fresh_ticket() {
    let mut connection = live(connection());
    connection.on_closed(50, 1);
    assert_eq!(connection.status(50), Status::Offline(0));
    assert_eq!(connection.tick(50), [ConnectionCommand::Fetch]);
    assert_eq!(connection.on_ticket(60, true), Some(ConnectionCommand::Open(2)));
    connection.on_frame(70, 2, true);
    assert_eq!(connection.status(70), Status::Live);
}

#[test]
fn a_reader_sees_how_long_the_wait_is() {
    let mut connection = patient();
    connection.on_closed(0, 1);
    assert_eq!(connection.status(0), Status::Offline(1));
    assert_eq!(connection.tick(999), []);
    assert_eq!(connection.tick(1_000), [ConnectionCommand::Fetch]);
    assert_eq!(connection.status(1_000), Status::Offline(0));
}

#[test]
fn nobody_has_to_wait_who_asks_for_a_connection() {
    let mut connection = patient();
    connection.on_closed(0, 1);
    assert_eq!(connection.wake(1), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.wake(2), None, "it is under way");
}

#[test]
fn a_try_that_takes_too_long_has_failed() {
    let mut connection = connection();
    assert_eq!(connection.tick(OPEN_MS - 1), []);
    assert_eq!(connection.tick(OPEN_MS), [ConnectionCommand::Close(1)]);
    assert_eq!(connection.status(OPEN_MS), Status::Offline(0));
}

#[test]
fn a_ticket_that_does_not_come_is_a_failed_try() {
    let mut connection = patient();
    connection.on_closed(0, 1);
    connection.wake(1);
    assert_eq!(connection.on_ticket(2, false), None);
    assert_eq!(connection.status(2), Status::Offline(1));
}

#[test]
fn a_silent_socket_is_pinged_and_lives_when_it_answers() {
    let mut connection = live(connection());
    assert_eq!(connection.tick(HEARTBEAT_MS - 1), []);
    assert_eq!(connection.tick(HEARTBEAT_MS), [ConnectionCommand::Ping(1)]);
    connection.on_frame(HEARTBEAT_MS + 1, 1, false);
    assert_eq!(connection.tick(HEARTBEAT_MS + PONG_MS), []);
    assert_eq!(connection.status(HEARTBEAT_MS + PONG_MS), Status::Live);
}

#[test]
fn a_socket_that_does_not_answer_a_ping_is_given_up() {
    let mut connection = live(patient());
    connection.tick(HEARTBEAT_MS);
    assert_eq!(connection.tick(HEARTBEAT_MS + PONG_MS), [ConnectionCommand::Close(1)]);
    assert!(matches!(connection.status(HEARTBEAT_MS + PONG_MS), Status::Offline(_)));
}

#[test]
fn a_page_that_is_looked_at_again_asks_whether_its_socket_lives() {
    let mut connection = live(patient());
    assert_eq!(connection.wake(10), Some(ConnectionCommand::Ping(1)));
    assert_eq!(connection.wake(11), None, "it was asked");
    assert_eq!(connection.tick(10 + PONG_MS), [ConnectionCommand::Close(1)]);
}

#[test]
fn before_its_end_a_socket_is_replaced_without_a_moment_offline() {
    let mut connection = live(connection());
    let mut now = 0;
    while now < 2 * HOUR - REPLACE_BEFORE_END_MS {
        now += 60_000;
        for command in connection.tick(now) {
            match command {
                ConnectionCommand::Ping(id) => assert_eq!(connection.on_frame(now, id, false), None),
                ConnectionCommand::Fetch => {
                    assert_eq!(connection.on_ticket(now, true), Some(ConnectionCommand::Open(2)))
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(connection.live(), Some(1));
    assert_eq!(connection.on_frame(now, 2, true), Some(ConnectionCommand::Close(1)));
    assert_eq!((connection.live(), connection.status(now)), (Some(2), Status::Live));
    connection.on_closed(now, 1);
    assert_eq!(connection.live(), Some(2), "the old socket's end is not the new one's");
}

#[test]
fn a_server_that_drops_everyone_at_once_is_asked_less_and_less_often() {
    let mut connection = live(Connection::open(0, || 30_000).0);
    connection.on_closed(1, 1);
    let first = connection.status(1);
    connection.wake(2);
    connection.on_ticket(2, true);
    connection.on_frame(2, 2, true);
    connection.on_closed(3, 2);
    let Status::Offline(second) = connection.status(3) else { panic!("live") };
    assert!(matches!(first, Status::Offline(first) if first <= second), "{first:?} then {second}");
    assert_eq!(connection.failures, 2);
}

#[test]
fn whoever_is_banned_is_left_alone_until_the_ban_ends() {
    let mut connection = live(connection());
    let end_reason = EndReason::Banned(Timestamp(HOUR));
    assert_eq!(connection.end(10, end_reason), [ConnectionCommand::Close(1)]);
    assert_eq!(connection.status(10), Status::Ended(end_reason));
    connection.on_closed(20, 1);
    assert_eq!((connection.wake(30), connection.tick(HOUR - 1)), (None, vec![]));
    assert_eq!(connection.tick(HOUR), [ConnectionCommand::Fetch]);
    assert_eq!(connection.on_ticket(HOUR, true), Some(ConnectionCommand::Open(2)));
    connection.on_frame(HOUR, 2, true);
    assert_eq!(connection.status(HOUR), Status::Live);
}

#[test]
fn a_page_whose_clock_is_ahead_does_not_ask_all_the_time_whether_a_ban_is_over() {
    let mut connection = live(connection());
    let end_reason = EndReason::Banned(Timestamp(HOUR));
    let mut now = 2 * HOUR;
    connection.end(now, end_reason);
    for _ in 0..3 {
        assert_eq!(connection.tick(now + BAN_RECHECK_MS - 1), []);
        now += BAN_RECHECK_MS;
        assert_eq!(connection.tick(now), [ConnectionCommand::Fetch]);
        assert_eq!(connection.end(now, end_reason), []);
    }
}

#[test]
fn whoever_was_sent_away_may_ask_at_once_whether_that_was_lifted() {
    let mut connection = live(connection());
    let end_reason = EndReason::Banned(Timestamp(HOUR));
    connection.end(0, end_reason);
    assert!(!connection.is_checking_access());
    assert_eq!(connection.reconnect(1), Some(ConnectionCommand::Fetch));
    assert!(connection.is_checking_access());
    assert_eq!(connection.reconnect(2), None, "it is under way");
    connection.end(3, end_reason);
    assert!(!connection.is_checking_access());
    assert_eq!(connection.reconnect(4), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.on_ticket(5, true), Some(ConnectionCommand::Open(2)));
    connection.end(6, EndReason::SignedOut);
    assert_eq!(connection.reconnect(7), None, "a page of their own lets them in");
}

#[test]
fn somebody_who_looks_at_the_page_sees_that_their_ban_was_lifted() {
    let mut connection = live(connection());
    let end_reason = EndReason::Banned(Timestamp(HOUR));
    connection.end(0, end_reason);
    assert_eq!(connection.wake(BAN_RECHECK_MS - 1), None, "it has only just been said");
    assert_eq!(connection.wake(BAN_RECHECK_MS), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.wake(BAN_RECHECK_MS + 1), None, "it is under way");
    connection.end(BAN_RECHECK_MS + 2, end_reason);
    assert_eq!(connection.wake(2 * BAN_RECHECK_MS + 1), None, "nobody asks more often, however often they look");
    assert_eq!(connection.wake(2 * BAN_RECHECK_MS + 2), Some(ConnectionCommand::Fetch));
    connection.on_ticket(2 * BAN_RECHECK_MS + 3, false);
    assert_eq!(connection.wake(2 * BAN_RECHECK_MS + 4), None, "nor where the question is lost");
    assert_eq!(connection.wake(3 * BAN_RECHECK_MS + 2), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.on_ticket(3 * BAN_RECHECK_MS + 3, true), Some(ConnectionCommand::Open(2)));
}

#[test]
fn a_hello_that_came_too_early_is_said_again_on_another_socket_after_that_time() {
    let mut connection = connection();
    assert_eq!(connection.postpone(5, 2, 9), None, "another socket's hello is not the one");
    assert_eq!(connection.postpone(5, 1, 9), Some(ConnectionCommand::Close(1)));
    assert_eq!(connection.status(5), Status::Offline(9));
    assert_eq!(connection.tick(9_004), []);
    assert_eq!(connection.tick(9_005), [ConnectionCommand::Fetch]);
}

#[test]
fn while_the_next_socket_is_put_off_the_present_one_carries_the_talk() {
    let mut connection = live(connection());
    let moves = connection.tick(2 * HOUR - REPLACE_BEFORE_END_MS);
    assert!(moves.contains(&ConnectionCommand::Fetch), "{moves:?}");
    connection.on_ticket(2 * HOUR - REPLACE_BEFORE_END_MS, true);
    assert_eq!(connection.postpone(2 * HOUR - REPLACE_BEFORE_END_MS, 2, 9), Some(ConnectionCommand::Close(2)));
    assert_eq!(connection.live(), Some(1));
}

#[test]
fn whoever_is_signed_out_is_not_tried_for_again() {
    let mut connection = live(connection());
    connection.on_closed(50, 1);
    assert_eq!(connection.tick(50), [ConnectionCommand::Fetch]);
    assert_eq!(connection.end(50, EndReason::SignedOut), []);
    assert_eq!((connection.wake(60), connection.tick(1_000 * HOUR)), (None, vec![]));
    assert_eq!(connection.status(60), Status::Ended(EndReason::SignedOut));
}
