use std::time::Duration;

use serde_json::json;

use super::*;

fn pong() -> ServerFrame {
    ServerFrame::of(&[Frame::from(&ServerMessage::Pong)])
}

fn message(rev: u64, characters: usize) -> ServerFrame {
    let message = json!({
        "type": "message", "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n",
        "text": "x".repeat(characters), "sentAt": 1,
    });
    ServerFrame::of(&[Frame::from(&serde_json::from_value::<ServerMessage>(message).unwrap())])
}

fn push(queue: &SendQueue, frame: &ServerFrame) -> DeliveryOutcome {
    queue.push(frame).outcome
}

/// Writes at most `count` bytes, and returns them.
fn read(queue: &SendQueue, count: usize) -> Vec<u8> {
    let mut read = Vec::new();
    queue.flush_with(|slices| {
        let all = slices.iter().flat_map(|slice| slice.iter().copied());
        let before = read.len();
        read.extend(all.take(count - before));
        if read.len() == before { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(read.len() - before) }
    });
    read
}

/// Reads everything, and returns the payloads.
fn read_all(queue: &SendQueue) -> Vec<String> {
    let (mut bytes, mut payloads) = (read(queue, usize::MAX), Vec::new());
    while !bytes.is_empty() {
        let (head, length) = match bytes[1] {
            126 => (4, usize::from(u16::from_be_bytes([bytes[2], bytes[3]]))),
            length => (2, usize::from(length)),
        };
        let payload: Vec<u8> = bytes.drain(..head + length).skip(head).collect();
        payloads.push(String::from_utf8_lossy(&payload).into_owned());
    }
    payloads
}

