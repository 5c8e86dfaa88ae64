//! The connection's life as plain state: when to fetch, open, ping, give up, wait and move over. It knows neither
//! sockets nor timers; every call brings the time, in milliseconds, and takes [`Order`]s back.

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
const MOVE_MS: u64 = 5 * 60 * 1000;
/// Whoever was sent away asks again after this time at the earliest, in milliseconds: a ban may be lifted before its end, and
/// the page's clock may be ahead of the server's, where every ban is over.
const BANNED_MS: u64 = 30_000;

const HEARTBEAT_MS: u64 = limits::HEARTBEAT.as_millis() as u64;
const LIFETIME_MS: u64 = limits::LIFETIME.as_millis() as u64;

/// Which of the page's sockets; each has its own number.
pub type SocketId = u32;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Get a fresh ticket, then call [`Link::fetched`].
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
    Over(Over),
}

/// Why the visitor cannot take part any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
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
    pinged: Option<u64>,
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
pub struct Link {
    live: Option<Live>,
    next: Next,
    /// Tries that failed since a socket last lived well.
    failures: u32,
    last_id: SocketId,
    ever_live: bool,
    /// Why no socket is tried for, while none is.
    over: Option<Over>,
    /// Since when that is known, or when it was last asked about.
    over_since: u64,
    random: fn() -> u32,
}

impl Link {
    /// A connection that is opened now, with the ticket the page brought.
    pub fn open(now: u64, random: fn() -> u32) -> (Self, Order) {
        let next = Next::Opening { id: 1, until: now + OPEN_MS };
        let (live, over) = (None, None);
        (Self { live, next, failures: 0, last_id: 1, ever_live: false, over, over_since: 0, random }, Order::Open(1))
    }

    /// The live socket, if there is one.
    pub fn live(&self) -> Option<SocketId> {
        self.live.map(|live| live.id)
    }

    /// What the reader is told at `now`.
    pub fn status(&self, now: u64) -> Status {
        if let Some(over) = self.over {
            return Status::Over(over);
        }
        match self.next {
            _ if self.live.is_some() => Status::Live,
            _ if !self.ever_live && self.failures == 0 => Status::Connecting,
            Next::At(at) => Status::Offline(at.saturating_sub(now).div_ceil(1000) as u32),
            Next::Fetching { .. } | Next::Opening { .. } => Status::Offline(0),
        }
    }

    /// The ticket arrived, or could not be had.
    pub fn fetched(&mut self, now: u64, arrived: bool) -> Option<Order> {
        let Next::Fetching { .. } = self.next else { return None };
        if !arrived {
            self.fail(now);
            return None;
        }
        self.over = None;
        self.last_id += 1;
        self.next = Next::Opening { id: self.last_id, until: now + OPEN_MS };
        Some(Order::Open(self.last_id))
    }

    /// Something arrived on a socket; `welcome` is the answer to hello, and makes it the live one.
    pub fn heard(&mut self, now: u64, id: SocketId, welcome: bool) -> Option<Order> {
        if let Some(live) = self.live.as_mut().filter(|live| live.id == id) {
            live.pinged = None;
            return None;
        }
        match self.next {
            Next::Opening { id: opening, .. } if opening == id && welcome => {}
            _ => return None,
        }
        let old = self.live.replace(Live { id, since: now, next_ping: now + HEARTBEAT_MS, pinged: None });
        let lot = u64::from((self.random)()) % MOVE_MS;
        self.next = Next::At(now + LIFETIME_MS - MOVE_MS - lot);
        self.ever_live = true;
        old.map(|old| Order::Close(old.id))
    }

    /// A socket closed.
    pub fn closed(&mut self, now: u64, id: SocketId) {
        match self.next {
            Next::Opening { id: opening, .. } if opening == id => self.fail(now),
            _ if self.live() == Some(id) => self.lose(now),
            _ => {}
        }
    }

    /// Time passed.
    pub fn tick(&mut self, now: u64) -> Vec<Order> {
        let mut orders = Vec::new();
        if let Some(live) = &mut self.live {
            if live.pinged.is_some_and(|pinged| now >= pinged + PONG_MS) {
                orders.extend(self.give_up(now));
            } else if now >= live.next_ping {
                orders.extend(self.ping(now));
            }
        }
        match self.next {
            Next::At(at) if now >= at => orders.push(self.fetch(now)),
            Next::Fetching { until } if now >= until => self.fail(now),
            Next::Opening { id, until } if now >= until => {
                orders.push(Order::Close(id));
                self.fail(now);
            }
            _ => {}
        }
        orders
    }

    /// The network came or went, or somebody looks at the page again: no waiting now, and a socket shows whether it lives.
    /// Whoever was sent away may be let in again before the end of the ban.
    pub fn wake(&mut self, now: u64) -> Option<Order> {
        match (self.live, self.next) {
            _ if self.over == Some(Over::SignedOut) => None,
            _ if self.over.is_some() && now < self.over_since + BANNED_MS => None,
            (None, Next::At(_)) => Some(self.fetch(now)),
            (Some(live), _) if live.pinged.is_none() => self.ping(now),
            _ => None,
        }
    }

    /// The visitor wants to be connected: a socket is tried for at once, even if they were sent away just now.
    pub fn reconnect(&mut self, now: u64) -> Option<Order> {
        match (self.live, self.next) {
            (None, Next::At(_)) if self.over != Some(Over::SignedOut) => Some(self.fetch(now)),
            _ => None,
        }
    }

    /// Whether the server is being asked whether whoever was sent away may come back.
    pub fn asks(&self) -> bool {
        self.over.is_some() && matches!(self.next, Next::Fetching { .. })
    }

    /// The server does not answer the hello on a socket for so many seconds: the socket is dropped, and no other one tried for
    /// in that time.
    pub fn put_off(&mut self, now: u64, id: SocketId, seconds: u32) -> Option<Order> {
        match self.next {
            Next::Opening { id: opening, .. } if opening == id => {}
            _ => return None,
        }
        self.fail(now);
        if let Next::At(at) = &mut self.next {
            *at = (*at).max(now + u64::from(seconds) * 1000);
        }
        Some(Order::Close(id))
    }

    /// The live socket is not to be trusted any more.
    pub fn give_up(&mut self, now: u64) -> Option<Order> {
        let id = self.live()?;
        self.lose(now);
        Some(Order::Close(id))
    }

    /// The server does not let the visitor take part. A ban ends by itself; whoever is signed out comes back with a page of
    /// their own. Gives back the sockets to close.
    pub fn end(&mut self, now: u64, over: Over) -> Vec<Order> {
        let opening = if let Next::Opening { id, .. } = self.next { Some(id) } else { None };
        let open = self.live.take().map(|live| live.id);
        self.over = Some(over);
        self.over_since = now;
        self.next = Next::At(if let Over::Banned(until) = over { until.0.max(now + BANNED_MS) } else { u64::MAX });
        open.into_iter().chain(opening).map(Order::Close).collect()
    }

    fn ping(&mut self, now: u64) -> Option<Order> {
        let live = self.live.as_mut()?;
        live.next_ping = now + HEARTBEAT_MS;
        live.pinged.get_or_insert(now);
        Some(Order::Ping(live.id))
    }

    fn fetch(&mut self, now: u64) -> Order {
        self.over_since = now;
        self.next = Next::Fetching { until: now + OPEN_MS };
        Order::Fetch
    }

    fn fail(&mut self, now: u64) {
        self.failures += 1;
        self.next = Next::At(now + backoff(self.failures, (self.random)()));
    }

    fn lose(&mut self, now: u64) {
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
