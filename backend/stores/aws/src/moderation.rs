//! Restrictions and room rules in the connection table, and the audit log in the message table.
//!
//! The audit log is in the message table because it must outlive the stack as messages do. It is one partition, so that one Query reads
//! it in order. Restrictions and room rules are read with every message that is sent; restrictions expire by themselves.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnValue;
use chat::ports::{
    Result, Unavailable,
    connections::AddressKey,
    devices::SignOuts,
    moderation::{CountedAction, Moderation, RestrictionChange, RoomSettings, Subject},
    rate_store::RateLimit,
    system::Clock,
};
use shared_types::{
    AuditEntry, ChatIdentity, PersonId, Restrictions, Role, RoleEntry, RoomDetails, RoomName, RoomRules, Timestamp,
    TitledRoom, limits,
};

use self::{identity::UniqueNamesCache, room_rules::RoomsWithoutRules};
use crate::{
    item::{Item, Malformed, item, number, read_all, read_number, read_optional_number, read_parsed, text},
    table::{Key, Table, Update},
};

pub(crate) mod backup;
mod counted_action;
pub(crate) mod identity;
mod roles;
mod room_details;
mod room_retention;
mod room_rules;
mod sign_outs;

/// How long an item outlives its restriction, in seconds, so that a fast clock cannot expire one that is still in force.
const GRACE_SECONDS: u64 = 10 * 60;

/// The partition of the audit log. Moderators write a few entries a minute; a partition takes 1,000 writes a second.
const AUDIT: &str = "audit";

/// The prefix of a sort key that names a recent address of a person.
const SEEN: &str = "seen#";

/// [`Moderation`] in two DynamoDB tables.
pub struct DynamoModeration {
    decisions: Table,
    log: Table,
    clock: Arc<dyn Clock>,
    without_rules: RoomsWithoutRules,
    unique_names: UniqueNamesCache,
}

#[async_trait]
impl Moderation for DynamoModeration {
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions> {
        let doing = "reading restrictions";
        let found = self.decisions.get(restrictions_key(of), doing).await?;
        to_restrictions(&found.unwrap_or_default()).map_err(Unavailable::while_doing(doing))
    }

    async fn set_restrictions(&self, of: &Subject, restrictions: Restrictions) -> Result<()> {
        let doing = "writing restrictions";
        if let Subject::Person(_) = of {
            // The item has counters, too.
            for change in [
                RestrictionChange::MutedUntil(restrictions.muted_until),
                RestrictionChange::BannedUntil(restrictions.banned_until),
            ] {
                self.restrict(of, change).await?;
            }
            return Ok(());
        }
        let Some(until) = restrictions.muted_until.max(restrictions.banned_until) else {
            return self.decisions.delete(restrictions_key(of), doing).await.map(drop);
        };
        let mut stored = expiring_item(restrictions_key(of), until);
        for (name, time) in [("mutedUntil", restrictions.muted_until), ("bannedUntil", restrictions.banned_until)] {
            if let Some(time) = time {
                stored.insert(name.into(), number(time.0));
            }
        }
        self.decisions.put(stored, doing).await
    }

    async fn restrict(&self, of: &Subject, change: RestrictionChange) -> Result<Restrictions> {
        let doing = "changing a restriction";
        let (attribute, until) = match change {
            RestrictionChange::MutedUntil(until) => ("mutedUntil", until),
            RestrictionChange::BannedUntil(until) => ("bannedUntil", until),
        };
        // The other restriction may end later than this one, but not later than the longest one that begins now.
        let expires = (self.clock.now() + limits::SANCTION).0 / 1000 + GRACE_SECONDS;
        let update = self
            .decisions
            .updating(restrictions_key(of))
            .expression_attribute_names("#until", attribute)
            .expression_attribute_values(":expires", number(expires))
            .return_values(ReturnValue::AllNew);
        let update = match until {
            Some(until) => update
                .update_expression("SET expires = :expires, #until = :until")
                .expression_attribute_values(":until", number(until.0)),
            None => update.update_expression("SET expires = :expires REMOVE #until"),
        };
        match self.decisions.try_update(update, doing).await? {
            Update::Made(stored) => to_restrictions(&stored).map_err(Unavailable::while_doing(doing)),
            Update::Refused(_) => Err(Unavailable { doing, cause: "an update without a condition was refused".into() }),
        }
    }

