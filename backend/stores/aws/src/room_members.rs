//! Members of private rooms in the connection table.
//!
//! A membership is two items that are written in one transaction: one in the partition of the room, which decides, and one in the
//! partition of the person, for the list of their rooms. Of a direct message that the person has left, the second item has another sort
//! key, so that it is behind the list.

use std::slice;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use chat::ports::{
    Result, Unavailable,
    backup::Record,
    room_members::{DirectMember, RoomMembers},
};
use shared_types::{Appearance, PersonId, PersonName, RoomMember, RoomName, Seq, Timestamp, limits};

use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, read_parsed, text},
    messages::backup::Found,
    table::{Key, Table},
};

/// It begins the sort key of a room that a person has left. It is above all names of rooms.
const LEFT: &str = "~";

/// A text that is above all sort keys.
const END: &str = "\u{7f}";

/// [`RoomMembers`] in a DynamoDB table.
pub struct DynamoRoomMembers {
    table: Table,
}

impl DynamoRoomMembers {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }
}

#[async_trait]
impl RoomMembers for DynamoRoomMembers {
    async fn add(&self, room: &RoomName, member: &RoomMember) -> Result<()> {
        self.add_together(room, slice::from_ref(member)).await
    }

    async fn add_together(&self, room: &RoomName, members: &[RoomMember]) -> Result<()> {
        let doing = "adding members of a room";
        let items = members.iter().flat_map(|member| {
            let Key { pk, sk } = room_key(&member.person, room);
            [to_item(room, member), item([("pk", text(pk)), ("sk", text(sk))])]
        });
        let writes = items.map(|item| {
            let put = Put::builder().table_name(self.table.name()).set_item(Some(item)).build();
            Ok(TransactWriteItem::builder().put(put.map_err(Unavailable::while_doing(doing))?).build())
        });
        self.table.write_together(writes.collect::<Result<_>>()?, doing).await.map(drop)
    }

    async fn set_name(&self, room: &RoomName, person: &PersonId, name: &PersonName) -> Result<()> {
        let update = self.table.updating(member_key(room, person)).condition_expression("attribute_exists(pk)");
        // `name` is a reserved word.
        let update = update.update_expression("SET #name = :name").expression_attribute_names("#name", "name");
        let update = update.expression_attribute_values(":name", text(name));
        self.table.try_update(update, "renaming a member of a room").await.map(drop)
    }

    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()> {
        let doing = "removing a member of a room";
        let delete = |Key { pk, sk }| {
            let delete = Delete::builder().table_name(self.table.name()).key("pk", text(pk)).key("sk", text(sk));
            delete.build().map_err(Unavailable::while_doing(doing))
        };
        let writes = vec![
            TransactWriteItem::builder().delete(delete(member_key(room, person))?).build(),
            TransactWriteItem::builder().delete(delete(room_key(person, room))?).build(),
        ];
        self.table.write_together(writes, doing).await.map(drop)
    }

    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool> {
        Ok(self.table.get(member_key(room, person), "looking for a member of a room").await?.is_some())
    }

    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>> {
        let query = self.table.querying(&members_partition(room));
        Ok(read_all(&self.table.first_items(query, limit, "reading the members of a room").await?, to_member))
    }

    async fn direct_members(&self, room: &RoomName) -> Result<Vec<DirectMember>> {
        let query = self.table.querying(&members_partition(room));
        let doing = "reading the members of a direct message";
        let items = self.table.first_items(query, limits::DIRECT_PEOPLE, doing).await?;
        Ok(read_all(&items, |item| Ok(DirectMember { member: to_member(item)?, left: left_after(item) })))
    }

    async fn set_left(&self, room: &RoomName, person: &PersonId, left: Option<Seq>) -> Result<()> {
        let doing = "leaving a direct message";
        let failed = || Unavailable::while_doing(doing);
        let left_key = Key::new(rooms_partition(person), [LEFT, room.as_str()].concat());
        let (listed, other) =
            if left.is_some() { (left_key, room_key(person, room)) } else { (room_key(person, room), left_key) };
        let Key { pk, sk } = member_key(room, person);
        let update = Update::builder().table_name(self.table.name()).key("pk", text(pk)).key("sk", text(sk));
        // `left` is a reserved word.
        let update = update.condition_expression("attribute_exists(pk)").expression_attribute_names("#left", "left");
        let update = match left {
            Some(Seq(newest)) => {
                update.update_expression("SET #left = :left").expression_attribute_values(":left", number(newest))
            }
            None => update.update_expression("REMOVE #left"),
        };
        let put = Put::builder().table_name(self.table.name());
        let put = put.set_item(Some(item([("pk", text(listed.pk)), ("sk", text(listed.sk))])));
        let delete = Delete::builder().table_name(self.table.name());
        let delete = delete.key("pk", text(other.pk)).key("sk", text(other.sk));
        let writes = vec![
            TransactWriteItem::builder().update(update.build().map_err(failed())?).build(),
            TransactWriteItem::builder().put(put.build().map_err(failed())?).build(),
            TransactWriteItem::builder().delete(delete.build().map_err(failed())?).build(),
        ];
        self.table.write_together(writes, doing).await.map(drop)
    }

    async fn left_rooms(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        self.listed(person, LEFT, END, limit).await
    }

    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        self.listed(person, "-", LEFT, limit).await
    }
}

impl DynamoRoomMembers {
    /// Returns the rooms of a person whose sort keys are in a range.
    async fn listed(&self, person: &PersonId, from: &str, to: &str, limit: usize) -> Result<Vec<RoomName>> {
        let query = self
            .table
            .querying(&rooms_partition(person))
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to));
        let items = self.table.first_items(query, limit, "reading the private rooms of a person").await?;
        Ok(read_all(&items, |item| read_parsed(item, "sk", |sk| sk.trim_start_matches(LEFT).parse().ok())))
    }
}

/// Returns the record of an item of the partition `members#{room}` for a backup. The items of people follow from it.
pub(crate) fn record(room: &str, item: &Item) -> Found {
    let left_after = left_after(item);
    let left = left_after.is_some();
    let record = || Some(Record::Member { room: room.parse().ok()?, member: to_member(item).ok()?, left, left_after });
    Found::readable(record())
}

/// Returns the newest message when a member left, if they did. Earlier versions stored 1 instead.
fn left_after(item: &Item) -> Option<Seq> {
    item.contains_key("left").then(|| Seq(read_number(item, "left").unwrap_or_default()))
}

fn members_partition(room: &RoomName) -> String {
    format!("members#{room}")
}

fn rooms_partition(person: &PersonId) -> String {
    format!("rooms#{person}")
}

fn member_key(room: &RoomName, person: &PersonId) -> Key {
    Key::new(members_partition(room), person.to_string())
}

fn room_key(person: &PersonId, room: &RoomName) -> Key {
    Key::new(rooms_partition(person), room.to_string())
}

fn to_item(room: &RoomName, member: &RoomMember) -> Item {
    let Key { pk, sk } = member_key(room, &member.person);
    let mut stored = item([("pk", text(pk)), ("sk", text(sk)), ("since", number(member.since.0))]);
    stored.extend(member.name.as_ref().map(|name| ("name".to_owned(), text(name))));
    stored.extend(member.host.then(|| ("host".to_owned(), number(1))));
    stored
}

fn to_member(item: &Item) -> std::result::Result<RoomMember, Malformed> {
    Ok(RoomMember {
        person: read(item, "sk")?,
        name: read_optional(item, "name", |name| name.parse().ok())?,
        host: item.contains_key("host"),
        since: Timestamp(read_number(item, "since")?),
        appearance: Appearance::NONE,
    })
}
