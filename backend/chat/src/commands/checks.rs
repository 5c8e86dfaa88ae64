//! What is checked before a command runs: its connection, the rate limit, restrictions and room rules.

use shared_types::{Action, Nonce, RoomName, RoomRules};

use super::{CommandSpec, FrameHandler, error::CommandError, spec};
use crate::{
    moderation::posting_policy::{PendingRules, SlowMode},
    ports::{
        Result,
        connections::{Connection, ConnectionId},
    },
};

impl FrameHandler {
    /// Finds the connection that a command came through, and checks the command. `nonce` identifies the command through every retry.
    ///
    /// If the command names a room, it is refused unless the connection is there: it may have moved since the command was sent.
    ///
    /// If this process remembers the connection, it is checked while it is looked up, so that the sender waits for one round trip less:
    /// what the checks need of a connection rarely changes. Only its room and the role of the person do, and then they are made again.
    pub(super) async fn checked_sender(
        &self,
        connection: &ConnectionId,
        room: Option<&RoomName>,
        action: Action,
        nonce: &Nonce,
    ) -> Result<Option<(Connection, std::result::Result<Option<PendingRules>, CommandError>)>> {
        let connections = &self.broadcast.connections;
        let (sender, permitted) = match connections.recall(connection) {
            Some(known) => {
                let (sender, permitted) = futures::join!(connections.find(connection), self.permitted(&known, action));
                (sender?, Some((known, permitted)))
            }
            None => (connections.find(connection).await?, None),
        };
        let Some(sender) = sender else { return Ok(None) };
        if room.is_some_and(|room| *room != sender.room) {
            return Ok(Some((sender, Err(CommandError::OtherRoom))));
        }
        // Every room has its own rules, and moderators are exempt from them.
        let is_as_known =
            |known: &Connection| known.room == sender.room && known.person.moderator == sender.person.moderator;
        let permitted = match permitted {
            Some((known, permitted)) if is_as_known(&known) => permitted,
            _ => self.permitted(&sender, action).await,
        };
        let checked = async {
            let (slow_mode, pending) = permitted?;
            self.posting_policy.acquire_slow_mode_slot(&sender, slow_mode, nonce).await?;
            Ok(pending)
        };
        let checked = checked.await;
        Ok(Some((sender, checked)))
    }

    /// Checks rate limit and permission, and counts the command. Returns how slow mode applies to it, and the rules that are still to be
    /// checked. This happens before anything is written, so that a rejected command leaves no gap in the sequence of messages.
    async fn permitted(
        &self,
        sender: &Connection,
        action: Action,
    ) -> std::result::Result<(SlowMode, Option<PendingRules>), CommandError> {
        let CommandSpec { permission, rate_bucket } = spec(action);
        let policy = &self.posting_policy;
        let moderation = rate_bucket.filter(|bucket| bucket.is_counted_with_restrictions());
        let moderation = moderation.map(|_| policy.restriction_store.moderation.as_ref());
        let rate = async {
            let Some(bucket) = rate_bucket else { return Ok(None) };
            self.rate.take_from(bucket, sender, moderation).await.map_err(CommandError::from)
        };
        let pending = policy.pending_rules(sender, permission);
        let rules = async {
            match &pending {
                Some(_) => Ok(RoomRules::default()),
                None => policy.rules(sender, permission).await.map_err(CommandError::from),
            }
        };
        // Both run at once, so that the sender waits for one round trip. The rate limit comes first: it knows without a store
        // access who is rate-limited, and then nothing is read.
        let (restrictions, rules) = futures::try_join!(rate, rules)?;
        Ok((policy.check(sender, permission, restrictions, rules).await?, pending))
    }
}
