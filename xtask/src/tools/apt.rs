//! Debian packages.

use std::{fs, process::Command};

use anyhow::Result;

use crate::command::{run, try_read};

/// Installs packages where that is possible: for root on Debian. `purpose` completes the sentence "Installing …".
pub(super) fn install(purpose: &str, packages: &[&str]) -> Result<()> {
    let root = try_read(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !root || try_read(Command::new("apt-get").arg("--version")).is_none() {
        return Ok(());
    }
    println!("Installing {purpose}.");
    // A new machine has no package lists yet.
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// Whether this machine runs Debian. Other distributions may lack a package.
pub(super) fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|release| release.lines().any(|line| line == "ID=debian"))
}
