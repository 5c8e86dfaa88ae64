//! The door: who may enter, and who keeps order inside.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use shared_types::{Access, PersonId};

/// Who may enter. Whoever came in by another door has to come in again: what is signed is signed for one door.
#[derive(Clone)]
pub struct Door {
    /// The kind of door.
    pub access: Access,
    /// What tells it from every other door.
    pub(super) label: String,
    /// Who keeps order, whatever else says so.
    pub(super) moderators: Vec<PersonId>,
}

impl Door {
    /// Everybody may enter.
    pub fn open(moderators: Vec<PersonId>) -> Self {
        Self { access: Access::Open, label: "open".into(), moderators }
    }

    /// Whoever knows the passphrase may enter. Another passphrase is another door.
    pub fn passphrase(passphrase: &str, moderators: Vec<PersonId>) -> Self {
        let label = format!("passphrase {}", BASE64.encode(Sha256::digest(passphrase)));
        Self { access: Access::Passphrase, label, moderators }
    }

    /// Whoever an OpenID Connect provider vouches for, to this client of its, may enter.
    pub fn oidc(issuer: &str, client_id: &str, moderators: Vec<PersonId>) -> Self {
        Self { access: Access::Oidc, label: format!("oidc {client_id} {issuer}"), moderators }
    }
}
