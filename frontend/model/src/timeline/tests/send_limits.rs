//! Tests of rate limits, slow mode and the composer policy.

use super::*;

fn refused(nonce: &str, code: ErrorCode, retry_after: Option<u32>) -> ServerMessage {
    let (message, nonce) = ("why".into(), nonce.parse().ok());
    ServerMessage::Error { code, message, action: Some("send".into()), nonce, retry_after }
}

fn too_fast(nonce: &str, seconds: u32) -> ServerMessage {
    refused(nonce, ErrorCode::TooFast, Some(seconds))
}

fn rules(slow: u16, read_only: bool) -> ServerMessage {
    ServerMessage::Rules { rules: RoomRules { slow, read_only, archived: false, member_pins: false, keep_days: None } }
}

fn welcome(moderator: bool, rules: RoomRules) -> ServerMessage {
    let you = Person { moderator, ..person("me") };
    ServerMessage::Welcome {
        you,
        room: RoomName::lobby(),
        online: 1,
        people: Vec::new(),
        away: Vec::new(),
        rules,
        details: RoomDetails::default(),
        read: None,
        numbered: false,
    }
}

#[test]
fn a_rate_limited_message_is_resent_first_with_its_nonce() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    assert_eq!(timeline.next_message(1_000), sent("a"));
    timeline.apply(too_fast("a", 7), 2_000);
    assert_eq!(shown(&timeline), ["bob 1", "a…", "b…"]);
    assert_eq!(timeline.next_message(8_999), None);
    assert_eq!(timeline.seconds_until_sent(2_000), Some(7));
    assert_eq!(timeline.seconds_until_sent(8_999), Some(1));
    assert_eq!(timeline.next_message(9_000), sent("a"));
    assert_eq!(timeline.seconds_until_sent(9_000), None);
    timeline.apply(confirmed(2, "a"), 9_100);
    assert_eq!(timeline.next_message(9_100), sent("b"));
}

#[test]
fn a_throttled_gateway_repeats_everything_after_a_pause() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    for round in 0..u64::from(TRIES) * 3 {
        let now = round * 10_000;
        assert_eq!(timeline.next_message(now), sent("a"), "a pause is no attempt");
        timeline.changes_request(now, None);
        timeline.on_throttled(now, 3);
        assert_eq!((timeline.next_message(now + 2_999), timeline.due_changes_request(now + 2_999)), (None, None));
        assert!(matches!(timeline.due_changes_request(now + 3_000), Some(ClientMessage::Changes { .. })));
    }
    assert_eq!(timeline.next_message(1_000_000), sent("a"));
    timeline.apply(confirmed(2, "a"), 1_000_001);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn rate_limits_do_not_count_as_attempts() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    for round in 0..u64::from(TRIES) * 3 {
        assert_eq!(timeline.next_message(round * 1_000), sent("a"));
        timeline.apply(too_fast("a", 1), round * 1_000);
    }
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
}

#[test]
fn a_late_rate_limit_does_not_revive_a_failed_message() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(refused("a", ErrorCode::BadField, None), 1);
    timeline.apply(too_fast("a", 1), 2);
    assert_eq!(shown(&timeline), ["bob 1", "a! why"]);
}

#[test]
fn a_message_refused_as_muted_or_read_only_keeps_the_reason() {
    for code in [ErrorCode::Muted, ErrorCode::ReadOnly] {
        let mut timeline = room(1..=1, false);
        post(&mut timeline, "a");
        timeline.next_message(0);
        timeline.apply(refused("a", code, Some(60)), 1);
        assert_eq!(shown(&timeline), ["bob 1", "a! why"]);
        assert_eq!(timeline.unsent().len(), 1);
        timeline.retry(&"a".parse().unwrap());
        assert_eq!(timeline.next_message(2), sent("a"));
    }
}

#[test]
fn a_rate_limited_change_is_resent_before_others() {
    let mut timeline = room(1..=2, false);
    timeline.change(Seq(1), Change::Delete, "x".parse().unwrap());
    timeline.change(Seq(2), Change::Delete, "y".parse().unwrap());
    let delete = |seq, nonce: &str| Some(ClientMessage::Delete { seq: Seq(seq), nonce: nonce.parse().ok() });
    assert_eq!(timeline.next_change(0), delete(1, "x"));
    timeline.apply(too_fast("x", 3), 0);
    assert_eq!(timeline.next_change(2_999), None);
    assert_eq!(timeline.next_change(3_000), delete(1, "x"));
    assert!(timeline.take_errors().is_empty());
}

