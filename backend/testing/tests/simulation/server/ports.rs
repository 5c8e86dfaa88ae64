//! Ports of a handler: the memory store and the network, with delays and faults.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
    connections::{Admission, Connection, ConnectionId, ConnectionLimits, Connections},
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages, PinEntry, StoredMessage},
    moderation::Moderation,
    rate_store::{RateDecision, RateLimit, RateStore},
    saved_messages::SavedMessages,
    system::{Clock, Entropy},
    watchers::Audience,
};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use shared_types::{
    ChatMessage, PersonId, PersonName, Profile, Rev, RoomName, RoomRules, SavedPosition, Seq, ThreadSummary, Timestamp,
};
use tokio::time::sleep;

use super::{HANDLER, SentFrame, Server};

/// Ports of one handler.
pub(super) struct Ports(pub(super) Arc<Server>);

#[async_trait]
impl Connections for Ports {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        self.0.call(self.0.connections.admit(connection, limits)).await
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.find(id)).await
    }

    fn recall(&self, id: &ConnectionId) -> Option<Connection> {
        (self.0.pick(0..2) == 0).then(|| self.0.connections.recall(id)).flatten()
    }

    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.rename(id, name, chosen)).await
    }

    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.set_moderator(id, moderator)).await
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.set_profile(id, profile)).await
    }

    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()> {
        self.0.call(self.0.connections.set_hidden(connection, hidden)).await
    }

    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.move_to(connection, room)).await
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.0.call(self.0.connections.remove(id)).await
    }

    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>> {
        self.0.call(self.0.connections.in_room(room)).await
    }

    async fn audience(&self, room: &RoomName, most: usize) -> Result<Audience> {
        self.0.call(self.0.connections.audience(room, most)).await
    }

    async fn watch(&self, connection: &Connection, rooms: &[RoomName]) -> Result<()> {
        self.0.call(self.0.connections.watch(connection, rooms)).await
    }

    async fn unwatch(&self, room: &RoomName, id: &ConnectionId) -> Result<()> {
        self.0.call(self.0.connections.unwatch(room, id)).await
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        let all = self.0.call(self.0.connections.all().try_collect::<Vec<_>>());
        stream::once(all).map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten().boxed()
    }

    async fn count(&self) -> Result<u32> {
        self.0.call(self.0.connections.count()).await
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        self.0.call(self.0.connections.correct_count(seen, truth)).await
    }
}

#[async_trait]
impl RateStore for Ports {
    async fn take(&self, key: &str, limit: RateLimit, now: Timestamp) -> Result<RateDecision> {
        self.0.call(self.0.rate_store.take(key, limit, now)).await
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        self.0.call(self.0.rate_store.acquire_slow_mode_slot(key, holder, window, now)).await
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        self.0.call(self.0.rate_store.mark_ticket_used(key, until)).await
    }
}

