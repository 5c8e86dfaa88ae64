//! The directory of open rooms in the connection table: one partition with an item for each room.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use chat::ports::{
    Result,
    room_directory::{DirectoryEntry, RoomDirectory},
};
use shared_types::{RoomDetails, RoomName, Timestamp};

use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, text},
    table::{Key, Table, Update},
};

/// The partition key.
const PARTITION: &str = "directory";

const DOING: &str = "writing the directory of rooms";

/// [`RoomDirectory`] in a DynamoDB table.
pub struct DynamoRoomDirectory {
    table: Table,
}

impl DynamoRoomDirectory {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Writes an entry of a restored room, whatever is stored.
    pub(crate) async fn put(&self, entry: &DirectoryEntry) -> Result<()> {
        self.table.put(from_entry(entry), DOING).await
    }

    /// Sets attributes of a listed room, or removes them. Returns whether it is listed.
    async fn change<const N: usize>(
        &self,
        room: &RoomName,
        attributes: [(&str, Option<AttributeValue>); N],
    ) -> Result<bool> {
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        let mut update = self.table.updating(key(room)).condition_expression("attribute_exists(pk)");
        for (name, value) in attributes {
            update = update.expression_attribute_names(format!("#{name}"), name);
            match value {
                Some(value) => {
                    set.push(format!("#{name} = :{name}"));
                    update = update.expression_attribute_values(format!(":{name}"), value);
                }
                None => remove.push(format!("#{name}")),
            }
        }
        let clauses = [("SET", set), ("REMOVE", remove)];
        let clauses = clauses.into_iter().filter(|(_, parts)| !parts.is_empty());
        let expression: Vec<String> = clauses.map(|(verb, parts)| format!("{verb} {}", parts.join(", "))).collect();
        let update = update.update_expression(expression.join(" "));
        Ok(matches!(self.table.try_update(update, DOING).await?, Update::Made(_)))
    }
}

#[async_trait]
impl RoomDirectory for DynamoRoomDirectory {
    async fn add(&self, room: &RoomName, active: Timestamp) -> Result<()> {
        let entry = from_entry(&DirectoryEntry::new(room.clone(), active));
        self.table.put_if_absent(entry, DOING).await.map(drop)
    }

    async fn set_active(&self, room: &RoomName, active: Timestamp) -> Result<bool> {
        let update = self
            .table
            .updating(key(room))
            .update_expression("SET #active = :active")
            .condition_expression("#active <= :active")
            .expression_attribute_names("#active", "active")
            .expression_attribute_values(":active", number(active.0));
        match self.table.try_update(update, DOING).await? {
            Update::Made(_) => Ok(true),
            // A later activity is stored.
            Update::Refused(found) => Ok(found.is_some()),
        }
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails) -> Result<()> {
        let (title, topic) = (details.title.as_ref().map(text), details.topic.as_ref().map(text));
        self.change(room, [("title", title), ("topic", topic)]).await.map(drop)
    }

    async fn set_archived(&self, room: &RoomName, archived: bool) -> Result<()> {
        self.change(room, [("archived", archived.then(|| number(1)))]).await.map(drop)
    }

    async fn remove(&self, room: &RoomName, active: Timestamp) -> Result<()> {
        self.table.delete_if(key(room), Some(("active", number(active.0))), DOING).await.map(drop)
    }

    async fn entries(&self, limit: usize) -> Result<Vec<DirectoryEntry>> {
        let query = self.table.querying(PARTITION).consistent_read(false);
        let items = self.table.first_items(query, limit, "reading the directory of rooms").await?;
        Ok(read_all(&items, to_entry))
    }
}

fn key(room: &RoomName) -> Key {
    Key::new(PARTITION, room.as_str())
}

fn from_entry(DirectoryEntry { room, title, topic, archived, active }: &DirectoryEntry) -> Item {
    let mut stored = item([("pk", text(PARTITION)), ("sk", text(room)), ("active", number(active.0))]);
    stored.extend(title.as_ref().map(|title| ("title".to_owned(), text(title))));
    stored.extend(topic.as_ref().map(|topic| ("topic".to_owned(), text(topic))));
    stored.extend(archived.then(|| ("archived".to_owned(), number(1))));
    stored
}

fn to_entry(item: &Item) -> std::result::Result<DirectoryEntry, Malformed> {
    Ok(DirectoryEntry {
        room: read(item, "sk")?,
        title: read_optional(item, "title", |title| title.parse().ok())?,
        topic: read_optional(item, "topic", |topic| topic.parse().ok())?,
        archived: item.contains_key("archived"),
        active: Timestamp(read_number(item, "active")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_stored_and_read_back_and_a_malformed_one_is_an_error() {
        let bare = DirectoryEntry::new("cats".parse().unwrap(), Timestamp(5));
        let full = DirectoryEntry {
            title: Some("Cats".parse().unwrap()),
            topic: Some("Cats only".parse().unwrap()),
            archived: true,
            ..bare.clone()
        };
        for entry in [bare, full.clone()] {
            assert_eq!(to_entry(&from_entry(&entry)).unwrap(), entry);
        }
        for attribute in ["sk", "active", "title", "topic"] {
            let mut malformed = from_entry(&full);
            // No room, title or topic contains a character that reverses the direction of text.
            malformed.insert(attribute.into(), text("No\u{202e}Room"));
            assert!(to_entry(&malformed).is_err(), "{attribute}");
        }
    }
}
