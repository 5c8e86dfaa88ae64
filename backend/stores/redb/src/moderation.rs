//! Restrictions, room rules and the audit log in the database.

use std::{
    collections::HashMap,
    ops::Bound,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    connections::AddressKey,
    devices::SignOuts,
    moderation::{Moderation, RestrictionChange, RoomSettings, Subject},
    system::Clock,
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, TableHandle, WriteTransaction};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared_types::{
    AuditEntry, ChatIdentity, PersonId, Restrictions, Role, RoleEntry, RoomDetails, RoomName, RoomRules, Timestamp,
    TitledRoom, limits,
};

use crate::{
    messages::{decode, encode, open, readable},
    moderation::decisions::Decisions,
    store::Store,
};

mod decisions;
pub(crate) mod roles;

/// [`Restrictions`] as JSON, by subject.
pub(crate) const RESTRICTIONS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("standings");
/// [`SignOuts`] as JSON, by person. The hourly sweep removes those that are over.
pub(crate) const SIGN_OUTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sign_outs");
/// [`BannedAddresses`] as JSON, by person.
pub(crate) const BANNED_ADDRESSES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("banned_with");
/// [`RoomRules`] as JSON, by room.
pub(crate) const RULES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("rules");
/// [`RoomDetails`] as JSON, by room.
pub(crate) const DETAILS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("room_details");
/// Facts about the whole chat as JSON, by their names: [`IDENTITY`].
pub(crate) const CHAT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("chat");
/// Key of the [`ChatIdentity`].
pub(crate) const IDENTITY: &str = "identity";
/// An [`AuditEntry`] as JSON, by its time and a number that distinguishes entries of the same time.
pub(crate) const AUDIT: TableDefinition<'_, (u64, u64), &[u8]> = TableDefinition::new("audit");

/// Maximum number of people whose recent addresses are remembered, about 100 bytes each. Beyond it all are dropped.
const SEEN_PEOPLE: usize = 10_000;

/// [`Moderation`] in a [`Store`]. Decisions survive a power cut. Recent addresses do not survive the process, so that opening a socket
/// costs no write.
pub struct RedbModeration {
    store: Store,
    clock: Arc<dyn Clock>,
    seen: Mutex<HashMap<PersonId, Vec<(AddressKey, Timestamp)>>>,
    decisions: Decisions,
}

/// The addresses that were banned together with a person.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct BannedAddresses {
    pub(crate) addresses: Vec<String>,
    pub(crate) until: Timestamp,
}

impl RedbModeration {
    /// Returns the moderation data of a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, seen: Mutex::default(), decisions: Decisions::default() }
    }

    /// Changes the restrictions of a subject in one commit. Returns those afterwards.
    async fn change_restrictions(
        &self,
        of: &Subject,
        change: impl Fn(Restrictions) -> Restrictions + Send + 'static,
    ) -> Result<Restrictions> {
        let (key, now) = (subject_key(of), self.clock.now());
        self.decide("writing restrictions", move |transaction| {
            let mut table = transaction.open_table(RESTRICTIONS)?;
            let before = table.get(key.as_str())?.map(|value| decode(value.value())).transpose()?;
            let changed = change(before.unwrap_or_default());
            table.insert(key.as_str(), encode(&changed)?.as_slice())?;
            // Moderators decide a few times a day, and nothing else would remove expired restrictions.
            table
                .retain(|_, restrictions| !decode(restrictions).is_ok_and(|restrictions| is_over(restrictions, now)))?;
            Ok(changed)
        })
        .await
    }

    /// Returns the details of a room.
    async fn details(&self, room: &RoomName) -> Result<RoomDetails> {
        self.find("reading the details of a room", DETAILS, room.to_string()).await
    }

    /// Returns the time of the oldest audit entry that is kept.
    fn oldest_entry(&self) -> u64 {
        (self.clock.now() - limits::AUDIT_RETENTION).0
    }

    /// Returns a decision; the default if there is none.
    async fn find<T: DeserializeOwned + Default>(
        &self,
        doing: &'static str,
        table: TableDefinition<'static, &'static str, &'static [u8]>,
        key: String,
    ) -> Result<T> {
        let value = match self.decisions.get(table.name(), &key) {
            Ok(value) => value,
            Err(writes) => {
                let wanted = key.clone();
                let read = self.store.read(doing, move |transaction| stored(transaction, table, &wanted));
                let value = read.await?.map(Arc::from);
                self.decisions.keep(table.name(), &key, value.clone(), writes);
                value
            }
        };
        let value = value.map(|json| decode(&json)).transpose();
        value.map(Option::unwrap_or_default).map_err(Unavailable::while_doing(doing))
    }

    /// Writes decisions. Reads that begin after it see them.
    async fn decide<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&WriteTransaction) -> std::result::Result<T, redb::Error> + Send + 'static,
    ) -> Result<T> {
        let write = self.decisions.write();
        // The guard is in the result, so that it lives until the commit has ended, also if the caller has stopped waiting.
        let written = self.store.write(doing, move |transaction| work(transaction).map(|value| (value, write))).await;
        written.map(|(value, _)| value)
    }
}