#[test]
fn a_rate_limited_upload_lets_text_messages_pass() {
    let mut timeline = room(1..=1, false);
    let image = ChatImage {
        kind: ImageType::Webp,
        size: 300.try_into().unwrap(),
        width: 1.try_into().unwrap(),
        height: 1.try_into().unwrap(),
        preview: None,
        alt: None,
        more: MoreImages::default(),
    };
    timeline.post(Draft { image: Some(image), ..draft("a") }, 0);
    post(&mut timeline, "b");
    assert!(timeline.next_upload(0).is_some());
    timeline.apply(too_fast("a", 5), 0);
    assert_eq!(timeline.seconds_until_sent(0), Some(5));
    assert_eq!(timeline.next_message(0), sent("b"));
    assert!(timeline.next_upload(4_999).is_none());
    assert!(timeline.next_upload(5_000).is_some());
}

#[test]
fn slow_mode_delays_messages_but_not_of_moderators() {
    for moderator in [false, true] {
        let mut timeline = room(1..=1, false);
        timeline.apply(
            welcome(
                moderator,
                RoomRules { slow: 30, read_only: false, archived: false, member_pins: false, keep_days: None },
            ),
            0,
        );
        post(&mut timeline, "a");
        assert_eq!(timeline.next_message(1_000), sent("a"));
        timeline.apply(confirmed(2, "a"), 2_000);
        post(&mut timeline, "b");
        if moderator {
            assert_eq!(timeline.seconds_until_next_message(2_000), None);
            assert_eq!(timeline.next_message(2_000), sent("b"));
        } else {
            assert_eq!(timeline.seconds_until_next_message(2_000), Some(30));
            assert_eq!(timeline.next_message(31_999), None);
            assert_eq!(timeline.next_message(32_000), sent("b"));
        }
    }
}

#[test]
fn ending_slow_mode_sends_waiting_messages() {
    let mut timeline = room(1..=1, false);
    timeline.apply(rules(3_600, false), 0);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(too_fast("a", 3_600), 0);
    assert_eq!(timeline.next_message(10), None);
    timeline.apply(rules(0, false), 20);
    assert_eq!(timeline.next_message(20), sent("a"));
}

#[test]
fn an_edit_does_not_start_a_slow_mode_pause() {
    let mut timeline = room(1..=1, false);
    timeline.apply(rules(30, false), 0);
    let edited = ChatMessage { rev: Rev(2), ..message_by(1, "me") };
    timeline.apply(ServerMessage::Message(edited), 0);
    assert_eq!(timeline.seconds_until_next_message(0), None);
}

#[test]
fn rules_and_restrictions_decide_the_composer_policy() {
    let mut timeline = room(1..=1, false);
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::Allowed);
    timeline.apply(rules(30, false), 0);
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::SlowMode(30));
    timeline.apply(rules(30, true), 0);
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::ReadOnly);
    timeline.apply(
        welcome(true, RoomRules { slow: 30, read_only: true, archived: false, member_pins: false, keep_days: None }),
        0,
    );
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::ModeratorsOnly);
    timeline.apply(rules(30, false), 0);
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::SlowModeExempt(30));
    timeline.apply(welcome(false, RoomRules::default()), 0);
    let restrictions = |who: &str, until| ServerMessage::Restrictions {
        person: who.parse().unwrap(),
        restrictions: Restrictions { muted_until: until, banned_until: None },
    };
    timeline.apply(restrictions("bob", Some(Timestamp(5_000))), 0);
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::Allowed, "another person is muted");
    timeline.apply(restrictions("me", Some(Timestamp(5_000))), 0);
    assert_eq!(timeline.composer_policy(4_999), ComposerPolicy::Muted(Timestamp(5_000)));
    assert_eq!(timeline.composer_policy(5_000), ComposerPolicy::Allowed, "the mute has expired");
    timeline.apply(restrictions("me", None), 0);
    assert_eq!(timeline.composer_policy(0), ComposerPolicy::Allowed);
}

#[test]
fn a_refusal_as_muted_sets_the_restriction() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(refused("a", ErrorCode::Muted, Some(60)), 1_000);
    assert_eq!(timeline.composer_policy(1_000), ComposerPolicy::Muted(Timestamp(61_000)));
}

#[test]
fn a_refused_name_is_undone() {
    let mut timeline = room(1..=1, false);
    let before = timeline.me().clone();
    timeline.rename("Queen".parse().unwrap());
    let (message, action) = ("too fast".into(), Some("rename".into()));
    let refused = ServerMessage::Error { code: ErrorCode::TooFast, message, action, nonce: None, retry_after: Some(9) };
    timeline.apply(refused, 0);
    assert_eq!(*timeline.me(), before);
}

