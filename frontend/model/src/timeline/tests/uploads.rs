//! Tests of messages that wait for their image.

use super::*;

fn image() -> ChatImage {
    let side = 8.try_into().unwrap();
    let size = 100.try_into().unwrap();
    ChatImage {
        kind: ImageType::Webp,
        size,
        width: side,
        height: side,
        preview: None,
        alt: None,
        more: MoreImages::default(),
    }
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
    assert!(timeline.on_upload_url(&nonce, true));
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
    timeline.on_upload_url(&"a".parse().unwrap(), true);
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
        timeline.on_upload_url(&nonce, true);
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
    assert!(!timeline.on_upload_url(&"a".parse().unwrap(), true), "the request is void after a lost socket");
    assert_eq!(timeline.next_upload(0), upload_request("a"));
    timeline.on_upload_url(&"a".parse().unwrap(), true);
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
    timeline.on_upload_url(&nonce, true);
    timeline.on_upload_finished(&nonce);
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NoImage), 0);
    assert_eq!((timeline.next_message(MINUTE), timeline.next_upload(MINUTE)), (None, upload_request("a")));
    timeline.on_upload_url(&nonce, true);
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
        timeline.on_upload_url(&nonce, true);
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
    timeline.on_upload_url(&nonce, true);
    timeline.on_upload_finished(&nonce);
    assert!(!timeline.has_unfinished_uploads());
    let mut next = room(1..=1, false);
    timeline.unsent().into_iter().for_each(|draft| next.restore(draft, 0));
    assert_eq!((next.next_upload(0), next.next_message(0)), (None, sent_with_image("a")));
}

/// Returns a message with three images and the nonce "a".
fn album() -> Draft {
    let of_size = |size: u64| ChatImage { size: size.try_into().unwrap(), ..image() };
    let more = MoreImages(vec![of_size(101), of_size(102)]);
    Draft { image: Some(ChatImage { more, ..image() }), ..draft("a") }
}

/// The request for the upload URL of image `number` of "a".
fn album_request(number: usize) -> Option<ClientMessage> {
    let size = (100 + number as u64).try_into().unwrap();
    Some(ClientMessage::Upload { nonce: image_nonce(number), kind: ImageType::Webp, size })
}

fn image_nonce(number: usize) -> Nonce {
    "a".parse::<Nonce>().unwrap().of_image(number).unwrap()
}

fn sent_nonce(frame: Option<ClientMessage>) -> Option<String> {
    match frame? {
        ClientMessage::Send { nonce, image, .. } => Some(format!("{} {}", nonce?, image?.count())),
        _ => None,
    }
}

#[test]
fn several_images_are_uploaded_one_after_the_other_and_sent_as_one_message() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    for number in 0..3 {
        assert_eq!(timeline.next_upload(0), album_request(number));
        assert_eq!(timeline.next_upload(0), None, "one upload at a time");
        assert!(timeline.on_upload_url(&image_nonce(number), true));
        assert!(!timeline.on_upload_url(&image_nonce(number), true), "a repeated answer");
        timeline.on_upload_progress(&image_nonce(number), 50);
        assert_eq!(shown(&timeline), ["bob 1".into(), format!("a {} %", [16, 50, 83][number])]);
        assert!(timeline.unsent().is_empty() && timeline.next_message(0).is_none());
        timeline.on_upload_finished(&image_nonce(number));
    }
    assert_eq!((timeline.unsent(), timeline.has_unfinished_uploads()), (vec![album()], false));
    assert_eq!(sent_nonce(timeline.next_message(0)), Some("a 3".into()));
}

#[test]
fn an_upload_of_several_that_breaks_is_repeated_alone() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    timeline.next_upload(0);
    timeline.on_upload_url(&image_nonce(0), true);
    timeline.on_upload_finished(&image_nonce(0));
    let mut now = 0;
    for _ in 0..TRIES {
        assert_eq!(timeline.next_upload(now), album_request(1));
        timeline.on_upload_url(&image_nonce(1), true);
        timeline.on_upload_failed(&image_nonce(1), now, "Broken.");
        now += MINUTE;
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! Broken."]);
    timeline.retry(&"a".parse().unwrap());
    assert_eq!(timeline.next_upload(now), album_request(1));
    timeline.discard(&"a".parse().unwrap());
    assert_eq!(shown(&timeline), ["bob 1"], "discarded as a whole");
}

