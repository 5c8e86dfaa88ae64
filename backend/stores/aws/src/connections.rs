//! Who is connected, in DynamoDB.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use chat::ports::{
    Result, Unavailable,
    connections::{AddressKey, Admission, Connection, ConnectionId, ConnectionLimits, Connections},
    system::Clock,
};
use futures::future::{join, try_join_all};
use shared_types::{Person, PersonName, RoomName, Timestamp, limits::LIFETIME};

use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, text},
    table::{Key, Table, Update},
};

/// The partitions over which the pointers are spread. One partition takes 1,000 writes a second; 16 of them are more
/// connects and disconnects than API Gateway lets through (500 new connections a second for an account).
const SHARDS: u32 = 16;

/// How long a connection's items outlive it, in seconds, so that a clock that is slow cannot delete one that lives.
const GRACE_SECONDS: u64 = 10 * 60;

/// Says of a pointer that a place of its address was taken with it.
const OF_ADDRESS: &str = "ofAddress";

/// [`Connections`] in a DynamoDB table.
///
/// A connection is two items with the same content: the listener under its room, so that one query gives all
/// listeners, and the pointer under its id. The pointer is the one that counts: it is put with a place taken, and
/// whoever deletes it gives the place back. So it is with the place of its address, which the pointer says it has.
pub struct DynamoConnections {
    table: Table,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Connections for DynamoConnections {
    async fn admit(&self, connection: &Connection, places: ConnectionLimits) -> Result<Admission> {
        let of_address = Crowd::of(connection, places);
        let admission = self.take_places(places.all, of_address).await?;
        if admission != Admission::Admitted {
            return Ok(admission);
        }
        let mut pointer = to_item(pointer_key(&connection.id), connection);
        if of_address.is_some() {
            pointer.insert(OF_ADDRESS.into(), number(1));
        }
        // Both to their end before one is undone: a put that is still on its way would arrive after its deletion.
        let pointer = self.table.put(pointer, "keeping a connection");
        let listener = self.table.put(to_item(listener_key(connection), connection), "keeping a listener");
        if let (Err(error), _) | (_, Err(error)) = join(pointer, listener).await {
            self.undo(connection, of_address).await;
            return Err(error);
        }
        Ok(Admission::Admitted)
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let doing = "finding a connection";
        let found = self.table.get(pointer_key(id), doing).await?;
        let found = found.as_ref().map(from_item).transpose().map_err(Unavailable::while_doing(doing))?;
        Ok(found.filter(|connection| self.lives(connection)))
    }

    async fn rename(&self, id: &ConnectionId, name: &PersonName) -> Result<Option<Connection>> {
        let Some(renamed) = self.set_name(pointer_key(id), name).await? else { return Ok(None) };
        let Some(renamed) = self.set_name(listener_key(&renamed), name).await? else { return Ok(None) };
        Ok(Some(renamed).filter(|connection| self.lives(connection)))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let doing = "removing a connection";
        // The pointer goes last. If this stops half way the pointer is still there, and the next call finishes it.
        let Some(found) = self.table.get(pointer_key(id), doing).await? else { return Ok(None) };
        let connection = from_item(&found);
        if let Ok(connection) = &connection {
            self.table.delete(listener_key(connection), "removing a listener").await?;
        }
        // Of two calls at the same time one deletes it, and that one gives the place back.
        if self.table.delete(pointer_key(id), doing).await?.is_none() {
            return Ok(None);
        }
        let address = connection.as_ref().ok().and_then(|connection| connection.address.as_ref());
        self.give_back(address.filter(|_| found.contains_key(OF_ADDRESS))).await?;
        connection.map(Some).map_err(Unavailable::while_doing(doing))
    }

    async fn in_room(&self, room: &RoomName) -> Result<Vec<Connection>> {
        let listeners = self.table.partition(&room_partition(room), "reading the listeners of a room").await?;
        let mut listeners = read_all(&listeners, from_item);
        listeners.retain(|connection| self.lives(connection));
        Ok(listeners)
    }

    async fn all(&self) -> Result<Vec<Connection>> {
        let shards = (0..SHARDS)
            .map(shard_partition)
            .map(|shard| async move { self.table.partition(&shard, "reading all connections").await });
        let pointers = try_join_all(shards).await?.concat();
        Ok(read_all(&pointers, from_item))
    }

    async fn count(&self) -> Result<u32> {
        let doing = "reading the number of connections";
        match self.table.get(count_key(), doing).await? {
            Some(counter) => read_number(&counter, "taken").map_err(Unavailable::while_doing(doing)),
            None => Ok(0),
        }
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        let condition = match seen {
            0 => "attribute_not_exists(taken) OR taken = :seen",
            _ => "taken = :seen",
        };
        let update = self
            .table
            .updating(count_key())
            .update_expression("SET taken = :truth")
            .condition_expression(condition)
            .expression_attribute_values(":seen", number(seen.into()))
            .expression_attribute_values(":truth", number(truth.into()));
        let update = self.table.try_update(update, "correcting the number of connections").await?;
        Ok(matches!(update, Update::Made(_)))
    }
}

impl DynamoConnections {
    pub(crate) fn new(table: Table, clock: Arc<dyn Clock>) -> Self {
        Self { table, clock }
    }

