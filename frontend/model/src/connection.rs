//! The connection's life as plain state: when to fetch, open, ping, give up, wait and move over. It knows neither
//! sockets nor timers; every call brings the time, in milliseconds, and takes [`ConnectionCommand`]s back.

mod backoff;
#[cfg(test)]
mod tests;

use shared_types::{Timestamp, limits};

pub use backoff::backoff;

/// A try to get a socket fails after this time, in milliseconds.
const OPEN_MS: u64 = 10_000;
/// A socket that does not answer a ping within this time is given up, in milliseconds.
const PONG_MS: u64 = 8_000;
/// A socket that lived this long, in milliseconds, ends a series of failures.
const STABLE_MS: u64 = 10_000;
/// So long before its end a socket is replaced, in milliseconds; up to as much again is drawn by lot, so that pages
/// opened together do not move together.
const REPLACE_BEFORE_END_MS: u64 = 5 * 60 * 1000;
/// Whoever was sent away asks again after this time at the earliest, in milliseconds: a ban may be lifted before its end, and
/// the page's clock may be ahead of the server's, where every ban is over.
const BAN_RECHECK_MS: u64 = 30_000;

const HEARTBEAT_MS: u64 = limits::HEARTBEAT.as_millis() as u64;
const LIFETIME_MS: u64 = limits::LIFETIME.as_millis() as u64;

/// Which of the page's sockets; each has its own number.
pub type SocketId = u32;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionCommand {
    /// Get a fresh ticket, then call [`Connection::on_ticket`].
    Fetch,
    /// Open a socket and say hello on it.
    Open(SocketId),
    /// Drop a socket.
    Close(SocketId),
    /// Say `ping` on a socket.
    Ping(SocketId),
}

/// What the reader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The first try is under way.
    Connecting,
    /// What is said goes out at once.
    Live,
    /// There is no socket; the next try is in so many seconds, 0 for one that is under way.
    Offline(u32),
    /// There is no socket, and none is tried for.
    Ended(EndReason),
}

/// Why the visitor cannot take part any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// A moderator sent them away until then.
    Banned(Timestamp),
    /// The server does not know them: they have to come in again by its door.
    SignedOut,
}

/// The socket that carries the talk.
#[derive(Clone, Copy, Debug)]
struct Live {
    id: SocketId,
    since: u64,
    next_ping: u64,
    /// When an unanswered ping was said.
    unanswered_ping: Option<u64>,
}

/// The way to the next socket, while there is none or before the present one ends.
#[derive(Clone, Copy, Debug)]
enum Next {
    At(u64),
    Fetching { until: u64 },
    Opening { id: SocketId, until: u64 },
}

/// The connection: at most one live socket, and the way to the next one.
#[derive(Debug)]
pub struct Connection {
    live: Option<Live>,
    next: Next,
    /// Tries that failed since a socket last lived well.
    failures: u32,
    last_id: SocketId,
    ever_live: bool,
    /// Why no socket is tried for, while none is.
    end_reason: Option<EndReason>,
    /// Since when that is known, or when it was last asked about.
    ended_at: u64,
    random: fn() -> u32,
}

impl Connection {
    /// A connection that is opened now, with the ticket the page brought.
    pub fn open(now: u64, random: fn() -> u32) -> (Self, ConnectionCommand) {
        let next = Next::Opening { id: 1, until: now + OPEN_MS };
        let (live, end_reason) = (None, None);
        (
            Self { live, next, failures: 0, last_id: 1, ever_live: false, end_reason, ended_at: 0, random },
            ConnectionCommand::Open(1),
        )
    }

    /// The live socket, if there is one.
    pub fn live(&self) -> Option<SocketId> {
        self.live.map(|live| live.id)
    }

    /// What the reader is told at `now`.
    pub fn status(&self, now: u64) -> Status {
        if let Some(end_reason) = self.end_reason {
            return Status::Ended(end_reason);
        }
        match self.next {
            _ if self.live.is_some() => Status::Live,
            _ if !self.ever_live && self.failures == 0 => Status::Connecting,
            Next::At(at) => Status::Offline(at.saturating_sub(now).div_ceil(1000) as u32),
            Next::Fetching { .. } | Next::Opening { .. } => Status::Offline(0),
        }
    }

    /// The ticket arrived, or could not be had.
    pub fn on_ticket(&mut self, now: u64, arrived: bool) -> Option<ConnectionCommand> {
        let Next::Fetching { .. } = self.next else { return None };
        if !arrived {
            self.on_attempt_failed(now);
            return None;
        }
        self.end_reason = None;
        self.last_id += 1;
        self.next = Next::Opening { id: self.last_id, until: now + OPEN_MS };
        Some(ConnectionCommand::Open(self.last_id))
    }

