//! Connections that move to another room, and their removal, which may happen at the same time.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use chat::ports::{
    Result, Unavailable,
    connections::{Connection, ConnectionId},
};
use futures::future::try_join;
use shared_types::{Appearance, RoomName};

use super::{DynamoConnections, ProfileAttributes, from_item, listener_key, pointer_key, profile_attributes, to_item};
use crate::{
    item::{Item, read, text},
    table::{Key, Removal},
};

/// Maximum number of attempts to remove a connection that moves at the same time. A client moves it a few times a second at most.
const REMOVAL_ATTEMPTS: usize = 5;

/// Maximum number of attempts to move a connection whose profile changes at the same time.
const MOVE_ATTEMPTS: usize = 5;

impl DynamoConnections {
    /// Moves a connection in one transaction: a new listener, the room in the pointer, and no old listener. Whatever fails, the connection
    /// is in one room, and no listener is left behind. A transaction of three items is six write units.
    ///
    /// The new listener has the profile of `connection`. If that has changed since it was read, the pointer is read again: the request that
    /// changed it knows only the old listener.
    pub(super) async fn move_in_one_step(
        &self,
        connection: &Connection,
        room: &RoomName,
    ) -> Result<Option<Connection>> {
        let doing = "moving a connection";
        let mut before = connection.clone();
        let mut profile = profile_attributes(before.person.appearance, before.status.as_ref());
        for _ in 0..MOVE_ATTEMPTS {
            let moved = Connection { room: room.clone(), hidden: false, ..before.clone() };
            let is_moved = self.table.write_together(self.move_writes(&before, &moved, profile)?, doing).await?;
            self.recent.remove(&moved.id);
            if is_moved {
                self.recent.put(&moved);
                self.remembered.set(&moved.id, Some(&moved));
                return Ok(Some(moved));
            }
            self.remembered.set(&moved.id, None);
            let found = self.table.get(pointer_key(&before.id), doing).await?;
            let Some(item) = found else { return Ok(None) };
            before = from_item(&item).map_err(Unavailable::while_doing(doing))?;
            // Another request moved it.
            if before.room != connection.room {
                return Ok(None);
            }
            // As they are stored: a function of another version may have written a value that reads as none.
            profile = profile_attributes(Appearance::NONE, None).map(|(name, _)| (name, item.get(name).cloned()));
        }
        Err(Unavailable { doing, cause: "its profile changes again and again".into() })
    }

    /// Returns the writes of a move, for a pointer that has these attributes of a profile.
    fn move_writes(
        &self,
        before: &Connection,
        moved: &Connection,
        profile: ProfileAttributes,
    ) -> Result<Vec<TransactWriteItem>> {
        let table = self.table.name();
        let put = Put::builder().table_name(table).set_item(Some(to_item(listener_key(moved), moved)));
        let mut condition = "#room = :old".to_owned();
        let mut pointer = Update::builder()
            .table_name(table)
            .set_key(Some(key_of(pointer_key(&moved.id))))
            .update_expression("SET #room = :new")
            .expression_attribute_names("#room", "room")
            .expression_attribute_values(":new", text(&moved.room))
            .expression_attribute_values(":old", text(&before.room));
        for (name, value) in profile {
            pointer = pointer.expression_attribute_names(format!("#{name}"), name);
            match value {
                Some(value) => {
                    condition += &format!(" AND #{name} = :{name}");
                    pointer = pointer.expression_attribute_values(format!(":{name}"), value);
                }
                None => condition += &format!(" AND attribute_not_exists(#{name})"),
            }
        }
        let pointer = pointer.condition_expression(condition);
        let old = Delete::builder().table_name(table).set_key(Some(key_of(listener_key(before))));
        let incomplete = |error| Unavailable::while_doing("moving a connection")(error);
        Ok(vec![
            TransactWriteItem::builder().put(put.build().map_err(incomplete)?).build(),
            TransactWriteItem::builder().update(pointer.build().map_err(incomplete)?).build(),
            TransactWriteItem::builder().delete(old.build().map_err(incomplete)?).build(),
        ])
    }

    /// Deletes the items of a connection. Returns its pointer, if this call deleted it.
    ///
    /// The pointer is deleted last, and only if the connection is still in the room whose listener was deleted. If this stops half-way,
    /// the pointer is still there and the next call completes it.
    pub(super) async fn delete_items(&self, id: &ConnectionId) -> Result<Option<Item>> {
        let doing = "removing a connection";
        for _ in 0..REMOVAL_ATTEMPTS {
            let Some(found) = self.table.get(pointer_key(id), doing).await? else { return Ok(None) };
            let room = read::<RoomName>(&found, "room").ok();
            if let Ok(connection) = from_item(&found) {
                let listener = self.table.delete(listener_key(&connection), "removing a listener");
                try_join(listener, self.delete_watchers(&found, id)).await?;
                self.recent.remove(id);
            }
            // Of two calls at the same time one deletes it, and that one decrements the counters.
            let room = room.map(|room| ("room", text(room)));
            match self.table.delete_if(pointer_key(id), room, doing).await? {
                Removal::Deleted(pointer) => return Ok(Some(pointer)),
                Removal::Missing => return Ok(None),
                Removal::Refused => {}
            }
        }
        Err(Unavailable { doing, cause: "the connection moves again and again".into() })
    }
}

fn key_of(Key { pk, sk }: Key) -> std::collections::HashMap<String, AttributeValue> {
    [("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))].into()
}
