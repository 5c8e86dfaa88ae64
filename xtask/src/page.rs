//! The page: `dist/`, built by trunk. Every file that compresses well has a compressed copy beside it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{command, project::Project, tools};

/// Sources of the page. It is built again when one of them is newer than the last build.
const SOURCES: [&str; 5] = ["frontend", "shared-types", "Cargo.toml", "Cargo.lock", "Trunk.toml"];

/// Builds the page when its sources have changed, and returns the path of `dist/`.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    let dist = project.root.join("dist");
    if is_built(project)? {
        println!("The page in dist/ is newer than its sources.");
        return Ok(dist);
    }
    // A source that changes while trunk runs makes the next call build again.
    let started = SystemTime::now();
    tools::wasm_target(project)?;
    tools::install(project, &tools::PAGE)?;
    println!("Building the page (about 2 minutes for the first time, seconds later).");
    let mut trunk = project.command("trunk");
    trunk.args(["build", "--release", "--public-url", "/assets/"]).env("TRUNK_SKIP_VERSION_CHECK", "true");
    // RUST_LOG is meant for the chat, and would also set the verbosity of trunk.
    trunk.env_remove("RUST_LOG");
    // All tools are on the PATH: trunk must not try to download them.
    trunk.env("TRUNK_OFFLINE", "true");
    command::run(&mut trunk)?;
    compress(&dist)?;
    fs::File::create(stamp(project)?)?.set_modified(started)?;
    Ok(dist)
}

/// Compiles the page, and what splits it, in advance, while trunk is still being installed. The arguments are those that
/// trunk takes from `frontend/index.html`. With other arguments trunk would compile again, which costs time and breaks nothing.
pub(crate) fn compile_ahead(project: &Project) -> Result<()> {
    if is_built(project)? {
        return Ok(());
    }
    command::run(&mut project.cargo("build --quiet --package page-split"))?;
    let mut cargo = project.cargo("build --quiet --target=wasm32-unknown-unknown --manifest-path frontend/Cargo.toml");
    command::run(cargo.args(["--profile", "wasm", "--bin", "page", "--no-default-features", "--features", "hydrate"]))
}

fn is_built(project: &Project) -> Result<bool> {
    let changed = SOURCES.iter().filter_map(|source| newest(&project.root.join(source))).max();
    let built = fs::metadata(stamp(project)?).and_then(|stamp| stamp.modified()).ok();
    Ok(project.root.join("dist/index.html").exists() && built.is_some() && built >= changed)
}

/// Returns the path of the file whose modification time is the time of the last build.
fn stamp(project: &Project) -> Result<PathBuf> {
    Ok(project.scratch()?.join("page"))
}

/// File name of the service worker. Its scope is the folder it is served from, so it is served at `/sw.js`.
const WORKER: &str = "sw.js";

/// Lists the files that browsers request below `/assets/`.
pub(crate) fn assets(dist: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    each_file(dist, &mut |file| {
        if extension(file) != "br" && file != dist.join("index.html") && file != dist.join(WORKER) {
            files.push(file.to_owned());
        }
    })?;
    files.sort();
    Ok(files)
}

/// Returns the path of a file's compressed copy: `x.js.br` for `x.js`.
pub(crate) fn compressed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Returns a file's extension; empty when it has none.
pub(crate) fn extension(file: &Path) -> &str {
    file.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn compress(dist: &Path) -> Result<()> {
    for file in assets(dist)? {
        if !matches!(extension(&file), "js" | "css" | "wasm" | "svg" | "json" | "webmanifest") {
            continue;
        }
        let plain = fs::read(&file)?;
        // The best quality (11) is slow, but it runs once per build and every visitor downloads less.
        let small = brotli(&plain, 11)?;
        println!("{:>8} -> {:>7} bytes  {}", plain.len(), small.len(), file.strip_prefix(dist)?.display());
        fs::write(compressed(&file), small)?;
    }
    Ok(())
}

/// Compresses with the largest window that browsers accept (2^24 bytes). `quality` is 0 to 11.
pub(crate) fn brotli(plain: &[u8], quality: u32) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 24);
    writer.write_all(plain)?;
    Ok(writer.into_inner())
}

fn newest(path: &Path) -> Option<SystemTime> {
    let mut newest = None;
    let visited = each_file(path, &mut |file| {
        newest = newest.max(fs::metadata(file).and_then(|file| file.modified()).ok());
    });
    visited.ok().and(newest)
}

fn each_file(path: &Path, visit: &mut impl FnMut(&Path)) -> Result<()> {
    if path.is_file() {
        visit(path);
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            each_file(&path, visit)?;
        } else {
            visit(&path);
        }
    }
    Ok(())
}
