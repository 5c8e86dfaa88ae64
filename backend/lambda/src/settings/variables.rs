//! Reads single variables and checks them.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use chat::{
    access::{
        origin::{Origin, Origins},
        policy::AccessPolicy,
        rate_limit::RateLimits,
    },
    presence::large_rooms::DIRECT_LISTENERS,
};
use platform::settings::{AccessSettings, BadSetting, Setting};
use shared_types::{AccessMode, PersonId, limits};
use store_aws::clients::Account;

use super::BadVariable;
use crate::cloudfront::OriginKey;

/// Maximum of `LIMIT_CONNECTION_COUNT`. At 8,000 posts a second a message reaches everybody in a room of 40,000 within 5 s, and their
/// heartbeats, one in five minutes each, are 133 requests a second.
const MAX_CONNECTIONS: u32 = 40_000;

/// Maximum number of sockets without workers for large rooms.
const SMALL_CHAT: u32 = DIRECT_LISTENERS as u32;

/// The source of variables: the environment, or a test.
pub(super) struct Variables<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    /// Returns a variable. An empty value counts as unset, because a template cannot leave a variable out.
    pub(super) fn optional(&self, name: &'static str) -> Option<String> {
        (self.0)(name).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn account(&self) -> Result<Account, BadVariable> {
        Ok(Account {
            region: self.text("AWS_REGION")?,
            access_key_id: self.text("AWS_ACCESS_KEY_ID")?,
            secret_access_key: self.text("AWS_SECRET_ACCESS_KEY")?,
            session_token: self.optional("AWS_SESSION_TOKEN"),
            endpoint: self.optional("AWS_ENDPOINT_URL"),
        })
    }

    pub(super) fn text(&self, name: &'static str) -> Result<String, BadVariable> {
        self.optional(name).ok_or_else(|| BadVariable { name, problem: "is not set".into() })
    }

    pub(super) fn number<N>(&self, name: &'static str, range: RangeInclusive<N>) -> Result<N, BadVariable>
    where
        N: FromStr + PartialOrd + Display,
    {
        let text = self.text(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        let problem = || format!("must be a number from {} to {} and is {text:?}", range.start(), range.end());
        number.ok_or_else(|| BadVariable { name, problem: problem() })
    }

    /// Returns an address with a scheme or its secure form: `http` accepts `http://…` and `https://…`.
    pub(super) fn address(&self, name: &'static str, scheme: &str) -> Result<String, BadVariable> {
        let text = self.text(name)?;
        let rest = text.strip_prefix(scheme).map(|rest| rest.strip_prefix('s').unwrap_or(rest));
        if rest.is_some_and(|rest| rest.starts_with("://")) {
            return Ok(text);
        }
        Err(BadVariable { name, problem: format!("must begin with {scheme}s:// and is {text:?}") })
    }

    /// Returns the keys. If there is none, it is an error, so that no mistake in the template opens the APIs.
    pub(super) fn origin_key(&self) -> Result<OriginKey, BadVariable> {
        let name = "ORIGIN_KEY";
        let keys = self.list(name)?;
        match keys.as_slice() {
            [] => Err(BadVariable { name, problem: "has no key".into() }),
            [one] if one == "none" => Ok(OriginKey::NoCloudFront),
            _ => Ok(OriginKey::Required(keys)),
        }
    }

    pub(super) fn rates(&self) -> Result<RateLimits, BadVariable> {
        let rate = |name| self.number(name, 0..=limits::MAX_RATE);
        Ok(RateLimits { person: rate("LIMIT_PERSON_RATE")?, address: rate("LIMIT_ADDRESS_RATE")? })
    }

    pub(super) fn origins(&self) -> Result<Origins, BadVariable> {
        let name = "PAGE_ORIGINS";
        let listed = Origin::all(&self.list(name)?);
        listed.map(Origins::listed).map_err(|problem| BadVariable { name, problem: format!("is not right: {problem}") })
    }

    /// Returns the values between commas without empty ones.
    pub(super) fn list(&self, name: &'static str) -> Result<Vec<String>, BadVariable> {
        Ok(self.text(name)?.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect())
    }

    pub(super) fn access(&self) -> Result<AccessMode, BadVariable> {
        let name = "ACCESS";
        self.text(name)?.parse().map_err(|problem: &str| BadVariable { name, problem: problem.into() })
    }

    pub(super) fn access_policy(&self) -> Result<AccessPolicy, BadVariable> {
        let names = ["PASSPHRASE", "OIDC_ISSUER", "OIDC_CLIENT_ID", "MODERATORS", "OIDC_MODERATOR_CLAIM"];
        let values = names.map(|name| self.optional(name));
        let set = |at: usize| Setting { name: names[at], value: values[at].as_deref() };
        let [passphrase, issuer, client_id, moderators, moderator_claim] = [0, 1, 2, 3, 4].map(set);
        let access_policy =
            AccessSettings { access: self.access()?, passphrase, issuer, client_id, moderators, moderator_claim }
                .access_policy();
        access_policy.map_err(|BadSetting { name, problem }| BadVariable { name, problem })
    }

    pub(super) fn moderators(&self) -> Result<Vec<PersonId>, BadVariable> {
        let (name, value) = ("MODERATORS", self.optional("MODERATORS"));
        let listed = Setting { name, value: value.as_deref() }.ids();
        listed.map_err(|BadSetting { name, problem }| BadVariable { name, problem })
    }

    pub(super) fn page_size(&self) -> Result<usize, BadVariable> {
        self.number("LIMIT_MESSAGE_COUNT", 1..=limits::PAGE_MESSAGES)
    }

    /// Without workers for large rooms, more sockets than `send` posts to itself are not admitted.
    pub(super) fn connection_limit(&self) -> Result<u32, BadVariable> {
        let has_workers = self.text("LARGE_ROOMS")? == "on";
        let limit = self.number("LIMIT_CONNECTION_COUNT", 1..=MAX_CONNECTIONS)?;
        if limit > SMALL_CHAT && !has_workers {
            tracing::error!(limit, SMALL_CHAT, "limit lowered: deploy with LargeRooms=on for more sockets than that");
            return Ok(SMALL_CHAT);
        }
        Ok(limit)
    }

    pub(super) fn direct_listeners(&self) -> Result<usize, BadVariable> {
        self.number("DIRECT_LISTENERS", 1..=MAX_CONNECTIONS as usize)
    }

    pub(super) fn retention(&self) -> Result<Option<Duration>, BadVariable> {
        // A hundred years, so that adding the retention to a time cannot overflow.
        let days: u64 = self.number("MESSAGE_RETENTION_DAYS", 0..=36_500)?;
        Ok((days > 0).then(|| Duration::from_secs(days * 24 * 60 * 60)))
    }
}