    async fn sign_outs(&self, person: &PersonId) -> Result<SignOuts> {
        sign_outs::get(&self.decisions, person).await
    }

    async fn set_sign_outs(&self, person: &PersonId, sign_outs: &SignOuts) -> Result<bool> {
        sign_outs::set(&self.decisions, person, sign_outs, sign_outs.version.wrapping_sub(1)).await
    }

    async fn count_action(
        &self,
        person: &PersonId,
        bucket: &str,
        limit: RateLimit,
        now: Timestamp,
    ) -> Result<Option<CountedAction>> {
        let key = restrictions_key(&Subject::Person(person.clone()));
        counted_action::count(&self.decisions, key, bucket, limit, now).await.map(Some)
    }

    async fn banned_addresses(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        let found = self.decisions.get(addresses_key(person), "reading banned addresses").await?;
        let found = found.filter(|item| self.is_unexpired(item));
        let keys = found.as_ref().and_then(|item| item.get("keys")?.as_l().ok());
        let keys = keys.into_iter().flatten().filter_map(|key| key.as_s().ok());
        Ok(keys.map(|key| AddressKey(key.clone())).collect())
    }

    async fn set_banned_addresses(&self, person: &PersonId, addresses: &[AddressKey], until: Timestamp) -> Result<()> {
        let mut stored = expiring_item(addresses_key(person), until);
        let keys = addresses.iter().map(|AddressKey(key)| text(key)).collect();
        stored.insert("keys".into(), aws_sdk_dynamodb::types::AttributeValue::L(keys));
        self.decisions.put(stored, "writing banned addresses").await
    }

    async fn set_seen(&self, person: &PersonId, address: &AddressKey, until: Timestamp) -> Result<()> {
        self.decisions.put(expiring_item(seen_key(person, address), until), "writing a recent address").await
    }

    async fn seen(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        let doing = "reading recent addresses";
        let query = self
            .decisions
            .querying(&person_partition(person))
            .key_condition_expression("pk = :pk AND begins_with(sk, :seen)")
            .expression_attribute_values(":seen", text(SEEN));
        let items = query.into_paginator().items().send();
        let items: Vec<Item> = self
            .decisions
            .reading(items.collect::<std::result::Result<_, _>>())
            .await
            .map_err(self.decisions.failed(doing))?;
        let is_unexpired = |item: &&Item| self.is_unexpired(item);
        let keys = items.iter().filter(is_unexpired).filter_map(|item| item.get("sk")?.as_s().ok()?.strip_prefix(SEEN));
        Ok(keys.map(|key| AddressKey(key.into())).take(limits::BANNED_ADDRESSES).collect())
    }

