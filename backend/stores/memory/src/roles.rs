//! Roles of people in memory.

use std::{collections::BTreeMap, sync::Mutex};

use shared_types::{PersonId, Role, RoleEntry};

/// The people whose role is not `Member`.
#[derive(Default)]
pub(crate) struct MemoryRoles(Mutex<BTreeMap<PersonId, RoleEntry>>);

impl MemoryRoles {
    pub(crate) fn role(&self, person: &PersonId) -> Role {
        self.0.lock().unwrap().get(person).map(|entry| entry.role).unwrap_or_default()
    }

    pub(crate) fn set_role(&self, entry: &RoleEntry) -> bool {
        let mut roles = self.0.lock().unwrap();
        let mut other_owners = roles.values().filter(|other| other.role == Role::Owner && other.person != entry.person);
        let is_owner = roles.get(&entry.person).is_some_and(|before| before.role == Role::Owner);
        if is_owner && entry.role != Role::Owner && other_owners.next().is_none() {
            return false;
        }
        match entry.role {
            Role::Member => drop(roles.remove(&entry.person)),
            Role::Owner | Role::Moderator => {
                roles.insert(entry.person.clone(), RoleEntry { configured: false, ..entry.clone() });
            }
        }
        true
    }

    pub(crate) fn list(&self, limit: usize) -> Vec<RoleEntry> {
        self.0.lock().unwrap().values().take(limit).cloned().collect()
    }
}
