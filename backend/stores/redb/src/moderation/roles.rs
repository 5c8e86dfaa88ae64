//! Roles of people in the database.

use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{Role, RoleEntry};

use crate::messages::{decode, encode, open};

/// A [`RoleEntry`] as JSON, by person.
pub(crate) const ROLES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("roles");

/// Sets a role. Returns `false` and changes nothing if the person is the last owner and would not be one any more.
pub(super) fn set(transaction: &WriteTransaction, entry: &RoleEntry) -> Result<bool, redb::Error> {
    let mut roles = transaction.open_table(ROLES)?;
    if entry.role != Role::Owner {
        let mut owners = Vec::new();
        for stored in roles.iter()? {
            let stored: RoleEntry = decode(stored?.1.value())?;
            owners.extend((stored.role == Role::Owner).then_some(stored.person));
        }
        if owners == [entry.person.clone()] {
            return Ok(false);
        }
    }
    match entry.role {
        Role::Member => drop(roles.remove(entry.person.as_str())?),
        Role::Owner | Role::Moderator => put_into(&mut roles, entry)?,
    }
    Ok(true)
}

/// Writes a role of a backup.
pub(crate) fn put(transaction: &WriteTransaction, entry: &RoleEntry) -> Result<(), redb::Error> {
    put_into(&mut transaction.open_table(ROLES)?, entry)
}

fn put_into(roles: &mut redb::Table<'_, &str, &[u8]>, entry: &RoleEntry) -> Result<(), redb::Error> {
    let stored = RoleEntry { configured: false, ..entry.clone() };
    roles.insert(entry.person.as_str(), encode(&stored)?.as_slice())?;
    Ok(())
}

pub(super) fn list(transaction: &ReadTransaction, limit: usize) -> Result<Vec<RoleEntry>, redb::Error> {
    let Some(roles) = open(transaction, ROLES)? else { return Ok(Vec::new()) };
    roles.range::<&str>(..)?.take(limit).map(|entry| decode(entry?.1.value())).collect()
}
