//! The watchers of a room, as items of the partition of the room's listeners: one query reads both.
//!
//! Their sort keys begin with a character that is above all characters of a connection id, so they are after the listeners, and no other
//! read of the partition returns them. A function of an older version reads such an item as a connection that has expired.
//!
//! The pointer of a connection remembers the rooms that it watches, so that these items are deleted with it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use chat::ports::{
    Result,
    connections::{Connection, ConnectionId},
    watchers::{Audience, Watcher},
};
use futures::future::try_join_all;
use shared_types::{RoomName, Timestamp, limits::LIFETIME};

use super::{DynamoConnections, end_of, pointer_key, room_partition, shards::End};
use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, text},
    table::{Key, Update},
};

/// First character of a watcher's sort key.
pub(super) const WATCHER: &str = "~";

/// Attribute of a pointer: the rooms that the connection watches.
const WATCHES: &str = "watches";

/// Name of a watcher for functions of an older version, which need one.
const NAME: &str = "watcher";

impl DynamoConnections {
    /// Reads the listeners of a room and its watchers, at most `most`, consistently, in one query.
    pub(super) async fn read_audience(&self, room: &RoomName, most: usize) -> Result<Audience> {
        let (mut listeners, mut watchers) = (Vec::new(), Vec::new());
        let mut after = None;
        // A page may end early, because it has 1 MB at most, and its items may have expired.
        loop {
            let wanted = most.saturating_add(1) - listeners.len() - watchers.len();
            let page = self.page(room, after.as_deref(), End::Watchers, wanted).await?;
            let (of_watchers, of_listeners): (Vec<Item>, Vec<Item>) = page.items.into_iter().partition(is_watcher);
            listeners.extend(self.open_listeners(&of_listeners));
            let open =
                read_all(&of_watchers, from_item).into_iter().filter(|(at, _)| self.clock.now().since(*at) <= LIFETIME);
            watchers.extend(open.map(|(_, watcher)| watcher));
            after = page.last;
            if listeners.len() + watchers.len() > most || after.is_none() {
                break;
            }
        }
        Ok(Audience::of_first(listeners.into(), watchers.into(), most))
    }

    /// Makes a connection a watcher of exactly these rooms: one write, and one for each room that is new or left.
    pub(super) async fn set_watched(&self, connection: &Connection, rooms: &[RoomName]) -> Result<()> {
        let Some(before) = self.remember_watched(&connection.id, rooms).await? else { return Ok(()) };
        let wanted: BTreeSet<String> = rooms.iter().map(ToString::to_string).collect();
        let now = self.clock.now();
        let added = rooms.iter().filter(|room| !before.contains(room.as_str()));
        let puts = added.map(|room| self.table.put(to_item(connection, room, now), "storing a watcher"));
        let removed = before.difference(&wanted).filter_map(|room| room.parse().ok());
        let deletes = removed.map(|room: RoomName| async move { self.delete_watcher(&room, &connection.id).await });
        let (puts, deletes) = futures::future::join(try_join_all(puts), try_join_all(deletes)).await;
        if let (Err(error), _) | (_, Err(error)) = (puts, deletes) {
            // What is not remembered is put again by the next call.
            _ = self.remember_watched(&connection.id, &[]).await;
            return Err(error);
        }
        Ok(())
    }

    /// Deletes the watcher of a room.
    pub(super) async fn delete_watcher(&self, room: &RoomName, id: &ConnectionId) -> Result<()> {
        self.table.delete(watcher_key(room, id), "removing a watcher").await.map(drop)
    }

    /// Deletes all watchers of the connection that has this pointer.
    pub(super) async fn delete_watchers(&self, pointer: &Item, id: &ConnectionId) -> Result<()> {
        let rooms = rooms_of(pointer).into_iter().filter_map(|room| room.parse::<RoomName>().ok());
        let deletes = rooms.map(|room| async move { self.delete_watcher(&room, id).await });
        try_join_all(deletes).await.map(drop)
    }

    /// Stores in the pointer which rooms a connection watches. Returns those of before; `None` if the connection was removed.
    async fn remember_watched(&self, id: &ConnectionId, rooms: &[RoomName]) -> Result<Option<BTreeSet<String>>> {
        // Without the condition the update would create a pointer of a socket that was closed.
        let update = self.table.updating(pointer_key(id)).condition_expression("attribute_exists(pk)");
        let update = update.return_values(ReturnValue::UpdatedOld);
        // There is no empty set.
        let update = match rooms {
            [] => update.update_expression("REMOVE watches"),
            rooms => update.update_expression("SET watches = :watches").expression_attribute_values(
                ":watches",
                AttributeValue::Ss(rooms.iter().map(ToString::to_string).collect()),
            ),
        };
        match self.table.try_update(update, "remembering watched rooms").await? {
            Update::Made(before) => Ok(Some(rooms_of(&before))),
            Update::Refused(_) => Ok(None),
        }
    }
}

fn rooms_of(pointer: &Item) -> BTreeSet<String> {
    let rooms = pointer.get(WATCHES).and_then(|rooms| rooms.as_ss().ok());
    rooms.into_iter().flatten().cloned().collect()
}

fn is_watcher(item: &Item) -> bool {
    item.get("sk").and_then(|key| key.as_s().ok()).is_some_and(|key| key.starts_with(WATCHER))
}

fn watcher_key(room: &RoomName, id: &ConnectionId) -> Key {
    Key::new(room_partition(room), [WATCHER, &id.0].concat())
}

/// Returns the item of a watcher. `openedAt` makes it an expired connection for functions of an older version.
fn to_item(connection: &Connection, room: &RoomName, now: Timestamp) -> Item {
    let Key { pk, sk } = watcher_key(room, &connection.id);
    item([
        ("pk", text(pk)),
        ("sk", text(sk)),
        ("room", text(room)),
        ("person", text(&connection.person.id)),
        ("name", text(NAME)),
        ("openedAt", number(0)),
        ("watchedAt", number(now.0)),
        ("expires", number(end_of(now))),
    ])
}

fn from_item(item: &Item) -> std::result::Result<(Timestamp, Watcher), Malformed> {
    let key: String = read(item, "sk")?;
    let id = ConnectionId(key.strip_prefix(WATCHER).unwrap_or(&key).to_owned());
    Ok((Timestamp(read_number(item, "watchedAt")?), Watcher { id, person: read(item, "person")? }))
}