#[test]
fn a_full_queue_drops_frames_and_then_tells_to_catch_up() {
    let queue = SendQueue::default();
    for rev in 1..=MAX_FRAMES as u64 {
        assert_eq!(push(&queue, &message(rev, 1)), DeliveryOutcome::Delivered);
    }
    let first_dropped = MAX_FRAMES as u64 + 1;
    assert_eq!(push(&queue, &pong()), DeliveryOutcome::Behind);
    assert_eq!(push(&queue, &message(first_dropped + 1, 1)), DeliveryOutcome::Behind);
    assert_eq!(push(&queue, &message(first_dropped, 1)), DeliveryOutcome::Behind, "frames may arrive out of order");
    let first = message(1, 1).bytes;
    assert_eq!(read(&queue, first.len()), first);
    assert_eq!(push(&queue, &pong()), DeliveryOutcome::Behind, "until it has read everything");
    let read = read_all(&queue);
    assert_eq!((read.len(), read.last().unwrap().as_str()), (MAX_FRAMES, r#"{"type":"catchUp","after":256}"#));
    assert_eq!(push(&queue, &pong()), DeliveryOutcome::Delivered);
    assert_eq!(read_all(&queue), [r#"{"type":"pong"}"#], "it is told once");
}

#[test]
fn the_queued_bytes_are_bounded() {
    let queue = SendQueue::default();
    let pushed = (1..=20).filter(|rev| push(&queue, &message(*rev, 4_000)) == DeliveryOutcome::Delivered).count();
    assert_eq!(pushed, 20);
    assert!(queue.status().is_ready);
    while push(&queue, &message(1, 4_000)) == DeliveryOutcome::Delivered {}
    let queued: usize = read_all(&queue).iter().map(String::len).sum();
    assert!(queued <= MAX_BYTES, "{queued}");
}

#[test]
fn a_client_with_a_half_full_queue_is_not_read_from() {
    let queue = SendQueue::default();
    for rev in 0..MAX_FRAMES as u64 / 2 {
        assert!(queue.status().is_ready);
        push(&queue, &message(rev, 1));
    }
    assert!(!queue.status().is_ready);
    read(&queue, message(0, 1).bytes.len());
    assert!(queue.status().is_ready);
}

#[test]
fn a_full_queue_can_be_closed_and_takes_no_more() {
    let queue = SendQueue::default();
    while push(&queue, &pong()) == DeliveryOutcome::Delivered {}
    assert!(queue.close(4403));
    assert!(!queue.close(1001), "the first code counts");
    assert_eq!(push(&queue, &pong()), DeliveryOutcome::Gone);
    assert!(queue.status().is_closing && !queue.status().has_ended);
    let read = read(&queue, usize::MAX);
    assert_eq!(read.len(), MAX_FRAMES * pong().bytes.len() + 4);
    assert!(read.ends_with(&server_frame::close(4403)));
    assert!(queue.status().has_ended);
}

#[test]
fn a_control_frame_overtakes_frames_but_not_the_rest_of_one() {
    let queue = SendQueue::default();
    push(&queue, &message(1, 9));
    push(&queue, &message(2, 9));
    let mut read_so_far = read(&queue, 5);
    queue.control(server_frame::ping());
    read_so_far.extend(read(&queue, usize::MAX));
    assert_eq!(read_so_far, [message(1, 9).bytes, server_frame::ping(), message(2, 9).bytes].concat());
}

#[test]
fn only_the_newest_ping_is_answered_when_the_client_does_not_read() {
    let queue = SendQueue::default();
    let pong = |number: u8| Bytes::from(vec![0x8a, 1, number]);
    push(&queue, &message(1, 9));
    let mut read_so_far = read(&queue, 5);
    (0..100).for_each(|number| _ = queue.pong(pong(number)));
    assert_eq!(queue.lock().bytes, message(1, 9).bytes.len() - 5 + 3);
    assert!(!queue.pong(pong(100)), "the client takes nothing: flushing is of no use");
    read_so_far.extend(read(&queue, usize::MAX));
    assert_eq!(read_so_far, [message(1, 9).bytes, pong(100)].concat());
    assert_eq!(queue.lock().bytes, 0);
    assert!(queue.pong(pong(101)));
    queue.close(4403);
    assert!(!queue.pong(pong(102)), "nothing is answered after the close frame");
}

#[test]
fn every_place_of_a_cut_gives_the_same_bytes() {
    let frames: Vec<ServerFrame> = (1..=100).map(|rev| message(rev, 300)).collect();
    let expected = frames.iter().map(|frame| frame.bytes.to_vec()).collect::<Vec<_>>().concat();
    for step in [1, 2, 7, 331, 4_096, 50_000] {
        let queue = SendQueue::default();
        for frame in &frames {
            queue.push(frame);
        }
        let mut all = Vec::new();
        while all.len() < expected.len() {
            all.extend(read(&queue, step));
        }
        assert!(all == expected, "in steps of {step}");
        assert_eq!(queue.lock().bytes, 0);
    }
}

#[test]
fn an_answered_close_drops_what_waits() {
    let queue = SendQueue::default();
    push(&queue, &message(1, 9));
    queue.answer_close(server_frame::close(1000));
    assert!(!queue.close(1001), "it is being closed already");
    assert_eq!(read(&queue, usize::MAX), server_frame::close(1000));
    assert!(queue.status().has_ended);
}

#[test]
fn a_broken_connection_ends_the_queue_and_frees_its_frames() {
    let queue = SendQueue::default();
    push(&queue, &message(1, 9));
    queue.flush_with(|_| Err(io::ErrorKind::BrokenPipe.into()));
    assert!(queue.status().has_ended);
    assert!(queue.lock().frames.is_empty());
    assert_eq!(push(&queue, &pong()), DeliveryOutcome::Gone);
}

#[test]
fn an_empty_queue_keeps_little_memory() {
    let queue = SendQueue::default();
    while push(&queue, &pong()) == DeliveryOutcome::Delivered {}
    read(&queue, usize::MAX);
    assert!(queue.lock().frames.capacity() <= KEPT_CAPACITY);
}

#[tokio::test(start_paused = true)]
async fn the_time_behind_counts_from_the_first_dropped_frame() {
    let queue = SendQueue::default();
    while push(&queue, &pong()) == DeliveryOutcome::Delivered {}
    let first = Instant::now();
    tokio::time::advance(Duration::from_secs(10)).await;
    push(&queue, &pong());
    assert_eq!(queue.status().behind_since, Some(first));
    read_all(&queue);
    assert_eq!(queue.status().behind_since, None);
}
