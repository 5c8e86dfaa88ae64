//! Fake of the moderation port.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    connections::AddressKey,
    devices::SignOuts,
    moderation::{Moderation, RestrictionChange, RoomSettings, Subject},
};
use chat_testing::test_chat::START;
use shared_types::{
    AuditEntry, ChatIdentity, PersonId, Restrictions, Role, RoleEntry, RoomDetails, RoomName, RoomRules, Timestamp,
    TitledRoom,
};

/// Moderation port that reports a ban for everybody after a number of lookups.
#[derive(Default)]
pub(crate) struct BanningModeration {
    /// Number of lookups so far.
    pub(crate) lookups: AtomicU32,
    /// Number of lookups without a ban.
    pub(crate) allowed_lookups: u32,
    /// Slow mode of every room.
    pub(crate) slow: u16,
    /// Rooms that keep messages for a day, by name.
    pub(crate) short: Vec<RoomName>,
    /// A room whose rules cannot be read.
    pub(crate) failing: Option<RoomName>,
}

#[async_trait]
impl Moderation for BanningModeration {
    async fn restrictions(&self, _: &Subject) -> Result<Restrictions> {
        let is_banned = self.lookups.fetch_add(1, Ordering::Relaxed) >= self.allowed_lookups;
        let banned_until = is_banned.then_some(Timestamp(START + 60_000));
        Ok(Restrictions { banned_until, ..Restrictions::default() })
    }

    async fn sign_outs(&self, _: &PersonId) -> Result<SignOuts> {
        Ok(SignOuts::default())
    }

    async fn set_sign_outs(&self, _: &PersonId, _: &SignOuts) -> Result<bool> {
        unreachable!()
    }

    async fn set_restrictions(&self, _: &Subject, _: Restrictions) -> Result<()> {
        unreachable!()
    }

    async fn restrict(&self, _: &Subject, _: RestrictionChange) -> Result<Restrictions> {
        unreachable!()
    }

    async fn banned_addresses(&self, _: &PersonId) -> Result<Vec<AddressKey>> {
        unreachable!()
    }

    async fn set_banned_addresses(&self, _: &PersonId, _: &[AddressKey], _: Timestamp) -> Result<()> {
        unreachable!()
    }

    async fn set_seen(&self, _: &PersonId, _: &AddressKey, _: Timestamp) -> Result<()> {
        Ok(())
    }

    async fn seen(&self, _: &PersonId) -> Result<Vec<AddressKey>> {
        unreachable!()
    }

    async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        if self.failing.as_ref() == Some(room) {
            return Err(Unavailable { doing: "reading rules", cause: "a fault of the test".into() });
        }
        Ok(RoomRules { slow: self.slow, keep_days: self.short.contains(room).then_some(1), ..RoomRules::default() })
    }

    async fn set_rules(&self, _: &RoomName, _: RoomRules) -> Result<()> {
        unreachable!()
    }

    async fn rooms_with_keep_days(&self, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>> {
        let rooms = self.short.iter().filter(|room| after.is_none_or(|after| *room > after));
        Ok(rooms.take(limit).cloned().collect())
    }

    async fn settings(&self, room: &RoomName) -> Result<RoomSettings> {
        Ok(RoomSettings { rules: self.rules(room).await?, details: RoomDetails::default() })
    }

    async fn set_details(&self, _: &RoomName, _: &RoomDetails, _: bool) -> Result<bool> {
        unreachable!()
    }

    async fn titles(&self, _: &[RoomName]) -> Result<Vec<TitledRoom>> {
        unreachable!()
    }

    async fn role(&self, _: &PersonId) -> Result<Role> {
        Ok(Role::Member)
    }

    async fn set_role(&self, _: &RoleEntry) -> Result<bool> {
        unreachable!()
    }

    async fn roles(&self, _: usize) -> Result<Vec<RoleEntry>> {
        unreachable!()
    }

    async fn identity(&self) -> Result<ChatIdentity> {
        unreachable!()
    }

    async fn has_unique_names(&self) -> Result<bool> {
        Ok(false)
    }

    async fn set_identity(&self, _: &ChatIdentity) -> Result<()> {
        unreachable!()
    }

    async fn record(&self, _: &AuditEntry) -> Result<()> {
        unreachable!()
    }

    async fn audit(&self, _: Option<Timestamp>, _: usize) -> Result<Vec<AuditEntry>> {
        unreachable!()
    }
}
