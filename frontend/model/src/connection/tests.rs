use super::*;

const HOUR: u64 = 3_600_000;

/// A connection with the shortest delays.
fn connection() -> Connection {
    let (connection, command) = Connection::open(0, || 0);
    assert_eq!(command, ConnectionCommand::Open(1));
    connection
}

/// A connection with the maximum delay after one failure: 1,000 ms.
fn with_long_delays() -> Connection {
    Connection::open(0, || 1_000).0
}

fn live(mut connection: Connection) -> Connection {
    connection.on_frame(0, 1, true);
    assert_eq!(connection.status(0), Status::Live);
    connection
}

#[test]
fn the_status_is_connecting_until_welcome() {
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
fn the_offline_status_tells_the_delay() {
    let mut connection = with_long_delays();
    connection.on_closed(0, 1);
    assert_eq!(connection.status(0), Status::Offline(1));
    assert_eq!(connection.tick(999), []);
    assert_eq!(connection.tick(1_000), [ConnectionCommand::Fetch]);
    assert_eq!(connection.status(1_000), Status::Offline(0));
}

#[test]
fn reconnecting_on_demand_does_not_wait() {
    let mut connection = with_long_delays();
    connection.on_closed(0, 1);
    assert_eq!(connection.wake(1), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.wake(2), None, "an attempt is running");
}

#[test]
fn an_attempt_fails_after_its_timeout() {
    let mut connection = connection();
    assert_eq!(connection.tick(OPEN_MS - 1), []);
    assert_eq!(connection.tick(OPEN_MS), [ConnectionCommand::Close(1)]);
    assert_eq!(connection.status(OPEN_MS), Status::Offline(0));
}

#[test]
fn a_missing_ticket_is_a_failed_attempt() {
    let mut connection = with_long_delays();
    connection.on_closed(0, 1);
    connection.wake(1);
    assert_eq!(connection.on_ticket(2, false), None);
    assert_eq!(connection.status(2), Status::Offline(1));
}

/// Ticks as a hidden page does, and at last at `until`. Returns all commands.
fn tick_each_minute(connection: &mut Connection, until: u64) -> Vec<ConnectionCommand> {
    (1..)
        .map(|minute| minute * 60_000)
        .take_while(|&now| now < until)
        .chain([until])
        .flat_map(|now| connection.tick(now))
        .collect()
}

#[test]
fn a_silent_socket_is_pinged() {
    let mut connection = live(connection());
    assert_eq!(tick_each_minute(&mut connection, HEARTBEAT_MS - 1), []);
    assert_eq!(connection.tick(HEARTBEAT_MS), [ConnectionCommand::Ping(1)]);
    connection.on_frame(HEARTBEAT_MS + 1, 1, false);
    assert_eq!(connection.tick(HEARTBEAT_MS + PONG_MS), []);
    assert_eq!(connection.status(HEARTBEAT_MS + PONG_MS), Status::Live);
}

#[test]
fn a_socket_without_a_pong_is_closed() {
    let mut connection = live(with_long_delays());
    tick_each_minute(&mut connection, HEARTBEAT_MS);
    assert_eq!(connection.tick(HEARTBEAT_MS + PONG_MS - 1), []);
    assert_eq!(connection.tick(HEARTBEAT_MS + PONG_MS), [ConnectionCommand::Close(1)]);
    assert!(matches!(connection.status(HEARTBEAT_MS + PONG_MS), Status::Offline(_)));
}

#[test]
fn a_page_that_becomes_visible_pings_its_socket() {
    let mut connection = live(with_long_delays());
    assert_eq!(connection.wake(10), Some(ConnectionCommand::Ping(1)));
    assert_eq!(connection.wake(11), None, "the ping is unanswered");
    assert_eq!(connection.tick(10 + PONG_MS), [ConnectionCommand::Close(1)]);
}

#[test]
fn a_woken_page_waits_only_shortly_for_an_earlier_ping() {
    let mut connection = live(with_long_delays());
    assert_eq!(tick_each_minute(&mut connection, HEARTBEAT_MS), [ConnectionCommand::Ping(1)]);
    assert_eq!(connection.wake(HEARTBEAT_MS + 1), None);
    assert_eq!(connection.tick(HEARTBEAT_MS + WAKE_PONG_MS), []);
    assert_eq!(connection.tick(HEARTBEAT_MS + 1 + WAKE_PONG_MS), [ConnectionCommand::Close(1)]);
}

#[test]
fn a_suspended_device_pings_its_socket_and_replaces_it_within_ten_seconds() {
    let mut connection = live(Connection::open(0, || u32::MAX).0);
    assert_eq!(connection.tick(1_000), []);
    let woken = 1_000 + SUSPENDED_MS;
    assert_eq!(connection.tick(woken - 1), []);
    let mut connection = live(Connection::open(0, || u32::MAX).0);
    connection.tick(1_000);
    assert_eq!(connection.tick(woken), [ConnectionCommand::Ping(1)]);
    assert_eq!(connection.tick(woken + WAKE_PONG_MS), [ConnectionCommand::Close(1)]);
    let fetched = (1..10_000).find(|after| connection.tick(woken + after) == [ConnectionCommand::Fetch]);
    assert!(fetched.is_some_and(|after| after < 6_000), "{fetched:?}");
}

/// Fails the next socket after its ticket was fetched.
fn fail_socket(connection: &mut Connection, now: u64) {
    connection.reconnect(now);
    let Some(ConnectionCommand::Open(id)) = connection.on_ticket(now, true) else { panic!("no attempt") };
    connection.on_closed(now, id);
}

#[test]
fn sockets_are_blocked_when_they_fail_although_the_server_answers() {
    let mut connection = with_long_delays();
    connection.on_closed(0, 1);
    assert!(matches!(connection.status(0), Status::Offline(_)), "one failure is not enough");
    fail_socket(&mut connection, 1);
    assert!(matches!(connection.status(1), Status::Blocked(seconds) if seconds > 0));
    connection.reconnect(2);
    assert_eq!(connection.status(2), Status::Blocked(0));
    connection.on_ticket(2, false);
    assert!(matches!(connection.status(2), Status::Offline(_)), "the server does not answer either");
}

#[test]
fn a_live_socket_is_not_blocked() {
    let mut connection = with_long_delays();
    connection.on_closed(0, 1);
    fail_socket(&mut connection, 1);
    connection.reconnect(2);
    connection.on_ticket(2, true);
    connection.on_frame(2, 3, true);
    assert_eq!(connection.status(2), Status::Live);
    connection.on_closed(3, 3);
    assert!(matches!(connection.status(3), Status::Offline(_)));
}

#[test]
fn a_socket_is_replaced_before_its_end_without_downtime() {
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
    assert_eq!(connection.live(), Some(2), "the end of the old socket does not affect the new one");
}

#[test]
fn repeated_drops_increase_the_delay() {
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
fn a_ban_stops_attempts_until_it_ends() {
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
fn a_fast_clock_does_not_recheck_a_ban_constantly() {
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
fn a_banned_visitor_can_check_at_once() {
    let mut connection = live(connection());
    let end_reason = EndReason::Banned(Timestamp(HOUR));
    connection.end(0, end_reason);
    assert!(!connection.is_checking_access());
    assert_eq!(connection.reconnect(1), Some(ConnectionCommand::Fetch));
    assert!(connection.is_checking_access());
    assert_eq!(connection.reconnect(2), None, "an attempt is running");
    connection.end(3, end_reason);
    assert!(!connection.is_checking_access());
    assert_eq!(connection.reconnect(4), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.on_ticket(5, true), Some(ConnectionCommand::Open(2)));
    connection.end(6, EndReason::SignedOut);
    assert_eq!(connection.reconnect(7), None, "they have to sign in on a new page");
}

#[test]
fn a_visible_page_notices_a_lifted_ban() {
    let mut connection = live(connection());
    let end_reason = EndReason::Banned(Timestamp(HOUR));
    connection.end(0, end_reason);
    assert_eq!(connection.wake(BAN_RECHECK_MS - 1), None, "access was checked too recently");
    assert_eq!(connection.wake(BAN_RECHECK_MS), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.wake(BAN_RECHECK_MS + 1), None, "an attempt is running");
    connection.end(BAN_RECHECK_MS + 2, end_reason);
    assert_eq!(connection.wake(2 * BAN_RECHECK_MS + 1), None, "the page checks at most once in each interval");
    assert_eq!(connection.wake(2 * BAN_RECHECK_MS + 2), Some(ConnectionCommand::Fetch));
    connection.on_ticket(2 * BAN_RECHECK_MS + 3, false);
    assert_eq!(connection.wake(2 * BAN_RECHECK_MS + 4), None, "a failed check counts, too");
    assert_eq!(connection.wake(3 * BAN_RECHECK_MS + 2), Some(ConnectionCommand::Fetch));
    assert_eq!(connection.on_ticket(3 * BAN_RECHECK_MS + 3, true), Some(ConnectionCommand::Open(2)));
}

#[test]
fn a_rate_limited_hello_is_repeated_on_another_socket() {
    let mut connection = connection();
    assert_eq!(connection.postpone(5, 2, 9), None, "the hello of another socket is ignored");
    assert_eq!(connection.postpone(5, 1, 9), Some(ConnectionCommand::Close(1)));
    assert_eq!(connection.status(5), Status::Offline(9));
    assert_eq!(connection.tick(9_004), []);
    assert_eq!(connection.tick(9_005), [ConnectionCommand::Fetch]);
}

#[test]
fn the_live_socket_stays_while_the_next_is_postponed() {
    let mut connection = live(connection());
    let commands = connection.tick(2 * HOUR - REPLACE_BEFORE_END_MS);
    assert!(commands.contains(&ConnectionCommand::Fetch), "{commands:?}");
    connection.on_ticket(2 * HOUR - REPLACE_BEFORE_END_MS, true);
    assert_eq!(connection.postpone(2 * HOUR - REPLACE_BEFORE_END_MS, 2, 9), Some(ConnectionCommand::Close(2)));
    assert_eq!(connection.live(), Some(1));
}

#[test]
fn a_throttled_ping_is_repeated_and_closes_nothing() {
    let mut connection = live(with_long_delays());
    assert_eq!(tick_each_minute(&mut connection, HEARTBEAT_MS), [ConnectionCommand::Ping(1)]);
    let refused = HEARTBEAT_MS + 100;
    assert_eq!(connection.on_throttled(refused, 1, 3), None);
    assert_eq!(connection.tick(refused + 2_999), []);
    assert_eq!(connection.tick(refused + 3_000), [ConnectionCommand::Ping(1)]);
    assert_eq!(connection.tick(refused + 3_000 + PONG_MS), [ConnectionCommand::Close(1)], "it is no answer");
}

#[test]
fn a_throttled_hello_is_repeated_on_another_socket() {
    let mut connection = with_long_delays();
    assert_eq!(connection.on_throttled(0, 1, 5), Some(ConnectionCommand::Close(1)));
    assert!(matches!(connection.status(0), Status::Offline(seconds) if seconds >= 5));
}

#[test]
fn signing_out_ends_all_attempts() {
    let mut connection = live(connection());
    connection.on_closed(50, 1);
    assert_eq!(connection.tick(50), [ConnectionCommand::Fetch]);
    assert_eq!(connection.end(50, EndReason::SignedOut), []);
    assert_eq!((connection.wake(60), connection.tick(1_000 * HOUR)), (None, vec![]));
    assert_eq!(connection.status(60), Status::Ended(EndReason::SignedOut));
}
