//! The access policy: how people are admitted, and who the configured moderators are.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use shared_types::{AccessMode, PersonId};
use subtle::ConstantTimeEq;

use crate::ports::identity_provider::ProviderAddress;

/// The access policy of a chat. Cookies and tickets are signed for one policy: after a change of the policy, everyone has to
/// enter again.
#[derive(Clone)]
pub struct AccessPolicy {
    /// The access mode.
    pub access: AccessMode,
    /// Differs from the label of every other policy; part of what is signed.
    pub(crate) label: String,
    /// The configured moderators.
    pub(crate) moderators: Vec<PersonId>,
    /// The OpenID Connect client, with `AccessMode::Oidc`.
    client: Option<OidcClient>,
}

/// The registration of this chat with an OpenID Connect provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcClient {
    /// The issuer identifier of the provider.
    pub issuer: ProviderAddress,
    /// The client id of this chat.
    pub id: String,
    /// The claim that makes a person a moderator.
    pub moderator_claim: Option<ModeratorClaim>,
}

/// A claim and the value that makes a moderator. In a token the value may be a text or an item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeratorClaim {
    name: String,
    value: String,
}

impl AccessPolicy {
    /// Admits everyone.
    pub fn open(moderators: Vec<PersonId>) -> Self {
        Self { access: AccessMode::Open, label: "open".into(), moderators, client: None }
    }

    /// Admits people who know the passphrase. Another passphrase is another policy.
    pub fn passphrase(passphrase: &str, moderators: Vec<PersonId>) -> Self {
        Self { access: AccessMode::Passphrase, label: passphrase_label(passphrase), moderators, client: None }
    }

    /// Admits people who sign in with an OpenID Connect provider, as this client of it. With another moderator
    /// claim it is another policy: otherwise moderators by the old claim would stay moderators.
    pub fn oidc(client: OidcClient, moderators: Vec<PersonId>) -> Self {
        let OidcClient { issuer, id, moderator_claim } = &client;
        let claim = moderator_claim.as_ref().map(ToString::to_string).unwrap_or_default();
        let label = format!("oidc {id} {} {claim}", issuer.as_str());
        Self { access: AccessMode::Oidc, label, moderators, client: Some(client) }
    }

    /// Returns the OpenID Connect client, with `AccessMode::Oidc`.
    pub fn client(&self) -> Option<&OidcClient> {
        self.client.as_ref()
    }

    /// Returns a text that a stored item keeps, to tell later whether the policy was another one when it was written. It is salted, so that
    /// nobody finds out at once from many items whose passphrase is a common one.
    pub(crate) fn mark(&self, salt: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(salt);
        hash.update(&self.label);
        BASE64.encode(&hash.finalize()[..12])
    }

    /// Returns the configured moderators.
    pub fn moderators(&self) -> &[PersonId] {
        &self.moderators
    }

    /// Returns whether the passphrase is right. Hashes are compared in constant time, so the duration does not reveal how much of
    /// it is right.
    pub fn verify_passphrase(&self, passphrase: &str) -> bool {
        let is_equal = self.label.as_bytes().ct_eq(passphrase_label(passphrase).as_bytes());
        self.access == AccessMode::Passphrase && bool::from(is_equal)
    }
}

fn passphrase_label(passphrase: &str) -> String {
    format!("passphrase {}", BASE64.encode(Sha256::digest(passphrase)))
}

impl ModeratorClaim {
    /// Returns whether these claims make a person a moderator.
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
    fn only_the_configured_passphrase_is_accepted() {
        let policy = AccessPolicy::passphrase("open sesame", Vec::new());
        assert!(policy.verify_passphrase("open sesame"));
        for wrong in ["", "open sesam", "open sesame ", "Open sesame", "open sesame\0"] {
            assert!(!policy.verify_passphrase(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn all_characters_of_a_long_passphrase_count() {
        // 300 three-byte characters, percent-encoded, fit into a form (`FORM_BYTES` in `chat-http`).
        let policy = AccessPolicy::passphrase(&"開".repeat(300), Vec::new());
        assert!(policy.verify_passphrase(&"開".repeat(300)));
        for wrong in ["開".repeat(299), "開".repeat(301), "開".repeat(299) + "閉"] {
            assert!(!policy.verify_passphrase(&wrong), "{} characters", wrong.chars().count());
        }
    }

    #[test]
    fn a_policy_without_a_passphrase_accepts_none() {
        let client =
            OidcClient { issuer: "https://a.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
        for policy in [AccessPolicy::open(Vec::new()), AccessPolicy::oidc(client, Vec::new())] {
            assert!(!policy.verify_passphrase(""));
            assert!(!policy.verify_passphrase(&policy.label));
        }
    }

    #[test]
    fn a_moderator_claim_matches_a_text_or_an_item_of_a_list() {
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
