//! Installs tools of the table: with cargo, npm, pip or rustup.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use super::{Crate, Source, Tool, download::download};
use crate::{
    command::{run, try_read},
    project::Project,
};

/// Installs those of `tools` that are missing or whose version does not fit.
pub(crate) fn install(project: &Project, tools: &[Tool]) -> Result<()> {
    let mut python = Vec::new();
    for tool in tools {
        if tool.is_installed(project)? {
            continue;
        }
        let Tool { name, purpose, time, .. } = tool;
        println!("Installing {name}, which {purpose} ({time} on two cores).");
        match &tool.source {
            Source::Crate(source) => install_crate(project, tool, source),
            Source::Npm(package) => install_npm(project, package),
            Source::Pip(package) => {
                python.push(*package);
                Ok(())
            }
            Source::Rustup(arguments) => run(project.command("rustup").args(*arguments)),
        }
        .with_context(|| format!("{name} cannot be installed: install it by hand and put it on the PATH"))?;
    }
    // The build output is about a gigabyte and is not needed again. It may not exist, so errors are ignored.
    let _ = fs::remove_dir_all(build_folder(project));
    if python.is_empty() { Ok(()) } else { install_pip(project, &python) }
}

fn install_crate(project: &Project, tool: &Tool, source: &Crate) -> Result<()> {
    let version = source.version.resolve(project)?;
    if let Some(release) = &source.release {
        match download(project, release, tool.name, &version) {
            // A program that does not run on this machine, for example because its libc is older, is built instead.
            Ok(()) if tool.is_installed(project)? => return Ok(()),
            Ok(()) => println!("The prebuilt {} does not run on this machine; building it from source.", tool.name),
            Err(error) => println!("No prebuilt {} ({error}); building it from source.", tool.name),
        }
    }
    let mut cargo = project.command("cargo");
    cargo.args(["install", &format!("{}@{version}", source.package)]).args(source.flags);
    // --force overwrites a program of another version, which may have been downloaded.
    cargo.arg("--force").arg("--root").arg(project.tools.join("tools"));
    // Tools run for seconds, so short build times matter more than fast programs: this halves the time.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    cargo.env("CARGO_PROFILE_RELEASE_PANIC", "abort");
    // The working directory is outside the repository, so that cargo does not read the repository's settings.
    run(cargo.env("CARGO_TARGET_DIR", build_folder(project)).current_dir(env::temp_dir()))
}

/// Returns the folder for the build output of tools. They share it, so that common dependencies are built once.
fn build_folder(project: &Project) -> PathBuf {
    project.tools.join("build")
}

fn install_npm(project: &Project, package: &str) -> Result<()> {
    require_npm(project)?;
    let folder = project.tools.join("tools");
    fs::create_dir_all(&folder)?;
    run(project.command("npm").args(["install", "--no-audit", "--no-fund", package, "--prefix"]).arg(folder))
}

fn install_pip(project: &Project, packages: &[&str]) -> Result<()> {
    let folder = project.tools.join("python");
    if !folder.join("bin/pip").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .context("Python 3 with venv is missing: on Debian, run `apt-get install python3-venv`")?;
    }
    run(Command::new(folder.join("bin/pip")).args(["install", "--disable-pip-version-check"]).args(packages))
}

/// Fails when npm is missing.
pub(super) fn require_npm(project: &Project) -> Result<()> {
    if try_read(project.command("npm").arg("--version")).is_none() {
        bail!("npm is missing: install Node.js 20 or newer, for example with `apt-get install nodejs npm`");
    }
    Ok(())
}
