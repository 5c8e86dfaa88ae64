//! Chromium, and the npm packages of the browser tests.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use super::{apt, install::require_npm};
use crate::{command::run, project::Project};

/// Place where Debian installs Chromium's headless shell.
const HEADLESS_SHELL: &str = "/usr/bin/chromium-headless-shell";

/// Places where Linux distributions install Chromium or Chrome.
const PATHS: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Chromium, and the same engine without windows.
pub(crate) struct Browsers {
    chromium: PathBuf,
    /// Opens a page with a fifth of the processor time; `None` if the machine has none.
    headless_shell: Option<PathBuf>,
}

impl Browsers {
    /// Sets the environment variables that `e2e/playwright.config.ts` and `e2e/support/settings.ts` read.
    pub(crate) fn configure(&self, command: &mut Command) {
        command.env("CHROMIUM", &self.chromium);
        if let Some(shell) = &self.headless_shell {
            command.env("HEADLESS_SHELL", shell);
        }
    }
}

/// Installs the npm packages of the browser tests and returns the browsers.
pub(crate) fn browser_tests(project: &Project) -> Result<Browsers> {
    require_npm(project)?;
    let e2e = project.root.join("e2e");
    let modified = |path: &str| fs::metadata(e2e.join(path)).and_then(|file| file.modified()).ok();
    if modified("node_modules/.package-lock.json") < modified("package-lock.json") {
        run(project.command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&e2e))?;
    }
    Ok(Browsers { chromium: chromium()?, headless_shell: headless_shell() })
}

/// Returns the path of the headless shell, if the tests are to run in it. It is installed for root on Debian.
fn headless_shell() -> Option<PathBuf> {
    if let Some(named) = env::var_os("HEADLESS_SHELL") {
        return Some(named.into());
    }
    // A browser that somebody has named is the one to test.
    if env::var_os("CHROMIUM").is_some() {
        return None;
    }
    let find = || Some(PathBuf::from(HEADLESS_SHELL)).filter(|path| path.exists());
    if let Some(shell) = find() {
        return Some(shell);
    }
    // Both have to be of one version.
    let packages = ["chromium", "chromium-headless-shell"];
    let purpose = "Chromium's headless shell, in which the browser tests take half the time (1 minute)";
    if let Some(Err(error)) = apt::is_debian().then(|| apt::install(purpose, &packages)) {
        println!("It cannot be installed: {error:#}.");
    }
    let shell = find();
    if shell.is_none() {
        println!(
            "There is no headless shell of Chromium, so the browser tests run in Chromium itself and take twice as long: install it \
             (Debian: `apt-get install chromium-headless-shell`), or set HEADLESS_SHELL to its path."
        );
    }
    shell
}

/// Returns the path of Chromium. It is installed where that is possible: for root on Debian.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(chromium) = find() {
        return Ok(chromium);
    }
    apt::install("Debian's package of Chromium, because there is no Chromium (1 minute)", &["chromium"])?;
    find().context("there is no Chromium: install it (Debian: `apt-get install chromium`), or set CHROMIUM to its path")
}

fn find() -> Option<PathBuf> {
    if let Some(chromium) = env::var_os("CHROMIUM") {
        return Some(chromium.into());
    }
    PATHS.map(PathBuf::from).into_iter().find(|path| path.exists())
}
