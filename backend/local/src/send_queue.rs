//! The send queue of one socket: frames that wait until the client reads them.
//!
//! Adding a frame never waits. When a queue is full, its client is *behind*: further frames are dropped. Once the client has read what
//! is queued, it gets one `catchUp` frame and asks for the changes that it missed. A client that stays behind is disconnected.
//!
//! The queue holds references to frames, and everything that waits leaves in one write. Broadcasts are written by the
//! [flusher](crate::flusher), without waking the socket's task. The task writes when the client was slow, and its own answers.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, IoSlice},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use axum::body::Bytes;
use chat::ports::connection_gateway::{DeliveryOutcome, Frame};
use shared_types::{Rev, ServerMessage};
use tokio::{net::TcpStream, sync::Notify, time::Instant};

use crate::{
    activity::Activity,
    server_frame::{self, ServerFrame},
};

/// Maximum number of queued frames: two pages of single messages. Beyond it a `changes` request is cheaper.
const MAX_FRAMES: usize = 256;

/// Maximum size of the queued frames, in bytes: eight of the largest answers. 250 sockets of one address hold 250 MB if each queue is
/// full of its own answers. Broadcasts are shared: they take the memory of one queue, however many sockets are behind.
const MAX_BYTES: usize = 1024 * 1024;

/// Size of the queued frames, in bytes, below which the next frame of the client is handled, so that its answer has room.
const READY_BYTES: usize = MAX_BYTES / 2;

/// Maximum number of frames in one write.
const SLICES: usize = 64;

/// Size of the queued frames, in bytes, up to which they are copied together before they are written.
const COPIED_BYTES: usize = 16 * 1024;

thread_local! {
    /// Frames that are written together.
    static COPY_BUFFER: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(COPIED_BYTES));
}

/// Number of frames for which an empty queue keeps memory, 40 bytes each.
const KEPT_CAPACITY: usize = 8;

/// The send queue of one socket. The gateway adds frames, the flusher and the socket's task write them, and the task watches the state.
#[derive(Default)]
pub(crate) struct SendQueue {
    state: Mutex<State>,
    /// Set when the handshake has ended. Until then frames wait.
    stream: OnceLock<TcpStream>,
    /// Wakes the task: [`QueueStatus`] may have changed.
    changed: Notify,
    /// When the socket was last used.
    pub(crate) activity: Activity,
}

#[derive(Default)]
struct State {
    /// The rest of a frame of which a part was sent.
    rest: Bytes,
    /// Pings, pongs and the close frame. They overtake frames that wait.
    controls: VecDeque<Bytes>,
    frames: VecDeque<ServerFrame>,
    /// Size of all of these.
    bytes: usize,
    /// Since when the client is behind.
    behind: Option<Behind>,
    /// Whether the connection took no more at the last write.
    is_blocked: bool,
    /// Whether the flusher will write.
    is_listed: bool,
    closing: Closing,
}

struct Behind {
    since: Instant,
    /// The first revision of a dropped frame.
    first_rev: Option<Rev>,
}

/// How far a socket is on its way to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Closing {
    #[default]
    Open,
    /// A close frame with this code follows the queued frames.
    AfterFrames(u16),
    /// The close frame is queued; nothing follows.
    Queued,
    /// Everything is sent, or the connection is broken.
    Ended,
}

/// What the socket's task needs to know about the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueStatus {
    /// Whether there is room for the answer to another frame.
    pub(crate) is_ready: bool,
    /// Since when the client is behind, if it is.
    pub(crate) behind_since: Option<Instant>,
    /// Whether the task has to write once the connection takes more.
    pub(crate) is_blocked: bool,
    /// Whether the socket is being closed.
    pub(crate) is_closing: bool,
    /// Whether nothing will be sent any more.
    pub(crate) has_ended: bool,
}

/// The result of [`SendQueue::push`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pushed {
    pub(crate) outcome: DeliveryOutcome,
    /// Whether the caller has to put the queue on the flusher's list.
    pub(crate) needs_flush: bool,
}

impl SendQueue {
    /// Begins to send on this stream.
    pub(crate) fn open(&self, stream: TcpStream) -> &TcpStream {
        self.stream.get_or_init(|| stream)
    }

    /// Adds a frame, or drops it if the client is behind.
    pub(crate) fn push(&self, frame: &ServerFrame) -> Pushed {
        let mut state = self.lock();
        let was_behind = state.behind.is_some();
        let outcome = state.push(frame);
        if outcome == DeliveryOutcome::Behind && !was_behind {
            self.changed.notify_one();
        }
        let needs_flush = outcome == DeliveryOutcome::Delivered
            && !(state.is_listed || state.is_blocked || self.stream.get().is_none());
        state.is_listed |= needs_flush;
        Pushed { outcome, needs_flush }
    }

    /// Adds a ping, or the answer to a ping. The caller flushes.
    pub(crate) fn control(&self, frame: Bytes) {
        let mut state = self.lock();
        if state.closing == Closing::Open {
            state.control(frame);
        }
    }

    /// Closes the socket after the queued frames. Returns whether this call closed it.
    pub(crate) fn close(&self, code: u16) -> bool {
        let mut state = self.lock();
        let closes = state.closing == Closing::Open;
        if closes {
            state.closing = Closing::AfterFrames(code);
            self.changed.notify_one();
        }
        closes
    }

    /// Closes the socket without the queued frames.
    pub(crate) fn cut(&self, code: u16) {
        self.lock().drop_frames();
        self.close(code);
    }

