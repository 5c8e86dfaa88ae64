//! Ports in memory, for the simulation: ordered maps, so that the same seed gives the same run. They pass the contract
//! like any other adapter.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use backend::ports::{
    AddressKey, Admission, Allowance, Claim, Connection, ConnectionId, Connections, Identity, Images, Keys, Limiter,
    Mark, Messages, Moderation, Places, Result, Secrets, Stored, Subject, Taken, Upload, Uploaded,
};
use shared_types::{
    AuditEntry, ChatMessage, PersonId, PersonName, Restrictions, Rev, RoomName, RoomRules, Seq, Timestamp,
};

#[derive(Default)]
pub(crate) struct MemoryConnections(Mutex<BTreeMap<ConnectionId, Connection>>);

impl MemoryConnections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Connection>> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Connections for MemoryConnections {
    async fn admit(&self, connection: &Connection, places: Places) -> Result<Admission> {
        let mut known = self.lock();
        if known.len() >= places.all as usize {
            return Ok(Admission::Full);
        }
        let neighbours = known.values().filter(|known| known.address == connection.address).count();
        if connection.address.is_some() && places.per_address.is_some_and(|most| neighbours >= most as usize) {
            return Ok(Admission::Crowded);
        }
        known.insert(connection.id.clone(), connection.clone());
        Ok(Admission::Admitted)
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        Ok(self.lock().get(id).cloned())
    }

    async fn rename(&self, id: &ConnectionId, name: &PersonName) -> Result<Option<Connection>> {
        Ok(self.lock().get_mut(id).map(|connection| {
            connection.person.name = name.clone();
            connection.clone()
        }))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        Ok(self.lock().remove(id))
    }

    async fn in_room(&self, room: &RoomName) -> Result<Vec<Connection>> {
        Ok(self.lock().values().filter(|connection| connection.room == *room).cloned().collect())
    }

    async fn all(&self) -> Result<Vec<Connection>> {
        Ok(self.lock().values().cloned().collect())
    }

    async fn count(&self) -> Result<u32> {
        Ok(self.lock().len() as u32)
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        Ok(self.count().await? == seen && seen == truth)
    }
}

#[derive(Default)]
pub(crate) struct MemoryMessages(Mutex<Log>);

#[derive(Default)]
struct Log {
    revs: BTreeMap<RoomName, u64>,
    /// By author, room and nonce, and whether it was given up.
    claims: BTreeMap<(String, String, String), (Claim, bool)>,
    messages: BTreeMap<(RoomName, u64), Stored>,
    marks: BTreeMap<(RoomName, u64), Mark>,
}

impl MemoryMessages {
    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap()
    }
}

fn key(identity: &Identity) -> (String, String, String) {
    (identity.author.to_string(), identity.room.to_string(), identity.nonce.to_string())
}