    /// Something arrived on a socket; `welcome` is the answer to hello, and makes it the live one.
    pub fn on_frame(&mut self, now: u64, id: SocketId, welcome: bool) -> Option<ConnectionCommand> {
        if let Some(live) = self.live.as_mut().filter(|live| live.id == id) {
            live.unanswered_ping = None;
            return None;
        }
        match self.next {
            Next::Opening { id: opening, .. } if opening == id && welcome => {}
            _ => return None,
        }
        let old = self.live.replace(Live { id, since: now, next_ping: now + HEARTBEAT_MS, unanswered_ping: None });
        let jitter = u64::from((self.random)()) % REPLACE_BEFORE_END_MS;
        self.next = Next::At(now + LIFETIME_MS - REPLACE_BEFORE_END_MS - jitter);
        self.ever_live = true;
        old.map(|old| ConnectionCommand::Close(old.id))
    }

    /// A socket closed.
    pub fn on_closed(&mut self, now: u64, id: SocketId) {
        match self.next {
            Next::Opening { id: opening, .. } if opening == id => self.on_attempt_failed(now),
            _ if self.live() == Some(id) => self.on_live_lost(now),
            _ => {}
        }
    }

    /// Time passed.
    pub fn tick(&mut self, now: u64) -> Vec<ConnectionCommand> {
        let mut commands = Vec::new();
        if let Some(live) = &mut self.live {
            if live.unanswered_ping.is_some_and(|unanswered_ping| now >= unanswered_ping + PONG_MS) {
                commands.extend(self.drop_live(now));
            } else if now >= live.next_ping {
                commands.extend(self.ping(now));
            }
        }
        match self.next {
            Next::At(at) if now >= at => commands.push(self.fetch(now)),
            Next::Fetching { until } if now >= until => self.on_attempt_failed(now),
            Next::Opening { id, until } if now >= until => {
                commands.push(ConnectionCommand::Close(id));
                self.on_attempt_failed(now);
            }
            _ => {}
        }
        commands
    }

    /// The network came or went, or somebody looks at the page again: no waiting now, and a socket shows whether it lives.
    /// Whoever was sent away may be let in again before the end of the ban.
    pub fn wake(&mut self, now: u64) -> Option<ConnectionCommand> {
        match (self.live, self.next) {
            _ if self.end_reason == Some(EndReason::SignedOut) => None,
            _ if self.end_reason.is_some() && now < self.ended_at + BAN_RECHECK_MS => None,
            (None, Next::At(_)) => Some(self.fetch(now)),
            (Some(live), _) if live.unanswered_ping.is_none() => self.ping(now),
            _ => None,
        }
    }

    /// The visitor wants to be connected: a socket is tried for at once, even if they were sent away just now.
    pub fn reconnect(&mut self, now: u64) -> Option<ConnectionCommand> {
        match (self.live, self.next) {
            (None, Next::At(_)) if self.end_reason != Some(EndReason::SignedOut) => Some(self.fetch(now)),
            _ => None,
        }
    }

    /// Whether the server is being asked whether whoever was sent away may come back.
    pub fn is_checking_access(&self) -> bool {
        self.end_reason.is_some() && matches!(self.next, Next::Fetching { .. })
    }

    /// The server does not answer the hello on a socket for so many seconds: the socket is dropped, and no other one tried for
    /// in that time.
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

    /// The live socket is not to be trusted any more.
    pub fn drop_live(&mut self, now: u64) -> Option<ConnectionCommand> {
        let id = self.live()?;
        self.on_live_lost(now);
        Some(ConnectionCommand::Close(id))
    }

    /// The server does not let the visitor take part. A ban ends by itself; whoever is signed out comes back with a page of
    /// their own. Gives back the sockets to close.
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

    fn ping(&mut self, now: u64) -> Option<ConnectionCommand> {
        let live = self.live.as_mut()?;
        live.next_ping = now + HEARTBEAT_MS;
        live.unanswered_ping.get_or_insert(now);
        Some(ConnectionCommand::Ping(live.id))
    }

    fn fetch(&mut self, now: u64) -> ConnectionCommand {
        self.ended_at = now;
        self.next = Next::Fetching { until: now + OPEN_MS };
        ConnectionCommand::Fetch
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
        // A socket that is on its way already is the quickest replacement.
        if let Next::At(_) = self.next {
            self.next = Next::At(now + backoff(self.failures, (self.random)()));
            self.failures += 1;
        }
    }
}
