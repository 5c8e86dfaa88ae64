//! `aws-backup`: backs up a stack on AWS, and restores a backup into a new stack. `cargo xtask backup --stack` and
//! `cargo xtask restore --stack` find the names and start it.

mod settings;

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use chat::access::owner_link::OwnerLinks;
use chat_backup::{BackupError, Summary};
use clap::Parser;
use platform::system::{SystemClock, SystemEntropy};
use store_aws::clients::Clients;

use crate::settings::{Command, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    platform::log::open(tracing_subscriber::fmt::layer().with_writer(io::stderr));
    match run(Settings::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            // If standard error is closed, the status still tells.
            drop(writeln!(io::stderr(), "{sentence}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(Settings { command, stack }: Settings) -> Result<(), String> {
    let clients = Clients::for_operator(settings::account()?);
    let (names, retention, clock) = (stack.names(), stack.retention(), Arc::new(SystemClock));
    match command {
        Command::Backup { to, read_units } => {
            let mut records = clients.records(&names, retention, clock.clone(), read_units);
            let images = clients.images(&names.images, clock);
            print("backup", &to, chat_backup::back_up(&mut records, &images, &to).await)
        }
        Command::OwnerLink { address } => {
            let tokens = Arc::new(clients.tokens(&names.connections));
            let links = OwnerLinks { tokens, clock, entropy: Arc::new(SystemEntropy) };
            let path = links.create().await.map_err(|error| format!("owner-link failed: {error}"))?;
            let line = format!("Open this link within a day: {}{path}", address.trim_end_matches('/'));
            writeln!(io::stdout(), "{line}").map_err(|error| error.to_string())
        }
        Command::Restore { from, write_units } => {
            let mut target = clients.restore(&names, retention, clock, write_units);
            print("restore", &from, chat_backup::restore(&from, &mut target).await)
        }
    }
}

/// Prints what was copied.
fn print(name: &str, backup: &Path, done: Result<Summary, BackupError>) -> Result<(), String> {
    let summary = done.map_err(|error| format!("{name} failed: {error}"))?;
    let line = format!("{name} complete: {summary}; the backup is {}", backup.display());
    writeln!(io::stdout(), "{line}").map_err(|error| error.to_string())
}
