//! Roles of people in the connection table.
//!
//! Each person with a role has an item, which is read when they connect. One more item has the ids of all owners, so that a conditional
//! write keeps the last one. It never names a person who is no owner: the item of a new owner is written before their id is added, and the
//! id of a former owner is removed before their item is.

use aws_sdk_dynamodb::types::AttributeValue;
use chat::ports::{Result, Unavailable};
use shared_types::{PersonId, Role, RoleEntry};

use crate::{
    item::{Item, Malformed, item, number, read_all, read_optional, read_parsed, text},
    table::{Key, Table, Update},
};

/// The partition of all roles.
pub(super) const ROLES: &str = "roles";

pub(super) async fn role(table: &Table, person: &PersonId) -> Result<Role> {
    let doing = "reading a role";
    let found = table.get(role_key(person), doing).await?;
    let entry = found.as_ref().map(to_entry).transpose().map_err(Unavailable::while_doing(doing))?;
    Ok(entry.map(|entry| entry.role).unwrap_or_default())
}

pub(super) async fn set(table: &Table, entry: &RoleEntry) -> Result<bool> {
    let doing = "writing a role";
    let owners = table.updating(Key::new("owners", "owners")).expression_attribute_names("#people", "people");
    let these = AttributeValue::Ss(vec![entry.person.to_string()]);
    if entry.role == Role::Owner {
        table.put(to_item(entry), doing).await?;
        let added = owners.update_expression("ADD #people :these").expression_attribute_values(":these", these);
        return table.try_update(added, doing).await.map(|_| true);
    }
    let removed = owners
        .update_expression("DELETE #people :these")
        .condition_expression("attribute_not_exists(#people) OR (NOT contains(#people, :this)) OR size(#people) > :one")
        .expression_attribute_values(":these", these)
        .expression_attribute_values(":this", text(&entry.person))
        .expression_attribute_values(":one", number(1));
    if let Update::Refused(_) = table.try_update(removed, doing).await? {
        return Ok(false);
    }
    match entry.role {
        Role::Member => table.delete(role_key(&entry.person), doing).await.map(drop)?,
        Role::Owner | Role::Moderator => table.put(to_item(entry), doing).await?,
    }
    Ok(true)
}

pub(super) async fn list(table: &Table, limit: usize) -> Result<Vec<RoleEntry>> {
    let items = table.first_items(table.querying(ROLES), limit, "reading the roles").await?;
    Ok(read_all(&items, to_entry))
}

fn role_key(person: &PersonId) -> Key {
    Key::new(ROLES, person.to_string())
}

fn to_item(entry: &RoleEntry) -> Item {
    let Key { pk, sk } = role_key(&entry.person);
    let role = match entry.role {
        Role::Owner => "owner",
        Role::Moderator => "moderator",
        Role::Member => "member",
    };
    let mut stored = item([("pk", text(pk)), ("sk", text(sk)), ("role", text(role))]);
    stored.extend(entry.name.as_ref().map(|name| ("name".to_owned(), text(name))));
    stored
}

/// Reads a role. An unreadable one is an error and not "member".
pub(super) fn to_entry(item: &Item) -> std::result::Result<RoleEntry, Malformed> {
    let role = |text: &str| match text {
        "owner" => Some(Role::Owner),
        "moderator" => Some(Role::Moderator),
        "member" => Some(Role::Member),
        _ => None,
    };
    Ok(RoleEntry {
        person: read_parsed(item, "sk", |person| person.parse().ok())?,
        name: read_optional(item, "name", |name| name.parse().ok())?,
        role: read_parsed(item, "role", role)?,
        configured: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_role_is_an_error() {
        for role in [Role::Owner, Role::Moderator, Role::Member] {
            let entry = RoleEntry { person: "ann".parse().unwrap(), name: "Ann".parse().ok(), role, configured: false };
            assert_eq!(to_entry(&to_item(&entry)).unwrap(), entry);
        }
        assert!(to_entry(&item([("sk", text("ann")), ("role", text("king"))])).is_err());
        assert!(to_entry(&item([("sk", text("ann"))])).is_err());
    }
}
