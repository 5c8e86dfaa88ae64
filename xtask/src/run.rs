//! `cargo xtask run`: builds the page and the local binary, and starts it.

use std::{env, path::PathBuf, process::Command, thread};

use anyhow::{Context, Result, anyhow};

use crate::{command, page, project::Project, tools};

/// Builds what is missing, then replaces this process with the local binary. `flags` are passed on to it.
pub(crate) fn run(flags: &[String]) -> Result<()> {
    let project = Project::find()?;
    tools::wasm_target(&project)?;
    // Installing tools does not keep two cores busy all the time, so the binary is built in parallel.
    println!("The local binary is built at the same time (about 3 minutes for the first time, seconds later).");
    let (dist, local) = thread::scope(|scope| {
        let local = scope.spawn(|| {
            page::compile_ahead(&project)?;
            build_local(&project, Output::Errors)
        });
        (page::build(&project), local.join())
    });
    dist?;
    local.map_err(|_| anyhow!("the thread that built the local binary panicked"))??;
    // The page is part of the binary. If it is new, only the server itself is compiled again.
    let mut local = Command::new(build_local(&project, Output::Errors)?);
    // The binary runs in the user's working directory, so that relative paths in flags work. Only a default is set here.
    local.args(flags);
    if env::var_os("CHAT_DATA").is_none() {
        local.env("CHAT_DATA", project.root.join("data"));
    }
    exec(local)
}

/// How much a build prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Progress and errors.
    Progress,
    /// Errors only, because another build prints its progress at the same time.
    Errors,
}

/// Builds the local binary with the page in `dist/`, and returns its path.
pub(crate) fn build_local(project: &Project, output: Output) -> Result<PathBuf> {
    let mut cargo = project.cargo("build --release --package chat-local --bin local");
    if output == Output::Errors {
        cargo.arg("--quiet");
    }
    command::run(&mut cargo)?;
    Ok(project.target.join("release").join(format!("local{}", env::consts::EXE_SUFFIX)))
}

/// Replaces this process, so that the terminal and its signals reach the program directly.
#[cfg(unix)]
fn exec(mut program: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    Err(program.exec()).context("the local binary cannot be started")
}

#[cfg(not(unix))]
fn exec(mut program: Command) -> Result<()> {
    command::run(&mut program)
}
