//! The tools this project needs: taken from the machine where they fit, installed into a folder of their own otherwise.
//!
//! Nothing outside that folder is changed, except the wasm target of the toolchain and, for root on Debian, the browser.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    command::{read, run, try_read as version},
    project::Project,
};

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
/// The newest of those that Node.js 20 runs.
const LIGHTHOUSE: &str = "12.8.2";
const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";
const CARGO_CYCLONEDX: &str = "0.5.9";

/// The stand-in for AWS, and what `sam build` calls: all of them come from PyPI.
const PYTHON: [&str; 4] = ["aws-sam-cli==1.167.0", "cargo-lambda==1.9.2", "ziglang==0.17.1", "ministack[full]==1.5.33"];

/// The wasm target, trunk, and what trunk calls.
pub(crate) fn for_the_page(project: &Project) -> Result<()> {
    wasm_target(project)?;
    let bindgen = locked_version(project, "wasm-bindgen")?;
    if tool_version(project, "wasm-bindgen").as_deref() != Some(bindgen.as_str()) {
        // With --locked it would want versions that a registry may no longer hold.
        println!("wasm-bindgen {bindgen} is missing: it must be exactly Cargo.lock's.");
        cargo_install(project, "wasm-bindgen-cli", &bindgen, "about 1 minute", &["--bin=wasm-bindgen"])?;
    }
    if !tool_version(project, "trunk").is_some_and(|version| version.starts_with("0.21.")) {
        println!("trunk {TRUNK} is missing: it builds the page.");
        // It finds all it needs here, so it has nothing to fetch and needs no TLS.
        cargo_install(project, "trunk", TRUNK, "2 to 4 minutes", &["--locked", "--no-default-features"])?;
    }
    if !has_wasm_opt(project) {
        println!("wasm-opt is missing: it makes the page a tenth smaller. npm installs it (a few seconds).");
        npm_install(project, "binaryen", BINARYEN)?;
    }
    clean_up(project);
    Ok(())
}

fn has_wasm_opt(project: &Project) -> bool {
    // It answers "wasm-opt version 132 (version_132)". Debian 12's is 108, which does not know today's instructions.
    let words = version(project.command("wasm-opt").arg("--version")).unwrap_or_default();
    words.split_whitespace().nth(2).and_then(|number| number.parse().ok()).is_some_and(|number: u32| number >= 120)
}

/// SAM, cargo-lambda, zig and, when `stand_in` asks for it, the stand-in for AWS.
pub(crate) fn for_the_stack(project: &Project, stand_in: StandIn) -> Result<()> {
    // A SAM that is older does not know AWS::Serverless::WebSocketApi.
    let sam = tool_version(project, "sam").is_some_and(|version| at_least(&version, [1, 167]));
    let lambda = version(project.command("cargo-lambda").args(["lambda", "--version"])).is_some();
    let zig = has_program(project, "zig") || project.tools.join("python/bin/python-zig").exists();
    let stood_in = stand_in == StandIn::NotNeeded || has_program(project, "ministack");
    if sam && lambda && zig && stood_in {
        return Ok(());
    }
    let packages = if stand_in == StandIn::Needed { &PYTHON[..] } else { &PYTHON[..3] };
    println!("Installing {} into {} (1 to 2 minutes).", packages.join(", "), project.tools.join("python").display());
    pip_install(project, packages)
}

/// Whether the stand-in for AWS is wanted too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandIn {
    /// For the tests.
    Needed,
    /// For a deployment to AWS itself.
    NotNeeded,
}

/// The AWS command line, for uploading.
pub(crate) fn for_the_upload(project: &Project) -> Result<()> {
    if version(project.command("aws").arg("--version")).is_some() {
        return Ok(());
    }
    println!("The AWS command line is missing: it uploads the page. Installing it takes half a minute.");
    pip_install(project, &["awscli"])
}

/// `cargo deny`, for the licences and bans of the dependencies.
pub(crate) fn for_the_licences(project: &Project) -> Result<()> {
    if version(project.command("cargo-deny").arg("--version")).is_some() {
        return Ok(());
    }
    println!("cargo-deny is missing: it checks the dependencies' licences and bans.");
    cargo_install(project, "cargo-deny", CARGO_DENY, "2 to 4 minutes", &["--locked", "--no-default-features"])?;
    clean_up(project);
    Ok(())
}

/// A nightly compiler, whose instruments the fuzzer needs, and `cargo fuzz`.
pub(crate) fn for_the_fuzzer(project: &Project) -> Result<()> {
    if version(project.command("rustup").args(["run", "nightly", "rustc", "--version"])).is_none() {
        println!("The nightly compiler is missing: the fuzzer is built with it (half a minute). Nothing else uses it.");
        run(project.command("rustup").args(["toolchain", "install", "nightly", "--profile", "minimal"]))
            .context("the fuzzer needs a nightly compiler, and rustup to find it")?;
    }
    if version(project.command("cargo-fuzz").arg("--version")).is_some() {
        return Ok(());
    }
    println!("cargo-fuzz is missing: it builds the fuzzer.");
    cargo_install(project, "cargo-fuzz", CARGO_FUZZ, "half a minute", &["--locked"])?;
    clean_up(project);
    Ok(())
}

/// `cargo cyclonedx`, for the bill of materials.
pub(crate) fn for_the_bill(project: &Project) -> Result<()> {
    if version(project.command("cargo-cyclonedx").args(["cyclonedx", "--version"])).is_some() {
        return Ok(());
    }
    println!("cargo-cyclonedx is missing: it writes down what the programs are made of.");
    cargo_install(project, "cargo-cyclonedx", CARGO_CYCLONEDX, "1 to 2 minutes", &["--locked"])?;
    clean_up(project);
    Ok(())
}