    async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        let doing = "reading the rules of a room";
        let found = self.decisions.get(rules_key(room), doing).await?;
        let rules = to_rules(&found.unwrap_or_default()).map_err(Unavailable::while_doing(doing))?;
        self.without_rules.remember(room, rules, self.clock.now());
        Ok(rules)
    }

    fn has_no_rules(&self, room: &RoomName) -> bool {
        self.without_rules.contains(room)
    }

    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()> {
        let stored = room_retention::set_rules(&self.decisions, room, rules);
        room_rules::set(&self.log, room, rules, stored).await
    }

    async fn rooms_with_keep_days(&self, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>> {
        room_retention::list(&self.decisions, after, limit).await
    }

    async fn settings(&self, room: &RoomName) -> Result<RoomSettings> {
        let settings = room_details::settings(&self.decisions, room).await?;
        self.without_rules.remember(room, settings.rules, self.clock.now());
        Ok(settings)
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails, only_if_none: bool) -> Result<bool> {
        room_details::set(&self.decisions, room, details, only_if_none).await
    }

    async fn titles(&self, rooms: &[RoomName]) -> Result<Vec<TitledRoom>> {
        room_details::titles(&self.decisions, rooms).await
    }

    async fn role(&self, person: &PersonId) -> Result<Role> {
        roles::role(&self.decisions, person).await
    }

    async fn set_role(&self, entry: &RoleEntry) -> Result<bool> {
        roles::set(&self.decisions, entry).await
    }

    async fn roles(&self, limit: usize) -> Result<Vec<RoleEntry>> {
        roles::list(&self.decisions, limit).await
    }

    async fn identity(&self) -> Result<ChatIdentity> {
        identity::get(&self.decisions).await
    }

    async fn has_unique_names(&self) -> Result<bool> {
        let now = self.clock.now();
        if let Some(known) = self.unique_names.get(now) {
            return Ok(known);
        }
        let read = identity::get(&self.decisions).await?.has_unique_names();
        self.unique_names.set(now, read);
        Ok(read)
    }

    async fn set_identity(&self, identity: &ChatIdentity) -> Result<()> {
        identity::set(&self.decisions, identity).await?;
        self.unique_names.set(self.clock.now(), identity.has_unique_names());
        Ok(())
    }

    async fn record(&self, entry: &AuditEntry) -> Result<()> {
        let doing = "writing an audit entry";
        let json = serde_json::to_string(entry).map_err(Unavailable::while_doing(doing))?;
        // An attempt whose answer was lost finds its own entry and writes it twice, which is better than losing it.
        let expires = number((entry.at + limits::AUDIT_RETENTION).0 / 1000);
        for number in 0..u32::MAX {
            let sk = format!("{}#{}#{number:010}", audit_sk(entry.at), entry.by.id);
            let (pk, sk, entry) = (text(AUDIT), text(sk), text(&json));
            let stored = item([("pk", pk), ("sk", sk), ("entry", entry), ("expires", expires.clone())]);
            if self.log.put_if_absent(stored, doing).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>> {
        let doing = "reading the audit log";
        // `~` sorts after every character of a key.
        let end = before.map_or_else(|| "~".into(), audit_sk);
        let oldest = self.clock.now() - limits::AUDIT_RETENTION;
        let newest = self.audit_between(&audit_sk(oldest), &end, Some(limit), doing).await?;
        let Some(last) = newest.last().filter(|_| newest.len() >= limit) else { return Ok(newest) };
        let at = last.at;
        let mut entries: Vec<_> = newest.iter().filter(|entry| entry.at != at).cloned().collect();
        entries.extend(self.audit_between(&audit_sk(at), &format!("{}~", audit_sk(at)), None, doing).await?);
        Ok(entries)
    }
}

impl DynamoModeration {
    pub(crate) fn new(decisions: Table, log: Table, clock: Arc<dyn Clock>) -> Self {
        let without_rules = RoomsWithoutRules::new(clock.now());
        Self { decisions, log, clock, without_rules, unique_names: UniqueNamesCache::default() }
    }

    /// Stores the sign-outs of a backup, unless the person has some.
    pub(crate) async fn restore_sign_outs(&self, person: &PersonId, sign_outs: &SignOuts) -> Result<()> {
        sign_outs::set(&self.decisions, person, sign_outs, 0).await.map(drop)
    }

    /// Returns whether an item is unexpired. DynamoDB deletes expired items within days; until then reads find them.
    fn is_unexpired(&self, item: &Item) -> bool {
        read_number(item, "expires").is_ok_and(|expires: u64| self.clock.now().0 / 1000 < expires)
    }

    /// Reads the entries between two keys, newest first; all of them if there is no limit.
    async fn audit_between(
        &self,
        oldest: &str,
        end: &str,
        limit: Option<usize>,
        doing: &'static str,
    ) -> Result<Vec<AuditEntry>> {
        let query = self
            .log
            .querying(AUDIT)
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :end")
            .expression_attribute_values(":oldest", text(oldest))
            .expression_attribute_values(":end", text(end))
            .scan_index_forward(false);
        let (mut items, mut start) = (Vec::new(), None);
        loop {
            let left = limit.map(|limit| i32::try_from(limit - items.len()).unwrap_or(i32::MAX));
            let page = self.log.reading(query.clone().set_limit(left).set_exclusive_start_key(start).send()).await;
            let page = page.map_err(self.log.failed(doing))?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() || limit.is_some_and(|limit| items.len() >= limit) {
                return Ok(read_all(&items, |item: &Item| {
                    read_parsed(item, "entry", |json| serde_json::from_str(json).ok())
                }));
            }
        }
    }
}

fn restrictions_key(of: &Subject) -> Key {
    match of {
        Subject::Person(person) => Key::new(person_partition(person), "standing"),
        Subject::Address(AddressKey(key)) => Key::new(format!("address#{key}"), "standing"),
    }
}

fn addresses_key(person: &PersonId) -> Key {
    Key::new(person_partition(person), "addresses")
}

fn seen_key(person: &PersonId, AddressKey(address): &AddressKey) -> Key {
    Key::new(person_partition(person), format!("{SEEN}{address}"))
}

fn person_partition(person: &PersonId) -> String {
    format!("person#{person}")
}

fn rules_key(room: &RoomName) -> Key {
    Key::new(room_partition(room), "rules")
}

/// The partition of the rules and the details of a room.
fn room_partition(room: &RoomName) -> String {
    format!("rules#{room}")
}

/// Reads restrictions. Unreadable ones are an error and not "none", which would lift a ban.
fn to_restrictions(item: &Item) -> std::result::Result<Restrictions, Malformed> {
    let until = |attribute| Ok(read_optional_number(item, attribute)?.map(Timestamp));
    Ok(Restrictions { muted_until: until("mutedUntil")?, banned_until: until("bannedUntil")? })
}

/// Reads the rules of a room. Unreadable ones are an error and not "none".
fn to_rules(item: &Item) -> std::result::Result<RoomRules, Malformed> {
    let slow = read_optional_number(item, "slow")?.unwrap_or_default();
    Ok(RoomRules {
        slow,
        read_only: item.contains_key("readOnly"),
        archived: item.contains_key("archived"),
        member_pins: item.contains_key("memberPins"),
        keep_days: read_optional_number(item, "keepDays")?,
    })
}

/// Returns a time in twenty digits. They hold every `u64`, so the order of the texts is the order of the times.
fn audit_sk(at: Timestamp) -> String {
    format!("{:020}", at.0)
}

/// Returns an item that expires some time after `until`.
fn expiring_item(Key { pk, sk }: Key, until: Timestamp) -> Item {
    item([("pk", text(pk)), ("sk", text(sk)), ("expires", number(until.0 / 1000 + GRACE_SECONDS))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_restrictions_are_an_error() {
        assert_eq!(to_restrictions(&Item::new()).unwrap(), Restrictions::default());
        let muted = to_restrictions(&item([("mutedUntil", number(7))])).unwrap();
        assert_eq!((muted.muted_until, muted.banned_until), (Some(Timestamp(7)), None));
        for attribute in ["mutedUntil", "bannedUntil"] {
            assert!(to_restrictions(&item([(attribute, text("for ever"))])).is_err(), "{attribute}");
        }
    }

    #[test]
    fn unreadable_rules_are_an_error() {
        assert_eq!(to_rules(&Item::new()).unwrap(), RoomRules::default());
        let strict = to_rules(&item([("slow", number(30)), ("readOnly", number(1))])).unwrap();
        assert_eq!((strict.slow, strict.read_only), (30, true));
        assert!(to_rules(&item([("slow", number(u64::MAX))])).is_err());
        assert!(to_rules(&item([("keepDays", text("for ever"))])).is_err());
        assert!(to_rules(&item([("readOnly", text("yes"))])).unwrap().read_only);
    }
}
