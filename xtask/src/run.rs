//! `cargo xtask run`: from a fresh clone to a chat in the browser.

use std::{env, path::PathBuf, process::Command};

use anyhow::Result;

use crate::{command, page, project::Project};

/// Builds what is missing, then becomes the local binary with the given flags.
pub(crate) fn run(flags: &[String]) -> Result<()> {
    let project = Project::find()?;
    let dist = page::build(&project)?;
    let mut local = Command::new(build_local(&project)?);
    // The binary runs where the user is, so that a path in a flag means what it says; only the defaults are ours.
    local.args(flags);
    for (variable, path) in [("CHAT_PAGE", dist), ("CHAT_DATA", project.root.join("data"))] {
        if env::var_os(variable).is_none() {
            local.env(variable, path);
        }
    }
    become_(local)
}

/// Builds the local binary and gives back its path.
pub(crate) fn build_local(project: &Project) -> Result<PathBuf> {
    println!("Building the local binary (about 2 minutes for the first time, seconds later).");
    command::run(
        &mut project.cargo("build --release --package backend --no-default-features --features embedded --bin local"),
    )?;
    Ok(project.target.join("release").join(format!("local{}", env::consts::EXE_SUFFIX)))
}

/// The binary takes this process's place, so that signals reach it and nothing stands between it and the terminal.
#[cfg(unix)]
fn become_(mut program: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    let error = program.exec();
    Err(anyhow::anyhow!(error).context("the local binary could not be started"))
}

#[cfg(not(unix))]
fn become_(mut program: Command) -> Result<()> {
    command::run(&mut program)
}