#[async_trait]
impl Moderation for RedbModeration {
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions> {
        self.find("reading restrictions", RESTRICTIONS, subject_key(of)).await
    }

    async fn set_restrictions(&self, of: &Subject, restrictions: Restrictions) -> Result<()> {
        self.change_restrictions(of, move |_| restrictions).await.map(drop)
    }

    async fn restrict(&self, of: &Subject, change: RestrictionChange) -> Result<Restrictions> {
        self.change_restrictions(of, move |before| change.apply(before)).await
    }

    async fn sign_outs(&self, person: &PersonId) -> Result<SignOuts> {
        self.find("reading which devices are signed out", SIGN_OUTS, person.to_string()).await
    }

    async fn set_sign_outs(&self, person: &PersonId, sign_outs: &SignOuts) -> Result<bool> {
        let (person, next) = (person.clone(), sign_outs.clone());
        self.decide("signing out a device", move |transaction| {
            let mut table = transaction.open_table(SIGN_OUTS)?;
            let before = table.get(person.as_str())?.map(|value| decode::<SignOuts>(value.value())).transpose()?;
            // The sweep may have removed older ones that the caller remembered; they were over.
            let is_next = before.is_none_or(|before| before.version.wrapping_add(1) == next.version);
            if is_next {
                table.insert(person.as_str(), encode(&next)?.as_slice())?;
            }
            Ok(is_next)
        })
        .await
    }

    async fn banned_addresses(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        let doing = "reading banned addresses";
        let found: BannedAddresses = self.find(doing, BANNED_ADDRESSES, person.to_string()).await?;
        if found.until <= self.clock.now() {
            return Ok(Vec::new());
        }
        Ok(found.addresses.into_iter().map(AddressKey).collect())
    }

    async fn set_banned_addresses(&self, person: &PersonId, addresses: &[AddressKey], until: Timestamp) -> Result<()> {
        let (person, now) = (person.clone(), self.clock.now());
        let addresses = addresses.iter().map(|AddressKey(key)| key.clone()).collect();
        let banned = BannedAddresses { addresses, until };
        self.decide("writing banned addresses", move |transaction| {
            let mut table = transaction.open_table(BANNED_ADDRESSES)?;
            table.insert(person.as_str(), encode(&banned)?.as_slice())?;
            table.retain(|_, banned| !decode::<BannedAddresses>(banned).is_ok_and(|banned| banned.until <= now))?;
            Ok(())
        })
        .await
    }

    async fn set_seen(&self, person: &PersonId, address: &AddressKey, until: Timestamp) -> Result<()> {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SEEN_PEOPLE {
            seen.retain(|_, addresses| addresses.iter().any(|(_, until)| *until > now));
        }
        if seen.len() >= SEEN_PEOPLE {
            seen.clear();
        }
        let addresses = seen.entry(person.clone()).or_default();
        addresses.retain(|(other, until)| other != address && *until > now);
        addresses.truncate(limits::BANNED_ADDRESSES - 1);
        addresses.insert(0, (address.clone(), until));
        Ok(())
    }

    async fn seen(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        let now = self.clock.now();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let addresses = seen.get(person).into_iter().flatten().filter(|(_, until)| *until > now);
        Ok(addresses.map(|(address, _)| address.clone()).collect())
    }

