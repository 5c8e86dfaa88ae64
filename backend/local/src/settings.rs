//! The settings of the local binary: flags, each with an environment variable.
//!
//! Some shells set `HOST` and similar variables, so ours have a prefix. Hosting services set `PORT`. The limits have the names that
//! `template.yml` uses.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use chat::access::policy::AccessPolicy;
use clap::{Parser, Subcommand};
use platform::settings::{AccessSettings, BadSetting, Setting};
use shared_types::{AccessMode, limits};

/// Maximum time of silence, in seconds: a day. Proxies and routers forget a silent connection in minutes or hours.
const MAX_IDLE: u64 = 24 * 60 * 60;

/// Maximum lifetime of a socket, in seconds: 30 days, as long as a session is valid.
const MAX_LIFETIME: u64 = 30 * 24 * 60 * 60;

/// Serverless Chat Page as one local process: page, assets and socket on one port, messages in one directory.
#[derive(Debug, Parser)]
#[command(name = "local", version, args_override_self = true, disable_help_subcommand = true)]
pub struct LocalSettings {
    /// What to do instead of serving the chat.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Port to listen on; 0 takes any free one.
    #[arg(long, env, default_value_t = 8080)]
    pub port: u16,
    /// Address to listen on; 0.0.0.0 lets other machines in.
    #[arg(long, env = "CHAT_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Directory of the messages; created if it is missing.
    #[arg(long, env = "CHAT_DATA", default_value = "data", value_name = "DIR", global = true)]
    pub data: PathBuf,
    /// Directory of a built page, in place of the one that is part of this program.
    #[arg(long, env = "CHAT_PAGE", value_name = "DIR")]
    pub page: Option<PathBuf>,
    /// Maximum number of connections at once, over all rooms, 1 to 100000.
    #[arg(long, env, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit_connection_count: u32,
    /// Messages on a page, 1 to 100.
    #[arg(long, env, default_value_t = 100, value_name = "N", value_parser = page_size)]
    pub limit_message_count: usize,
    /// Messages a minute from one person, and as many edits, reactions, connects, signals and queries of each kind; uploads a third
    /// of it. A third of each within ten seconds. 0 is no limit.
    #[arg(long, env, default_value_t = limits::RATE_PERSON, value_name = "N", value_parser = rate())]
    pub limit_person_rate: u32,
    /// The same for all people behind one address, such as an office. 0 is no limit.
    #[arg(long, env, default_value_t = limits::RATE_ADDRESS, value_name = "N", value_parser = rate())]
    pub limit_address_rate: u32,
    /// Further origins of pages that may open a socket, with commas: `https://chat.example,https://b.example`
    #[arg(long, env = "CHAT_ALLOWED_ORIGINS", value_name = "ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// Trust your proxy's headers about address and protocol of visitors (X-Forwarded-For, X-Forwarded-Proto).
    #[arg(long, env = "CHAT_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// Who can enter: open (everybody), passphrase, or oidc (people that an OpenID Connect provider authenticates).
    #[arg(long, env = "CHAT_ACCESS", default_value = "open", value_name = "KIND")]
    access: AccessMode,
    /// Passphrase to enter, 12 characters or more. Prefer the environment variable: other users of this machine can see flags.
    #[arg(long, env = "CHAT_PASSPHRASE", hide_env_values = true, value_name = "WORDS", allow_hyphen_values = true)]
    passphrase: Option<String>,
    /// Issuer address of the provider: https://…
    #[arg(long, env = "CHAT_OIDC_ISSUER", value_name = "ADDRESS")]
    oidc_issuer: Option<String>,
    /// Client id of this chat at the provider. Register this chat's address with /sign-in/callback there.
    #[arg(long, env = "CHAT_OIDC_CLIENT_ID", value_name = "ID")]
    oidc_client_id: Option<String>,
    /// Claim that makes a person a moderator, such as groups=chat-moderators.
    #[arg(long, env = "CHAT_OIDC_MODERATOR_CLAIM", value_name = "CLAIM=VALUE")]
    oidc_moderator_claim: Option<String>,
    /// Ids of moderators, with commas. An id may begin with a hyphen.
    #[arg(long, env = "CHAT_MODERATORS", value_name = "IDS", allow_hyphen_values = true)]
    moderators: Option<String>,
    /// Days for which a message and its image are kept, up to 36500; 0 keeps them for ever.
    #[arg(long, env, default_value_t = 0, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(..=36_500))]
    message_retention_days: u64,
    /// Seconds of silence after which a socket is closed, 1 to 86400.
    #[arg(long, env = "CHAT_IDLE_SECONDS", default_value_t = limits::IDLE.as_secs(), value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=MAX_IDLE))]
    idle_seconds: u64,
    /// Seconds for which a client may read too slowly before its socket is closed, 1 to 600.
    #[arg(long, env = "CHAT_BEHIND_SECONDS", default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    behind_seconds: u64,
    /// Seconds after which a socket is closed in any case, 1 to 2592000.
    #[arg(long, env = "CHAT_LIFETIME_SECONDS", default_value_t = limits::LIFETIME.as_secs(), value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=MAX_LIFETIME))]
    lifetime_seconds: u64,
}

/// A command that ends by itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copies the messages and images of --data to a new directory. The server may run meanwhile.
    Backup {
        /// Directory of the copy; it must be empty or missing.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Prints a link that makes its visitor an owner of the chat in --data, once. The server may run meanwhile.
    OwnerLink,
    /// Makes the data directory --data of a backup.
    Restore {
        /// Directory of the backup.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
}

impl LocalSettings {
    /// Reads the settings of this process. An invalid one ends the process with a sentence that names it.
    pub fn from_arguments() -> Self {
        Self::parse()
    }

    /// Returns the access policy.
    ///
    /// # Errors
    ///
    /// [`BadSetting`] names a flag that is missing, invalid, or in conflict with `--access`.
    pub fn access_policy(&self) -> Result<AccessPolicy, BadSetting> {
        fn set<'a>(name: &'static str, value: &'a Option<String>) -> Setting<'a> {
            // An empty variable counts as unset.
            Setting { name, value: value.as_deref().filter(|value| !value.trim().is_empty()) }
        }
        AccessSettings {
            access: self.access,
            passphrase: set("--passphrase", &self.passphrase),
            issuer: set("--oidc-issuer", &self.oidc_issuer),
            client_id: set("--oidc-client-id", &self.oidc_client_id),
            moderators: set("--moderators", &self.moderators),
            moderator_claim: set("--oidc-moderator-claim", &self.oidc_moderator_claim),
        }
        .access_policy()
    }

    /// Returns how long messages are kept; `None` keeps them for ever.
    pub fn retention(&self) -> Option<Duration> {
        let days = self.message_retention_days;
        (days > 0).then(|| Duration::from_secs(days * 24 * 60 * 60))
    }

    /// Returns the time of silence after which a socket is closed.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// Returns how long a client may read too slowly before its socket is closed.
    pub fn behind(&self) -> Duration {
        Duration::from_secs(self.behind_seconds)
    }

    /// Returns the time after which a socket is closed in any case.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime_seconds)
    }
}

fn rate() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(0..=i64::from(limits::MAX_RATE))
}

fn page_size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=limits::PAGE_MESSAGES) => Ok(size),
        _ => Err(format!("a number from 1 to {} is needed", limits::PAGE_MESSAGES)),
    }
}
