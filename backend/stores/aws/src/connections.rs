//! Connections in DynamoDB.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use chat::{
    ports::{
        Result, Unavailable,
        connections::{AddressKey, Admission, Connection, ConnectionId, ConnectionLimits, Connections},
        system::Clock,
        watchers::Audience,
    },
    presence::recent_listeners::RecentListeners,
};
use futures::{
    future::{join, ready},
    stream::{self, BoxStream, StreamExt, TryStreamExt},
};
use shared_types::{Appearance, Person, PersonName, Profile, RoomName, StatusText, Timestamp, limits::LIFETIME};

use self::{
    counters::{AddressLimit, Counted, count_key},
    remembered::RememberedConnections,
};
use crate::{
    item::{Item, Malformed, item, number, read, read_number, read_optional, read_optional_number, read_or_skip, text},
    table::{Key, Table, Update},
};

mod counters;
mod moves;
mod remembered;
mod room_reads;
mod shards;
mod watchers;

/// Number of partitions over which the pointers are spread. One partition takes 1,000 writes a second; 16 take more connects and disconnects
/// than API Gateway allows (500 new connections a second for an account).
const SHARDS: u32 = 16;

/// How long the items of a connection outlive it, in seconds, so that a slow clock cannot expire a live one.
const GRACE_SECONDS: u64 = 10 * 60;

/// Maximum number of attempts to change the profile of a connection that moves at the same time.
const PROFILE_ATTEMPTS: usize = 3;

/// Attribute of a pointer: the connection is one of the first of its address.
const FIRST_OF_ADDRESS: &str = "firstOfAddress";

/// Attribute of a pointer: it counts for its address.
const OF_ADDRESS: &str = "ofAddress";

/// Attribute of a connection: its client accepts `messages` frames.
const ACCEPTS_BATCHES: &str = "batches";

/// Attribute of a connection: the name that its person chose, if they have it with a number.
const CHOSEN: &str = "chosen";

/// [`Connections`] in a DynamoDB table.
///
/// A connection is two items with the same content: the listener under its room, so that one query returns all listeners, and the pointer
/// under its id. The pointer decides: it is put after the counters were incremented, and the request that deletes it decrements them. The
/// pointer also tells whether the counter of its address was incremented.
pub struct DynamoConnections {
    table: Table,
    clock: Arc<dyn Clock>,
    recent: RecentListeners,
    remembered: RememberedConnections,
}

