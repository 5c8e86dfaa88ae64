//! The send queue of one socket: frames that wait until the client reads them.
//!
//! Adding a frame never waits. When a queue is full, its client is *behind*: further frames are dropped. Once the client has read what
//! is queued, it gets one `catchUp` frame and asks for the changes that it missed. A client that stays behind is disconnected.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chat::ports::connection_gateway::{DeliveryOutcome, Frame};
use shared_types::{Rev, ServerMessage};
use tokio::{sync::Notify, time::Instant};

/// Maximum number of queued frames: two pages of single messages. Beyond it a `changes` request is cheaper.
const MAX_FRAMES: usize = 256;

/// Maximum size of the queued frames, in bytes: eight of the largest answers. 250 sockets of one address hold 250 MB if each queue is
/// full of its own answers. Broadcasts are shared: they take the memory of one queue, however many sockets are behind.
const MAX_BYTES: usize = 1024 * 1024;

/// Size of the queued frames, in bytes, below which the next frame of the client is handled, so that its answer has room.
const READY_BYTES: usize = MAX_BYTES / 2;

/// The send queue of one socket. The gateway adds frames, the writer of the socket takes them, and its reader watches the state.
#[derive(Default)]
pub(crate) struct SendQueue {
    state: Mutex<State>,
    /// Wakes the writer: there is something to send.
    filled: Notify,
    /// Wakes the reader: readiness, deadline or closing may have changed.
    changed: Notify,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// Since when the client is behind.
    behind: Option<Behind>,
    /// Whether to send a ping.
    ping: bool,
    /// The code to close the socket with, after the queued frames.
    close: Option<u16>,
    /// Whether the writer has ended.
    ended: bool,
}

struct Behind {
    since: Instant,
    /// The first revision of a dropped frame.
    first_rev: Option<Rev>,
}

/// What the writer has to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    /// Send this frame.
    Frame(Frame),
    /// Send a ping.
    Ping,
    /// Close with this code; nothing follows.
    Close(u16),
}

/// What the reader needs to know about the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueStatus {
    /// Whether there is room for the answer to another frame.
    pub(crate) ready: bool,
    /// Since when the client is behind, if it is.
    pub(crate) behind_since: Option<Instant>,
    /// Whether the socket is being closed.
    pub(crate) closing: bool,
}

impl SendQueue {
    /// Adds a frame, or drops it if the client is behind.
    pub(crate) fn push(&self, frame: &Frame) -> DeliveryOutcome {
        let mut state = self.lock();
        if state.close.is_some() || state.ended {
            return DeliveryOutcome::Gone;
        }
        let size = frame.json().len();
        let is_full = state.frames.len() >= MAX_FRAMES || state.bytes + size > MAX_BYTES;
        if is_full || state.behind.is_some() {
            let became_behind = state.behind.is_none();
            let behind = state.behind.get_or_insert_with(|| Behind { since: Instant::now(), first_rev: None });
            behind.first_rev = [behind.first_rev, frame.rev()].into_iter().flatten().min();
            if became_behind {
                self.changed.notify_one();
            }
            return DeliveryOutcome::Behind;
        }
        state.bytes += size;
        state.frames.push_back(frame.clone());
        self.filled.notify_one();
        DeliveryOutcome::Delivered
    }

    /// Asks the writer for a ping.
    pub(crate) fn ping(&self) {
        self.lock().ping = true;
        self.filled.notify_one();
    }

    /// Closes the socket after the queued frames. Returns whether this call closed it.
    pub(crate) fn close(&self, code: u16) -> bool {
        let mut state = self.lock();
        let closes = state.close.is_none() && !state.ended;
        if closes {
            state.close = Some(code);
            self.filled.notify_one();
            self.changed.notify_one();
        }
        closes
    }

    /// Closes the socket without the queued frames.
    pub(crate) fn cut(&self, code: u16) {
        self.lock().frames.clear();
        self.close(code);
    }

