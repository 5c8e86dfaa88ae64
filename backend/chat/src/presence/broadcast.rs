//! Broadcast: sends messages to the connections of a room, many concurrently. A failure of one connection does not affect the
//! others.

use std::{collections::BTreeMap, slice, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use shared_types::{RoomName, ServerMessage, Timestamp};

use crate::{
    ports::{
        Result,
        connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
        connections::{Connection, ConnectionId, Connections},
        system::{Clock, Entropy},
    },
    presence::large_rooms::LargeRooms,
};

/// Maximum number of concurrent posts. A post to @connections takes about 10 ms, so 64 concurrent ones are 6,400 a second
/// from one function, within the account's 10,000.
pub(super) const CONCURRENT_POSTS: usize = 64;

/// Maximum pause before the one retry of a post, with full jitter. A connection that is busy twice is left to its next
/// catch-up, so that it delays the request by 100 ms at most.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// How long a request starts posts, counted from its beginning. The last post may take its timeout of 2 s, so all posts
/// together end within 7 s of the function's 10, and leave 3 s to the store and the reply, which has no deadline.
const POSTING_TIME: Duration = Duration::from_secs(5);

/// Sends messages to connections.
#[derive(Clone)]
pub struct Broadcast {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// The gateway to the connections.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// The clock, for the pauses between attempts.
    pub clock: Arc<dyn Clock>,
    /// The randomness for the jitter of the pauses.
    pub entropy: Arc<dyn Entropy>,
    /// When the posts of the present request stop. `None` between requests: then each call has its own deadline.
    pub deadline: Option<Timestamp>,
    /// Serves rooms that are too large for one request. `None` posts to rooms of every size.
    pub large_rooms: Option<LargeRooms>,
}

/// Age below which a connection that is reported as gone may still be connecting. API Gateway answers 410 until its
/// `$connect` has ended, which takes at most 10 s. A clock that is wrong by more than the rest costs one reconnect.
const CONNECTING: Duration = Duration::from_secs(30);

/// The result for one connection.
#[allow(clippy::large_enum_variant, reason = "it is added to a summary at once")]
pub(super) enum ListenerOutcome {
    Delivered,
    /// The connection was gone, and this request removed it.
    Removed(Connection),
    /// The connection was gone, and another request has removed it or will.
    Gone,
    /// The connection could not be reached in time, or not yet. Its next catch-up returns what it missed.
    Missed,
}

/// The results for all connections of a broadcast.
#[derive(Default)]
pub(super) struct Summary {
    delivered: usize,
    missed: usize,
    removed: Vec<Connection>,
}

impl Summary {
    pub(super) fn add(&mut self, outcome: ListenerOutcome) {
        match outcome {
            ListenerOutcome::Delivered => self.delivered += 1,
            ListenerOutcome::Removed(listener) => self.removed.push(listener),
            ListenerOutcome::Gone => {}
            ListenerOutcome::Missed => self.missed += 1,
        }
    }

    /// Logs how many connections missed a message.
    pub(super) fn log_missed(&self) {
        let Self { missed, delivered, .. } = self;
        if *missed > 0 {
            tracing::warn!(missed, delivered, "some connections could not be reached; they catch up later");
        }
    }
}

impl Broadcast {
    /// Returns a broadcast for one request: all its posts but the reply start within [`POSTING_TIME`].
    pub(crate) fn for_request(&self) -> Self {
        Self { deadline: Some(self.clock.now() + POSTING_TIME), ..self.clone() }
    }

    /// Sends a message to all connections of a room. Connections that are gone are removed, and the others are told that these
    /// people left.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read, or the workers of a large room could not be reached.
    /// Failures of single connections are no error.
    pub async fn to_room(&self, room: &RoomName, message: &ServerMessage) -> Result<()> {
        self.all_to_room(room, slice::from_ref(message)).await
    }

    /// Sends several messages to all connections of a room, in order, as [`to_room`](Self::to_room). A connection that misses one does
    /// not get the rest.
    ///
    /// # Errors
    ///
    /// As [`to_room`](Self::to_room).
    pub async fn all_to_room(&self, room: &RoomName, messages: &[ServerMessage]) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        match self.direct_listeners(room).await? {
            Some(listeners) => self.to_all(room, listeners.iter(), messages).await,
            None => self.publish_all(room, &frames_of(room, messages)).await?,
        }
        Ok(())
    }

    /// Sends each room's messages to its connections, in order. A connection that misses one message does not get the rest,
    /// so that it does not delay the others.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections of a room could not be read, or the workers of a large room could not be
    /// reached. Only large rooms before it were told then.
    pub async fn to_rooms(&self, messages: Vec<(RoomName, ServerMessage)>) -> Result<()> {
        let until = self.posting_deadline();
        let mut by_room: BTreeMap<RoomName, Vec<Frame>> = BTreeMap::new();
        for (room, message) in messages {
            let frame = Frame::of_room(&room, &message);
            by_room.entry(room).or_default().push(frame);
        }
        let mut rooms = Vec::new();
        for (room, frames) in &by_room {
            match self.direct_listeners(room).await? {
                Some(listeners) => rooms.push((listeners, frames)),
                None => self.publish_all(room, frames).await?,
            }
        }
        let deliveries = rooms.iter().flat_map(|(listeners, frames)| listeners.iter().map(move |one| (one, *frames)));
        let posts = deliveries.map(|(listener, frames)| self.deliver_all(listener, frames, until)).collect();
        self.post_all(posts, until).await;
        Ok(())
    }

    /// Tells the other people of a small room that a person is typing, unless their pages are hidden. In a larger room it does
    /// nothing.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn typing(&self, speaker: &Connection) -> Result<()> {
        let Some(listeners) = self.connections.in_small_room(&speaker.room).await? else { return Ok(()) };
        let others = listeners.iter().filter(|listener| !listener.hidden && listener.person.id != speaker.person.id);
        self.to_all(&speaker.room, others, &[ServerMessage::Typing { person: speaker.person.clone() }]).await;
        Ok(())
    }

    /// Sends a message to these connections, which may be in different rooms. It does not remove connections that are gone;
    /// a later message does.
    pub async fn to_connections(&self, connections: &[Connection], message: &ServerMessage) {
        let (frame, until) = (Frame::from(message), self.posting_deadline());
        join_all(connections.iter().map(|connection| self.deliver(&connection.id, &frame, until))).await;
    }

    pub(super) async fn to_all<'a>(
        &self,
        room: &RoomName,
        listeners: impl Iterator<Item = &'a Connection> + Clone,
        messages: &[ServerMessage],
    ) {
        let (frames, until) = (frames_of(room, messages), self.posting_deadline());
        let mut ids = listeners.clone().map(|listener| &listener.id);
        let Some(outcomes) = self.gateway.post_to_many(&mut ids, &frames) else {
            let posts = listeners.map(|listener| self.deliver_all(listener, &frames, until)).collect();
            return self.post_all(posts, until).await;
        };
        let mut summary = Summary::default();
        for (listener, outcome) in listeners.zip(outcomes) {
            summary.add(self.conclude(listener, outcome).await);
        }
        self.finish(summary, until).await;
    }

    /// Runs these posts, many concurrently, and tells the remaining people who left.
    pub(super) async fn post_all(&self, posts: Vec<impl Future<Output = ListenerOutcome>>, until: Timestamp) {
        let mut outcomes = stream::iter(posts).buffer_unordered(CONCURRENT_POSTS);
        let mut summary = Summary::default();
        while let Some(outcome) = outcomes.next().await {
            summary.add(outcome);
        }
        self.finish(summary, until).await;
    }

    /// Logs how many connections missed a message, and tells the remaining people who left.
    async fn finish(&self, summary: Summary, until: Timestamp) {
        summary.log_missed();
        // The `$disconnect` of a removed connection finds nothing to remove, so it does not send the new presence.
        if let Err(error) = self.all_left(&summary.removed, until).await {
            tracing::warn!(%error, "sending presence failed; the next change of presence corrects it");
        }
    }

    /// Closes connections and tells the remaining people who left. It does not need the cooperation of the clients.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when a connection could not be removed, or the connections of a room could not be read.
    pub async fn close(&self, connections: &[Connection]) -> Result<()> {
        let until = self.posting_deadline();
        let closing: Vec<_> = connections.iter().map(|connection| self.close_one(&connection.id, until)).collect();
        let closed: Vec<Result<Option<Connection>>> =
            stream::iter(closing).buffer_unordered(CONCURRENT_POSTS).collect().await;
        let removed: Vec<Connection> = closed.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?;
        self.all_left(&removed, until).await
    }

    /// Tells the remaining people of each room that these connections were removed.
    async fn all_left(&self, removed: &[Connection], until: Timestamp) -> Result<()> {
        let mut by_room: BTreeMap<&RoomName, Vec<&Connection>> = BTreeMap::new();
        for connection in removed {
            by_room.entry(&connection.room).or_default().push(connection);
        }
        for (room, removed) in by_room {
            self.left(room, &removed, until).await?;
        }
        Ok(())
    }

    /// Closes the connection and removes it. It is removed even if it could not be closed; its frames are rejected then.
    async fn close_one(&self, id: &ConnectionId, until: Timestamp) -> Result<Option<Connection>> {
        let outcome = self.run_until(until, || self.gateway.close(id)).await;
        if outcome == DeliveryOutcome::Busy {
            tracing::warn!(connection = %id, "closing a connection failed; it is only removed");
        }
        self.connections.remove(id).await
    }

    /// Answers one connection, which is known to be open. If the answer does not reach it, its next catch-up returns what it
    /// missed.
    pub async fn to_one(&self, id: &ConnectionId, message: &ServerMessage) {
        self.frame_to_one(id, &Frame::from(message)).await;
    }

    /// Answers a connection about the room in which the command found it.
    pub async fn reply(&self, to: &Connection, message: &ServerMessage) {
        self.frame_to_one(&to.id, &Frame::of_room(&to.room, message)).await;
    }

    pub(crate) async fn frame_to_one(&self, id: &ConnectionId, frame: &Frame) {
        // The command is done, however long it took: its sender waits for the answer.
        self.retry_if_busy(self.posting_deadline(), || self.gateway.post(id, frame)).await;
    }

    async fn deliver_to(&self, listener: &Connection, frame: &Frame, until: Timestamp) -> ListenerOutcome {
        self.conclude(listener, self.deliver(&listener.id, frame, until).await).await
    }

    /// Removes the connection if it is gone, and returns the result for it.
    async fn conclude(&self, listener: &Connection, outcome: DeliveryOutcome) -> ListenerOutcome {
        match outcome {
            DeliveryOutcome::Delivered => ListenerOutcome::Delivered,
            DeliveryOutcome::Busy | DeliveryOutcome::Behind => ListenerOutcome::Missed,
            // It has not sent its `hello` yet. The answer to that contains everything.
            DeliveryOutcome::Gone if self.is_connecting(listener) => ListenerOutcome::Missed,
            DeliveryOutcome::Gone => match self.connections.remove(&listener.id).await {
                Ok(removed) => removed.map_or(ListenerOutcome::Gone, ListenerOutcome::Removed),
                // One stale connection must not fail the broadcast.
                Err(error) => {
                    let connection = &listener.id;
                    tracing::warn!(%error, %connection, "removing a closed connection failed; the sweep removes it");
                    ListenerOutcome::Gone
                }
            },
        }
    }

    /// Delivers frames one after the other, and stops at the first one that is not delivered.
    pub(super) async fn deliver_all(
        &self,
        listener: &Connection,
        frames: &[Frame],
        until: Timestamp,
    ) -> ListenerOutcome {
        for frame in frames {
            match self.deliver_to(listener, frame, until).await {
                ListenerOutcome::Delivered => {}
                not_delivered => return not_delivered,
            }
        }
        ListenerOutcome::Delivered
    }

    fn is_connecting(&self, listener: &Connection) -> bool {
        self.clock.now().since(listener.opened_at) < CONNECTING
    }

    /// Returns the time after which no post starts: the deadline of the request.
    pub(crate) fn posting_deadline(&self) -> Timestamp {
        self.deadline.unwrap_or_else(|| self.clock.now() + POSTING_TIME)
    }

    pub(crate) async fn deliver(&self, id: &ConnectionId, frame: &Frame, until: Timestamp) -> DeliveryOutcome {
        self.run_until(until, || self.gateway.post(id, frame)).await
    }

    /// Runs `operation` as [`retry_if_busy`](Self::retry_if_busy), but not after `until`.
    async fn run_until<F: Future<Output = DeliveryOutcome>>(
        &self,
        until: Timestamp,
        operation: impl Fn() -> F,
    ) -> DeliveryOutcome {
        if self.clock.now() >= until {
            return DeliveryOutcome::Busy;
        }
        self.retry_if_busy(until, operation).await
    }

    /// Runs `operation`, and once more before `until` if its outcome is `Busy`.
    async fn retry_if_busy<F: Future<Output = DeliveryOutcome>>(
        &self,
        until: Timestamp,
        operation: impl Fn() -> F,
    ) -> DeliveryOutcome {
        let outcome = operation().await;
        if outcome != DeliveryOutcome::Busy || self.clock.now() >= until {
            return outcome;
        }
        self.clock.sleep(jittered(RETRY_PAUSE, self.entropy.as_ref())).await;
        operation().await
    }
}

/// Returns the frames of messages to the connections of a room.
pub(super) fn frames_of(room: &RoomName, messages: &[ServerMessage]) -> Vec<Frame> {
    messages.iter().map(|message| Frame::of_room(room, message)).collect()
}

/// Returns a random duration between 0 and `pause`: full jitter, so that many clients do not retry at the same time.
fn jittered(pause: Duration, entropy: &dyn Entropy) -> Duration {
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    pause.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}
