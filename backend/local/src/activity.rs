//! When a socket was last used, and when it is closed or pinged.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The last use of one socket.
///
/// Two rules end a socket. As at API Gateway, it ends when no frame was sent in either direction for the idle time. And it ends when
/// nothing at all came from the client for that time, although frames were sent to it: then the connection is broken, and nobody has told
/// this side. Clients that only listen in a busy room answer pings.
pub(crate) struct Activity(Mutex<State>);

struct State {
    /// The last frame in either direction, without pings and pongs.
    frame: Instant,
    /// The last sign of life from the client: a frame or a pong.
    received: Instant,
    /// Whether the client was pinged since then.
    pinged: bool,
}

/// What is due next if nothing happens until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// Ping the client.
    Ping(Instant),
    /// Close the socket.
    Close(Instant),
}

impl Deadline {
    /// Returns the time.
    pub(crate) fn at(self) -> Instant {
        let (Self::Ping(at) | Self::Close(at)) = self;
        at
    }
}

impl Default for Activity {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State { frame: now, received: now, pinged: false }))
    }
}

impl Activity {
    /// Records a frame, in either direction.
    pub(crate) fn on_frame(&self) {
        self.lock().frame = Instant::now();
    }

    /// Records a sign of life from the client.
    pub(crate) fn on_received(&self) {
        let mut state = self.lock();
        (state.received, state.pinged) = (Instant::now(), false);
    }

    /// Records a ping to the client.
    pub(crate) fn on_pinged(&self) {
        self.lock().pinged = true;
    }

    /// Returns what is due next for a socket with this idle time.
    pub(crate) fn deadline(&self, idle: Duration) -> Deadline {
        let state = self.lock();
        // In a silent room a ping would keep nothing open.
        if !state.pinged && state.frame > state.received {
            return Deadline::Ping(state.received + idle / 2);
        }
        Deadline::Close(state.frame.min(state.received) + idle)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
