//! The door: who may enter, and who keeps order inside.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use shared_types::{AccessMode, PersonId};
use subtle::ConstantTimeEq;

use crate::ports::identity_provider::ProviderAddress;

/// Who may enter. Whoever came in by another door has to come in again: what is signed is signed for one door.
#[derive(Clone)]
pub struct AccessPolicy {
    /// The kind of door.
    pub access: AccessMode,
    /// What tells it from every other door.
    pub(crate) label: String,
    /// Who keeps order, whatever else says so.
    pub(crate) moderators: Vec<PersonId>,
    /// What this chat is to its provider, where it has one.
    client: Option<OidcClient>,
}

/// What this chat is to an OpenID Connect provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcClient {
    /// The provider, as it calls itself.
    pub issuer: ProviderAddress,
    /// The chat, as the provider calls it.
    pub id: String,
    /// Which of a person's claims makes them a moderator.
    pub moderator_claim: Option<ModeratorClaim>,
}

/// A claim and the value that makes a moderator: as text, or as one of a list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeratorClaim {
    name: String,
    value: String,
}

impl AccessPolicy {
    /// Everybody may enter.
    pub fn open(moderators: Vec<PersonId>) -> Self {
        Self { access: AccessMode::Open, label: "open".into(), moderators, client: None }
    }

    /// Whoever knows the passphrase may enter. Another passphrase is another door.
    pub fn passphrase(passphrase: &str, moderators: Vec<PersonId>) -> Self {
        Self { access: AccessMode::Passphrase, label: passphrase_label(passphrase), moderators, client: None }
    }

    /// Whoever an OpenID Connect provider vouches for, to this client of its, may enter. Another claim that makes moderators
    /// is another door, or whoever was made one by the last would stay one.
    pub fn oidc(client: OidcClient, moderators: Vec<PersonId>) -> Self {
        let OidcClient { issuer, id, moderator_claim } = &client;
        let claim = moderator_claim.as_ref().map(ToString::to_string).unwrap_or_default();
        let label = format!("oidc {id} {} {claim}", issuer.as_str());
        Self { access: AccessMode::Oidc, label, moderators, client: Some(client) }
    }

    /// What this chat is to its provider, where it has one.
    pub fn client(&self) -> Option<&OidcClient> {
        self.client.as_ref()
    }

    /// Who keeps order, whatever else says so.
    pub fn moderators(&self) -> &[PersonId] {
        &self.moderators
    }

    /// Whether a passphrase opens it. It takes as long for any, however much of it is right: hashes are compared, and all of
    /// them.
    pub fn verify_passphrase(&self, passphrase: &str) -> bool {
        let is_right = self.label.as_bytes().ct_eq(passphrase_label(passphrase).as_bytes());
        self.access == AccessMode::Passphrase && bool::from(is_right)
    }
}

fn passphrase_label(passphrase: &str) -> String {
    format!("passphrase {}", BASE64.encode(Sha256::digest(passphrase)))
}

impl ModeratorClaim {
    /// Whether somebody of whom a provider claims all this is a moderator.
    pub(crate) fn is_met(&self, claims: &Map<String, Value>) -> bool {
        match claims.get(&self.name) {
            Some(Value::String(value)) => *value == self.value,
            Some(Value::Array(values)) => values.iter().any(|value| value.as_str() == Some(&self.value)),
            _ => false,
        }
    }
}

impl std::str::FromStr for ModeratorClaim {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                Ok(Self { name: name.into(), value: value.into() })
            }
            _ => Err("must be a claim and its value, such as groups=chat-moderators"),
        }
    }
}

impl std::fmt::Display for ModeratorClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_door_opens_with_its_passphrase_and_no_other() {
        let door = AccessPolicy::passphrase("open sesame", Vec::new());
        assert!(door.verify_passphrase("open sesame"));
        for wrong in ["", "open sesam", "open sesame ", "Open sesame", "open sesame\0"] {
            assert!(!door.verify_passphrase(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_passphrase_may_be_long_and_all_of_it_counts() {
        // As long as fits a form in any script (`FORM_BYTES` in `routes/front.rs`).
        let door = AccessPolicy::passphrase(&"開".repeat(300), Vec::new());
        assert!(door.verify_passphrase(&"開".repeat(300)));
        for wrong in ["開".repeat(299), "開".repeat(301), "開".repeat(299) + "閉"] {
            assert!(!door.verify_passphrase(&wrong), "{} characters", wrong.chars().count());
        }
    }

    #[test]
    fn a_door_without_a_passphrase_opens_with_none() {
        let client =
            OidcClient { issuer: "https://a.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
        for door in [AccessPolicy::open(Vec::new()), AccessPolicy::oidc(client, Vec::new())] {
            assert!(!door.verify_passphrase(""));
            assert!(!door.verify_passphrase(&door.label));
        }
    }

    #[test]
    fn a_claim_makes_moderators_by_its_value_or_by_one_of_its_values() {
        let claim: ModeratorClaim = "groups = chat-moderators".parse().unwrap();
        for (claims, expected) in [
            (json!({ "groups": "chat-moderators" }), true),
            (json!({ "groups": ["staff", "chat-moderators"] }), true),
            (json!({ "groups": ["staff"] }), false),
            (json!({ "groups": "chat-moderators-not" }), false),
            (json!({ "groups": { "chat-moderators": true } }), false),
            (json!({ "groups": [["chat-moderators"]] }), false),
            (json!({ "roles": "chat-moderators" }), false),
            (json!({}), false),
        ] {
            assert_eq!(claim.is_met(claims.as_object().unwrap()), expected, "{claims}");
        }
        for bad in ["", "groups", "groups=", "=x", " = "] {
            assert!(bad.parse::<ModeratorClaim>().is_err(), "{bad:?}");
        }
    }
}