    /// Opens the connection to DynamoDB, for the start of a function.
    pub async fn warm(&self) {
        self.table.warm().await;
    }

    /// Takes a place, and one of its address, at the same time. What was taken is given back where the other is not to be had.
    async fn take_places(&self, all: u32, of_address: Option<Crowd<'_>>) -> Result<Admission> {
        let address = async {
            match of_address {
                Some(crowd) => self.take_place_of(crowd).await,
                None => Ok(true),
            }
        };
        let (place, address) = join(self.take_place(all), address).await;
        let undone = match (&place, &address) {
            (Ok(true), Ok(true)) => return Ok(Admission::Admitted),
            (Ok(true), _) => self.give_place_back().await,
            (_, Ok(true)) => self.give_place_of_back(of_address.map(|crowd| crowd.address)).await,
            _ => Ok(()),
        };
        if let Err(error) = undone {
            tracing::warn!(%error, "a place stays taken until the sweep, or until its address is quiet");
        }
        match (place?, address?) {
            (false, _) => Ok(Admission::Full),
            _ => Ok(Admission::AddressLimitReached),
        }
    }

    /// Takes a place of an address if fewer than it may have are taken.
    ///
    /// The counter expires when none of its connections can live any more. What it has too many by then, because a pointer
    /// expired before anybody deleted it or an answer was lost, goes with it.
    async fn take_place_of(&self, crowd: Crowd<'_>) -> Result<bool> {
        let doing = "taking a place of an address";
        // As below: the condition lets the first one in.
        if crowd.most == 0 {
            return Ok(false);
        }
        let (now, expires) = (self.clock.now().0 / 1000, end_of(crowd.opened_at));
        let update = self
            .table
            .updating(address_key(crowd.address))
            .update_expression("ADD taken :one SET expires = :expires")
            .condition_expression("attribute_not_exists(taken) OR (taken < :most AND expires > :now)")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":most", number(crowd.most.into()))
            .expression_attribute_values(":now", number(now));
        match self.table.try_update_once(update.clone(), doing).await? {
            Update::Made(_) => return Ok(true),
            Update::Refused(there) if there.as_ref().is_some_and(|there| has_ended(there, now)) => {}
            Update::Refused(_) => return Ok(false),
        }
        let anew = self
            .table
            .updating(address_key(crowd.address))
            .update_expression("SET taken = :one, expires = :expires")
            .condition_expression("expires <= :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":now", number(now));
        // Of many who find it expired one begins it anew, and the others are counted after that one.
        match self.table.try_update_once(anew, doing).await? {
            Update::Made(_) => Ok(true),
            Update::Refused(_) => Ok(matches!(self.table.try_update_once(update, doing).await?, Update::Made(_))),
        }
    }

    /// Takes a place if fewer than `limit` are taken: one conditional write, so that it is exact however many come.
    ///
    /// A place that is lost because the answer was, or by a crash before its pointer is put, is found by the daily
    /// sweep.
    async fn take_place(&self, limit: u32) -> Result<bool> {
        // The condition lets the first one in when nothing has been counted yet, and that is one too many here.
        if limit == 0 {
            return Ok(false);
        }
        let update = self
            .table
            .updating(count_key())
            .update_expression("ADD taken :one")
            .condition_expression("attribute_not_exists(taken) OR taken < :limit")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":limit", number(limit.into()));
        let update = self.table.try_update_once(update, "taking a place").await?;
        Ok(matches!(update, Update::Made(_)))
    }

    /// Gives a place back, and the one of an address where one was taken.
    async fn give_back(&self, address: Option<&AddressKey>) -> Result<()> {
        let (place, of_address) = join(self.give_place_back(), self.give_place_of_back(address)).await;
        place.and(of_address)
    }

    async fn give_place_back(&self) -> Result<()> {
        if !self.count_down(count_key(), "giving a place back").await? {
            tracing::warn!("a place was given back that the counter does not know; the sweep will correct it");
        }
        Ok(())
    }

