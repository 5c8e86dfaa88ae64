//! What moderators decide about people, addresses and rooms.

use async_trait::async_trait;
use shared_types::{AuditEntry, PersonId, Restrictions, RoomName, RoomRules, Timestamp};

use crate::ports::{Result, connections::AddressKey};

/// Whom or what a [`Restrictions`] is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// Everybody from an address.
    Address(AddressKey),
}

/// What moderators decided.
#[async_trait]
pub trait Moderation: Send + Sync {
    /// What somebody may not do, times that have passed included. MUST see every `set_restrictions` that has ended.
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions>;

    /// Decides what somebody may not do from now on. It may be forgotten once its times have passed.
    async fn set_restrictions(&self, of: &Subject, restrictions: Restrictions) -> Result<()>;

    /// The addresses that were sent away together with a person, those that may come back by now included. Some minutes after
    /// the `until` of `set_banned_addresses` it MUST be none.
    async fn banned_addresses(&self, person: &PersonId) -> Result<Vec<AddressKey>>;

    /// Remembers until then which addresses were sent away together with a person, so that they can come back together.
    async fn set_banned_addresses(&self, person: &PersonId, addresses: &[AddressKey], until: Timestamp) -> Result<()>;

    /// Remembers until then that a person came from an address. It may be forgotten by a crash.
    async fn set_seen(&self, person: &PersonId, address: &AddressKey, until: Timestamp) -> Result<()>;

    /// From which addresses a person came, `limits::BANNED_ADDRESSES` at most. Some minutes after the `until` of `set_seen` an
    /// address MUST NOT be among them.
    async fn seen(&self, person: &PersonId) -> Result<Vec<AddressKey>>;

    /// What holds in a room. MUST see every `set_rules` that has ended.
    async fn rules(&self, room: &RoomName) -> Result<RoomRules>;

    /// Decides what holds in a room from now on.
    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()>;

    /// Notes what was done. Two entries of the same time and person are both kept. When this has ended well the entry MUST
    /// survive a crash and a power cut; nobody can change or remove it for `limits::AUDIT_RETENTION`.
    async fn record(&self, entry: &AuditEntry) -> Result<()>;

    /// Up to `limit` entries from before that time (`None`: the newest), newest first, with all others of the time of the
    /// last one. None is older than `limits::AUDIT_RETENTION`.
    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>>;
}