#[async_trait]
impl Messages for MemoryMessages {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        let mut log = self.lock();
        let rev = log.revs.entry(room.clone()).or_default();
        *rev += 1;
        Ok(Rev(*rev))
    }

    async fn claim(&self, identity: &Identity, claim: Claim) -> Result<Claim> {
        Ok(self.lock().claims.entry(key(identity)).or_insert((claim, false)).0)
    }

    async fn reclaim(&self, identity: &Identity, held: Claim, fresh: Claim) -> Result<Claim> {
        let mut log = self.lock();
        let (claim, given_up) = log.claims.entry(key(identity)).or_insert((fresh, false));
        if *claim == held {
            (*claim, *given_up) = (fresh, false);
        }
        Ok(*claim)
    }

    async fn claims_of(
        &self,
        author: &PersonId,
        after: Option<&Identity>,
        limit: usize,
    ) -> Result<Vec<(Identity, Claim)>> {
        let log = self.lock();
        let theirs = log.claims.iter().filter(|((whose, ..), (_, given_up))| whose == author.as_str() && !given_up);
        let further = theirs.filter(|(found, _)| after.is_none_or(|after| **found > key(after)));
        let identified = further.map(|((_, room, nonce), (claim, _))| {
            let (room, nonce) = (room.parse().unwrap(), nonce.parse().unwrap());
            (Identity { room, author: author.clone(), nonce }, *claim)
        });
        Ok(identified.take(limit).collect())
    }

    /// It holds for good here.
    async fn give_up(&self, identity: &Identity, _until: Timestamp) -> Result<()> {
        if let Some((_, given_up)) = self.lock().claims.get_mut(&key(identity)) {
            *given_up = true;
        }
        Ok(())
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let mut log = self.lock();
        let born = || Stored { message: message.clone(), applied: Vec::new() };
        Ok(log.messages.entry((room.clone(), message.seq.0)).or_insert_with(born).message.clone())
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<Stored>> {
        Ok(self.lock().messages.get(&(room.clone(), seq.0)).cloned())
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        let end = before.map_or(u64::MAX, |before| before.0);
        let log = self.lock();
        let newest_first = log.messages.range((room.clone(), 0)..(room.clone(), end)).rev().take(limit);
        let mut page: Vec<_> = newest_first.map(|(_, stored)| stored.message.clone()).collect();
        page.reverse();
        Ok(page)
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &Stored) -> Result<bool> {
        let mut log = self.lock();
        let stored = log.messages.get_mut(&(room.clone(), changed.message.seq.0));
        Ok(stored.filter(|stored| stored.message.rev == seen).map(|stored| *stored = changed.clone()).is_some())
    }

    async fn mark(&self, room: &RoomName, mark: Mark) -> Result<()> {
        self.lock().marks.insert((room.clone(), mark.rev.0), mark);
        Ok(())
    }

    async fn marks_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<Mark>> {
        let log = self.lock();
        let after = log.marks.range((room.clone(), rev.0.saturating_add(1))..=(room.clone(), u64::MAX));
        Ok(after.take(limit).map(|(_, mark)| *mark).collect())
    }

    async fn newest_marks(&self, room: &RoomName, limit: usize) -> Result<Vec<Mark>> {
        let log = self.lock();
        let newest_first = log.marks.range((room.clone(), 0)..=(room.clone(), u64::MAX)).rev().take(limit);
        let mut marks: Vec<_> = newest_first.map(|(_, mark)| *mark).collect();
        marks.reverse();
        Ok(marks)
    }

    async fn born_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let log = self.lock();
        let after = log.messages.range((room.clone(), rev.0.saturating_add(1))..=(room.clone(), u64::MAX));
        Ok(after.take(limit).map(|(_, stored)| stored.message.clone()).collect())
    }
}

#[derive(Default)]
pub(crate) struct MemorySecrets(Mutex<Option<Keys>>);

#[async_trait]
impl Secrets for MemorySecrets {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        let fresh = Keys { current: proposed, previous: None, made_at: now };
        Ok(*self.0.lock().unwrap().get_or_insert(fresh))
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let is_seen = *kept == Some(*seen);
        if is_seen {
            *kept = Some(Keys { current: fresh, previous: Some(seen.current), made_at: now });
        }
        Ok(is_seen)
    }
}

/// Everything that was ever done, with its times: the rule itself, and nothing clever.
#[derive(Default)]
pub(crate) struct MemoryLimiter {
    taken: Mutex<BTreeMap<String, Vec<u64>>>,
    used: Mutex<BTreeSet<String>>,
    turns: Mutex<BTreeMap<String, (String, u64)>>,
}

#[async_trait]
impl Limiter for MemoryLimiter {
    async fn take(&self, key: &str, allowance: Allowance, now: Timestamp) -> Result<Taken> {
        let (long, short) = (allowance.window.as_millis() as u64, allowance.burst_window.as_millis() as u64);
        let mut taken = self.taken.lock().unwrap();
        let times = taken.entry(key.into()).or_default();
        let since = |begin: u64| times.iter().filter(|time| **time >= begin && **time <= now.0).count() as u32;
        let (long_began, short_began) = (now.0 - now.0 % long, now.0 - now.0 % long % short);
        if since(long_began) >= allowance.sustained {
            return Ok(Taken::No(Duration::from_millis(long_began + long - now.0)));
        }
        if since(short_began) >= allowance.burst {
            return Ok(Taken::No(Duration::from_millis(short_began + short - now.0)));
        }
        times.push(now.0);
        Ok(Taken::Yes)
    }

    async fn take_turn(&self, key: &str, holder: &str, window: Duration, now: Timestamp) -> Result<Taken> {
        let mut turns = self.turns.lock().unwrap();
        match turns.get(key) {
            Some((of, _)) if of == holder => return Ok(Taken::Yes),
            Some((_, taken_at)) if taken_at + window.as_millis() as u64 > now.0 => {
                return Ok(Taken::No(Duration::from_millis(taken_at + window.as_millis() as u64 - now.0)));
            }
            _ => {}
        }
        turns.insert(key.into(), (holder.into(), now.0));
        Ok(Taken::Yes)
    }

    async fn first_use(&self, key: &str, _until: Timestamp) -> Result<bool> {
        Ok(self.used.lock().unwrap().insert(key.into()))
    }
}

