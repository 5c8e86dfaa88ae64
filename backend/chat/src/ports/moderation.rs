//! Stores the decisions of owners and moderators about people, addresses and rooms, the roles of people, and the audit log.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{
    AuditEntry, ChatIdentity, PersonId, Restrictions, Role, RoleEntry, RoomDetails, RoomName, RoomRules, Timestamp,
    TitledRoom,
};

use crate::ports::{
    Result,
    connections::AddressKey,
    devices::SignOuts,
    rate_store::{RateDecision, RateLimit},
};

/// The person or address that [`Restrictions`] apply to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// Everyone at an address.
    Address(AddressKey),
}

/// A change of one restriction. The other one stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestrictionChange {
    /// Muted until this time; `None` lifts the mute.
    MutedUntil(Option<Timestamp>),
    /// Banned until this time; `None` lifts the ban.
    BannedUntil(Option<Timestamp>),
}

impl RestrictionChange {
    /// Returns the restrictions after the change.
    pub fn apply(self, before: Restrictions) -> Restrictions {
        match self {
            Self::MutedUntil(muted_until) => Restrictions { muted_until, ..before },
            Self::BannedUntil(banned_until) => Restrictions { banned_until, ..before },
        }
    }
}

/// The result of [`Moderation::count_action`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedAction {
    /// Whether the rate limit allows the action.
    pub rate: RateDecision,
    /// The restrictions of the person when the action was counted or denied, expired ones included.
    pub restrictions: Restrictions,
}

/// Maximum age of what [`Moderation::has_unique_names`] returns. While many connect, a process reads it six times a minute, and an owner
/// who switches it waits for ten seconds at most.
pub const UNIQUE_NAMES_AGE: Duration = Duration::from_secs(10);

/// The rules and the details of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomSettings {
    /// The rules.
    pub rules: RoomRules,
    /// The details.
    pub details: RoomDetails,
}

/// The store of moderators' decisions.
#[async_trait]
pub trait Moderation: Send + Sync {
    /// Returns the restrictions of a subject, expired ones included. MUST see every `set_restrictions` and `restrict`
    /// that has ended.
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions>;

    /// Replaces the restrictions of a subject. The store may drop them once they have expired.
    async fn set_restrictions(&self, of: &Subject, restrictions: Restrictions) -> Result<()>;

    /// Changes one restriction of a subject. Returns the restrictions afterwards, expired ones included. MUST be one step: of a mute and
    /// a ban at the same time, neither is lost. The store may drop restrictions once they have expired.
    async fn restrict(&self, of: &Subject, change: RestrictionChange) -> Result<Restrictions>;

    /// Returns the sign-outs of a person. MUST see every `set_sign_outs` that has ended. They are not stored with the restrictions, so that
    /// [`count_action`](Self::count_action) costs the same with them.
    async fn sign_outs(&self, person: &PersonId) -> Result<SignOuts>;

    /// Replaces the sign-outs of a person if the stored ones have the version before theirs, in one step, and returns whether it did. MUST
    /// survive a crash and a power cut. The store may drop them at their `until`.
    async fn set_sign_outs(&self, person: &PersonId, sign_outs: &SignOuts) -> Result<bool>;

    /// Counts one action of a person if `limit` allows it, and returns their restrictions, in one step. `bucket` names what is counted
    /// together. MUST be exact as [`RateStore::take`](crate::ports::rate_store::RateStore::take), and MUST see every `set_restrictions`
    /// and `restrict` that has ended.
    ///
    /// Returns `None` and does nothing where this cannot be one step. The caller counts with the rate store and reads the restrictions.
    async fn count_action(
        &self,
        _person: &PersonId,
        _bucket: &str,
        _limit: RateLimit,
        _now: Timestamp,
    ) -> Result<Option<CountedAction>> {
        Ok(None)
    }

    /// Returns the addresses that were banned together with a person, expired bans included. Some minutes after the `until` of
    /// `set_banned_addresses` the list MUST be empty.
    async fn banned_addresses(&self, person: &PersonId) -> Result<Vec<AddressKey>>;

