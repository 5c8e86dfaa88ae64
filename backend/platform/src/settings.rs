//! Who may enter, as both homes are told it.

use chat::access::policy::{AccessPolicy, ModeratorClaim, OidcClient};
use shared_types::{AccessMode, PersonId};

/// The shortest passphrase. Everybody of a chat shares it, and 144,000 can be tried in a day over all addresses
/// (`limits::PASSPHRASE_ATTEMPTS`): of 8 characters the usual words are gone through in a week.
const PASSPHRASE_CHARS: usize = 12;

/// A setting that is missing, of no use, or at odds with another.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct BadSetting {
    /// Its name.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// A setting under the name by which it is known where it is set.
pub struct Setting<'a> {
    /// The name of the flag or of the environment variable.
    pub name: &'static str,
    /// The value, if it is set.
    pub value: Option<&'a str>,
}

/// The settings of a door.
pub struct AccessSettings<'a> {
    /// How people are let in.
    pub access: AccessMode,
    /// The passphrase, for [`AccessMode::Passphrase`].
    pub passphrase: Setting<'a>,
    /// The address of the provider, for [`AccessMode::Oidc`].
    pub issuer: Setting<'a>,
    /// The id of the chat at the provider, for [`AccessMode::Oidc`].
    pub client_id: Setting<'a>,
    /// The ids of the configured moderators, with commas.
    pub moderators: Setting<'a>,
    /// The claim that makes somebody a moderator, for [`AccessMode::Oidc`].
    pub moderator_claim: Setting<'a>,
}

impl AccessSettings<'_> {
    /// The door of these settings.
    pub fn access_policy(&self) -> Result<AccessPolicy, BadSetting> {
        let moderators = self.moderators.ids()?;
        let of_provider = [&self.issuer, &self.client_id, &self.moderator_claim];
        match self.access {
            AccessMode::Open => {
                self.without(&[&self.passphrase])?;
                self.without(&of_provider)?;
                Ok(AccessPolicy::open(moderators))
            }
            AccessMode::Passphrase => {
                self.without(&of_provider)?;
                let passphrase = self.passphrase.needed()?;
                if passphrase.chars().count() < PASSPHRASE_CHARS {
                    return Err(self.passphrase.bad(&format!("must have at least {PASSPHRASE_CHARS} characters")));
                }
                Ok(AccessPolicy::passphrase(passphrase, moderators))
            }
            AccessMode::Oidc => {
                self.without(&[&self.passphrase])?;
                let issuer = self.issuer.needed()?.parse().map_err(|problem| self.issuer.bad(problem))?;
                let id = self.client_id.needed()?.to_owned();
                let moderator_claim = self.moderator_claim.value.map(str::parse::<ModeratorClaim>).transpose();
                let moderator_claim = moderator_claim.map_err(|problem| self.moderator_claim.bad(problem))?;
                Ok(AccessPolicy::oidc(OidcClient { issuer, id, moderator_claim }, moderators))
            }
        }
    }

    /// What belongs to another kind of door is a mistake, and better known before anybody comes in by this one.
    fn without(&self, others: &[&Setting<'_>]) -> Result<(), BadSetting> {
        match others.iter().find(|setting| setting.value.is_some()) {
            None => Ok(()),
            Some(other) => {
                let word = match self.access {
                    AccessMode::Open => "open",
                    AccessMode::Passphrase => "passphrase",
                    AccessMode::Oidc => "oidc",
                };
                Err(other.bad(&format!("is set, but has no use where access is {word}")))
            }
        }
    }
}

impl Setting<'_> {
    /// The people whose ids stand between commas.
    pub fn ids(&self) -> Result<Vec<PersonId>, BadSetting> {
        let ids = self.value.unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty());
        ids.map(|id| id.parse().map_err(|_| self.bad(&format!("has {id:?}, which is nobody's id")))).collect()
    }

    fn needed(&self) -> Result<&str, BadSetting> {
        self.value.ok_or_else(|| self.bad("is not set"))
    }

    fn bad(&self, problem: &str) -> BadSetting {
        BadSetting { name: self.name, problem: problem.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with these settings, in the order passphrase, issuer, client, moderators, claim.
    fn problem(access: AccessMode, [passphrase, issuer, client_id, moderators, claim]: [&str; 5]) -> String {
        fn set<'a>(name: &'static str, value: &'a str) -> Setting<'a> {
            Setting { name, value: (!value.is_empty()).then_some(value) }
        }
        let entrance = AccessSettings {
            access,
            passphrase: set("passphrase", passphrase),
            issuer: set("issuer", issuer),
            client_id: set("client", client_id),
            moderators: set("moderators", moderators),
            moderator_claim: set("claim", claim),
        };
        entrance.access_policy().err().map(|bad| bad.to_string()).unwrap_or_default()
    }

    #[test]
    fn settings_that_fit_make_a_door() {
        assert_eq!(problem(AccessMode::Open, ["", "", "", "", ""]), "");
        assert_eq!(problem(AccessMode::Open, ["", "", "", " ann, ben ,", ""]), "");
        assert_eq!(problem(AccessMode::Passphrase, ["123456789012", "", "", "", ""]), "");
        assert_eq!(problem(AccessMode::Passphrase, ["ひらけゴマひらけゴマ開け", "", "", "", ""]), "");
        assert_eq!(problem(AccessMode::Oidc, ["", "https://a.example/x/", "chat", "ann", "groups=mods"]), "");
    }

    #[test]
    fn a_setting_that_is_missing_bad_or_at_odds_is_named() {
        for (access, settings, expected) in [
            (AccessMode::Passphrase, ["", "", "", "", ""], "passphrase is not set"),
            (AccessMode::Passphrase, ["1234567", "", "", "", ""], "passphrase must have at least 12 characters"),
            (AccessMode::Oidc, ["", "", "chat", "", ""], "issuer is not set"),
            (
                AccessMode::Oidc,
                ["", "http://a.example", "chat", "", ""],
                "issuer must be an address that begins with https://, or with http:// on this machine's loopback",
            ),
            (AccessMode::Oidc, ["", "https://a.example", "", "", ""], "client is not set"),
            (
                AccessMode::Oidc,
                ["", "https://a.example", "x", "", "y"],
                "claim must be a claim and its value, such as groups=chat-moderators",
            ),
            (AccessMode::Open, ["", "", "", "ann,b n", ""], "moderators has \"b n\", which is nobody's id"),
            (
                AccessMode::Open,
                ["123456789012", "", "", "", ""],
                "passphrase is set, but has no use where access is open",
            ),
            (AccessMode::Open, ["", "", "", "", "groups=x"], "claim is set, but has no use where access is open"),
            (
                AccessMode::Passphrase,
                ["12345678", "https://a.example", "", "", ""],
                "issuer is set, but has no use where access is passphrase",
            ),
            (
                AccessMode::Oidc,
                ["12345678", "https://a.example", "x", "", ""],
                "passphrase is set, but has no use where access is oidc",
            ),
        ] {
            assert_eq!(problem(access, settings), expected);
        }
    }
}
