//! The settings of the functions, one type for each. `template.yml` sets the variables; Lambda sets those of the account.

use std::{env, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

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

use crate::cloudfront::OriginKey;

/// An environment variable that is missing or invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}")]
pub struct BadVariable {
    /// Its name.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// Maximum of `LIMIT_CONNECTION_COUNT`. At [`POST_RATE`] a message reaches everybody in a room of 40,000 within 5 s, and their
/// heartbeats, one in five minutes each, are 133 requests a second.
const MAX_CONNECTIONS: u32 = 40_000;

/// Maximum number of sockets without workers for large rooms.
const SMALL_CHAT: u32 = DIRECT_LISTENERS as u32;

/// Range of `POST_RATE`. An account has 10,000 requests a second by default over everything, 2,500 in some regions. A worker posts half of it
/// for 8 s, and begins with up to ten shards of 500 to 750 listeners.
const POST_RATE: RangeInclusive<u32> = 2_000..=100_000;

/// Number of workers that run at once: `MaximumConcurrency` in template.yml, and the least that Lambda allows.
const WORKERS: u32 = 2;

/// The settings of the function `connect`.
pub struct ConnectSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `LIMIT_CONNECTION_COUNT`, over all rooms
    pub connection_limit: u32,
    /// `LIMIT_PERSON_RATE` and `LIMIT_ADDRESS_RATE`, a minute; 0 is no limit
    pub rates: RateLimits,
    /// `PAGE_ORIGINS`, the origins of the chat's own page, with commas
    pub origins: Origins,
    /// `ORIGIN_KEY`, the secret that identifies CloudFront; `none` on an AWS emulator, which has no CloudFront
    pub origin_key: OriginKey,
    /// `ACCESS` and what it needs: `PASSPHRASE`, `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_MODERATOR_CLAIM`, `MODERATORS`
    pub access_policy: AccessPolicy,
}

/// The settings of the function `disconnect`.
pub struct DisconnectSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
}

/// The settings of the function `cron`.
pub struct CronSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `IMAGE_BUCKET_NAME`
    pub image_bucket: String,
}

/// The settings of the function `send`.
pub struct SendSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `MESSAGE_TABLE_NAME`
    pub message_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `IMAGE_BUCKET_NAME`
    pub image_bucket: String,
    /// `LIMIT_MESSAGE_COUNT`, maximum number of messages in one answer
    pub page_size: usize,
    /// `ACCESS`
    pub access: AccessMode,
    /// `MODERATORS`, the ids of the configured moderators, with commas
    pub moderators: Vec<PersonId>,
    /// `MESSAGE_RETENTION_DAYS`; `None` keeps messages for ever.
    pub retention: Option<Duration>,
    /// `LIMIT_PERSON_RATE` and `LIMIT_ADDRESS_RATE`, a minute; 0 is no limit
    pub rates: RateLimits,
    /// `METRICS_NAMESPACE`, the namespace of the function's metrics in CloudWatch; `None` prints no metrics.
    pub metrics_namespace: Option<String>,
    /// `SHARD_QUEUE_URL`
    pub shard_queue: String,
    /// `DIRECT_LISTENERS`, maximum number of listeners that this function posts to itself
    pub direct_listeners: usize,
}

/// The settings of the function `deliver`.
pub struct DeliverSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `CONNECTIONS_ENDPOINT`, `https://…/ws`
    pub connections_endpoint: String,
    /// `SHARD_QUEUE_URL`
    pub shard_queue: String,
    /// `DIRECT_LISTENERS`, the same as of `send`
    pub direct_listeners: usize,
    /// This worker's part of `POST_RATE`, the number of posts a second of all workers
    pub posts_per_second: u32,
}

