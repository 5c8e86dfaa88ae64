//! The store of moderators' decisions, with delays and faults.

use async_trait::async_trait;
use chat::ports::{
    Result,
    connections::AddressKey,
    devices::SignOuts,
    moderation::{CountedAction, Moderation, RestrictionChange, RoomSettings, Subject},
    rate_store::RateLimit,
};
use shared_types::{
    AuditEntry, ChatIdentity, PersonId, Restrictions, Role, RoleEntry, RoomDetails, RoomName, RoomRules, Timestamp,
    TitledRoom,
};

use super::ports::Ports;

#[async_trait]
impl Moderation for Ports {
    async fn restrictions(&self, of: &Subject) -> Result<Restrictions> {
        self.0.call(self.0.moderation.restrictions(of)).await
    }

    async fn set_restrictions(&self, of: &Subject, restrictions: Restrictions) -> Result<()> {
        self.0.call(self.0.moderation.set_restrictions(of, restrictions)).await
    }

    async fn restrict(&self, of: &Subject, change: RestrictionChange) -> Result<Restrictions> {
        self.0.call(self.0.moderation.restrict(of, change)).await
    }

    async fn count_action(
        &self,
        person: &PersonId,
        bucket: &str,
        limit: RateLimit,
        now: Timestamp,
    ) -> Result<Option<CountedAction>> {
        self.0.call(self.0.moderation.count_action(person, bucket, limit, now)).await
    }

    async fn sign_outs(&self, person: &PersonId) -> Result<SignOuts> {
        self.0.call(self.0.moderation.sign_outs(person)).await
    }

    async fn set_sign_outs(&self, person: &PersonId, sign_outs: &SignOuts) -> Result<bool> {
        self.0.call(self.0.moderation.set_sign_outs(person, sign_outs)).await
    }

    async fn banned_addresses(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        self.0.call(self.0.moderation.banned_addresses(person)).await
    }

    async fn set_banned_addresses(&self, person: &PersonId, addresses: &[AddressKey], until: Timestamp) -> Result<()> {
        self.0.call(self.0.moderation.set_banned_addresses(person, addresses, until)).await
    }

    async fn set_seen(&self, person: &PersonId, address: &AddressKey, until: Timestamp) -> Result<()> {
        self.0.call(self.0.moderation.set_seen(person, address, until)).await
    }

    async fn seen(&self, person: &PersonId) -> Result<Vec<AddressKey>> {
        self.0.call(self.0.moderation.seen(person)).await
    }

    async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        self.0.call(self.0.moderation.rules(room)).await
    }

    fn has_no_rules(&self, _: &RoomName) -> bool {
        self.0.pick(0..2) == 0
    }

    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()> {
        self.0.call(self.0.moderation.set_rules(room, rules)).await
    }

    async fn rooms_with_keep_days(&self, after: Option<&RoomName>, limit: usize) -> Result<Vec<RoomName>> {
        self.0.call(self.0.moderation.rooms_with_keep_days(after, limit)).await
    }

    async fn settings(&self, room: &RoomName) -> Result<RoomSettings> {
        self.0.call(self.0.moderation.settings(room)).await
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails, only_if_none: bool) -> Result<bool> {
        self.0.call(self.0.moderation.set_details(room, details, only_if_none)).await
    }

    async fn titles(&self, rooms: &[RoomName]) -> Result<Vec<TitledRoom>> {
        self.0.call(self.0.moderation.titles(rooms)).await
    }

    async fn role(&self, person: &PersonId) -> Result<Role> {
        self.0.call(self.0.moderation.role(person)).await
    }

    async fn set_role(&self, entry: &RoleEntry) -> Result<bool> {
        self.0.call(self.0.moderation.set_role(entry)).await
    }

    async fn roles(&self, limit: usize) -> Result<Vec<RoleEntry>> {
        self.0.call(self.0.moderation.roles(limit)).await
    }

    async fn identity(&self) -> Result<ChatIdentity> {
        self.0.call(self.0.moderation.identity()).await
    }

    async fn has_unique_names(&self) -> Result<bool> {
        self.0.call(self.0.moderation.has_unique_names()).await
    }

    async fn set_identity(&self, identity: &ChatIdentity) -> Result<()> {
        self.0.call(self.0.moderation.set_identity(identity)).await
    }

    async fn record(&self, entry: &AuditEntry) -> Result<()> {
        self.0.call(self.0.moderation.record(entry)).await
    }

    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>> {
        self.0.call(self.0.moderation.audit(before, limit)).await
    }
}
