//! The access settings of both deployments.

use chat::access::policy::{AccessPolicy, ModeratorClaim, OidcClient};
use shared_types::{AccessMode, PersonId};

/// Minimum length of a passphrase. All people of a chat share it, and 144,000 attempts a day are possible over all addresses
/// (`limits::ATTEMPTS`): common passphrases of 8 characters could be guessed in a week.
const PASSPHRASE_CHARS: usize = 12;

/// A setting that is missing, invalid, or in conflict with another.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct BadSetting {
    /// The name of the flag or of the environment variable.
    pub name: &'static str,
    /// What is wrong with the value. It continues a sentence that begins with the name.
    pub problem: String,
}

/// A setting with its name in the deployment.
pub struct Setting<'a> {
    /// The name of the flag or of the environment variable.
    pub name: &'static str,
    /// The value, if it is set.
    pub value: Option<&'a str>,
}

/// The settings that make an access policy.
pub struct AccessSettings<'a> {
    /// The access mode.
    pub access: AccessMode,
    /// The passphrase, for [`AccessMode::Passphrase`].
    pub passphrase: Setting<'a>,
    /// The issuer address of the provider, for [`AccessMode::Oidc`].
    pub issuer: Setting<'a>,
    /// The client id of the chat at the provider, for [`AccessMode::Oidc`].
    pub client_id: Setting<'a>,
    /// The ids of the configured moderators, separated by commas.
    pub moderators: Setting<'a>,
    /// The claim and value that make a person a moderator, for [`AccessMode::Oidc`].
    pub moderator_claim: Setting<'a>,
}

impl AccessSettings<'_> {
    /// Returns the access policy of these settings.
    ///
    /// # Errors
    ///
    /// Returns [`BadSetting`] for the first setting that is missing, invalid, or not used in this access mode.
    pub fn access_policy(&self) -> Result<AccessPolicy, BadSetting> {
        let moderators = self.moderators.ids()?;
        let provider_settings = [&self.issuer, &self.client_id, &self.moderator_claim];
        match self.access {
            AccessMode::Open => {
                self.reject_unused(&[&self.passphrase])?;
                self.reject_unused(&provider_settings)?;
                Ok(AccessPolicy::open(moderators))
            }
            AccessMode::Passphrase => {
                self.reject_unused(&provider_settings)?;
                let passphrase = self.passphrase.required()?;
                if passphrase.chars().count() < PASSPHRASE_CHARS {
                    return Err(self.passphrase.bad(&format!("must have at least {PASSPHRASE_CHARS} characters")));
                }
                Ok(AccessPolicy::passphrase(passphrase, moderators))
            }
            AccessMode::Oidc => {
                self.reject_unused(&[&self.passphrase])?;
                let issuer = self.issuer.required()?.parse().map_err(|problem| self.issuer.bad(problem))?;
                let id = self.client_id.required()?.to_owned();
                let moderator_claim = self.moderator_claim.value.map(str::parse::<ModeratorClaim>).transpose();
                let moderator_claim = moderator_claim.map_err(|problem| self.moderator_claim.bad(problem))?;
                Ok(AccessPolicy::oidc(OidcClient { issuer, id, moderator_claim }, moderators))
            }
        }
    }

    /// Rejects settings of another access mode. They are a mistake of the owner, who learns of it before the chat starts.
    fn reject_unused(&self, others: &[&Setting<'_>]) -> Result<(), BadSetting> {
        match others.iter().find(|setting| setting.value.is_some()) {
            None => Ok(()),
            Some(other) => {
                let access = match self.access {
                    AccessMode::Open => "open",
                    AccessMode::Passphrase => "passphrase",
                    AccessMode::Oidc => "oidc",
                };
                Err(other.bad(&format!("is set, but has no use where access is {access}")))
            }
        }
    }
}

impl Setting<'_> {
    /// Returns the ids of a list that is separated by commas.
    ///
    /// # Errors
    ///
    /// Returns [`BadSetting`] for the first item that is not the id of a person.
    pub fn ids(&self) -> Result<Vec<PersonId>, BadSetting> {
        let ids = self.value.unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty());
        ids.map(|id| id.parse().map_err(|_| self.bad(&format!("has {id:?}, which is nobody's id")))).collect()
    }

    fn required(&self) -> Result<&str, BadSetting> {
        self.value.ok_or_else(|| self.bad("is not set"))
    }

    fn bad(&self, problem: &str) -> BadSetting {
        BadSetting { name: self.name, problem: problem.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the problem of these settings, which are passphrase, issuer, client, moderators and claim.
    fn problem(access: AccessMode, [passphrase, issuer, client_id, moderators, claim]: [&str; 5]) -> String {
        fn set<'a>(name: &'static str, value: &'a str) -> Setting<'a> {
            Setting { name, value: (!value.is_empty()).then_some(value) }
        }
        let settings = AccessSettings {
            access,
            passphrase: set("passphrase", passphrase),
            issuer: set("issuer", issuer),
            client_id: set("client", client_id),
            moderators: set("moderators", moderators),
            moderator_claim: set("claim", claim),
        };
        settings.access_policy().err().map(|bad| bad.to_string()).unwrap_or_default()
    }

    #[test]
    fn valid_settings_make_an_access_policy() {
        assert_eq!(problem(AccessMode::Open, ["", "", "", "", ""]), "");
        assert_eq!(problem(AccessMode::Open, ["", "", "", " ann, ben ,", ""]), "");
        assert_eq!(problem(AccessMode::Passphrase, ["123456789012", "", "", "", ""]), "");
        assert_eq!(problem(AccessMode::Passphrase, ["ひらけゴマひらけゴマ開け", "", "", "", ""]), "");
        assert_eq!(problem(AccessMode::Oidc, ["", "https://a.example/x/", "chat", "ann", "groups=mods"]), "");
    }

    #[test]
    fn a_bad_setting_is_named() {
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
