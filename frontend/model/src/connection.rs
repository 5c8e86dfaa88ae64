//! The life cycle of the connection: when to fetch a ticket, open, ping, replace and close sockets, and how long to
//! wait. It performs no I/O: every call takes the time in milliseconds and returns [`ConnectionCommand`]s.

mod backoff;
#[cfg(test)]
mod tests;

use shared_types::{Timestamp, limits};

pub use backoff::backoff;

/// Timeout of an attempt to connect, in milliseconds.
const OPEN_MS: u64 = 10_000;
/// Timeout of a ping, in milliseconds.
const PONG_MS: u64 = 8_000;
/// The same after the page or the device was suspended, when the socket is often dead. Too short a time only costs a reconnect, and what
/// was missed is to be there within ten seconds.
const WAKE_PONG_MS: u64 = 4_000;
/// Time between two ticks, in milliseconds, that shows that the device was suspended. Browsers run the timers of hidden pages once a
/// minute.
const SUSPENDED_MS: u64 = 90_000;
/// Number of sockets in a row that failed although a page state could be fetched before each, after which the visitor is told.
const BLOCKED_AFTER: u32 = 2;
/// A socket that lived this long, in milliseconds, resets the count of failures.
const STABLE_MS: u64 = 10_000;
/// How long before its maximum lifetime a socket is replaced, in milliseconds. Up to the same time again is added at
/// random, so that pages opened together do not reconnect together.
const REPLACE_BEFORE_END_MS: u64 = 5 * 60 * 1000;
/// Minimum time between two checks of a banned visitor, in milliseconds. A ban may be lifted early, and a page whose
/// clock is ahead takes every ban for expired.
const BAN_RECHECK_MS: u64 = 30_000;

const HEARTBEAT_MS: u64 = limits::HEARTBEAT.as_millis() as u64;
const LIFETIME_MS: u64 = limits::LIFETIME.as_millis() as u64;

/// The number of a socket within the page.
pub type SocketId = u32;

/// What the caller has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionCommand {
    /// Get a fresh ticket, then call [`Connection::on_ticket`].
    Fetch,
    /// Open a socket and say hello on it.
    Open(SocketId),
    /// Close a socket.
    Close(SocketId),
    /// Ping a socket.
    Ping(SocketId),
}

/// The status that the visitor sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The first attempt is running.
    Connecting,
    /// There is a live socket.
    Live,
    /// There is no live socket. The next attempt is in this many seconds; 0 while one is running.
    Offline(u32),
    /// The server answers, but no socket opens, as behind a proxy that does not pass sockets on. Each attempt fetches the newest
    /// messages. The number is that of `Offline`.
    Blocked(u32),
    /// The server refuses the visitor, and there are no attempts.
    Ended(EndReason),
}

/// Why the server refuses the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Banned until this time.
    Banned(Timestamp),
    /// The server does not know the visitor: they have to sign in again.
    SignedOut,
}

/// The socket that carries messages.
#[derive(Clone, Copy, Debug)]
struct Live {
    id: SocketId,
    since: u64,
    next_ping: u64,
    /// Until when the unanswered ping has to be answered.
    pong_due: Option<u64>,
}

/// The next socket: while there is no live one, or before the live one is replaced.
#[derive(Clone, Copy, Debug)]
enum Next {
    At(u64),
    Fetching { until: u64 },
    Opening { id: SocketId, until: u64 },
}

/// The connection: at most one live socket, and the next one.
#[derive(Debug)]
pub struct Connection {
    live: Option<Live>,
    next: Next,
    /// Failed attempts since a socket was last stable.
    failures: u32,
    /// Sockets in a row that failed although the server answered.
    failed_sockets: u32,
    /// When [`Connection::tick`] was called last.
    last_tick: u64,
    last_id: SocketId,
    ever_live: bool,
    /// Why there are no attempts.
    end_reason: Option<EndReason>,
    /// When the connection ended, or access was last checked.
    ended_at: u64,
    random: fn() -> u32,
}

impl Connection {
    /// Starts connecting with the ticket of the page.
    pub fn open(now: u64, random: fn() -> u32) -> (Self, ConnectionCommand) {
        let next = Next::Opening { id: 1, until: now + OPEN_MS };
        let (live, end_reason) = (None, None);
        let connection = Self {
            live,
            next,
            failures: 0,
            failed_sockets: 0,
            last_tick: now,
            last_id: 1,
            ever_live: false,
            end_reason,
            ended_at: 0,
            random,
        };
        (connection, ConnectionCommand::Open(1))
    }

