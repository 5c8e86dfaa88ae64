//! Who is writing.

use super::*;

fn types(who: &str) -> ServerMessage {
    ServerMessage::Typing { person: person(who) }
}

#[test]
fn somebody_types_until_they_have_spoken_or_been_silent() {
    let mut timeline = room(1..=1, false);
    let typing =
        |timeline: &Timeline, now: u64| timeline.typing(now).iter().map(|p| p.name.to_string()).collect::<Vec<_>>();
    timeline.apply(types("bob"), 0);
    timeline.apply(types("ann"), 1_000);
    timeline.apply(types("me"), 1_000);
    assert_eq!(typing(&timeline, 2_000), ["bob", "ann"], "and the visitor knows it of themselves");
    timeline.apply(types("bob"), 5_000);
    assert_eq!(typing(&timeline, 10_500), ["bob"], "ann has fallen silent");
    timeline.apply(live(2), 11_000);
    assert_eq!(typing(&timeline, 11_000), [""; 0]);
}