#[test]
fn only_a_final_refusal_of_a_purge_is_reported() {
    let mut timeline = room(1..=1, false);
    let refused = |code, retry_after| {
        let (message, action) = ("refused".into(), Some("clear".into()));
        ServerMessage::Error { code, message, action, nonce: None, retry_after }
    };
    timeline.apply(refused(ErrorCode::Unavailable, None), 0);
    timeline.apply(refused(ErrorCode::TooFast, Some(9)), 0);
    assert!(timeline.take_errors().is_empty());
    timeline.apply(refused(ErrorCode::NotAllowed, None), 0);
    assert_eq!(timeline.take_errors(), ["refused"]);
}

#[test]
fn reactions_and_edits_have_separate_rate_limits() {
    let thumb = || Change::Reaction { emoji: "👍".parse().unwrap(), on: true };
    for (first, second) in [(thumb(), Change::Delete), (Change::Delete, thumb())] {
        let mut timeline = room(1..=2, false);
        timeline.change(Seq(1), first, "x".parse().unwrap());
        timeline.change(Seq(2), second, "y".parse().unwrap());
        let next_nonce = |timeline: &mut Timeline, now| {
            let change = timeline.next_change(now)?;
            Some(change.nonce()?.to_string())
        };
        assert_eq!(next_nonce(&mut timeline, 0).as_deref(), Some("x"));
        timeline.apply(too_fast("x", 3), 0);
        assert_eq!(next_nonce(&mut timeline, 0).as_deref(), Some("y"), "it has its own rate limit");
    }
}

/// Tries to discard a message. Returns the texts that are shown afterwards.
fn shown_after_discard(timeline: &mut Timeline, nonce: &str) -> Vec<String> {
    timeline.discard(&nonce.parse().unwrap());
    shown(timeline)
}

#[test]
fn a_message_waiting_for_slow_mode_can_be_discarded() {
    let mut timeline = room(1..=1, false);
    timeline.apply(rules(30, false), 0);
    post(&mut timeline, "a");
    assert_eq!(timeline.next_message(0), sent("a"));
    timeline.apply(confirmed(2, "a"), 0);
    post(&mut timeline, "b");
    post(&mut timeline, "c");
    assert_eq!(timeline.next_message(1), None);
    assert_eq!(shown(&timeline), ["bob 1", "a", "b, held", "c, held"]);
    assert_eq!(shown_after_discard(&mut timeline, "b"), ["bob 1", "a", "c, held"]);
    assert_eq!(timeline.next_message(30_000), sent("c"));
    assert_eq!(shown_after_discard(&mut timeline, "c"), ["bob 1", "a", "c…"]);
}

#[test]
fn a_rate_limited_message_can_be_discarded() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(too_fast("a", 7), 0);
    timeline.next_message(0);
    assert_eq!(shown(&timeline), ["bob 1", "a, held"]);
    assert_eq!(shown_after_discard(&mut timeline, "a"), ["bob 1"]);
}

#[test]
fn a_possibly_delivered_message_cannot_be_discarded() {
    let mut lost = room(1..=1, false);
    post(&mut lost, "a");
    lost.next_message(0);
    lost.on_disconnect();
    let mut retried = room(1..=1, false);
    post(&mut retried, "a");
    for now in 0..u64::from(TRIES) {
        retried.next_message(now * MINUTE);
        retried.expire(now * MINUTE + CONFIRM_MS, "late");
    }
    retried.retry(&"a".parse().unwrap());
    let mut restored = room(1..=1, false);
    restored.restore(draft("a"), 0);
    for mut timeline in [lost, retried, restored] {
        assert_eq!(timeline.next_message(10 * MINUTE), sent("a"));
        timeline.apply(too_fast("a", 7), 10 * MINUTE);
        assert_eq!(timeline.next_message(10 * MINUTE), None);
        assert_eq!(shown_after_discard(&mut timeline, "a"), ["bob 1", "a…"]);
    }
}

#[test]
fn a_rate_limited_changes_request_is_repeated() {
    for (missing, action) in [(false, "changes"), (true, "changes"), (false, "hello")] {
        let mut timeline = room(1..=1, false);
        if missing {
            assert!(timeline.apply(live(3), 0).is_some());
        } else {
            timeline.hello(0);
        }
        let code = ErrorCode::TooFast;
        let (message, action) = ("why".into(), Some(action.into()));
        timeline.apply(ServerMessage::Error { code, message, action, nonce: None, retry_after: Some(60) }, 1_000);
        assert_eq!(timeline.due_changes_request(60_999), None);
        assert_eq!(timeline.due_changes_request(61_000), Some(ClientMessage::Changes { after: Rev(1), hidden: None }));
        assert_eq!(timeline.due_changes_request(61_001), None);
        assert!(timeline.take_errors().is_empty());
    }
}