    /// The live socket.
    pub fn live(&self) -> Option<SocketId> {
        self.live.map(|live| live.id)
    }

    /// Whether there is a live socket, and no other one is being opened.
    pub fn is_settled(&self) -> bool {
        self.live.is_some() && matches!(self.next, Next::At(_))
    }

    /// The status at `now`.
    pub fn status(&self, now: u64) -> Status {
        if let Some(end_reason) = self.end_reason {
            return Status::Ended(end_reason);
        }
        if self.live.is_some() {
            return Status::Live;
        }
        if !self.ever_live && self.failures == 0 {
            return Status::Connecting;
        }
        let seconds = match self.next {
            Next::At(at) => at.saturating_sub(now).div_ceil(1000) as u32,
            Next::Fetching { .. } | Next::Opening { .. } => 0,
        };
        if self.failed_sockets >= BLOCKED_AFTER { Status::Blocked(seconds) } else { Status::Offline(seconds) }
    }

    /// The ticket has arrived, or could not be fetched.
    pub fn on_ticket(&mut self, now: u64, arrived: bool) -> Option<ConnectionCommand> {
        let Next::Fetching { .. } = self.next else { return None };
        if !arrived {
            self.on_server_silent(now);
            return None;
        }
        self.end_reason = None;
        self.last_id += 1;
        self.next = Next::Opening { id: self.last_id, until: now + OPEN_MS };
        Some(ConnectionCommand::Open(self.last_id))
    }

    /// A frame has arrived. `welcome` is the answer to hello and makes the socket the live one.
    pub fn on_frame(&mut self, now: u64, id: SocketId, welcome: bool) -> Option<ConnectionCommand> {
        if let Some(live) = self.live.as_mut().filter(|live| live.id == id) {
            live.pong_due = None;
            return None;
        }
        match self.next {
            Next::Opening { id: opening, .. } if opening == id && welcome => {}
            _ => return None,
        }
        let old = self.live.replace(Live { id, since: now, next_ping: now + HEARTBEAT_MS, pong_due: None });
        self.failed_sockets = 0;
        let jitter = u64::from((self.random)()) % REPLACE_BEFORE_END_MS;
        self.next = Next::At(now + LIFETIME_MS - REPLACE_BEFORE_END_MS - jitter);
        self.ever_live = true;
        old.map(|old| ConnectionCommand::Close(old.id))
    }

    /// API Gateway refused a frame of a socket, because too many requests came to the chat. A ping is repeated after so many seconds: the
    /// socket works, and closing it would add requests. An attempt to connect waits as long.
    pub fn on_throttled(&mut self, now: u64, id: SocketId, seconds: u32) -> Option<ConnectionCommand> {
        let Some(live) = self.live.as_mut().filter(|live| live.id == id) else {
            return self.postpone(now, id, seconds);
        };
        if live.pong_due.take().is_some() {
            live.next_ping = now + u64::from(seconds) * 1000;
        }
        None
    }

    /// Returns a number of seconds from 1 to 8, so that clients which were refused together do not come back together.
    pub fn random_pause(&self) -> u32 {
        1 + (self.random)() % 8
    }

    /// The socket showed that nothing was missed so far: the next ping is a whole interval away.
    pub fn postpone_ping(&mut self, now: u64, id: SocketId) {
        if let Some(live) = self.live.as_mut().filter(|live| live.id == id) {
            live.next_ping = now + HEARTBEAT_MS;
        }
    }

    /// A socket was closed.
    pub fn on_closed(&mut self, now: u64, id: SocketId) {
        match self.next {
            Next::Opening { id: opening, .. } if opening == id => self.on_socket_failed(now),
            _ if self.live() == Some(id) => self.on_live_lost(now),
            _ => {}
        }
    }

    /// Performs what is due at `now`.
    pub fn tick(&mut self, now: u64) -> Vec<ConnectionCommand> {
        let mut commands = Vec::new();
        let was_suspended = now >= self.last_tick + SUSPENDED_MS;
        self.last_tick = now;
        if let Some(live) = self.live {
            if was_suspended {
                commands.extend(self.wake(now));
            } else if live.pong_due.is_some_and(|due| now >= due) {
                commands.extend(self.drop_live(now));
            } else if now >= live.next_ping {
                commands.extend(self.ping(now, PONG_MS));
            }
        }
        match self.next {
            Next::At(at) if now >= at => commands.push(self.fetch(now)),
            Next::Fetching { until } if now >= until => self.on_server_silent(now),
            Next::Opening { id, until } if now >= until => {
                commands.push(ConnectionCommand::Close(id));
                self.on_socket_failed(now);
            }
            _ => {}
        }
        commands
    }