    /// Records that the writer has ended: nothing will be sent any more.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.frames.clear();
        self.changed.notify_one();
    }

    /// Returns whether the socket is being closed.
    pub(crate) fn is_closing(&self) -> bool {
        self.status().closing
    }

    /// Returns the state of the queue.
    pub(crate) fn status(&self) -> QueueStatus {
        let state = self.lock();
        QueueStatus {
            ready: state.bytes < READY_BYTES && state.frames.len() < MAX_FRAMES / 2 && state.behind.is_none(),
            behind_since: state.behind.as_ref().map(|behind| behind.since),
            closing: state.close.is_some() || state.ended,
        }
    }

    /// Waits until [`status`](Self::status) may have changed. Only the reader calls this.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits for the next item. Only the writer calls this.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.filled.notified().await;
        }
    }

    /// Returns the next item, if there is one.
    pub(crate) fn try_next(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        if std::mem::take(&mut state.ping) {
            return Some(Outgoing::Ping);
        }
        if let Some(frame) = state.frames.pop_front() {
            state.bytes -= frame.json().len();
            self.changed.notify_one();
            return Some(Outgoing::Frame(frame));
        }
        if let Some(code) = state.close {
            return Some(Outgoing::Close(code));
        }
        // Everything before is sent: the client reads again.
        let behind = state.behind.take()?;
        self.changed.notify_one();
        let after = behind.first_rev.map(|rev| Rev(rev.0.saturating_sub(1)));
        Some(Outgoing::Frame(Frame::from(&ServerMessage::CatchUp { after })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn pong() -> Frame {
        Frame::from(&ServerMessage::Pong)
    }

    fn message(rev: u64, characters: usize) -> Frame {
        let message = json!({
            "type": "message", "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n",
            "text": "x".repeat(characters), "sentAt": 1,
        });
        Frame::from(&serde_json::from_value::<ServerMessage>(message).unwrap())
    }

    fn read_all(queue: &SendQueue) -> Vec<String> {
        std::iter::from_fn(|| queue.try_next())
            .map(|next| match next {
                Outgoing::Frame(frame) => String::from_utf8(frame.json().to_vec()).unwrap(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_full_queue_drops_frames_and_then_tells_to_catch_up() {
        let queue = SendQueue::default();
        for rev in 1..=MAX_FRAMES as u64 {
            assert_eq!(queue.push(&message(rev, 1)), DeliveryOutcome::Delivered);
        }
        let first_dropped = MAX_FRAMES as u64 + 1;
        assert_eq!(queue.push(&pong()), DeliveryOutcome::Behind);
        assert_eq!(queue.push(&message(first_dropped + 1, 1)), DeliveryOutcome::Behind);
        assert_eq!(queue.push(&message(first_dropped, 1)), DeliveryOutcome::Behind, "frames may arrive out of order");
        assert!(matches!(queue.try_next(), Some(Outgoing::Frame(frame)) if frame.rev() == Some(Rev(1))));
        assert_eq!(queue.push(&pong()), DeliveryOutcome::Behind, "until it has read everything");
        let read = read_all(&queue);
        assert_eq!((read.len(), read.last().unwrap().as_str()), (MAX_FRAMES, r#"{"type":"catchUp","after":256}"#));
        assert_eq!(queue.push(&pong()), DeliveryOutcome::Delivered);
        assert_eq!(read_all(&queue), [r#"{"type":"pong"}"#], "it is told once");
    }

    #[test]
    fn the_queued_bytes_are_bounded() {
        let queue = SendQueue::default();
        let pushed = (1..=20).filter(|rev| queue.push(&message(*rev, 4_000)) == DeliveryOutcome::Delivered).count();
        assert_eq!(pushed, 20);
        assert!(queue.status().ready);
        while queue.push(&message(1, 4_000)) == DeliveryOutcome::Delivered {}
        let queued: usize = read_all(&queue).iter().map(String::len).sum();
        assert!(queued <= MAX_BYTES, "{queued}");
    }

    #[test]
    fn a_client_with_a_half_full_queue_is_not_read_from() {
        let queue = SendQueue::default();
        for rev in 0..MAX_FRAMES as u64 / 2 {
            assert!(queue.status().ready);
            queue.push(&message(rev, 1));
        }
        assert!(!queue.status().ready);
        queue.try_next();
        assert!(queue.status().ready);
    }

    #[test]
    fn a_full_queue_can_be_closed_and_takes_no_more() {
        let queue = SendQueue::default();
        while queue.push(&pong()) == DeliveryOutcome::Delivered {}
        assert!(queue.close(4403));
        assert!(!queue.close(1001), "the first code counts");
        assert_eq!(queue.push(&pong()), DeliveryOutcome::Gone);
        assert!(queue.status().closing);
        assert_eq!(read_all_until_close(&queue), (MAX_FRAMES, Outgoing::Close(4403)));
    }

    fn read_all_until_close(queue: &SendQueue) -> (usize, Outgoing) {
        for count in 0.. {
            match queue.try_next().unwrap() {
                Outgoing::Frame(_) => {}
                close => return (count, close),
            }
        }
        unreachable!("the queue is closed")
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_behind_counts_from_the_first_dropped_frame() {
        let queue = SendQueue::default();
        while queue.push(&pong()) == DeliveryOutcome::Delivered {}
        let first = Instant::now();
        tokio::time::advance(Duration::from_secs(10)).await;
        queue.push(&pong());
        assert_eq!(queue.status().behind_since, Some(first));
        read_all(&queue);
        assert_eq!(queue.status().behind_since, None);
    }
}