/// What was put, by address, and what is kept, by message.
#[derive(Default)]
pub(crate) struct MemoryImages {
    given: Mutex<BTreeSet<String>>,
    uploads: Mutex<BTreeMap<String, Vec<u8>>>,
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl MemoryImages {
    /// Takes in bytes that somebody put to an address, if it is for them.
    #[allow(dead_code, reason = "nobody in the simulation sends an image")]
    pub(crate) fn take_in(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        let announced = format!("size: ImageSize({})", bytes.len());
        let kind = shared_types::ImageType::of_media_type(media_type);
        let kind = kind.map(|kind| format!("kind: {kind:?}"));
        let good = self.given.lock().unwrap().contains(address)
            && address.contains(&announced)
            && kind.is_some_and(|kind| address.contains(&kind));
        if good {
            self.uploads.lock().unwrap().insert(address.into(), bytes.to_vec());
        }
        good
    }
}

#[async_trait]
impl Images for MemoryImages {
    async fn address(&self, upload: &Upload) -> Result<String> {
        let address = format!("{upload:?}");
        self.given.lock().unwrap().insert(address.clone());
        Ok(address)
    }

    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>> {
        let found = self.uploads.lock().unwrap().get(&format!("{upload:?}")).cloned();
        Ok(found.map(|bytes| Uploaded { size: bytes.len() as u64, version: format!("{bytes:?}"), head: bytes }))
    }

    async fn keep(&self, upload: &Upload, version: &str) -> Result<bool> {
        let found = self.uploads.lock().unwrap().get(&format!("{upload:?}")).cloned();
        let Some(bytes) = found.filter(|bytes| format!("{bytes:?}") == version) else { return Ok(false) };
        self.kept.lock().unwrap().insert(format!("{:?}", upload.identity), bytes);
        Ok(true)
    }

    async fn is_kept(&self, identity: &Identity) -> Result<bool> {
        Ok(self.kept.lock().unwrap().contains_key(&format!("{identity:?}")))
    }

    async fn remove(&self, identity: &Identity) -> Result<()> {
        self.kept.lock().unwrap().remove(&format!("{identity:?}"));
        Ok(())
    }

    async fn discard(&self, upload: &Upload) -> Result<()> {
        self.uploads.lock().unwrap().remove(&format!("{upload:?}"));
        Ok(())
    }

    /// Time stands still here: everything was put at 1.
    async fn sweep(&self, before: Timestamp) -> Result<usize> {
        let mut uploads = self.uploads.lock().unwrap();
        Ok(if before > Timestamp(1) { std::mem::take(&mut *uploads).len() } else { 0 })
    }
}

#[derive(Default)]
pub(crate) struct MemoryModeration(Mutex<Decisions>);

#[derive(Default)]
struct Decisions {
    restriction_store: BTreeMap<String, Restrictions>,
    banned_with: BTreeMap<PersonId, Vec<AddressKey>>,
    seen: BTreeMap<PersonId, Vec<AddressKey>>,
    rules: BTreeMap<RoomName, RoomRules>,
    done: Vec<AuditEntry>,
}

#[async_trait]
impl Moderation for MemoryModeration {
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions> {
        Ok(self.0.lock().unwrap().restriction_store.get(&format!("{of:?}")).copied().unwrap_or_default())
    }

    async fn set_standing(&self, of: &Subject, restrictions: Restrictions) -> Result<()> {
        self.0.lock().unwrap().restriction_store.insert(format!("{of:?}"), restrictions);
        Ok(())
    }

    async fn banned_with(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        Ok(self.0.lock().unwrap().banned_with.get(person).cloned().unwrap_or_default())
    }

    async fn set_banned_with(&self, person: &PersonId, addresses: &[AddressKey], _until: Timestamp) -> Result<()> {
        self.0.lock().unwrap().banned_with.insert(person.clone(), addresses.to_vec());
        Ok(())
    }

    async fn set_seen(&self, person: &PersonId, address: &AddressKey, _until: Timestamp) -> Result<()> {
        let mut decisions = self.0.lock().unwrap();
        let seen = decisions.seen.entry(person.clone()).or_default();
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

    async fn record(&self, entry: &AuditEntry) -> Result<()> {
        self.0.lock().unwrap().done.push(entry.clone());
        Ok(())
    }

    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>> {
        let mut entries = self.0.lock().unwrap().done.clone();
        entries.retain(|entry| before.is_none_or(|before| entry.at < before));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let last = entries.get(limit.saturating_sub(1)).map(|entry| entry.at);
        entries.retain(|entry| last.is_none_or(|last| entry.at >= last));
        Ok(entries)
    }
}