/// The settings of the function `front`.
pub struct FrontSettings {
    /// The account it runs in.
    pub account: Account,
    /// `CONNECTION_TABLE_NAME`
    pub connection_table: String,
    /// `MESSAGE_TABLE_NAME`
    pub message_table: String,
    /// `LIMIT_MESSAGE_COUNT`, maximum number of messages on the page
    pub page_size: usize,
    /// `MESSAGE_RETENTION_DAYS`; `None` keeps messages for ever.
    pub retention: Option<Duration>,
    /// `ASSET_BUCKET_NAME`
    pub asset_bucket: String,
    /// `WEBSOCKET_URI`, `wss://…/ws`
    pub socket: String,
    /// As in [`ConnectSettings`].
    pub origin_key: OriginKey,
    /// `UPLOAD_ORIGIN`, `https://…`: where browsers upload images. An emulator has its buckets at its only address.
    pub uploads: String,
    /// As in [`ConnectSettings`].
    pub access_policy: AccessPolicy,
    /// `PAGE_ORIGINS`, the origins of the chat's own page, with commas; the first is the one that a provider redirects to
    pub origins: Origins,
}

macro_rules! read_from_environment {
    ($($settings:ident),*) => {$(
        impl $settings {
            /// Reads the environment of this process.
            ///
            /// # Errors
            ///
            /// [`BadVariable`] names the first variable that is missing or invalid.
            pub fn from_environment() -> Result<Self, BadVariable> {
                Self::read(&Variables(&from_environment))
            }
        }
    )*};
}

read_from_environment!(ConnectSettings, DisconnectSettings, CronSettings, SendSettings, DeliverSettings, FrontSettings);

impl ConnectSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connection_limit: variables.connection_limit()?,
            rates: variables.rates()?,
            origins: variables.origins()?,
            origin_key: variables.origin_key()?,
            access_policy: variables.access_policy()?,
        })
    }
}

impl DisconnectSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
        })
    }
}

impl CronSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            image_bucket: variables.text("IMAGE_BUCKET_NAME")?,
        })
    }
}

impl SendSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            message_table: variables.text("MESSAGE_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            image_bucket: variables.text("IMAGE_BUCKET_NAME")?,
            page_size: variables.page_size()?,
            access: variables.access()?,
            moderators: variables.moderators()?,
            retention: variables.retention()?,
            rates: variables.rates()?,
            metrics_namespace: variables.optional("METRICS_NAMESPACE"),
            shard_queue: variables.address("SHARD_QUEUE_URL", "http")?,
            direct_listeners: variables.direct_listeners()?,
        })
    }
}

impl DeliverSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        Ok(Self {
            account: variables.account()?,
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            connections_endpoint: variables.address("CONNECTIONS_ENDPOINT", "http")?,
            shard_queue: variables.address("SHARD_QUEUE_URL", "http")?,
            direct_listeners: variables.direct_listeners()?,
            posts_per_second: variables.number("POST_RATE", POST_RATE)? / WORKERS,
        })
    }
}

impl FrontSettings {
    fn read(variables: &Variables<'_>) -> Result<Self, BadVariable> {
        let account = variables.account()?;
        let uploads = variables.address("UPLOAD_ORIGIN", "http")?;
        Ok(Self {
            connection_table: variables.text("CONNECTION_TABLE_NAME")?,
            message_table: variables.text("MESSAGE_TABLE_NAME")?,
            page_size: variables.page_size()?,
            retention: variables.retention()?,
            asset_bucket: variables.text("ASSET_BUCKET_NAME")?,
            socket: variables.address("WEBSOCKET_URI", "ws")?,
            origin_key: variables.origin_key()?,
            uploads: account.endpoint.clone().unwrap_or(uploads),
            account,
            access_policy: variables.access_policy()?,
            origins: variables.origins()?,
        })
    }
}

