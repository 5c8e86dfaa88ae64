//! Tests of messages that wait for their image.

use super::*;

fn image() -> ChatImage {
    let side = 8.try_into().unwrap();
    let size = 100.try_into().unwrap();
    ChatImage { kind: ImageType::Webp, size, width: side, height: side, preview: None, alt: None }
}

fn post_image(timeline: &mut Timeline, nonce: &str) {
    timeline.post(Draft { image: Some(image()), ..draft(nonce) }, 0);
}

/// The request for the upload URL of the image of `nonce`.
fn upload_request(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Upload { nonce: nonce.parse().unwrap(), kind: ImageType::Webp, size: image().size })
}

/// The frame with the message `nonce` of "me" and its image.
fn sent_with_image(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Send {
        text: nonce.parse().ok(),
        nonce: nonce.parse().ok(),
        image: Some(image()),
        reply_to: None,
        mentions: Vec::new(),
        poll: None,
        thread: None,
        in_room: false,
    })
}

#[test]
fn a_message_is_sent_when_its_image_is_uploaded() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_image(&mut timeline, "a");
    assert_eq!((timeline.next_message(0), timeline.next_upload(0)), (None, upload_request("a")));
    assert_eq!(timeline.next_upload(0), None, "one request is open");
    assert!(timeline.on_upload_url(&nonce));
    timeline.on_upload_progress(&nonce, 40);
    assert_eq!(shown(&timeline), ["bob 1", "a 40 %"]);
    assert_eq!(timeline.next_message(0), None);
    timeline.on_upload_finished(&nonce);
    assert_eq!((timeline.next_upload(0), timeline.next_message(0)), (None, sent_with_image("a")));
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn a_text_message_does_not_wait_for_an_upload() {
    let mut timeline = room(1..=1, false);
    post_image(&mut timeline, "a");
    post(&mut timeline, "b");
    timeline.next_upload(0);
    assert_eq!(timeline.next_message(0), sent("b"));
}

#[test]
fn images_are_uploaded_one_at_a_time() {
    let mut timeline = room(1..=1, false);
    post_image(&mut timeline, "a");
    post_image(&mut timeline, "b");
    assert_eq!((timeline.next_upload(0), timeline.next_upload(0)), (upload_request("a"), None));
    timeline.on_upload_url(&"a".parse().unwrap());
    assert_eq!(timeline.next_upload(0), None);
    timeline.on_upload_finished(&"a".parse().unwrap());
    assert_eq!(timeline.next_upload(0), upload_request("b"));
}

#[test]
fn a_broken_upload_is_retried_and_finally_fails() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_image(&mut timeline, "a");
    let mut now = 0;
    for _ in 0..TRIES {
        assert_eq!(timeline.next_upload(now), upload_request("a"));
        timeline.on_upload_url(&nonce);
        timeline.on_upload_failed(&nonce, now, "Broken.");
        assert_eq!(timeline.next_upload(now), None, "there is a pause");
        now += MINUTE;
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! Broken."]);
    assert_eq!(timeline.next_upload(now), None);
    timeline.retry(&nonce);
    assert_eq!(timeline.next_upload(now), upload_request("a"));
}

#[test]
fn an_upload_survives_a_lost_socket_but_its_request_does_not() {
    let mut timeline = room(1..=1, false);
    post_image(&mut timeline, "a");
    timeline.next_upload(0);
    timeline.on_disconnect();
    assert!(!timeline.on_upload_url(&"a".parse().unwrap()), "the request is void after a lost socket");
    assert_eq!(timeline.next_upload(0), upload_request("a"));
    timeline.on_upload_url(&"a".parse().unwrap());
    timeline.on_disconnect();
    timeline.on_upload_finished(&"a".parse().unwrap());
    assert_eq!(timeline.next_message(0), sent_with_image("a"));
}

#[test]
fn an_upload_request_is_repeated_after_a_timeout() {
    let mut timeline = room(1..=1, false);
    post_image(&mut timeline, "a");
    timeline.next_upload(0);
    assert!(!timeline.expire(CONFIRM_MS - 1, "Late."));
    assert!(timeline.expire(CONFIRM_MS, "Late."), "the socket may be dead");
    assert_eq!(timeline.next_upload(CONFIRM_MS + MINUTE), upload_request("a"));
}

#[test]
fn an_image_missing_in_storage_is_uploaded_again() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_image(&mut timeline, "a");
    timeline.next_upload(0);
    timeline.on_upload_url(&nonce);
    timeline.on_upload_finished(&nonce);
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NoImage), 0);
    assert_eq!((timeline.next_message(MINUTE), timeline.next_upload(MINUTE)), (None, upload_request("a")));
    timeline.on_upload_url(&nonce);
    timeline.on_image_lost(&nonce, "Gone.");
    assert_eq!(shown(&timeline), ["bob 1", "a! Gone."]);
}

#[test]
fn a_refused_image_fails() {
    let mut timeline = room(1..=1, false);
    post_image(&mut timeline, "a");
    timeline.next_upload(0);
    timeline.apply(refused(Some("a"), "upload", ErrorCode::BadField), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
}

#[test]
fn an_upload_can_be_cancelled_and_a_sent_message_cannot() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    for uploaded in [false, true] {
        post_image(&mut timeline, "a");
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
fn only_uploaded_images_are_kept_for_the_next_visit() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_image(&mut timeline, "a");
    assert!(timeline.unsent().is_empty() && timeline.has_unfinished_uploads());
    timeline.next_upload(0);
    timeline.on_upload_url(&nonce);
    timeline.on_upload_finished(&nonce);
    assert!(!timeline.has_unfinished_uploads());
    let mut next = room(1..=1, false);
    timeline.unsent().into_iter().for_each(|draft| next.restore(draft, 0));
    assert_eq!((next.next_upload(0), next.next_message(0)), (None, sent_with_image("a")));
}
