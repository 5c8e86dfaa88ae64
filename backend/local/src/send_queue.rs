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

#[cfg(test)]
mod tests;

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
    /// The answer to the newest ping. Others need none (RFC 6455 section 5.5.3), so that pings fill no memory.
    pong: Bytes,
    /// A ping, and the close frame. Like pongs, they overtake frames that wait.
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

    /// Answers a ping, in place of an answer that waits. Returns whether the caller has to flush.
    pub(crate) fn pong(&self, frame: Bytes) -> bool {
        let mut state = self.lock();
        if state.closing != Closing::Open {
            return false;
        }
        state.bytes += frame.len();
        state.bytes -= state.pong.len();
        state.pong = frame;
        !state.is_blocked
    }

    /// Adds a ping. The caller flushes.
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
        let pong = Some(&self.pong).filter(|pong| !pong.is_empty());
        let all =
            rest.into_iter().chain(pong).chain(&self.controls).chain(self.frames.iter().map(|frame| &frame.bytes));
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
            } else if !self.pong.is_empty() {
                (std::mem::take(&mut self.pong), false)
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
