//! Chromium, and the npm packages of the browser tests.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};

use super::{apt, install::require_npm};
use crate::{command::run, project::Project};

/// Places where Linux distributions install Chromium or Chrome.
const PATHS: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Installs the npm packages of the browser tests and returns the path of Chromium.
pub(crate) fn browser_tests(project: &Project) -> Result<PathBuf> {
    require_npm(project)?;
    let e2e = project.root.join("e2e");
    let modified = |path: &str| fs::metadata(e2e.join(path)).and_then(|file| file.modified()).ok();
    if modified("node_modules/.package-lock.json") < modified("package-lock.json") {
        run(project.command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&e2e))?;
    }
    chromium()
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
