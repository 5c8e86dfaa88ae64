//! Details of rooms: an item beside the rules of the room, so that one Query reads both. Before a message, only the rules are read.

use std::collections::HashMap;

use chat::ports::{Result, Unavailable, moderation::RoomSettings};
use shared_types::{RoomDetails, RoomName, TitledRoom};

use super::{room_partition, to_rules};
use crate::{
    item::{Item, Malformed, item, json, read_or_skip, read_parsed, text},
    table::{Key, Table},
};

/// The sort key of the details.
pub(super) const SK: &str = "details";

/// Reads the rules and the details of a room. Unreadable rules are an error; unreadable details are logged and left out.
pub(super) async fn settings(table: &Table, room: &RoomName) -> Result<RoomSettings> {
    let doing = "reading the settings of a room";
    let items = table.all_items(table.querying(&room_partition(room)), doing).await?;
    let of = |sk: &str| items.iter().find(|item| item.get("sk").is_some_and(|found| *found == text(sk)));
    let rules = of("rules").map(to_rules).transpose().map_err(Unavailable::while_doing(doing))?;
    let details = of(SK).and_then(|item| read_or_skip(item, to_details));
    Ok(RoomSettings { rules: rules.unwrap_or_default(), details: details.unwrap_or_default() })
}

/// Stores the details of a room. Returns whether it did.
pub(super) async fn set(table: &Table, room: &RoomName, details: &RoomDetails, only_if_none: bool) -> Result<bool> {
    let doing = "writing the details of a room";
    if details.is_default() {
        // No item stands for no details.
        return match only_if_none {
            true => Ok(table.get(key(room), doing).await?.is_none()),
            false => table.delete(key(room), doing).await.map(|_| true),
        };
    }
    let Key { pk, sk } = key(room);
    let details = json(details).map_err(Unavailable::while_doing(doing))?;
    let stored = item([("pk", text(pk)), ("sk", text(sk)), (SK, details)]);
    if only_if_none {
        return Ok(table.put_if_absent(stored, doing).await?.is_none());
    }
    table.put(stored, doing).await.map(|()| true)
}

/// Reads the titles of rooms, in one call.
pub(super) async fn titles(table: &Table, rooms: &[RoomName]) -> Result<Vec<TitledRoom>> {
    // DynamoDB accepts neither no keys nor the same key twice.
    let mut unique: Vec<&RoomName> = rooms.iter().collect();
    unique.sort_unstable();
    unique.dedup();
    if unique.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Key> = unique.into_iter().map(key).collect();
    let items = table.get_many_eventually(&keys, "reading the titles of rooms").await?;
    let titles: HashMap<String, _> = items
        .iter()
        .filter_map(|item| {
            let room = item.get("pk")?.as_s().ok()?.strip_prefix("rules#")?;
            Some((room.to_owned(), read_or_skip(item, to_details)?.title?))
        })
        .collect();
    let titled = |room: &RoomName| Some(TitledRoom { room: room.clone(), title: titles.get(room.as_str())?.clone() });
    Ok(rooms.iter().filter_map(titled).collect())
}

/// Reads the details of a room.
pub(super) fn to_details(item: &Item) -> std::result::Result<RoomDetails, Malformed> {
    read_parsed(item, SK, |json| serde_json::from_str(json).ok())
}

fn key(room: &RoomName) -> Key {
    Key::new(room_partition(room), SK)
}