    /// Answers the close frame of the client. Queued frames are dropped, because the client ignores them.
    pub(crate) fn answer_close(&self, frame: Bytes) {
        let mut state = self.lock();
        state.drop_frames();
        if matches!(state.closing, Closing::Open | Closing::AfterFrames(_)) {
            state.control(frame);
            state.closing = Closing::Queued;
        }
    }

    /// Records that nothing will be sent any more.
    pub(crate) fn end(&self) {
        self.lock().end();
        self.changed.notify_one();
    }

    /// Returns the state of the queue.
    pub(crate) fn status(&self) -> QueueStatus {
        self.lock().status()
    }

    /// Waits until [`status`](Self::status) may have changed. Only the socket's task calls this.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Writes what is queued, as far as the connection takes it.
    pub(crate) fn flush(&self) {
        if let Some(stream) = self.stream.get() {
            self.flush_with(|slices| match slices {
                [one] => stream.try_write(one),
                many => stream.try_write_vectored(many),
            });
        }
    }

    /// Writes what is queued with `write`, until it would block.
    fn flush_with(&self, mut write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) {
        let mut state = self.lock();
        let before = state.status();
        (state.is_listed, state.is_blocked) = (false, false);
        while state.has_more() {
            match state.write(&mut write) {
                Ok(0) => state.end(),
                Ok(count) => {
                    let has_sent_frame = state.sent(count);
                    if has_sent_frame {
                        self.activity.on_frame();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    state.is_blocked = true;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => state.end(),
            }
        }
        if state.frames.is_empty() && state.frames.capacity() > KEPT_CAPACITY {
            state.frames = VecDeque::new();
        }
        if state.status() != before {
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, frame: &ServerFrame) -> DeliveryOutcome {
        if self.closing != Closing::Open {
            return DeliveryOutcome::Gone;
        }
        let size = frame.bytes.len();
        let is_full = self.frames.len() >= MAX_FRAMES || self.bytes + size > MAX_BYTES;
        if is_full || self.behind.is_some() {
            let behind = self.behind.get_or_insert_with(|| Behind { since: Instant::now(), first_rev: None });
            behind.first_rev = [behind.first_rev, frame.rev].into_iter().flatten().min();
            return DeliveryOutcome::Behind;
        }
        self.bytes += size;
        self.frames.push_back(frame.clone());
        DeliveryOutcome::Delivered
    }

    fn control(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.controls.push_back(frame);
    }

    fn drop_frames(&mut self) {
        self.bytes -= self.frames.iter().map(|frame| frame.bytes.len()).sum::<usize>();
        self.frames = VecDeque::new();
    }

    fn end(&mut self) {
        *self = Self { closing: Closing::Ended, ..Self::default() };
    }

    fn status(&self) -> QueueStatus {
        QueueStatus {
            is_ready: self.bytes < READY_BYTES && self.frames.len() < MAX_FRAMES / 2 && self.behind.is_none(),
            behind_since: self.behind.as_ref().map(|behind| behind.since),
            is_blocked: self.is_blocked,
            is_closing: self.closing != Closing::Open,
            has_ended: self.closing == Closing::Ended,
        }
    }

    /// Returns whether something has to be sent. If everything is sent, what comes after it is queued first.
    fn has_more(&mut self) -> bool {
        if self.bytes > 0 {
            return true;
        }
        match self.closing {
            Closing::Open => {
                // Everything before is sent: the client reads again.
                let Some(behind) = self.behind.take() else { return false };
                let after = behind.first_rev.map(|rev| Rev(rev.0.saturating_sub(1)));
                self.push(&ServerFrame::of(&[Frame::from(&ServerMessage::CatchUp { after })]));
                true
            }
            Closing::AfterFrames(code) => {
                self.control(server_frame::close(code));
                self.closing = Closing::Queued;
                true
            }
            Closing::Queued => {
                self.end();
                false
            }
            Closing::Ended => false,
        }
    }

    /// Writes all that fits in one call. Short frames are copied together, which costs the kernel less than many slices do.
    fn write(&self, write: &mut impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> io::Result<usize> {
        let rest = Some(&self.rest).filter(|rest| !rest.is_empty());
        let all = rest.into_iter().chain(&self.controls).chain(self.frames.iter().map(|frame| &frame.bytes));
        if self.bytes <= COPIED_BYTES {
            return COPY_BUFFER.with_borrow_mut(|buffer| {
                buffer.clear();
                all.for_each(|bytes| buffer.extend_from_slice(bytes));
                write(&[IoSlice::new(buffer)])
            });
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slice, bytes) in slices.iter_mut().zip(all) {
            *slice = IoSlice::new(bytes);
            count += 1;
        }
        write(&slices[..count])
    }

    /// Removes what was sent. Returns whether a part of a frame that is no control frame is among it.
    fn sent(&mut self, count: usize) -> bool {
        self.bytes -= count;
        let (mut left, mut has_sent_frame) = (count, false);
        while left > 0 {
            let (mut bytes, is_frame) = if !self.rest.is_empty() {
                (std::mem::take(&mut self.rest), false)
            } else if let Some(control) = self.controls.pop_front() {
                (control, false)
            } else if let Some(frame) = self.frames.pop_front() {
                (frame.bytes, true)
            } else {
                break;
            };
            has_sent_frame |= is_frame;
            let sent = bytes.len().min(left);
            left -= sent;
            self.rest = bytes.split_off(sent);
        }
        has_sent_frame
    }
}

#[cfg(test)]
mod tests {
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
}
