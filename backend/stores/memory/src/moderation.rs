//! Restrictions, room rules and the audit log in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    connections::AddressKey,
    devices::SignOuts,
    moderation::{CountedAction, Moderation, RestrictionChange, RoomSettings, Subject},
    rate_store::{RateLimit, RateStore},
};
use shared_types::{
    AuditEntry, ChatIdentity, PersonId, Restrictions, Role, RoleEntry, RoomDetails, RoomName, RoomRules, Timestamp,
    TitledRoom,
};

use crate::{rate_store::MemoryRateStore, roles::MemoryRoles};

/// [`Moderation`] in memory. Nothing expires.
#[derive(Default)]
pub struct MemoryModeration(Mutex<State>, MemoryRateStore, MemoryRoles);

#[derive(Default)]
struct State {
    restrictions: BTreeMap<String, Restrictions>,
    sign_outs: BTreeMap<PersonId, SignOuts>,
    banned_addresses: BTreeMap<PersonId, Vec<AddressKey>>,
    seen: BTreeMap<PersonId, Vec<AddressKey>>,
    rules: BTreeMap<RoomName, RoomRules>,
    details: BTreeMap<RoomName, RoomDetails>,
    identity: ChatIdentity,
    audit: Vec<AuditEntry>,
}

#[async_trait]
impl Moderation for MemoryModeration {
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions> {
        Ok(self.0.lock().unwrap().restrictions.get(&format!("{of:?}")).copied().unwrap_or_default())
    }

    async fn set_restrictions(&self, of: &Subject, restrictions: Restrictions) -> Result<()> {
        self.0.lock().unwrap().restrictions.insert(format!("{of:?}"), restrictions);
        Ok(())
    }

    async fn restrict(&self, of: &Subject, change: RestrictionChange) -> Result<Restrictions> {
        let mut state = self.0.lock().unwrap();
        let stored = state.restrictions.entry(format!("{of:?}")).or_default();
        *stored = change.apply(*stored);
        Ok(*stored)
    }

    async fn count_action(
        &self,
        person: &PersonId,
        bucket: &str,
        limit: RateLimit,
        now: Timestamp,
    ) -> Result<Option<CountedAction>> {
        let rate = self.1.take(&format!("{bucket}#{person}"), limit, now).await?;
        let restrictions = self.restrictions(&Subject::Person(person.clone())).await?;
        Ok(Some(CountedAction { rate, restrictions }))
    }

    async fn sign_outs(&self, person: &PersonId) -> Result<SignOuts> {
        Ok(self.0.lock().unwrap().sign_outs.get(person).cloned().unwrap_or_default())
    }

    async fn set_sign_outs(&self, person: &PersonId, sign_outs: &SignOuts) -> Result<bool> {
        let mut state = self.0.lock().unwrap();
        let stored = state.sign_outs.entry(person.clone()).or_default();
        let is_next = stored.version.wrapping_add(1) == sign_outs.version;
        if is_next {
            *stored = sign_outs.clone();
        }
        Ok(is_next)
    }

    async fn banned_addresses(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        Ok(self.0.lock().unwrap().banned_addresses.get(person).cloned().unwrap_or_default())
    }

    async fn set_banned_addresses(&self, person: &PersonId, addresses: &[AddressKey], _until: Timestamp) -> Result<()> {
        self.0.lock().unwrap().banned_addresses.insert(person.clone(), addresses.to_vec());
        Ok(())
    }

    async fn set_seen(&self, person: &PersonId, address: &AddressKey, _until: Timestamp) -> Result<()> {
        let mut state = self.0.lock().unwrap();
        let seen = state.seen.entry(person.clone()).or_default();
        seen.retain(|other| other != address);
        seen.push(address.clone());
        Ok(())
    }

    async fn seen(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        Ok(self.0.lock().unwrap().seen.get(person).cloned().unwrap_or_default())
    }

    async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        Ok(self.0.lock().unwrap().rules.get(room).copied().unwrap_or_default())
    }

    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()> {
        self.0.lock().unwrap().rules.insert(room.clone(), rules);
        Ok(())
    }

    async fn rooms_with_keep_days(&self, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>> {
        let state = self.0.lock().unwrap();
        let further = state
            .rules
            .iter()
            .filter(|(room, rules)| rules.keep_days.is_some() && after.is_none_or(|after| *room > after));
        Ok(further.map(|(room, _)| room.clone()).take(limit).collect())
    }

    async fn settings(&self, room: &RoomName) -> Result<RoomSettings> {
        let state = self.0.lock().unwrap();
        let rules = state.rules.get(room).copied().unwrap_or_default();
        Ok(RoomSettings { rules, details: state.details.get(room).cloned().unwrap_or_default() })
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails, only_if_none: bool) -> Result<bool> {
        let mut state = self.0.lock().unwrap();
        let stored = state.details.entry(room.clone()).or_default();
        let is_refused = only_if_none && !stored.is_default();
        if !is_refused {
            *stored = details.clone();
        }
        Ok(!is_refused)
    }

    async fn titles(&self, rooms: &[RoomName]) -> Result<Vec<TitledRoom>> {
        let state = self.0.lock().unwrap();
        let title = |room: &RoomName| state.details.get(room)?.title.clone();
        let titled = |room: &RoomName| title(room).map(|title| TitledRoom { room: room.clone(), title });
        Ok(rooms.iter().filter_map(titled).collect())
    }

    async fn role(&self, person: &PersonId) -> Result<Role> {
        Ok(self.2.role(person))
    }

    async fn set_role(&self, entry: &RoleEntry) -> Result<bool> {
        Ok(self.2.set_role(entry))
    }

    async fn roles(&self, limit: usize) -> Result<Vec<RoleEntry>> {
        Ok(self.2.list(limit))
    }

    async fn identity(&self) -> Result<ChatIdentity> {
        Ok(self.0.lock().unwrap().identity.clone())
    }

    async fn set_identity(&self, identity: &ChatIdentity) -> Result<()> {
        self.0.lock().unwrap().identity = identity.clone();
        Ok(())
    }

    async fn record(&self, entry: &AuditEntry) -> Result<()> {
        self.0.lock().unwrap().audit.push(entry.clone());
        Ok(())
    }

    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>> {
        let mut entries = self.0.lock().unwrap().audit.clone();
        entries.retain(|entry| before.is_none_or(|before| entry.at < before));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let last = entries.get(limit.saturating_sub(1)).map(|entry| entry.at);
        entries.retain(|entry| last.is_none_or(|last| entry.at >= last));
        Ok(entries)
    }
}
