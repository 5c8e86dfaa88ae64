//! Messages that wait for their image.

use super::*;

fn picture() -> ChatImage {
    let side = 8.try_into().unwrap();
    let size = 100.try_into().unwrap();
    ChatImage { kind: ImageType::Webp, size, width: side, height: side, preview: None, alt: None }
}

fn post_picture(timeline: &mut Timeline, nonce: &str) {
    timeline.post(Draft { image: Some(picture()), ..draft(nonce) }, 0);
}

/// The question where to put the image of `nonce`.
fn asked(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Upload { nonce: nonce.parse().unwrap(), kind: ImageType::Webp, size: picture().size })
}

/// "me"'s message `nonce` with its image, on its way.
fn sent_picture(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Send {
        text: nonce.parse().ok(),
        nonce: nonce.parse().ok(),
        image: Some(picture()),
        reply_to: None,
        mentions: Vec::new(),
    })
}

#[test]
fn a_message_goes_when_its_image_is_there() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    assert_eq!((timeline.next_message(0), timeline.next_upload(0)), (None, asked("a")));
    assert_eq!(timeline.next_upload(0), None, "the answer is on its way");
    assert!(timeline.on_upload_url(&nonce));
    timeline.on_upload_progress(&nonce, 40);
    assert_eq!(shown(&timeline), ["bob 1", "a 40 %"]);
    assert_eq!(timeline.next_message(0), None);
    timeline.on_upload_finished(&nonce);
    assert_eq!((timeline.next_upload(0), timeline.next_message(0)), (None, sent_picture("a")));
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn a_word_does_not_wait_for_an_image() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    post(&mut timeline, "b");
    timeline.next_upload(0);
    assert_eq!(timeline.next_message(0), sent("b"));
}

#[test]
fn images_go_one_after_the_other() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    post_picture(&mut timeline, "b");
    assert_eq!((timeline.next_upload(0), timeline.next_upload(0)), (asked("a"), None));
    timeline.on_upload_url(&"a".parse().unwrap());
    assert_eq!(timeline.next_upload(0), None);
    timeline.on_upload_finished(&"a".parse().unwrap());
    assert_eq!(timeline.next_upload(0), asked("b"));
}

#[test]
fn an_upload_that_breaks_is_tried_again_and_fails_at_last() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    let mut now = 0;
    for _ in 0..TRIES {
        assert_eq!(timeline.next_upload(now), asked("a"));
        timeline.on_upload_url(&nonce);
        timeline.on_upload_failed(&nonce, now, "Broken.");
        assert_eq!(timeline.next_upload(now), None, "there is a pause");
        now += MINUTE;
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! Broken."]);
    assert_eq!(timeline.next_upload(now), None);
    timeline.retry(&nonce);
    assert_eq!(timeline.next_upload(now), asked("a"));
}

#[test]
fn an_upload_goes_on_while_the_socket_is_away_but_a_question_does_not() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    timeline.next_upload(0);
    timeline.on_disconnect();
    assert!(!timeline.on_upload_url(&"a".parse().unwrap()), "nobody waits for that answer any more");
    assert_eq!(timeline.next_upload(0), asked("a"));
    timeline.on_upload_url(&"a".parse().unwrap());
    timeline.on_disconnect();
    timeline.on_upload_finished(&"a".parse().unwrap());
    assert_eq!(timeline.next_message(0), sent_picture("a"));
}

#[test]
fn a_question_where_to_put_an_image_that_is_not_answered_is_asked_again() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    timeline.next_upload(0);
    assert!(!timeline.expire(CONFIRM_MS - 1, "Late."));
    assert!(timeline.expire(CONFIRM_MS, "Late."), "the socket is not to be trusted");
    assert_eq!(timeline.next_upload(CONFIRM_MS + MINUTE), asked("a"));
}

#[test]
fn an_image_that_the_storage_forgot_is_uploaded_again() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    timeline.next_upload(0);
    timeline.on_upload_url(&nonce);
    timeline.on_upload_finished(&nonce);
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NoImage), 0);
    assert_eq!((timeline.next_message(MINUTE), timeline.next_upload(MINUTE)), (None, asked("a")));
    timeline.on_upload_url(&nonce);
    timeline.on_image_lost(&nonce, "Gone.");
    assert_eq!(shown(&timeline), ["bob 1", "a! Gone."]);
}

#[test]
fn an_image_that_is_refused_has_failed() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    timeline.next_upload(0);
    timeline.apply(refused(Some("a"), "upload", ErrorCode::BadField), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
}

#[test]
fn an_upload_can_be_cancelled_and_a_sent_message_cannot() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    for uploaded in [false, true] {
        post_picture(&mut timeline, "a");
        timeline.next_upload(0);
        timeline.on_upload_url(&nonce);
        if uploaded {
            timeline.on_upload_finished(&nonce);
        }
        timeline.discard(&nonce);
        assert_eq!(shown(&timeline).len(), 1 + usize::from(uploaded));
    }
}

#[test]
fn only_an_image_that_is_there_is_kept_for_the_next_visit() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    assert!(timeline.unsent().is_empty() && timeline.has_unfinished_uploads());
    timeline.next_upload(0);
    timeline.on_upload_url(&nonce);
    timeline.on_upload_finished(&nonce);
    assert!(!timeline.has_unfinished_uploads());
    let mut next = room(1..=1, false);
    timeline.unsent().into_iter().for_each(|draft| next.restore(draft, 0));
    assert_eq!((next.next_upload(0), next.next_message(0)), (None, sent_picture("a")));
}
