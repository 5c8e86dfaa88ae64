//! Telling the room: every listener once, many at a time, and no listener's trouble is another's.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use shared_types::{RoomName, ServerMessage, Timestamp, limits};

use crate::ports::{
    Result,
    connection_gateway::{ConnectionGateway, DeliveryOutcome},
    connections::{Connection, ConnectionId, Connections},
    system::{Clock, Entropy},
};

/// Posts under way at once. A post to @connections takes about 10 ms, so 64 at once are 6,400 a second from one
/// function, within the account's 10,000.
const AT_ONCE: usize = 64;

/// Attempts at one listener. With full jitter they wait 100, 200, 400 and 800 ms at most in between.
const ATTEMPTS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// How long a broadcast goes on trying. The last attempt may begin at its end and hang for the 2 s of a post, so a
/// listener takes 5 s of the function's 10 at most, and leaves 5 to the store.
const PATIENCE: Duration = Duration::from_secs(3);

/// The same for all that one request tells of several messages. With the 2 s of the last post it takes 7 s of the function's
/// 10 at most; what is not told by then is caught up like anything else that was missed.
const PATIENCE_FOR_MANY: Duration = Duration::from_secs(5);

/// The rule of telling.
pub struct Broadcast {
    /// Who listens.
    pub connections: Arc<dyn Connections>,
    /// The way to them.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// The time, for waiting before another attempt.
    pub clock: Arc<dyn Clock>,
    /// The jitter of that wait.
    pub entropy: Arc<dyn Entropy>,
}

/// A connection that is younger than this and said to be gone may still be on its way in: API Gateway answers 410 until
/// its `$connect` has ended, which takes 10 s at most. A clock that is wrong by more costs one reconnect.
const ARRIVING: Duration = Duration::from_secs(30);

/// What became of one listener.
enum ListenerOutcome {
    Delivered,
    /// It was gone, and this is who has forgotten it.
    Removed(Connection),
    /// It was gone, and somebody else has forgotten it or will.
    Gone,
    /// It could not be reached in time, or not yet. Its next catch-up brings what it missed.
    Missed,
}

impl Broadcast {
    /// Tells everyone in a room. Whoever turns out to be gone has left it, and those who stay are told that, too.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read. What happens to each of them fails nothing.
    pub async fn to_room(&self, room: &RoomName, message: &ServerMessage) -> Result<()> {
        let listeners = self.connections.in_room(room).await?;
        self.to_all(&listeners, message).await;
        Ok(())
    }

    /// Tells each room's listeners its messages, one after the other. Whoever can't be told one is not told the rest, so
    /// that nobody else waits for them.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners of a room could not be read; nobody was told anything then.
    pub async fn to_rooms(&self, messages: Vec<(RoomName, ServerMessage)>) -> Result<()> {
        let until = self.ends_in(PATIENCE_FOR_MANY);
        let mut by_room: BTreeMap<RoomName, Vec<String>> = BTreeMap::new();
        for (room, message) in messages {
            by_room.entry(room).or_default().push(message.to_frame());
        }
        let mut told = Vec::new();
        for (room, frames) in &by_room {
            let listeners = self.connections.in_room(room).await?;
            told.extend(listeners.into_iter().map(|listener| (listener, frames)));
        }
        let posts = told.iter().map(|(listener, frames)| self.deliver_in_turn(listener, frames, until)).collect();
        self.post_all(posts, until).await;
        Ok(())
    }