/// The browser tests' packages, and the path of a Chromium.
pub(crate) fn browser_tests(project: &Project) -> Result<PathBuf> {
    npm(project)?;
    let e2e = project.root.join("e2e");
    let modified = |path: &str| fs::metadata(e2e.join(path)).and_then(|file| file.modified()).ok();
    if modified("node_modules/.package-lock.json") < modified("package-lock.json") {
        run(project.command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&e2e))?;
    }
    chromium()
}

/// Lighthouse, and the path of the Chromium that it looks through.
pub(crate) fn bench(project: &Project) -> Result<PathBuf> {
    if version(project.command("lighthouse").arg("--version")).is_none() {
        println!("Lighthouse is missing: it measures the page. npm installs it (half a minute).");
        npm_install(project, "lighthouse", LIGHTHOUSE)?;
    }
    chromium()
}

pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(chromium) = find_chromium() {
        return Ok(chromium);
    }
    let root = version(Command::new("id").arg("-u")).as_deref() == Some("0");
    if root && version(Command::new("apt-get").arg("--version")).is_some() {
        println!("Chromium is missing: installing Debian's (1 minute).");
        // A machine that is new has no list of packages yet.
        run(Command::new("apt-get").arg("update"))?;
        run(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", "chromium"]))?;
    }
    find_chromium()
        .context("there is no Chromium: install it (Debian: `apt-get install chromium`), or set CHROMIUM to its path")
}

fn npm(project: &Project) -> Result<()> {
    if version(project.command("npm").arg("--version")).is_none() {
        bail!("npm is missing: install Node.js 20 or newer, for example with `apt-get install nodejs npm`");
    }
    Ok(())
}

fn npm_install(project: &Project, package: &str, version_wanted: &str) -> Result<()> {
    npm(project)?;
    fs::create_dir_all(project.tools.join("tools"))?;
    let folder = project.tools.join("tools").display().to_string();
    let package = format!("{package}@{version_wanted}");
    run(project.command("npm").args(["install", "--no-audit", "--no-fund", "--prefix", &folder, &package]))
}

fn find_chromium() -> Option<PathBuf> {
    if let Some(chromium) = env::var_os("CHROMIUM") {
        return Some(chromium.into());
    }
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists())
}

/// The compiler's wasm target.
pub(crate) fn wasm_target(project: &Project) -> Result<()> {
    let sysroot = read(project.command("rustc").args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib").exists() {
        return Ok(());
    }
    println!("The compiler's wasm target is missing: rustup adds it (a few seconds).");
    run(project.command("rustup").args(["target", "add", "wasm32-unknown-unknown"])).context(
        "the page needs the target wasm32-unknown-unknown; without rustup, install your distribution's package of it",
    )
}

fn cargo_install(project: &Project, package: &str, version_wanted: &str, minutes: &str, flags: &[&str]) -> Result<()> {
    let root = project.tools.join("tools").display().to_string();
    let spec = format!("{package}@{version_wanted}");
    if version(project.command("cargo").args(["binstall", "-V"])).is_some()
        && run(project.command("cargo").args(["binstall", "--no-confirm", "--root", &root, &spec])).is_ok()
    {
        return Ok(());
    }
    println!("Building {spec} into {root} ({minutes} on two cores).");
    let mut cargo = project.command("cargo");
    cargo.args(["install", "--root", &root, &spec]).args(flags);
    // A tool is built once and runs for a second: what counts is the time to build it, which this halves.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    cargo.env("CARGO_PROFILE_RELEASE_PANIC", "abort");
    // What the tools have in common is built once. The folder is theirs alone, so that no setting of ours reaches them.
    cargo.env("CARGO_TARGET_DIR", project.tools.join("build")).current_dir(env::temp_dir());
    run(&mut cargo)
}

/// What was only needed to build tools is a gigabyte that nobody misses.
fn clean_up(project: &Project) {
    // A folder that is not there, or stays, harms nobody.
    let _ = fs::remove_dir_all(project.tools.join("build"));
}

fn pip_install(project: &Project, packages: &[&str]) -> Result<()> {
    let folder = project.tools.join("python");
    if !folder.join("bin/pip").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .context("Python 3 with venv is needed: on Debian, `apt-get install python3-venv`")?;
    }
    run(Command::new(folder.join("bin/pip")).args(["install", "--disable-pip-version-check"]).args(packages))
}

/// The version in the usual answer, "name 1.2.3" or "SAM CLI, version 1.2.3".
fn tool_version(project: &Project, tool: &str) -> Option<String> {
    let answer = version(project.command(tool).arg("--version"))?;
    answer.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

fn has_program(project: &Project, program: &str) -> bool {
    version(project.command("which").arg(program)).is_some()
}

fn at_least(version: &str, wanted: [u32; 2]) -> bool {
    let numbers: Vec<u32> = version.split('.').take(2).filter_map(|number| number.parse().ok()).collect();
    numbers.as_slice() >= &wanted[..]
}

fn locked_version(project: &Project, package: &str) -> Result<String> {
    let lock = fs::read_to_string(project.root.join("Cargo.lock")).context("Cargo.lock cannot be read")?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, after) = lock.split_once(&entry).with_context(|| format!("Cargo.lock has no package {package}"))?;
    after.split('"').next().map(str::to_owned).context("Cargo.lock ends in the middle of a package")
}
