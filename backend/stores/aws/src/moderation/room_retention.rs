//! The rules of a room as an item, and the list of the rooms whose rules have a retention: one partition with an item for each of them.
//!
//! Both are written in one transaction, so that the list names every such room. A version that does not know the retention replaces the
//! rules without it and leaves the list as it is: the rules decide, the list only says where to look.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use chat::ports::{Result, Unavailable};
use shared_types::{RoomName, RoomRules};

use super::rules_key;
use crate::{
    item::{Item, item, number, read_all, read_parsed, text},
    table::{Key, Table},
};

/// The partition of the list. Its sort keys are the names of the rooms.
const LIST: &str = "retention";

/// Stores the rules of a room. Attributes of newer versions stay as they are.
pub(super) async fn set_rules(table: &Table, room: &RoomName, rules: RoomRules) -> Result<()> {
    let doing = "writing the rules of a room";
    let flags = [("readOnly", rules.read_only), ("archived", rules.archived), ("memberPins", rules.member_pins)];
    let numbers = flags.map(|(name, is_set)| (name, is_set.then_some(1)));
    let keep_days = ("keepDays", rules.keep_days.map(u64::from));
    let (mut set, mut remove) = (vec!["slow = :slow".to_owned()], Vec::new());
    let mut update =
        Update::builder().table_name(table.name()).expression_attribute_values(":slow", number(rules.slow.into()));
    for (name, value) in numbers.into_iter().chain([keep_days]) {
        match value {
            Some(value) => {
                set.push(format!("{name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), number(value));
            }
            None => remove.push(name),
        }
    }
    let removed = if remove.is_empty() { String::new() } else { format!(" REMOVE {}", remove.join(", ")) };
    let update = update
        .set_key(Some(key_item(&rules_key(room))))
        .update_expression(format!("SET {}{removed}", set.join(", ")))
        .build()
        .map_err(Unavailable::while_doing(doing))?;
    let entry = key_item(&Key::new(LIST, room.as_str()));
    let listed = match rules.keep_days {
        Some(_) => {
            let put = Put::builder().table_name(table.name()).set_item(Some(entry)).build();
            TransactWriteItem::builder().put(put.map_err(Unavailable::while_doing(doing))?)
        }
        None => {
            let delete = Delete::builder().table_name(table.name()).set_key(Some(entry)).build();
            TransactWriteItem::builder().delete(delete.map_err(Unavailable::while_doing(doing))?)
        }
    };
    let writes = vec![TransactWriteItem::builder().update(update).build(), listed.build()];
    table.write_together(writes, doing).await.map(drop)
}

/// Returns up to `limit` rooms of the list after a room.
pub(super) async fn list(table: &Table, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>> {
    let start = after.map(|after| key_item(&Key::new(LIST, after.as_str())));
    let query = table.querying(LIST).set_exclusive_start_key(start);
    let items = table.first_items(query, limit, "listing the rooms with a retention").await?;
    Ok(read_all(&items, |item: &Item| read_parsed(item, "sk", |room| room.parse().ok())))
}

fn key_item(key: &Key) -> Item {
    item([("pk", text(&key.pk)), ("sk", text(&key.sk))])
}
