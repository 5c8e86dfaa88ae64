//! `cargo xtask run`: from a fresh clone to a chat in the browser.

use std::{env, path::PathBuf, process::Command, thread};

use anyhow::{Result, anyhow};

use crate::{command, page, project::Project, tools};

/// Builds what is missing, then becomes the local binary with the given flags.
pub(crate) fn run(flags: &[String]) -> Result<()> {
    let project = Project::find()?;
    tools::wasm_target(&project)?;
    // Installing tools leaves a core idle now and then; the rest of the building fills it.
    println!("The local binary is built at the same time (about 3 minutes for the first time, seconds later).");
    let (dist, local) = thread::scope(|scope| {
        let local = scope.spawn(|| {
            page::compile_ahead(&project)?;
            build_local(&project, Output::Errors)
        });
        (page::build(&project), local.join())
    });
    let dist = dist?;
    let mut local = Command::new(local.map_err(|_| anyhow!("the build of the local binary broke off"))??);
    // The binary runs where the user is, so that a path in a flag means what it says; only the defaults are ours.
    local.args(flags);
    for (variable, path) in [("CHAT_PAGE", dist), ("CHAT_DATA", project.root.join("data"))] {
        if env::var_os(variable).is_none() {
            local.env(variable, path);
        }
    }
    become_(local)
}

/// What a build prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Its progress.
    Progress,
    /// Nothing unless something is wrong, because another build prints its progress.
    Errors,
}

/// Builds the local binary and gives back its path.
pub(crate) fn build_local(project: &Project, output: Output) -> Result<PathBuf> {
    let mut cargo =
        project.cargo("build --release --package backend --no-default-features --features embedded --bin local");
    if output == Output::Errors {
        cargo.arg("--quiet");
    }
    command::run(&mut cargo)?;
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
