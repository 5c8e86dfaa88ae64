//! Tests of what a client repeats after a refusal: commands after API Gateway refused a frame, and reports of its visibility.

use shared_types::{PersonId, Restrictions, RoomRules};

use crate::client::{
    tests::{changes, client, heartbeat, next_heartbeat, presence, wait, welcome_as},
    *,
};

/// Refuses a frame of the client, as API Gateway does. The client pauses for one second.
fn throttle(client: &mut Client, now: u64) {
    let error = GatewayError { message: "Too Many Requests".into(), connection_id: "c".into() };
    assert_eq!(client.on_gateway_error(now, 1, &error), []);
}

fn sent(command: ClientMessage) -> [Effect; 1] {
    [Effect::Send(1, command)]
}

fn mute(person: &str, seconds: u64) -> ClientMessage {
    ClientMessage::Mute { person: person.parse().unwrap(), seconds: seconds.try_into().unwrap() }
}

fn standing(person: &str) -> ServerMessage {
    let person: PersonId = person.parse().unwrap();
    ServerMessage::Restrictions { person, restrictions: Restrictions::default() }
}

fn refused(action: Action) -> ServerMessage {
    let action = Some(ActionName::Known(action));
    ServerMessage::Error { code: ErrorCode::TooFast, message: String::new(), action, nonce: None, retry_after: Some(3) }
}

#[test]
fn a_throttled_rename_is_repeated_until_it_is_answered() {
    let mut client = client(2);
    let rename = ClientMessage::Rename { name: "Ann".parse().unwrap() };
    assert_eq!(client.rename("Ann".parse().unwrap()), sent(rename.clone()));
    for now in [0, 5_000] {
        throttle(&mut client, now);
        assert_eq!(client.tick(now + 999), []);
        assert_eq!(client.tick(now + 1_000), sent(rename.clone()));
        assert_eq!(client.tick(now + 2_000), [], "once");
    }
    let answer = welcome_as("Ann");
    assert!(client.take_answered_name());
    client.on_message(8_000, 1, Some(answer));
    throttle(&mut client, 8_000);
    assert_eq!(client.tick(9_000), []);
}

#[test]
fn throttled_commands_of_a_moderator_are_repeated() {
    let mut client = client(2);
    let asked = ClientMessage::Restrictions { person: "p1".parse().unwrap() };
    let rules = ClientMessage::Rules {
        rules: RoomRules { slow: 10, read_only: false, archived: false, member_pins: false, keep_days: None },
    };
    let ban = ClientMessage::Ban { person: "p1".parse().unwrap(), seconds: 60_u64.try_into().unwrap() };
    for command in [asked.clone(), mute("p1", 60), mute("p1", 0), rules.clone()] {
        assert_eq!(client.send_query(command.clone()), sent(command));
    }
    client.on_message(0, 1, Some(standing("p2")));
    client.on_message(0, 1, Some(ServerMessage::Rules { rules: RoomRules::default() }));
    throttle(&mut client, 0);
    let repeated: Vec<_> = [asked, mute("p1", 0), rules.clone()].into_iter().flat_map(sent).collect();
    assert_eq!(client.tick(1_000), repeated, "the newest of each, and answers to others do not count");
    client.on_message(1_500, 1, Some(standing("p1")));
    throttle(&mut client, 2_000);
    let repeated: Vec<_> = [mute("p1", 0), rules].into_iter().flat_map(sent).collect();
    assert_eq!(client.tick(3_000), repeated, "the first answer is that to the question");
    for answer in [standing("p1"), refused(Action::Rules)] {
        client.on_message(3_500, 1, Some(answer));
    }
    throttle(&mut client, 4_000);
    assert_eq!(client.tick(5_000), []);
    client.send_query(ban.clone());
    throttle(&mut client, 6_000);
    assert_eq!(client.tick(7_000), sent(ban));
    client.on_message(7_500, 1, Some(refused(Action::Ban)));
    throttle(&mut client, 8_000);
    assert_eq!(client.tick(9_000), []);
}

#[test]
fn queries_that_are_repeated_elsewhere_are_not_repeated_here() {
    let mut client = client(2);
    let purge = ClientMessage::PurgeUser { person: "p1".parse().unwrap() };
    for query in [purge, ClientMessage::EraseMyData, ClientMessage::Audit { before: None }, ClientMessage::People] {
        client.send_query(query);
    }
    throttle(&mut client, 0);
    assert_eq!(client.tick(1_000), []);
}

#[test]
fn a_lost_socket_ends_the_repetitions() {
    let mut client = client(2);
    client.send_query(mute("p1", 60));
    throttle(&mut client, 0);
    client.on_closed(0, 1);
    let effects = client.tick(1_000);
    assert!(!effects.contains(&sent(mute("p1", 60))[0]), "{effects:?}");
}

#[test]
fn a_refused_report_is_repeated_after_the_pause() {
    for hidden in [true, false] {
        let (mut client, mut now) = (client(2), 0);
        client.set_hidden(true);
        if !hidden {
            next_heartbeat(&mut client, &mut now);
            client.set_hidden(false);
            assert_eq!(client.wake(now), heartbeat(Some(false)));
        } else {
            wait(&mut client, &mut now, limits::HEARTBEAT.as_secs());
        }
        client.on_message(now, 1, Some(refused(Action::Changes)));
        assert_eq!(client.tick(now + 1_000), []);
        assert_eq!(client.tick(now + 3_000), heartbeat(Some(hidden)), "hidden: {hidden}");
        client.on_message(now + 3_000, 1, Some(changes()));
        client.on_message(now + 3_000, 1, Some(presence()));
        now += 3_000;
        assert_eq!(next_heartbeat(&mut client, &mut now), heartbeat(None), "it was answered");
    }
}

#[test]
fn a_throttled_report_is_repeated() {
    let (mut client, mut now) = (client(2), 0);
    client.set_hidden(true);
    wait(&mut client, &mut now, limits::HEARTBEAT.as_secs());
    throttle(&mut client, now);
    let effects = client.tick(now + 1_000);
    assert_eq!(effects[..1], heartbeat(Some(true)), "{effects:?}");
}