    /// Tells the others in a small room that somebody is writing.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub async fn typing(&self, speaker: &Connection) -> Result<()> {
        let mut listeners = self.connections.in_room(&speaker.room).await?;
        if listeners.len() > limits::TYPING_CONNECTIONS {
            return Ok(());
        }
        listeners.retain(|listener| listener.person.id != speaker.person.id);
        self.to_all(&listeners, &ServerMessage::Typing { person: speaker.person.clone() }).await;
        Ok(())
    }

    /// Tells these connections, in whatever rooms they are. Nobody is forgotten by this: they are about to hear more.
    pub async fn to_these(&self, connections: &[Connection], message: &ServerMessage) {
        let (frame, until) = (message.to_frame(), self.patience_ends());
        join_all(connections.iter().map(|connection| self.deliver(&connection.id, &frame, until))).await;
    }

    async fn to_all(&self, listeners: &[Connection], message: &ServerMessage) {
        let (frame, until) = (message.to_frame(), self.patience_ends());
        let posts = listeners.iter().map(|listener| self.deliver_to(listener, &frame, until)).collect();
        self.post_all(posts, until).await;
    }

    /// Makes these posts, many at a time, and tells those who stay who was gone.
    async fn post_all(&self, posts: Vec<impl Future<Output = ListenerOutcome>>, until: Timestamp) {
        let mut fates = stream::iter(posts).buffer_unordered(AT_ONCE);
        let (mut delivered, mut missed, mut gone) = (0_usize, 0_usize, Vec::new());
        while let Some(fate) = fates.next().await {
            match fate {
                ListenerOutcome::Delivered => delivered += 1,
                ListenerOutcome::Removed(listener) => gone.push(listener),
                ListenerOutcome::Gone => {}
                ListenerOutcome::Missed => missed += 1,
            }
        }
        if missed > 0 {
            tracing::warn!(missed, delivered, "some listeners could not be reached");
        }
        // Their own `$disconnect` finds nothing to forget any more, so it tells nobody.
        if let Err(error) = self.all_left(&gone, until).await {
            tracing::warn!(%error, "a room was not told who is gone");
        }
    }

    /// Closes connections, whatever their other ends do, and tells those who stay who is gone.
    ///
    /// # Errors
    ///
    /// `Unavailable` when a connection could not be forgotten, or the listeners could not be read.
    pub async fn close(&self, connections: &[Connection]) -> Result<()> {
        let until = self.patience_ends();
        let closing: Vec<_> = connections.iter().map(|connection| self.close_one(&connection.id, until)).collect();
        let closed: Vec<Result<Option<Connection>>> = stream::iter(closing).buffer_unordered(AT_ONCE).collect().await;
        let gone: Vec<Connection> = closed.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?;
        self.all_left(&gone, until).await
    }

    /// Tells those who stay in each room that these connections were forgotten.
    async fn all_left(&self, gone: &[Connection], until: Timestamp) -> Result<()> {
        let mut by_room: BTreeMap<&RoomName, Vec<&Connection>> = BTreeMap::new();
        for gone in gone {
            by_room.entry(&gone.room).or_default().push(gone);
        }
        for (room, gone) in by_room {
            self.left(room, &gone, until).await?;
        }
        Ok(())
    }

    /// Forgets the connection even if it could not be closed: then nobody is behind it any more, whatever it says.
    async fn close_one(&self, id: &ConnectionId, until: Timestamp) -> Result<Option<Connection>> {
        let fate = self.patiently(until, || self.gateway.close(id)).await;
        if fate == DeliveryOutcome::Busy {
            tracing::warn!(connection = %id, "a connection could not be closed, and is only forgotten");
        }
        self.connections.remove(id).await
    }

    /// Answers one connection, which is known to be in. What does not reach it, its next catch-up brings.
    pub async fn to_one(&self, id: &ConnectionId, message: &ServerMessage) {
        self.deliver(id, &message.to_frame(), self.patience_ends()).await;
    }

    async fn deliver_to(&self, listener: &Connection, frame: &str, until: Timestamp) -> ListenerOutcome {
        match self.deliver(&listener.id, frame, until).await {
            DeliveryOutcome::Delivered => ListenerOutcome::Delivered,
            DeliveryOutcome::Busy => ListenerOutcome::Missed,
            // Its `hello` is still to come, and brings everything.
            DeliveryOutcome::Gone if self.is_arriving(listener) => ListenerOutcome::Missed,
            DeliveryOutcome::Gone => match self.connections.remove(&listener.id).await {
                Ok(forgotten) => forgotten.map_or(ListenerOutcome::Gone, ListenerOutcome::Removed),
                // One stale peer must not fail the send; if it can't be forgotten now, the sweep will.
                Err(error) => {
                    tracing::warn!(%error, connection = %listener.id, "a connection that is gone could not be forgotten");
                    ListenerOutcome::Gone
                }
            },
        }
    }

    async fn deliver_in_turn(&self, listener: &Connection, frames: &[String], until: Timestamp) -> ListenerOutcome {
        for frame in frames {
            if self.clock.now() >= until {
                return ListenerOutcome::Missed;
            }
            match self.deliver_to(listener, frame, until).await {
                ListenerOutcome::Delivered => {}
                trouble => return trouble,
            }
        }
        ListenerOutcome::Delivered
    }

    fn is_arriving(&self, listener: &Connection) -> bool {
        self.clock.now().since(listener.opened_at) < ARRIVING
    }

    pub(crate) fn patience_ends(&self) -> Timestamp {
        self.ends_in(PATIENCE)
    }

    fn ends_in(&self, patience: Duration) -> Timestamp {
        self.clock.now() + patience
    }

    pub(crate) async fn deliver(&self, id: &ConnectionId, frame: &str, until: Timestamp) -> DeliveryOutcome {
        self.patiently(until, || self.gateway.post(id, frame)).await
    }

    /// Tries again while the other side is busy.
    async fn patiently<F: Future<Output = DeliveryOutcome>>(
        &self,
        until: Timestamp,
        attempt_at: impl Fn() -> F,
    ) -> DeliveryOutcome {
        let mut wait = FIRST_WAIT;
        for attempt in 1..=ATTEMPTS {
            match attempt_at().await {
                DeliveryOutcome::Busy if attempt < ATTEMPTS && self.clock.now() < until => {
                    self.clock.sleep(jittered(wait, self.entropy.as_ref())).await;
                    wait *= 2;
                }
                end => return end,
            }
        }
        DeliveryOutcome::Busy
    }
}

/// Somewhere between nothing and `wait`: full jitter, so that many who were refused at once do not return at once.
fn jittered(wait: Duration, entropy: &dyn Entropy) -> Duration {
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    wait.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}