    /// The network changed, the page is visible again, or the device was suspended: stops waiting, and pings the live socket with a
    /// short timeout. Checks whether a ban was lifted.
    pub fn wake(&mut self, now: u64) -> Option<ConnectionCommand> {
        match (self.live, self.next) {
            _ if self.end_reason == Some(EndReason::SignedOut) => None,
            _ if self.end_reason.is_some() && now < self.ended_at + BAN_RECHECK_MS => None,
            (None, Next::At(_)) => Some(self.fetch(now)),
            (Some(_), _) => self.ping(now, WAKE_PONG_MS),
            _ => None,
        }
    }

    /// Tries to connect at once, even shortly after a ban.
    pub fn reconnect(&mut self, now: u64) -> Option<ConnectionCommand> {
        match (self.live, self.next) {
            (None, Next::At(_)) if self.end_reason != Some(EndReason::SignedOut) => Some(self.fetch(now)),
            _ => None,
        }
    }

    /// Whether the page is checking if a banned visitor may come back.
    pub fn is_checking_access(&self) -> bool {
        self.end_reason.is_some() && matches!(self.next, Next::Fetching { .. })
    }

    /// The server rate-limits the hello on a socket: closes it and waits this many seconds before the next attempt.
    pub fn postpone(&mut self, now: u64, id: SocketId, seconds: u32) -> Option<ConnectionCommand> {
        match self.next {
            Next::Opening { id: opening, .. } if opening == id => {}
            _ => return None,
        }
        self.on_attempt_failed(now);
        if let Next::At(at) = &mut self.next {
            *at = (*at).max(now + u64::from(seconds) * 1000);
        }
        Some(ConnectionCommand::Close(id))
    }

    /// Closes the live socket because it may be dead.
    pub fn drop_live(&mut self, now: u64) -> Option<ConnectionCommand> {
        let id = self.live()?;
        self.on_live_lost(now);
        Some(ConnectionCommand::Close(id))
    }

    /// Ends the connection. A ban expires; a visitor who signed out needs a new page. Returns the sockets to close.
    pub fn end(&mut self, now: u64, end_reason: EndReason) -> Vec<ConnectionCommand> {
        let opening = if let Next::Opening { id, .. } = self.next { Some(id) } else { None };
        let open = self.live.take().map(|live| live.id);
        self.end_reason = Some(end_reason);
        self.ended_at = now;
        self.next = Next::At(if let EndReason::Banned(until) = end_reason {
            until.0.max(now + BAN_RECHECK_MS)
        } else {
            u64::MAX
        });
        open.into_iter().chain(opening).map(ConnectionCommand::Close).collect()
    }

    /// Pings the live socket, unless a ping is unanswered. The answer has to arrive within `timeout` milliseconds in both cases.
    fn ping(&mut self, now: u64, timeout: u64) -> Option<ConnectionCommand> {
        let live = self.live.as_mut()?;
        let due = now + timeout;
        if let Some(earlier) = live.pong_due.replace(due) {
            live.pong_due = Some(earlier.min(due));
            return None;
        }
        live.next_ping = now + HEARTBEAT_MS;
        Some(ConnectionCommand::Ping(live.id))
    }

    fn fetch(&mut self, now: u64) -> ConnectionCommand {
        self.ended_at = now;
        self.next = Next::Fetching { until: now + OPEN_MS };
        ConnectionCommand::Fetch
    }

    fn on_server_silent(&mut self, now: u64) {
        self.failed_sockets = 0;
        self.on_attempt_failed(now);
    }

    fn on_socket_failed(&mut self, now: u64) {
        self.failed_sockets += 1;
        self.on_attempt_failed(now);
    }

    fn on_attempt_failed(&mut self, now: u64) {
        self.failures += 1;
        self.next = Next::At(now + backoff(self.failures, (self.random)()));
    }

    fn on_live_lost(&mut self, now: u64) {
        let Some(lost) = self.live.take() else { return };
        if now >= lost.since + STABLE_MS {
            self.failures = 0;
        }
        // A socket that is being opened is the fastest replacement.
        if let Next::At(_) = self.next {
            self.next = Next::At(now + backoff(self.failures, (self.random)()));
            self.failures += 1;
        }
    }
}