#[test]
fn a_refused_upload_of_several_fails_the_message() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    timeline.next_upload(0);
    timeline.on_upload_url(&image_nonce(0), true);
    timeline.on_upload_finished(&image_nonce(0));
    timeline.next_upload(0);
    timeline.apply(refused(Some("a=1"), "upload", ErrorCode::BadField), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
}

#[test]
fn a_limit_on_uploads_delays_the_next_image() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    timeline.next_upload(0);
    timeline.on_upload_url(&image_nonce(0), true);
    timeline.on_upload_finished(&image_nonce(0));
    timeline.next_upload(0);
    timeline.apply(refused(Some("a=1"), "upload", ErrorCode::TooFast), 0);
    assert_eq!(timeline.next_upload(0), None);
    assert_eq!(timeline.next_upload(MINUTE), album_request(1));
}

#[test]
fn all_images_are_uploaded_again_if_one_is_missing_in_storage() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    upload_album(&mut timeline);
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NoImage), 0);
    assert_eq!(timeline.next_upload(MINUTE), album_request(0));
}

fn upload_album(timeline: &mut Timeline) {
    for number in 0..3 {
        timeline.next_upload(0);
        timeline.on_upload_url(&image_nonce(number), true);
        timeline.on_upload_finished(&image_nonce(number));
    }
}

/// The messages that are sent, each with its number of images.
fn sent_to_an_older_server(timeline: &mut Timeline) -> Vec<String> {
    let mut sent = Vec::new();
    for seq in 2..9 {
        while let Some(ClientMessage::Upload { nonce, .. }) = timeline.next_upload(0) {
            timeline.on_upload_url(&nonce, false);
            timeline.on_upload_finished(&nonce);
        }
        let Some(frame) = timeline.next_message(0) else { break };
        let ClientMessage::Send { nonce: Some(nonce), image: Some(image), .. } = &frame else { break };
        let ServerMessage::Message(stored) = confirmed(seq, nonce.as_str()) else { unreachable!() };
        // It stores what it knows of an image.
        let image = Some(ChatImage { more: MoreImages::default(), ..image.clone() });
        timeline.apply(ServerMessage::Message(ChatMessage { image, ..stored }), 0);
        sent.extend(sent_nonce(Some(frame)));
    }
    assert!(!timeline.has_unfinished_uploads() && timeline.unsent().is_empty());
    sent
}

#[test]
fn a_server_that_does_not_know_several_images_gets_a_message_for_each() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    assert_eq!(sent_to_an_older_server(&mut timeline), ["a 1", "a=1 1", "a=2 1"]);
}

#[test]
fn no_image_is_lost_when_the_server_becomes_older_during_the_uploads() {
    for uploaded in 1..3 {
        let mut timeline = room(1..=1, false);
        timeline.post(album(), 0);
        for number in 0..uploaded {
            timeline.next_upload(0);
            timeline.on_upload_url(&image_nonce(number), true);
            timeline.on_upload_finished(&image_nonce(number));
        }
        assert_eq!(sent_to_an_older_server(&mut timeline), ["a 1", "a=1 1", "a=2 1"], "{uploaded}");
    }
}

#[test]
fn no_image_is_lost_when_the_server_becomes_older_after_the_uploads() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    upload_album(&mut timeline);
    assert_eq!(sent_to_an_older_server(&mut timeline), ["a 3", "a=1 1", "a=2 1"]);
    let mut next = room(1..=1, false);
    next.restore(album(), 0);
    assert_eq!(sent_to_an_older_server(&mut next), ["a 3", "a=1 1", "a=2 1"], "after a reload");
}

#[test]
fn a_message_deleted_before_its_confirmation_sends_no_image_again() {
    let mut timeline = room(1..=1, false);
    timeline.post(album(), 0);
    upload_album(&mut timeline);
    timeline.next_message(0);
    let ServerMessage::Message(stored) = confirmed(2, "a") else { unreachable!() };
    timeline.apply(ServerMessage::Message(ChatMessage { text: None, deleted: true, ..stored }), 0);
    assert!(timeline.unsent().is_empty());
}
