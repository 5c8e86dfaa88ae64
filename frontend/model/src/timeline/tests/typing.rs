//! Tests of typing notices.

use super::*;

fn typing(who: &str) -> ServerMessage {
    ServerMessage::Typing { person: person(who) }
}

#[test]
fn typing_ends_with_a_message_or_a_timeout() {
    let mut timeline = room(1..=1, false);
    let typists =
        |timeline: &Timeline, now: u64| timeline.typing(now).iter().map(|p| p.name.to_string()).collect::<Vec<_>>();
    timeline.apply(typing("bob"), 0);
    timeline.apply(typing("ann"), 1_000);
    timeline.apply(typing("me"), 1_000);
    assert_eq!(typists(&timeline, 2_000), ["bob", "ann"], "the visitor is left out");
    timeline.apply(typing("bob"), 9_000);
    assert_eq!(typists(&timeline, 17_999), ["bob", "ann"], "one report may be lost");
    assert_eq!(typists(&timeline, 18_000), ["bob"], "ann has stopped typing");
    timeline.apply(live(2), 19_000);
    assert_eq!(typists(&timeline, 19_000), [""; 0]);
}