    /// A counter that has expired since does not know the place any more.
    async fn give_place_of_back(&self, address: Option<&AddressKey>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        self.count_down(address_key(address), "giving a place of an address back").await.map(drop)
    }

    /// Counts one less, never below none; answers whether there was one.
    async fn count_down(&self, counter: Key, doing: &'static str) -> Result<bool> {
        let update = self
            .table
            .updating(counter)
            .update_expression("SET taken = taken - :one")
            .condition_expression("taken > :none")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0));
        Ok(matches!(self.table.try_update_once(update, doing).await?, Update::Made(_)))
    }

    /// Undoes an admission that failed half way. Where this fails too, the place stays taken until the sweep.
    async fn undo(&self, connection: &Connection, of_address: Option<Crowd<'_>>) {
        let doing = "undoing an admission";
        let pointer = self.table.delete(pointer_key(&connection.id), doing);
        let listener = self.table.delete(listener_key(connection), doing);
        let undone = match join(pointer, listener).await {
            (Ok(_), Ok(_)) => self.give_back(of_address.map(|crowd| crowd.address)).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        if let Err(error) = undone {
            tracing::warn!(%error, "a place stays taken until the sweep");
        }
    }

    async fn set_name(&self, key: Key, name: &PersonName) -> Result<Option<Connection>> {
        let doing = "renaming a person";
        let update = self
            .table
            .updating(key)
            .update_expression("SET #name = :name")
            // Or the update would make an item out of nothing, without a room and without an end.
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":name", text(name))
            .return_values(ReturnValue::AllNew);
        match self.table.try_update(update, doing).await? {
            Update::Made(item) => from_item(&item).map(Some).map_err(Unavailable::while_doing(doing)),
            Update::Refused(_) => Ok(None),
        }
    }

    fn lives(&self, connection: &Connection) -> bool {
        self.clock.now().since(connection.opened_at) <= LIFETIME
    }
}

/// An address that may have so many places, and when one of them is wanted.
#[derive(Clone, Copy)]
struct Crowd<'a> {
    address: &'a AddressKey,
    most: u32,
    opened_at: Timestamp,
}

impl<'a> Crowd<'a> {
    /// Where an address is known, and has a limit.
    fn of(connection: &'a Connection, places: ConnectionLimits) -> Option<Self> {
        let (address, most) = connection.address.as_ref().zip(places.per_address)?;
        Some(Self { address, most, opened_at: connection.opened_at })
    }
}

fn count_key() -> Key {
    Key::new("count", "count")
}

fn address_key(AddressKey(address): &AddressKey) -> Key {
    Key::new(format!("open#{address}"), "open")
}

fn listener_key(connection: &Connection) -> Key {
    Key::new(room_partition(&connection.room), &*connection.id.0)
}

fn pointer_key(id: &ConnectionId) -> Key {
    // FNV-1a, because it must come out the same in every build for as long as a connection lives.
    let hash = id.0.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    Key::new(shard_partition(hash % SHARDS), &*id.0)
}

fn shard_partition(shard: u32) -> String {
    format!("conn#{shard:x}")
}

fn room_partition(room: &RoomName) -> String {
    format!("room#{room}")
}

/// When the items of a connection that was opened then expire, in seconds.
fn end_of(opened_at: Timestamp) -> u64 {
    opened_at.0 / 1000 + LIFETIME.as_secs() + GRACE_SECONDS
}

fn has_ended(counter: &Item, now: u64) -> bool {
    read_number::<u64>(counter, "expires").is_ok_and(|expires| expires <= now)
}

fn to_item(key: Key, connection: &Connection) -> Item {
    let opened_at = connection.opened_at.0;
    let mut item = item([
        ("pk", text(key.pk)),
        ("sk", text(key.sk)),
        ("room", text(&connection.room)),
        ("person", text(&connection.person.id)),
        ("name", text(&connection.person.name)),
        ("openedAt", number(opened_at)),
        ("expires", number(end_of(connection.opened_at))),
    ]);
    if connection.person.moderator {
        item.insert("moderator".into(), AttributeValue::Bool(true));
    }
    if let Some(AddressKey(address)) = &connection.address {
        item.insert("address".into(), text(address));
    }
    item
}

fn from_item(item: &Item) -> std::result::Result<Connection, Malformed> {
    let moderator = item.get("moderator").is_some_and(|moderator| moderator.as_bool() == Ok(&true));
    Ok(Connection {
        id: ConnectionId(read(item, "sk")?),
        room: read(item, "room")?,
        person: Person { id: read(item, "person")?, name: read(item, "name")?, moderator },
        address: read_optional(item, "address", |key| Some(AddressKey(key.into())))?,
        opened_at: Timestamp(read_number(item, "openedAt")?),
    })
}