    /// Stores until `until` which addresses were banned together with a person, so that the bans can be lifted together.
    async fn set_banned_addresses(&self, person: &PersonId, addresses: &[AddressKey], until: Timestamp) -> Result<()>;

    /// Stores until `until` that a person connected from an address. A crash may lose it.
    async fn set_seen(&self, person: &PersonId, address: &AddressKey, until: Timestamp) -> Result<()>;

    /// Returns the addresses that a person connected from, at most `limits::BANNED_ADDRESSES`. Some minutes after the `until` of
    /// `set_seen` an address MUST NOT be among them.
    async fn seen(&self, person: &PersonId) -> Result<Vec<AddressKey>>;

    /// Returns the rules of a room. MUST see every `set_rules` that has ended.
    async fn rules(&self, room: &RoomName) -> Result<RoomRules>;

    /// Returns the rules of a room, as [`rules`](Self::rules) does, and its details, in one read.
    async fn settings(&self, room: &RoomName) -> Result<RoomSettings>;

    /// Replaces the details of a room, and returns whether it did. `only_if_none`: only if the room has none, in one step, so that of two
    /// calls at the same time one is refused. After success the details MUST survive a crash and a power cut.
    async fn set_details(&self, room: &RoomName, details: &RoomDetails, only_if_none: bool) -> Result<bool>;

    /// Returns the titles of those of the rooms that have one, in the given order. Details that were set a moment ago may be missing. There
    /// are at most `limits::ROOMS` rooms.
    async fn titles(&self, rooms: &[RoomName]) -> Result<Vec<TitledRoom>>;

    /// Returns whether this process read that a room has no rules, and the message store will notice if it gets some
    /// ([`next_rev_without_rules`](super::messages::Messages::next_rev_without_rules)). Then they need not be read before a message.
    fn has_no_rules(&self, _room: &RoomName) -> bool {
        false
    }

    /// Replaces the rules of a room. Their `keep_days` is not 0.
    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()>;

    /// Returns up to `limit` rooms after `after` (`None`: from the first one), by name: all whose rules have `keep_days`, and perhaps some
    /// whose rules have none any more. MUST see every `set_rules` that has ended.
    async fn rooms_with_keep_days(&self, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>>;

    /// Returns the role of a person. MUST see every `set_role` that has ended.
    async fn role(&self, person: &PersonId) -> Result<Role>;

    /// Sets the role of a person. Returns `false` and changes nothing if the person is the last owner and would not be one any more: of
    /// several owners who give up their role at once, one MUST stay. MUST survive a crash and a power cut. `configured` is not stored.
    async fn set_role(&self, entry: &RoleEntry) -> Result<bool>;

    /// Returns up to `limit` people whose role is not [`Role::Member`], in any order.
    async fn roles(&self, limit: usize) -> Result<Vec<RoleEntry>>;

    /// Returns name and icon of the chat. A change of the last moment may be missing.
    async fn identity(&self) -> Result<ChatIdentity>;

    /// Returns whether the names of people are unique. Connects, moves and renames ask, so it MAY be up to [`UNIQUE_NAMES_AGE`] old.
    async fn has_unique_names(&self) -> Result<bool> {
        Ok(self.identity().await?.has_unique_names())
    }

    /// Replaces name and icon of the chat. MUST survive a crash and a power cut.
    async fn set_identity(&self, identity: &ChatIdentity) -> Result<()>;

    /// Appends an entry to the audit log. Two entries of the same time and person are both kept. After success the entry MUST
    /// survive a crash and a power cut. It cannot be changed or removed for `limits::AUDIT_RETENTION`.
    async fn record(&self, entry: &AuditEntry) -> Result<()>;

    /// Returns up to `limit` entries from before that time (`None`: the newest), newest first. Further entries with the same
    /// time as the last one are included. No entry is older than `limits::AUDIT_RETENTION`.
    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>>;
}
