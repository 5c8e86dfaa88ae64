//! Invitations.

use shared_types::Person;

use crate::i18n::Translations;

/// How far an invitation is used.
pub(crate) struct InvitationUse<'a> {
    /// Number of people who used it.
    pub(crate) used: u32,
    /// Number of people that it lets in.
    pub(crate) uses: u32,
    pub(crate) revoked: bool,
    /// When it expires, in the reader's calendar.
    pub(crate) until: &'a str,
}

impl Translations {
    /// Describes an invitation to moderators.
    pub(crate) fn invitation_sentence(&self, by: &Person, invitation: &InvitationUse<'_>) -> String {
        let (texts, InvitationUse { used, uses, revoked, until }) = (self.dialogs(), invitation);
        let [used_text, uses_text] = [used, uses].map(|number| number.to_string());
        let state = if *revoked {
            let [before, between, after] = texts.invitation_revoked;
            [before, &used_text, between, &uses_text, after].concat()
        } else if used >= uses {
            let [before, between, after] = texts.invitation_used_up;
            [before, &used_text, between, &uses_text, after].concat()
        } else {
            let [before, between, before_time, after] = texts.invitation_open;
            [before, &used_text, between, &uses_text, before_time, until, after].concat()
        };
        [state, texts.invitation_by.with(self.name(by))].concat()
    }
}
