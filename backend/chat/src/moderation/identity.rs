//! Name and icon of the chat.

use shared_types::{ChatIdentity, ModerationAction, Person};

use crate::moderation::actions::{ModerationActions, ModerationError};

impl ModerationActions {
    /// Replaces name and icon of the chat. The caller checks that the icon is an emoji.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when `by` is not an owner or the store did not answer.
    pub async fn set_identity(&self, by: &Person, identity: &ChatIdentity) -> Result<(), ModerationError> {
        self.owners_only(by).await?;
        self.record(by, ModerationAction::Identity { chat: identity.clone() }).await?;
        Ok(self.restriction_store.moderation.set_identity(identity).await?)
    }
}
