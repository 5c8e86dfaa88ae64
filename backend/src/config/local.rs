//! The settings of the local binary: flags, each with an environment variable.
//!
//! `HOST` and the like are set by some shells for purposes of their own, so these have a prefix; `PORT` is what hosting
//! services set, and the limits are called what `template.yml` calls them.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use clap::Parser;
use shared_types::limits;

/// Serverless Chat Page as one local process: page, assets and socket on one port, messages in one directory.
#[derive(Debug, Parser)]
#[command(name = "local", version, args_override_self = true)]
pub struct Local {
    /// Port to listen on; 0 takes any that is free.
    #[arg(long, env, default_value_t = 8080)]
    pub port: u16,
    /// Address to listen on; 0.0.0.0 lets other machines in.
    #[arg(long, env = "CHAT_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Directory that keeps the messages; made if it is not there.
    #[arg(long, env = "CHAT_DATA", default_value = "data", value_name = "DIR")]
    pub data: PathBuf,
    /// Directory of the built page.
    #[arg(long, env = "CHAT_PAGE", default_value = "dist", value_name = "DIR")]
    pub page: PathBuf,
    /// Most connections at once, over all rooms.
    #[arg(long, env, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit_connection_count: u32,
    /// Messages on a page, 1 to 100.
    #[arg(long, env, default_value_t = 100, value_name = "N", value_parser = page_size)]
    pub limit_message_count: usize,
    /// Messages a minute from one person, and as many edits, reactions, uploads, connects and signals; a third of it within ten
    /// seconds. 0 is no limit.
    #[arg(long, env, default_value_t = limits::RATE_PERSON, value_name = "N", value_parser = rate())]
    pub limit_person_rate: u32,
    /// The same from everybody behind one address: a household, an office. 0 is no limit.
    #[arg(long, env, default_value_t = limits::RATE_ADDRESS, value_name = "N", value_parser = rate())]
    pub limit_address_rate: u32,
    /// Origins of pages that may open a socket beside the chat's own, with commas: https://chat.example,https://b.example
    #[arg(long, env = "CHAT_ALLOWED_ORIGINS", value_name = "ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// Believe what a proxy of yours says about a visitor's address and protocol (X-Forwarded-For, X-Forwarded-Proto).
    #[arg(long, env = "CHAT_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// Seconds of silence after which a socket is closed.
    #[arg(long, env = "CHAT_IDLE_SECONDS", default_value_t = limits::IDLE.as_secs(), value_name = "SECONDS")]
    idle_seconds: u64,
    /// Seconds after which a socket is closed in any case.
    #[arg(long, env = "CHAT_LIFETIME_SECONDS", default_value_t = limits::LIFETIME.as_secs(), value_name = "SECONDS")]
    lifetime_seconds: u64,
}

impl Local {
    /// The settings this process was started with; a wrong one ends it with a sentence that names it.
    pub fn from_arguments() -> Self {
        Self::parse()
    }

    /// The time of silence after which a socket is closed.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// The time after which a socket is closed in any case.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime_seconds)
    }
}

fn rate() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(0..=i64::from(limits::RATE_MOST))
}

fn page_size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=limits::PAGE_MESSAGES) => Ok(size),
        _ => Err(format!("a number from 1 to {} is needed", limits::PAGE_MESSAGES)),
    }
}
