//! Tools of the tasks: installs what a task needs.
//!
//! A tool that is on the PATH is used when its version fits. Otherwise it is installed into [`Project::tools`]. Nothing
//! outside that folder changes, except the compilers that rustup manages and, for root on Debian, the packages of the
//! browsers.

mod apt;
mod browser;
mod download;
mod engines;
mod install;
mod table;

use std::{fs, path::Path};

use anyhow::{Context, Result};

use self::download::Release;
pub(crate) use self::{
    browser::{Browsers, browser_tests, chromium},
    engines::engines,
    install::install,
};
use crate::{
    command::{read, run, try_read},
    project::Project,
};

/// Tools that build the page, besides [`wasm_target`].
pub(crate) const PAGE: [Tool; 4] = [table::WASM_BINDGEN, table::TRUNK, table::WASM_OPT, table::ESBUILD];
/// Tools that `sam build` and `sam deploy` need.
pub(crate) const STACK: [Tool; 3] = [table::SAM, table::CARGO_LAMBDA, table::ZIG];
/// [`STACK`], the emulator to deploy to in tests, and what makes an owner link of the deployed chat. pip installs them together, so that their libraries agree.
pub(crate) const EMULATED_STACK: [Tool; 5] =
    [table::SAM, table::CARGO_LAMBDA, table::ZIG, table::MINISTACK, table::AWS_CLI];
/// Tools that read an AWS account.
pub(crate) const ACCOUNT: [Tool; 1] = [table::AWS_CLI];
/// Tools that check licences, bans and advisories of dependencies.
pub(crate) const LICENCES: [Tool; 1] = [table::CARGO_DENY];
/// Tools that build and run the fuzz targets.
pub(crate) const FUZZ: [Tool; 2] = [table::NIGHTLY, table::CARGO_FUZZ];
/// Tools that write SBOMs.
pub(crate) const SBOM: [Tool; 1] = [table::CARGO_CYCLONEDX];
/// Tools that measure the page.
pub(crate) const BENCH: [Tool; 1] = [table::LIGHTHOUSE];

/// Runs a chat room that the local binary is compared with.
pub(crate) const BUN: Tool = table::BUN;
/// The library of the other chat room.
pub(crate) const NODE_WS: Tool = table::NODE_WS;

/// The AWS SDK of AWS's sample, and the folders of its modules.
pub(crate) const AWS_SDK: [Tool; 2] = [table::NODE_DYNAMODB, table::NODE_GATEWAY];
pub(crate) const AWS_SDK_MODULES: [&str; 3] =
    ["@aws-sdk/client-dynamodb", "@aws-sdk/lib-dynamodb", "@aws-sdk/client-apigatewaymanagementapi"];

/// A program: how to recognise it and how to install it.
pub(crate) struct Tool {
    /// Name for messages; a downloaded program is stored under it.
    name: &'static str,
    /// Why it is needed. Completes the sentence "NAME, which …".
    purpose: &'static str,
    /// Command lines that print its version. One of them has to succeed.
    probes: &'static [&'static str],
    /// Versions that fit.
    accepts: Accepts,
    /// Where it is installed from.
    source: Source,
    /// Time that the installation takes on two cores.
    time: &'static str,
}

/// Versions of a tool that fit.
enum Accepts {
    /// All versions.
    Any,
    /// The version of this package in Cargo.lock.
    CargoLock(&'static str),
    /// Versions that start with this text.
    Series(&'static str),
    /// This version and newer ones. The numbers are compared from left to right.
    AtLeast(&'static [u32]),
}

/// Where a tool is installed from.
enum Source {
    /// crates.io.
    Crate(Crate),
    /// npm: `name@version`.
    Npm(&'static str),
    /// PyPI: `name==version`.
    Pip(&'static str),
    /// rustup: its arguments.
    Rustup(&'static [&'static str]),
}

/// A program of crates.io.
struct Crate {
    package: &'static str,
    version: CrateVersion,
    /// Flags of `cargo install`.
    flags: &'static [&'static str],
    /// Prebuilt program, which is tried first.
    release: Option<Release>,
}

/// Version of a crate to install.
enum CrateVersion {
    Pinned(&'static str),
    /// The version of this package in Cargo.lock.
    CargoLock(&'static str),
}

impl Tool {
    /// Returns whether the machine has this tool in a version that fits.
    fn is_installed(&self, project: &Project) -> Result<bool> {
        let output = self.probes.iter().find_map(|probe| {
            let mut words = probe.split(' ');
            try_read(project.command(words.next()?).args(words))
        });
        Ok(match output {
            None => false,
            Some(output) => self.accepts.fits(project, &output)?,
        })
    }
}

impl Accepts {
    /// Returns whether the version in `output` fits, as in "trunk 0.21.14" or "SAM CLI, version 1.167.0".
    fn fits(&self, project: &Project, output: &str) -> Result<bool> {
        let version = output.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let version = version.unwrap_or_default();
        Ok(match self {
            Self::Any => true,
            Self::CargoLock(package) => version == locked_version(project, package)?,
            Self::Series(start) => version.starts_with(start),
            Self::AtLeast(least) => {
                let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
                numbers.as_slice() >= *least
            }
        })
    }
}

impl CrateVersion {
    fn resolve(&self, project: &Project) -> Result<String> {
        match self {
            Self::Pinned(version) => Ok((*version).to_owned()),
            Self::CargoLock(package) => locked_version(project, package),
        }
    }
}

fn locked_version(project: &Project, package: &str) -> Result<String> {
    let lock = fs::read_to_string(project.root.join("Cargo.lock")).context("Cargo.lock cannot be read")?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, after) = lock.split_once(&entry).with_context(|| format!("Cargo.lock has no package {package}"))?;
    after.split('"').next().map(str::to_owned).context("Cargo.lock is cut off in the middle of a package")
}

/// Adds the compiler's wasm target, with which the page is built.
pub(crate) fn wasm_target(project: &Project) -> Result<()> {
    let sysroot = read(project.command("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib").exists() {
        return Ok(());
    }
    println!(
        "Installing the compiler's wasm target, because it is missing: the page is built with it (a few seconds)."
    );
    run(project.command("rustup").args(["target", "add", "wasm32-unknown-unknown"])).context(
        "the page needs the target wasm32-unknown-unknown; without rustup, install your distribution's package of it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_output_of_tools() {
        let project = Project::find().unwrap();
        let fits = |accepts: Accepts, answer: &str| accepts.fits(&project, answer).unwrap();
        assert!(fits(Accepts::Series("0.21."), "trunk 0.21.14"));
        assert!(!fits(Accepts::Series("0.21."), "trunk 0.22.0"));
        assert!(fits(Accepts::AtLeast(&[1, 167]), "SAM CLI, version 1.167.0"));
        assert!(fits(Accepts::AtLeast(&[1, 167]), "SAM CLI, version 2.0.0"));
        assert!(!fits(Accepts::AtLeast(&[1, 167]), "SAM CLI, version 1.99.0"));
        assert!(fits(Accepts::AtLeast(&[132]), "wasm-opt version 132 (version_132)"));
        assert!(!fits(Accepts::AtLeast(&[132]), "no version"));
    }

    #[test]
    fn wasm_bindgen_must_have_the_version_in_cargo_lock() {
        let project = Project::find().unwrap();
        let locked = locked_version(&project, "wasm-bindgen").unwrap();
        let accepts = Accepts::CargoLock("wasm-bindgen");
        assert!(accepts.fits(&project, &format!("wasm-bindgen {locked}")).unwrap());
        assert!(!accepts.fits(&project, "wasm-bindgen 0.2.1").unwrap());
    }
}