#[async_trait]
impl Connections for DynamoConnections {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        let of_address = AddressLimit::of(connection, limits);
        let number = match self.count_both(limits.all, of_address).await? {
            Ok(number) => number,
            Err(refused) => return Ok(refused),
        };
        let mut pointer = to_item(pointer_key(&connection.id), connection);
        // The counter is decremented when a pointer is deleted, so there are never more of these than its value.
        if number.is_some_and(|number| number <= limits.first_of_address) {
            pointer.insert(FIRST_OF_ADDRESS.into(), number_one());
        }
        if of_address.is_some() {
            pointer.insert(OF_ADDRESS.into(), number_one());
        }
        // Both puts finish before one is undone: an unfinished put would arrive after its deletion.
        let pointer = self.table.put(pointer, "storing a connection");
        let listener = self.table.put(to_item(listener_key(connection), connection), "storing a listener");
        if let (Err(error), _) | (_, Err(error)) = join(pointer, listener).await {
            self.undo(connection, of_address).await;
            return Err(error);
        }
        Ok(Admission::Admitted)
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let doing = "finding a connection";
        let found = self.table.get(pointer_key(id), doing).await?;
        if found.is_none() {
            self.recent.remove(id);
        }
        let found = found.as_ref().map(from_item).transpose().map_err(Unavailable::while_doing(doing))?;
        let found = found.filter(|connection| self.lives(connection));
        self.remembered.set(id, found.as_ref());
        Ok(found)
    }

    fn recall(&self, id: &ConnectionId) -> Option<Connection> {
        self.remembered.get(id)
    }

    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>> {
        let attributes = [("name", Some(text(name))), (CHOSEN, chosen.map(text))];
        self.set_of_person(id, &attributes, "renaming a person").await
    }

    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>> {
        let value = AttributeValue::Bool(moderator);
        self.set_of_person(id, &[("moderator", Some(value))], "changing a moderator").await
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>> {
        let doing = "changing the profile of a connection";
        // A connection that moves between the two updates has its listener elsewhere then.
        let attributes = profile_attributes(profile.appearance, profile.status.as_ref());
        for _ in 0..PROFILE_ATTEMPTS {
            let pointer = self.set_attributes(pointer_key(id), &attributes, doing).await?;
            let Some(pointer) = pointer else { return Ok(None) };
            if let Some(changed) = self.set_attributes(listener_key(&pointer), &attributes, doing).await? {
                self.recent.put(&changed);
                return Ok(Some(changed).filter(|connection| self.lives(connection)));
            }
        }
        Ok(None)
    }

    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()> {
        let update = self
            .table
            .updating(listener_key(connection))
            // The name is a reserved word of DynamoDB.
            .update_expression("SET #hidden = :hidden")
            // Without the condition the update would create a listener of a socket that was closed.
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#hidden", "hidden")
            .expression_attribute_values(":hidden", AttributeValue::Bool(hidden));
        if let Update::Made(_) = self.table.try_update(update, "storing whether a page is hidden").await? {
            self.recent.put(&Connection { hidden, ..connection.clone() });
        }
        Ok(())
    }

    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>> {
        self.move_in_one_step(connection, room).await
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let Some(pointer) = self.delete_items(id).await? else { return Ok(None) };
        let connection = from_item(&pointer);
        let counted = connection.as_ref().ok().filter(|_| pointer.contains_key(OF_ADDRESS)).and_then(Counted::of);
        self.uncount_both(counted).await?;
        connection.map(Some).map_err(Unavailable::while_doing("removing a connection"))
    }

    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>> {
        Ok(self.all_in_room(room).await?.into())
    }

    async fn in_small_room(&self, room: &RoomName) -> Result<Option<Arc<[Connection]>>> {
        self.recent.in_small_room(self, room, self.clock.now()).await
    }

    async fn recently_in_room(&self, room: &RoomName, with: Option<&Connection>) -> Result<Arc<[Connection]>> {
        self.recent.in_room(self, room, with, self.clock.now()).await
    }

    async fn audience(&self, room: &RoomName, most: usize) -> Result<Audience> {
        self.read_audience(room, most).await
    }

    async fn watch(&self, connection: &Connection, rooms: &[RoomName]) -> Result<()> {
        self.set_watched(connection, rooms).await
    }

    async fn unwatch(&self, room: &RoomName, id: &ConnectionId) -> Result<()> {
        self.delete_watcher(room, id).await
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        let shards = (0..SHARDS).map(shard_partition);
        let pointers = shards.map(|shard| self.table.partition_stream(&shard, "reading all connections").boxed());
        let connections = stream::select_all(pointers).map_ok(|pointer| read_or_skip(&pointer, from_item));
        connections.try_filter_map(|connection| ready(Ok(connection))).boxed()
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
        Self { table, clock, recent: RecentListeners::default(), remembered: RememberedConnections::default() }
    }

    /// Opens the connection to DynamoDB, when a function starts.
    pub async fn warm(&self) {
        self.table.warm().await;
    }

    /// Undoes an admission that failed half-way. If this fails too, the counter is too high until the sweep.
    async fn undo(&self, connection: &Connection, of_address: Option<AddressLimit<'_>>) {
        let doing = "undoing an admission";
        let pointer = self.table.delete(pointer_key(&connection.id), doing);
        let listener = self.table.delete(listener_key(connection), doing);
        let undone = match join(pointer, listener).await {
            (Ok(_), Ok(_)) => self.uncount_both(of_address.map(AddressLimit::counted)).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        if let Err(error) = undone {
            tracing::warn!(%error, "counter not decremented; the sweep corrects it");
        }
    }

    /// Sets attributes of the person in both items of a connection, and removes those without a value.
    async fn set_of_person(
        &self,
        id: &ConnectionId,
        attributes: &[(&str, Option<AttributeValue>)],
        doing: &'static str,
    ) -> Result<Option<Connection>> {
        let Some(changed) = self.set_attributes(pointer_key(id), attributes, doing).await? else {
            return Ok(None);
        };
        let listener = listener_key(&changed);
        let Some(changed) = self.set_attributes(listener, attributes, doing).await? else { return Ok(None) };
        self.recent.put(&changed);
        Ok(Some(changed).filter(|connection| self.lives(connection)))
    }

    async fn set_attributes(
        &self,
        key: Key,
        attributes: &[(&str, Option<AttributeValue>)],
        doing: &'static str,
    ) -> Result<Option<Connection>> {
        let mut update = self
            .table
            .updating(key)
            // Without the condition the update would create an item without a room and an expiry.
            .condition_expression("attribute_exists(pk)")
            .return_values(ReturnValue::AllNew);
        let (mut set, mut removed) = (Vec::new(), Vec::new());
        for (name, value) in attributes {
            update = update.expression_attribute_names(format!("#{name}"), *name);
            match value {
                Some(value) => {
                    set.push(format!("#{name} = :{name}"));
                    update = update.expression_attribute_values(format!(":{name}"), value.clone());
                }
                None => removed.push(format!("#{name}")),
            }
        }
        let clauses = [("SET", set), ("REMOVE", removed)].into_iter().filter(|(_, names)| !names.is_empty());
        let clauses: Vec<String> = clauses.map(|(clause, names)| format!("{clause} {}", names.join(", "))).collect();
        let update = update.update_expression(clauses.join(" "));
        match self.table.try_update(update, doing).await? {
            Update::Made(item) => from_item(&item).map(Some).map_err(Unavailable::while_doing(doing)),
            Update::Refused(_) => Ok(None),
        }
    }

    fn lives(&self, connection: &Connection) -> bool {
        self.clock.now().since(connection.opened_at) <= LIFETIME
    }
}

fn listener_key(connection: &Connection) -> Key {
    Key::new(room_partition(&connection.room), &*connection.id.0)
}

fn pointer_key(id: &ConnectionId) -> Key {
    // FNV-1a, because the result must be the same in every build for as long as a connection lives.
    let hash = id.0.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    Key::new(shard_partition(hash % SHARDS), &*id.0)
}

fn shard_partition(shard: u32) -> String {
    format!("conn#{shard:x}")
}

fn room_partition(room: &RoomName) -> String {
    format!("room#{room}")
}

fn number_one() -> AttributeValue {
    number(1)
}

/// Returns when the items of a connection that was opened then expire, in seconds since 1970.
fn end_of(opened_at: Timestamp) -> u64 {
    opened_at.0 / 1000 + LIFETIME.as_secs() + GRACE_SECONDS
}

/// Names and values of the attributes of a profile. Those without a value are absent in an item.
type ProfileAttributes = [(&'static str, Option<AttributeValue>); 3];

/// Returns the attributes of a profile.
fn profile_attributes(appearance: Appearance, status: Option<&StatusText>) -> ProfileAttributes {
    [
        ("picture", appearance.picture.map(|at| number(at.0))),
        ("colour", appearance.colour.map(|hue| number(hue.get().into()))),
        ("status", status.map(text)),
    ]
}

/// Reads the appearance of a connection's person. A function of another version may have written something else: the person is then shown
/// without it.
fn appearance_of(item: &Item) -> Appearance {
    let picture = read_optional_number(item, "picture").ok().flatten().map(Timestamp);
    let colour: Option<u64> = read_optional_number(item, "colour").ok().flatten();
    Appearance { picture, colour: colour.and_then(|hue| hue.try_into().ok()) }
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
    if connection.accepts_batches {
        item.insert(ACCEPTS_BATCHES.into(), AttributeValue::Bool(true));
    }
    if let Some(AddressKey(address)) = &connection.address {
        item.insert("address".into(), text(address));
    }
    if let Some(device) = &connection.device {
        item.insert("device".into(), text(device));
    }
    let profile = profile_attributes(connection.person.appearance, connection.status.as_ref());
    item.extend(profile.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    if let Some(chosen) = &connection.chosen {
        item.insert(CHOSEN.into(), text(chosen));
    }
    item
}

/// Returns whether an attribute that may be missing is `true`.
fn is_true(item: &Item, attribute: &str) -> bool {
    item.get(attribute).is_some_and(|value| value.as_bool() == Ok(&true))
}

fn from_item(item: &Item) -> std::result::Result<Connection, Malformed> {
    let moderator = is_true(item, "moderator");
    Ok(Connection {
        id: ConnectionId(read(item, "sk")?),
        room: read(item, "room")?,
        person: Person {
            id: read(item, "person")?,
            name: read(item, "name")?,
            moderator,
            appearance: appearance_of(item),
        },
        address: read_optional(item, "address", |key| Some(AddressKey(key.into())))?,
        is_first_of_address: item.contains_key(FIRST_OF_ADDRESS),
        opened_at: Timestamp(read_number(item, "openedAt")?),
        hidden: is_true(item, "hidden"),
        accepts_batches: is_true(item, ACCEPTS_BATCHES),
        device: read_optional(item, "device", |id| id.parse().ok()).ok().flatten(),
        status: read_optional(item, "status", |status| status.parse().ok()).ok().flatten(),
        chosen: read_optional(item, CHOSEN, |name| name.parse().ok()).ok().flatten(),
    })
}