    async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        self.find("reading the rules of a room", RULES, room.to_string()).await
    }

    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()> {
        let room = room.clone();
        self.decide("writing the rules of a room", move |transaction| {
            transaction.open_table(RULES)?.insert(room.as_str(), encode(&rules)?.as_slice())?;
            Ok(())
        })
        .await
    }

    /// Reads the rules of all rooms that have some: each is less than 100 bytes, and most chats have a few.
    async fn rooms_with_keep_days(&self, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>> {
        let after = after.cloned();
        let list = move |transaction: &ReadTransaction| {
            let Some(rules) = open(transaction, RULES)? else { return Ok(Vec::new()) };
            let start = after.as_ref().map_or(Bound::Unbounded, |after| Bound::Excluded(after.as_str()));
            let mut rooms = Vec::new();
            for entry in rules.range::<&str>((start, Bound::Unbounded))? {
                if rooms.len() >= limit {
                    break;
                }
                let (room, stored) = entry?;
                let keeps = readable::<RoomRules>(stored.value()).is_some_and(|rules| rules.keep_days.is_some());
                rooms.extend(room.value().parse::<RoomName>().ok().filter(|_| keeps));
            }
            Ok(rooms)
        };
        self.store.read("listing the rooms with a retention", list).await
    }

    async fn settings(&self, room: &RoomName) -> Result<RoomSettings> {
        Ok(RoomSettings { rules: self.rules(room).await?, details: self.details(room).await? })
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails, only_if_none: bool) -> Result<bool> {
        let (room, details) = (room.clone(), details.clone());
        self.decide("writing the details of a room", move |transaction| {
            let mut table = transaction.open_table(DETAILS)?;
            if only_if_none && table.get(room.as_str())?.is_some() {
                return Ok(false);
            }
            if details.is_default() {
                table.remove(room.as_str())?;
            } else {
                table.insert(room.as_str(), encode(&details)?.as_slice())?;
            }
            Ok(true)
        })
        .await
    }

    async fn titles(&self, rooms: &[RoomName]) -> Result<Vec<TitledRoom>> {
        let mut titles = Vec::new();
        for room in rooms {
            let title = self.details(room).await?.title;
            titles.extend(title.map(|title| TitledRoom { room: room.clone(), title }));
        }
        Ok(titles)
    }

    async fn role(&self, person: &PersonId) -> Result<Role> {
        let entry: Option<RoleEntry> = self.find("reading a role", roles::ROLES, person.to_string()).await?;
        Ok(entry.map(|entry| entry.role).unwrap_or_default())
    }

    async fn set_role(&self, entry: &RoleEntry) -> Result<bool> {
        let entry = entry.clone();
        self.decide("writing a role", move |transaction| roles::set(transaction, &entry)).await
    }

    async fn roles(&self, limit: usize) -> Result<Vec<RoleEntry>> {
        self.store.read("reading the roles", move |transaction| roles::list(transaction, limit)).await
    }

    async fn identity(&self) -> Result<ChatIdentity> {
        self.find("reading the name of the chat", CHAT, IDENTITY.to_owned()).await
    }

    async fn set_identity(&self, identity: &ChatIdentity) -> Result<()> {
        let identity = identity.clone();
        self.decide("writing the name of the chat", move |transaction| {
            transaction.open_table(CHAT)?.insert(IDENTITY, encode(&identity)?.as_slice())?;
            Ok(())
        })
        .await
    }

    async fn record(&self, entry: &AuditEntry) -> Result<()> {
        let (entry, oldest) = (entry.clone(), self.oldest_entry());
        self.store
            .write("writing an audit entry", move |transaction| {
                let mut audit = transaction.open_table(AUDIT)?;
                let at = entry.at.0;
                let last = audit.range((at, 0)..=(at, u64::MAX))?.next_back().transpose()?;
                let number = last.map_or(0, |(key, _)| key.value().1 + 1);
                audit.insert((at, number), encode(&entry)?.as_slice())?;
                audit.retain_in(..(oldest, 0), |_, _| false)?;
                Ok(())
            })
            .await
    }

    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>> {
        let oldest = self.oldest_entry();
        self.store
            .read("reading the audit log", move |transaction| {
                let Some(audit) = open(transaction, AUDIT)? else { return Ok(Vec::new()) };
                let mut entries: Vec<AuditEntry> = Vec::new();
                let newest = before.map_or(u64::MAX, |before| before.0).max(oldest);
                for entry in audit.range((oldest, 0)..(newest, 0))?.rev() {
                    let entry: AuditEntry = decode(entry?.1.value())?;
                    if entries.len() >= limit && entries.last().is_some_and(|last| last.at != entry.at) {
                        break;
                    }
                    entries.push(entry);
                }
                Ok(entries)
            })
            .await
    }
}

fn stored(
    transaction: &ReadTransaction,
    table: TableDefinition<'_, &'static str, &'static [u8]>,
    key: &str,
) -> std::result::Result<Option<Vec<u8>>, redb::Error> {
    let Some(table) = open(transaction, table)? else { return Ok(None) };
    Ok(table.get(key)?.map(|value| value.value().to_vec()))
}

/// Removes the sign-outs whose cookies have expired, from a person on. It looks at `limit` of them, and returns where to continue, if there
/// are more. Those that cannot be read stay: they are an error when they are read, which signs nobody in.
pub(crate) fn remove_old_sign_outs(
    transaction: &WriteTransaction,
    now: Timestamp,
    from: &str,
    limit: usize,
) -> std::result::Result<Option<String>, redb::Error> {
    let mut table = transaction.open_table(SIGN_OUTS)?;
    let (mut old, mut last) = (Vec::new(), None);
    let mut rest = table.range(from..)?;
    for entry in rest.by_ref().take(limit) {
        let (person, stored) = entry?;
        let person = person.value().to_owned();
        if decode::<SignOuts>(stored.value()).is_ok_and(|sign_outs| sign_outs.is_over(now)) {
            old.push(person.clone());
        }
        last = Some(person);
    }
    let next = rest.next().transpose()?.and(last);
    drop(rest);
    for person in old {
        table.remove(person.as_str())?;
    }
    Ok(next.map(|person| person + "\0"))
}

fn is_over(restrictions: Restrictions, now: Timestamp) -> bool {
    restrictions.muted_until.max(restrictions.banned_until).is_none_or(|until| until <= now)
}

/// Neither a person's id nor an address's key can hold a `#`.
pub(crate) fn subject_key(of: &Subject) -> String {
    match of {
        Subject::Person(person) => format!("person#{person}"),
        Subject::Address(AddressKey(key)) => format!("address#{key}"),
    }
}

/// Returns the subject of a key; `None` if it is no key.
pub(crate) fn to_subject(key: &str) -> Option<Subject> {
    match key.split_once('#')? {
        ("person", person) => Some(Subject::Person(person.parse().ok()?)),
        ("address", address) => Some(Subject::Address(AddressKey(address.to_owned()))),
        _ => None,
    }
}
