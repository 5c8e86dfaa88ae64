//! The listeners of a room in parts. Their sort key is the connection id, so a shard is one range of the room's partition, and rooms need
//! no other items than before. The borders are one item of a set.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use chat::ports::{
    Result,
    connections::ConnectionId,
    shards::{Shard, ShardListeners, Shards},
};
use shared_types::RoomName;

use super::{DynamoConnections, from_item, room_partition, room_reads::without_watchers};
use crate::{
    item::{Item, number, read_all, read_number, text},
    table::Key,
};

/// How long the borders of a room outlive their last use, in seconds: half of it at least, because only borders that have less than half of
/// it left are renewed. Without borders the next frame divides the room again.
const BORDERS_SECONDS: u64 = 24 * 60 * 60;

#[async_trait]
impl Shards for DynamoConnections {
    async fn listeners(&self, room: &RoomName, shard: &Shard, most: usize) -> Result<ShardListeners> {
        let (mut listeners, mut after) = (Vec::new(), shard.after.as_ref().map(|after| after.0.clone()));
        // A page may end early, because it has 1 MB at most, and its items may have expired.
        loop {
            let wanted = most + 1 - listeners.len();
            let end = shard.up_to.as_ref().map_or(End::Listeners, End::Of);
            let page = self.page(room, after.as_deref(), end, wanted).await?;
            let mut living = read_all(&page.items, from_item);
            living.retain(|connection| self.lives(connection));
            listeners.extend(living);
            after = page.last;
            if listeners.len() > most || after.is_none() {
                break;
            }
        }
        let more = listeners.len() > most;
        listeners.truncate(most);
        Ok(ShardListeners { listeners, more })
    }

    async fn borders(&self, room: &RoomName) -> Result<Vec<ConnectionId>> {
        let item = self.table.get(borders_key(room), "reading the borders of a room").await?.unwrap_or_default();
        let ids = item.get("borders").and_then(|borders| borders.as_ss().ok());
        let mut borders: Vec<_> = ids.into_iter().flatten().cloned().map(ConnectionId).collect();
        borders.sort();
        if !borders.is_empty()
            && let Err(error) = self.renew_borders(room, &item).await
        {
            tracing::warn!(%error, "borders of a room not renewed; the next frame tries again");
        }
        Ok(borders)
    }

    async fn add_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        let update = self
            .table
            .updating(borders_key(room))
            .update_expression("ADD borders :border SET expires = :expires")
            .expression_attribute_values(":border", AttributeValue::Ss(vec![border.0.clone()]))
            .expression_attribute_values(":expires", number(self.borders_end()));
        self.table.try_update(update, "adding a border to a room").await.map(drop)
    }

    async fn remove_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        let update = self
            .table
            .updating(borders_key(room))
            .update_expression("DELETE borders :border")
            // Without the condition the update would create an item without an expiry.
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":border", AttributeValue::Ss(vec![border.0.clone()]));
        self.table.try_update(update, "removing a border of a room").await.map(drop)
    }
}

impl DynamoConnections {
    /// Returns when borders that are used now expire, in seconds since 1970.
    fn borders_end(&self) -> u64 {
        self.clock.now().0 / 1000 + BORDERS_SECONDS
    }

    /// Keeps the borders of a room that are in use: one write in half of [`BORDERS_SECONDS`].
    async fn renew_borders(&self, room: &RoomName, stored: &Item) -> Result<()> {
        let (expires, end) = (read_number::<u64>(stored, "expires").unwrap_or_default(), self.borders_end());
        if expires > end - BORDERS_SECONDS / 2 {
            return Ok(());
        }
        let update = self
            .table
            .updating(borders_key(room))
            .update_expression("SET expires = :end")
            // Of several that find them old one writes, and nobody creates an item without borders.
            .condition_expression("expires = :seen")
            .expression_attribute_values(":end", number(end))
            .expression_attribute_values(":seen", number(expires));
        self.table.try_update(update, "renewing the borders of a room").await.map(drop)
    }

    /// Reads the first `most` items of a room after a sort key, or as many as fit into one answer.
    pub(super) async fn page(&self, room: &RoomName, after: Option<&str>, end: End<'_>, most: usize) -> Result<Page> {
        let partition = room_partition(room);
        let limit = i32::try_from(most).unwrap_or(i32::MAX);
        let query = self.table.querying(&partition).limit(limit);
        let query = match end {
            End::Of(ConnectionId(up_to)) => query
                .key_condition_expression("pk = :pk AND sk <= :upTo")
                .expression_attribute_values(":upTo", text(up_to)),
            End::Listeners => without_watchers(query),
            End::Watchers => query,
        };
        let start = after.map(|after| [("pk".to_owned(), text(&partition)), ("sk".to_owned(), text(after))].into());
        let answer = self.table.reading(query.set_exclusive_start_key(start).send()).await;
        let answer = answer.map_err(self.table.failed("reading a shard of a room"))?;
        let last = answer.last_evaluated_key.as_ref().and_then(|key| key.get("sk")?.as_s().ok().cloned());
        Ok(Page { items: answer.items.unwrap_or_default(), last })
    }
}

/// The last item of a room to read.
#[derive(Clone, Copy)]
pub(super) enum End<'a> {
    /// The listener with this id.
    Of(&'a ConnectionId),
    /// The last listener.
    Listeners,
    /// The last watcher; they are after the listeners.
    Watchers,
}

/// One answer to a query of listeners and watchers.
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    /// The last sort key that was read, if there may be more.
    pub(super) last: Option<String>,
}

fn borders_key(room: &RoomName) -> Key {
    Key::new(format!("shards#{room}"), "borders")
}
