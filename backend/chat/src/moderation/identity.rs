//! Name and icon of the chat.

use shared_types::{ChatIdentity, ModerationAction, Person};

use crate::moderation::actions::{ModerationActions, ModerationError};

impl ModerationActions {
    /// Replaces name and icon of the chat, and switches unique names, unless that is `None`. Returns what is stored then. The audit log gets
    /// an entry of a new name or icon, and one of the switch. The caller checks that the icon is an emoji.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when `by` is not an owner or the store did not answer.
    pub async fn set_identity(&self, by: &Person, wanted: ChatIdentity) -> Result<ChatIdentity, ModerationError> {
        self.owners_only(by).await?;
        let moderation = &self.restriction_store.moderation;
        let before = moderation.identity().await?;
        let is_unique = wanted.unique_names.unwrap_or(before.has_unique_names());
        let named = ChatIdentity { unique_names: None, ..wanted };
        if named != (ChatIdentity { unique_names: None, ..before.clone() }) {
            self.record(by, ModerationAction::Identity { chat: named.clone() }).await?;
        }
        if is_unique != before.has_unique_names() {
            let chat = ChatIdentity { unique_names: Some(is_unique), ..ChatIdentity::default() };
            self.record(by, ModerationAction::Identity { chat }).await?;
        }
        let identity = ChatIdentity { unique_names: is_unique.then_some(true), ..named };
        moderation.set_identity(&identity).await?;
        Ok(identity)
    }
}
