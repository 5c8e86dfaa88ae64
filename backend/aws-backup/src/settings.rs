//! The settings of `aws-backup`: flags, and the variables in which the AWS CLI passes credentials on.

use std::{env, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use store_aws::{backup::StackNames, clients::Account};

/// Units a second if no flag says otherwise. A new table takes 12,000 read and 4,000 write units a second, and people use it meanwhile.
const UNITS: u32 = 1000;

/// Backs up a stack of Serverless Chat Page on AWS, and restores a backup into a new stack.
#[derive(Debug, Parser)]
#[command(name = "aws-backup", version, disable_help_subcommand = true)]
pub(crate) struct Settings {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) stack: Stack,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Copies messages, images and decisions of moderators to a new directory. People may write meanwhile.
    Backup {
        /// Directory of the backup; it must be empty or missing.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// Read units of 4 KB a second, at most.
        #[arg(long, default_value_t = UNITS, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        read_units: u32,
    },
    /// Prints a link that makes its visitor an owner of the chat, once. It writes the hash of the link into the connection table.
    OwnerLink {
        /// Address of the chat.
        #[arg(long, value_name = "URL")]
        address: String,
    },
    /// Restores a backup into a new stack.
    Restore {
        /// Directory of the backup.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Write units of 1 KB a second, at most.
        #[arg(long, default_value_t = UNITS, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        write_units: u32,
    },
}

/// The stack.
#[derive(Debug, Args)]
pub(crate) struct Stack {
    /// Name of the connection table.
    #[arg(long, value_name = "NAME")]
    connection_table: String,
    /// Name of the message table.
    #[arg(long, value_name = "NAME")]
    message_table: String,
    /// Name of the bucket of the images.
    #[arg(long, value_name = "NAME")]
    image_bucket: String,
    /// Days for which the stack keeps messages; 0 keeps them for ever. What is older is left out.
    #[arg(long, default_value_t = 0, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(..=36_500))]
    message_retention_days: u64,
}

impl Stack {
    pub(crate) fn names(&self) -> StackNames {
        let [connections, messages, images] =
            [&self.connection_table, &self.message_table, &self.image_bucket].map(Clone::clone);
        StackNames { connections, messages, images }
    }

    pub(crate) fn retention(&self) -> Option<Duration> {
        let days = self.message_retention_days;
        (days > 0).then(|| Duration::from_secs(days * 24 * 60 * 60))
    }
}

/// Returns the account and region of the environment. The keys are no flags, because other users of a machine can see flags.
///
/// # Errors
///
/// A sentence that names a missing variable.
pub(crate) fn account() -> Result<Account, String> {
    // An empty variable counts as not set.
    let optional = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let required = |name: &str| {
        optional(name).ok_or_else(|| format!("{name} is not set: start this with `cargo xtask backup` or `restore`"))
    };
    Ok(Account {
        region: required("AWS_REGION")?,
        access_key_id: required("AWS_ACCESS_KEY_ID")?,
        secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
        session_token: optional("AWS_SESSION_TOKEN"),
        endpoint: optional("AWS_ENDPOINT_URL"),
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_that_xtask_passes_are_read() {
        Settings::command().debug_assert();
        let line = "aws-backup --connection-table c --message-table m --image-bucket i --message-retention-days 2 \
                    restore --from d --write-units 5";
        let settings = Settings::try_parse_from(line.split_whitespace()).unwrap();
        let (names, retention) = (settings.stack.names(), settings.stack.retention());
        assert_eq!((names.connections.as_str(), names.messages.as_str(), names.images.as_str()), ("c", "m", "i"));
        assert_eq!(retention, Some(Duration::from_secs(2 * 24 * 60 * 60)));
        assert!(matches!(settings.command, Command::Restore { write_units: 5, .. }));
        let line = "aws-backup --connection-table c --message-table m --image-bucket i owner-link --address https://a.example/";
        let settings = Settings::try_parse_from(line.split_whitespace()).unwrap();
        assert!(matches!(settings.command, Command::OwnerLink { address } if address == "https://a.example/"));
        let incomplete = "aws-backup --message-table m --image-bucket i backup --to d";
        assert!(Settings::try_parse_from(incomplete.split_whitespace()).is_err());
    }
}