fn from_environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// The source of variables: the environment, or a test.
struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    /// Returns a variable. An empty value counts as unset, because a template cannot leave a variable out.
    fn optional(&self, name: &'static str) -> Option<String> {
        (self.0)(name).filter(|value| !value.trim().is_empty())
    }

    fn account(&self) -> Result<Account, BadVariable> {
        Ok(Account {
            region: self.text("AWS_REGION")?,
            access_key_id: self.text("AWS_ACCESS_KEY_ID")?,
            secret_access_key: self.text("AWS_SECRET_ACCESS_KEY")?,
            session_token: self.optional("AWS_SESSION_TOKEN"),
            endpoint: self.optional("AWS_ENDPOINT_URL"),
        })
    }

    fn text(&self, name: &'static str) -> Result<String, BadVariable> {
        self.optional(name).ok_or_else(|| BadVariable { name, problem: "is not set".into() })
    }

    fn number<N>(&self, name: &'static str, range: RangeInclusive<N>) -> Result<N, BadVariable>
    where
        N: FromStr + PartialOrd + Display,
    {
        let text = self.text(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        let problem = || format!("must be a number from {} to {} and is {text:?}", range.start(), range.end());
        number.ok_or_else(|| BadVariable { name, problem: problem() })
    }

    /// Returns an address with a scheme or its secure form: `http` accepts `http://…` and `https://…`.
    fn address(&self, name: &'static str, scheme: &str) -> Result<String, BadVariable> {
        let text = self.text(name)?;
        let rest = text.strip_prefix(scheme).map(|rest| rest.strip_prefix('s').unwrap_or(rest));
        if rest.is_some_and(|rest| rest.starts_with("://")) {
            return Ok(text);
        }
        Err(BadVariable { name, problem: format!("must begin with {scheme}s:// and is {text:?}") })
    }

    /// Returns the key. A missing one is an error, so that no mistake in the template opens the APIs.
    fn origin_key(&self) -> Result<OriginKey, BadVariable> {
        let key = self.text("ORIGIN_KEY")?;
        Ok(if key == "none" { OriginKey::NoCloudFront } else { OriginKey::Required(key) })
    }

    fn rates(&self) -> Result<RateLimits, BadVariable> {
        let rate = |name| self.number(name, 0..=limits::MAX_RATE);
        Ok(RateLimits { person: rate("LIMIT_PERSON_RATE")?, address: rate("LIMIT_ADDRESS_RATE")? })
    }

    fn origins(&self) -> Result<Origins, BadVariable> {
        let name = "PAGE_ORIGINS";
        let listed = Origin::all(&self.list(name)?);
        listed.map(Origins::listed).map_err(|problem| BadVariable { name, problem: format!("is not right: {problem}") })
    }

    /// Returns the values between commas without empty ones.
    fn list(&self, name: &'static str) -> Result<Vec<String>, BadVariable> {
        Ok(self.text(name)?.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect())
    }

    fn access(&self) -> Result<AccessMode, BadVariable> {
        let name = "ACCESS";
        self.text(name)?.parse().map_err(|problem: &str| BadVariable { name, problem: problem.into() })
    }

    fn access_policy(&self) -> Result<AccessPolicy, BadVariable> {
        let names = ["PASSPHRASE", "OIDC_ISSUER", "OIDC_CLIENT_ID", "MODERATORS", "OIDC_MODERATOR_CLAIM"];
        let values = names.map(|name| self.optional(name));
        let set = |at: usize| Setting { name: names[at], value: values[at].as_deref() };
        let [passphrase, issuer, client_id, moderators, moderator_claim] = [0, 1, 2, 3, 4].map(set);
        let access_policy =
            AccessSettings { access: self.access()?, passphrase, issuer, client_id, moderators, moderator_claim }
                .access_policy();
        access_policy.map_err(|BadSetting { name, problem }| BadVariable { name, problem })
    }

    fn moderators(&self) -> Result<Vec<PersonId>, BadVariable> {
        let (name, value) = ("MODERATORS", self.optional("MODERATORS"));
        let listed = Setting { name, value: value.as_deref() }.ids();
        listed.map_err(|BadSetting { name, problem }| BadVariable { name, problem })
    }

    fn page_size(&self) -> Result<usize, BadVariable> {
        self.number("LIMIT_MESSAGE_COUNT", 1..=limits::PAGE_MESSAGES)
    }

    /// Without workers for large rooms, more sockets than `send` posts to itself are not admitted.
    fn connection_limit(&self) -> Result<u32, BadVariable> {
        let has_workers = self.text("LARGE_ROOMS")? == "on";
        let limit = self.number("LIMIT_CONNECTION_COUNT", 1..=MAX_CONNECTIONS)?;
        if limit > SMALL_CHAT && !has_workers {
            tracing::error!(limit, SMALL_CHAT, "limit lowered: deploy with LargeRooms=on for more sockets than that");
            return Ok(SMALL_CHAT);
        }
        Ok(limit)
    }

    fn direct_listeners(&self) -> Result<usize, BadVariable> {
        self.number("DIRECT_LISTENERS", 1..=MAX_CONNECTIONS as usize)
    }

    fn retention(&self) -> Result<Option<Duration>, BadVariable> {
        // A hundred years, so that adding the retention to a time cannot overflow.
        let days: u64 = self.number("MESSAGE_RETENTION_DAYS", 0..=36_500)?;
        Ok((days > 0).then(|| Duration::from_secs(days * 24 * 60 * 60)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const GOOD: &[(&str, &str)] = &[
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
        ("AWS_SESSION_TOKEN", ""),
        ("CONNECTION_TABLE_NAME", "chat-connections"),
        ("MESSAGE_TABLE_NAME", "chat-messages"),
        ("CONNECTIONS_ENDPOINT", "https://a.execute-api.eu-central-1.amazonaws.com/ws"),
        ("LIMIT_CONNECTION_COUNT", "1000"),
        ("LIMIT_MESSAGE_COUNT", "100"),
        ("LIMIT_PERSON_RATE", "60"),
        ("LIMIT_ADDRESS_RATE", "600"),
        ("PAGE_ORIGINS", "https://d111111abcdef8.cloudfront.net,"),
        ("MESSAGE_RETENTION_DAYS", "30"),
        ("ACCESS", "open"),
        ("ASSET_BUCKET_NAME", "chat-assets"),
        ("IMAGE_BUCKET_NAME", "chat-images"),
        ("WEBSOCKET_URI", "wss://d111111abcdef8.cloudfront.net/ws"),
        ("ORIGIN_KEY", "key"),
        ("SHARD_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/chat-shards.fifo"),
        ("DIRECT_LISTENERS", "2000"),
        ("LARGE_ROOMS", "off"),
        ("POST_RATE", "8000"),
        ("UPLOAD_ORIGIN", "https://chat-images.s3.eu-central-1.amazonaws.com"),
    ];

    /// Reads all settings from the good variables with one of them changed. Returns the errors.
    fn problems(name: &str, value: Option<&str>) -> Vec<String> {
        let lookup = |wanted: &str| {
            let good = GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
            if wanted == name { value } else { good }.map(str::to_owned)
        };
        let variables = Variables(&lookup);
        let all = [
            ConnectSettings::read(&variables).err(),
            DisconnectSettings::read(&variables).err(),
            CronSettings::read(&variables).err(),
            SendSettings::read(&variables).err(),
            DeliverSettings::read(&variables).err(),
            FrontSettings::read(&variables).err(),
        ];
        all.into_iter().flatten().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn the_variables_of_the_template_are_accepted() {
        assert_eq!(problems("", None), [""; 0]);
    }

    /// Returns the names of the variables that settings read, without those that Lambda sets.
    fn names<T>(read: fn(&Variables<'_>) -> Result<T, BadVariable>) -> Vec<String> {
        let names = RefCell::new(Vec::new());
        let lookup = |wanted: &str| {
            names.borrow_mut().push(wanted.to_owned());
            GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        };
        assert!(read(&Variables(&lookup)).is_ok());
        names.into_inner().into_iter().filter(|name| !name.starts_with("AWS_")).collect()
    }

    #[test]
    fn the_template_sets_every_variable_that_a_function_reads() {
        let template = include_str!("../../../template.yml");
        let globals = &template[template.find("\nGlobals:").unwrap()..template.find("\nResources:").unwrap()];
        for (function, names) in [
            ("DeliverFunction", names(DeliverSettings::read)),
            ("ConnectFunction", names(ConnectSettings::read)),
            ("DisconnectFunction", names(DisconnectSettings::read)),
            ("CronFunction", names(CronSettings::read)),
            ("SendFunction", names(SendSettings::read)),
            ("FrontFunction", names(FrontSettings::read)),
        ] {
            let resource = &template[template.find(&format!("\n  {function}:\n")).unwrap()..];
            let resource = &resource[..resource.find("\n\n").unwrap()];
            for name in names {
                let set = format!(" {name}: ");
                assert!(resource.contains(&set) || globals.contains(&set), "{function} reads {name}");
            }
        }
    }

    #[test]
    fn a_missing_variable_is_named() {
        for (name, _) in GOOD.iter().filter(|(name, _)| *name != "AWS_SESSION_TOKEN") {
            let problems = problems(name, None);
            assert!(!problems.is_empty(), "{name} is needed");
            assert!(problems.iter().all(|problem| *problem == format!("the environment variable {name} is not set")));
        }
    }

    #[test]
    fn an_invalid_variable_is_named_with_the_expected_value() {
        let check = |name, value, says| assert_eq!(problems(name, Some(value)).first().map(String::as_str), Some(says));
        check(
            "LIMIT_MESSAGE_COUNT",
            "101",
            "the environment variable LIMIT_MESSAGE_COUNT must be a number from 1 to 100 and is \"101\"",
        );
        check(
            "LIMIT_CONNECTION_COUNT",
            "many",
            "the environment variable LIMIT_CONNECTION_COUNT must be a number from 1 to 40000 and is \"many\"",
        );
        check(
            "WEBSOCKET_URI",
            "https://a",
            "the environment variable WEBSOCKET_URI must begin with wss:// and is \"https://a\"",
        );
        check(
            "UPLOAD_ORIGIN",
            "chat-images",
            "the environment variable UPLOAD_ORIGIN must begin with https:// and is \"chat-images\"",
        );
        check("ACCESS", "closed", "the environment variable ACCESS must be open, passphrase or oidc");
        check("ACCESS", "passphrase", "the environment variable PASSPHRASE is not set");
        check("ACCESS", "oidc", "the environment variable OIDC_ISSUER is not set");
        check(
            "PASSPHRASE",
            "open sesame",
            "the environment variable PASSPHRASE is set, but has no use where access is open",
        );
        check("CONNECTION_TABLE_NAME", " ", "the environment variable CONNECTION_TABLE_NAME is not set");
    }

    #[test]
    fn uploads_go_to_the_bucket_or_to_the_emulator() {
        let uploads = |endpoint: Option<&str>| {
            let lookup = |wanted: &str| {
                let good = GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
                if wanted == "AWS_ENDPOINT_URL" { endpoint } else { good }.map(str::to_owned)
            };
            FrontSettings::read(&Variables(&lookup)).map(|front| front.uploads)
        };
        assert_eq!(uploads(None).as_deref(), Ok("https://chat-images.s3.eu-central-1.amazonaws.com"));
        assert_eq!(uploads(Some("http://127.0.0.1:4566")).as_deref(), Ok("http://127.0.0.1:4566"));
    }

    #[test]
    fn only_an_emulator_has_no_origin_key() {
        let key = |value: &'static str| Variables(&|_| Some(value.to_owned())).origin_key().ok().unwrap();
        assert!(key("none") == OriginKey::NoCloudFront);
        assert!(key("b6a7f1d0") == OriginKey::Required("b6a7f1d0".into()));
    }

    #[test]
    fn a_list_is_split_at_commas_without_empty_items() {
        let list = Variables(&|_| Some("https://a.example, http://localhost:8081,".into())).list("PAGE_ORIGINS");
        assert_eq!(list.unwrap(), ["https://a.example", "http://localhost:8081"]);
    }

    #[test]
    fn zero_days_keep_messages_for_ever() {
        let days = |days: &'static str| Variables(&|_| Some(days.to_owned())).retention();
        assert_eq!(days("0"), Ok(None));
        assert_eq!(days("1"), Ok(Some(Duration::from_secs(86_400))));
    }
}