#[async_trait]
impl Messages for Ports {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        self.0.call(self.0.messages.next_rev(room)).await
    }

    async fn next_rev_without_rules(&self, room: &RoomName) -> Result<Option<Rev>> {
        let next_rev = async {
            match self.0.moderation.rules(room).await? == RoomRules::default() {
                true => self.0.messages.next_rev(room).await.map(Some),
                false => Ok(None),
            }
        };
        self.0.call(next_rev).await
    }

    async fn reserve(&self, message_key: &MessageKey, record: IdempotencyRecord) -> Result<IdempotencyRecord> {
        self.0.call(self.0.messages.reserve(message_key, record)).await
    }

    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord> {
        self.0.call(self.0.messages.take_over(message_key, held, fresh)).await
    }

    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        self.0.call(self.0.messages.records_of(author, after, limit)).await
    }

    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        self.0.call(self.0.messages.tombstone(message_key, until)).await
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        HANDLER.with(|handler| self.0.observations().on_put(message, &handler.acknowledged));
        self.0.call(self.0.messages.put(room, message)).await
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>> {
        self.0.call(self.0.messages.at(room, seq)).await
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        self.0.call(self.0.messages.before(room, before, limit)).await
    }

    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        self.0.call(self.0.messages.created_after(room, rev, limit)).await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool> {
        let replace = async {
            let is_replaced = self.0.messages.replace(room, seen, changed).await?;
            if is_replaced {
                HANDLER.with(|handler| self.0.observations().on_replaced(changed, &handler.acknowledged));
            }
            Ok(is_replaced)
        };
        self.0.call(replace).await
    }

    async fn record_change(&self, room: &RoomName, change: ChangeRecord) -> Result<()> {
        self.0.call(self.0.messages.record_change(room, change)).await
    }

    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>> {
        self.0.call(self.0.messages.changes_after(room, rev, limit)).await
    }

    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>> {
        self.0.call(self.0.messages.newest_changes(room, limit)).await
    }

    async fn index_pin(&self, room: &RoomName, entry: PinEntry) -> Result<()> {
        self.0.call(self.0.messages.index_pin(room, entry)).await
    }

    async fn unindex_pin(&self, room: &RoomName, seq: Seq, before: Rev) -> Result<()> {
        self.0.call(self.0.messages.unindex_pin(room, seq, before)).await
    }

    async fn indexed_pins(&self, room: &RoomName, limit: usize) -> Result<Vec<PinEntry>> {
        self.0.call(self.0.messages.indexed_pins(room, limit)).await
    }

    async fn replies(&self, room: &RoomName, root: Seq, before: Option<Seq>, limit: usize) -> Result<Vec<Seq>> {
        self.0.call(self.0.messages.replies(room, root, before, limit)).await
    }

    async fn summarize(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool> {
        self.0.call(self.0.messages.summarize(room, root, seen, summary)).await
    }

    async fn remove(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()> {
        self.0.call(self.0.messages.remove(room, messages)).await
    }

    async fn remove_changes(&self, room: &RoomName, before: Timestamp, limit: usize) -> Result<usize> {
        self.0.call(self.0.messages.remove_changes(room, before, limit)).await
    }
}

#[async_trait]
impl SavedMessages for Ports {
    async fn save(&self, person: &PersonId, message: &SavedPosition) -> Result<()> {
        self.0.call(self.0.messages.save(person, message)).await
    }

    async fn unsave(&self, person: &PersonId, room: &RoomName, seq: Seq) -> Result<()> {
        self.0.call(self.0.messages.unsave(person, room, seq)).await
    }

    async fn saved(&self, person: &PersonId, limit: usize) -> Result<Vec<SavedPosition>> {
        self.0.call(self.0.messages.saved(person, limit)).await
    }
}

#[async_trait]
impl ConnectionGateway for Ports {
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome {
        self.0.step().await;
        let Some(socket) = self.0.sockets().get(to).cloned() else { return DeliveryOutcome::Gone };
        if self.0.drops_frame(to, frame.rev()) {
            return DeliveryOutcome::Behind;
        }
        let busy = self.0.happens(|faults| faults.busy);
        if busy && self.0.pick(0..2) == 0 {
            return DeliveryOutcome::Busy;
        }
        if self.0.happens(|faults| faults.cut) {
            self.0.cut(to);
        }
        if !self.0.happens(|faults| faults.loss) && !self.0.is_half_open(to) {
            let deletions = HANDLER.with(|handler| handler.acknowledged.deletions);
            let json = String::from_utf8_lossy(frame.json()).into_owned();
            let (frame, delay) = (SentFrame { json, deletions }, self.0.delay());
            tokio::spawn(async move {
                sleep(delay).await;
                // The client may have closed the socket meanwhile.
                drop(socket.send(frame));
            });
        }
        self.0.step().await;
        if busy { DeliveryOutcome::Busy } else { DeliveryOutcome::Delivered }
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.0.sockets().contains_key(id) { DeliveryOutcome::Delivered } else { DeliveryOutcome::Gone }
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.0.sockets().remove(id).is_some() { DeliveryOutcome::Delivered } else { DeliveryOutcome::Gone }
    }
}

#[async_trait]
impl Clock for Ports {
    fn now(&self) -> Timestamp {
        Timestamp(HANDLER.with(|handler| self.0.now().saturating_add_signed(handler.skew)))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }
}

impl Entropy for Ports {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.rng.lock().unwrap().fill(bytes);
    }
}

/// Clock of the tickets. It stands still, so that tickets do not expire whatever the skew of the handler's clock.
pub(super) struct FrozenClock;

#[async_trait]
impl Clock for FrozenClock {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    async fn sleep(&self, _: Duration) {}
}

/// Entropy that is the same in every run of a seed. It does not repeat a value, because a ticket opens only one socket.
pub(super) struct SeededEntropy(pub(super) Mutex<fastrand::Rng>);

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill(bytes);
    }
}
