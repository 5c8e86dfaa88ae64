//! The page: `dist/`, built by trunk, with a compressed twin beside every file that is worth one.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{command, project::Project, tools};

/// What the page is made of. Newer than the last build means: build again.
const SOURCES: [&str; 5] = ["frontend", "shared-types", "Cargo.toml", "Cargo.lock", "Trunk.toml"];

/// Makes `dist/` what the sources say, and gives back its path. Quick when it already is.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    let dist = project.root.join("dist");
    if is_built(project)? {
        println!("The page in dist/ is newer than its sources.");
        return Ok(dist);
    }
    // What changes while trunk runs belongs to the next build.
    let started = SystemTime::now();
    tools::for_the_page(project)?;
    println!("Building the page (about 2 minutes for the first time, seconds later).");
    let mut trunk = project.command("trunk");
    trunk.args(["build", "--release", "--public-url", "/assets/"]).env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk's own log shares the variable with everybody else's.
    trunk.env_remove("RUST_LOG");
    // Every tool is on the PATH, so trunk has nothing to fetch, and says so instead of trying.
    trunk.env("TRUNK_OFFLINE", "true");
    command::run(&mut trunk)?;
    compress(&dist)?;
    fs::File::create(stamp(project)?)?.set_modified(started)?;
    Ok(dist)
}

/// Compiles what trunk is going to compile, with the words it uses in `frontend/index.html`, while trunk itself is still
/// being installed. Were they others, trunk would compile once more, and nothing would be wrong but the time.
pub(crate) fn compile_ahead(project: &Project) -> Result<()> {
    if is_built(project)? {
        return Ok(());
    }
    let mut cargo = project.cargo("build --quiet --target=wasm32-unknown-unknown --manifest-path frontend/Cargo.toml");
    command::run(cargo.args(["--profile", "wasm", "--bin", "page", "--no-default-features", "--features", "hydrate"]))
}

fn is_built(project: &Project) -> Result<bool> {
    let changed = SOURCES.iter().filter_map(|source| newest(&project.root.join(source))).max();
    let built = fs::metadata(stamp(project)?).and_then(|stamp| stamp.modified()).ok();
    Ok(project.root.join("dist/index.html").exists() && built.is_some() && built >= changed)
}

/// The file whose time says when the page was built.
fn stamp(project: &Project) -> Result<PathBuf> {
    Ok(project.scratch()?.join("page"))
}

/// The page's worker. It answers for the addresses beside and below its own, so it lies above them all, at `/sw.js`.
pub(crate) const WORKER: &str = "sw.js";

/// The folder of what has to keep its name, because a telephone remembers it: the manifest and its icons.
const NAMED: &str = "app";

/// The files of the page that a browser asks for under `/assets/`.
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

/// How long a browser may keep an asset: for ever where a hash of what it says is in its name.
pub(crate) fn cache_control(dist: &Path, asset: &Path) -> &'static str {
    if asset.starts_with(dist.join(NAMED)) { "no-cache" } else { "public, max-age=31536000, immutable" }
}

/// The name of a file's compressed twin: `x.js` and `x.js.br`.
pub(crate) fn twin(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// A file's extension; empty when it has none.
pub(crate) fn extension(file: &Path) -> &str {
    file.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn compress(dist: &Path) -> Result<()> {
    for file in assets(dist)? {
        if !matches!(extension(&file), "js" | "css" | "wasm" | "svg" | "json" | "webmanifest") {
            continue;
        }
        let plain = fs::read(&file)?;
        // Quality 11 once here is paid back by every reader.
        let small = brotli(&plain, 11)?;
        println!("{:>8} -> {:>7} bytes  {}", plain.len(), small.len(), file.strip_prefix(dist)?.display());
        fs::write(twin(&file), small)?;
    }
    Ok(())
}

/// Compresses for a browser, which takes no larger window than this.
pub(crate) fn brotli(plain: &[u8], quality: u32) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 24);
    writer.write_all(plain)?;
    Ok(writer.into_inner())
}

fn newest(path: &Path) -> Option<SystemTime> {
    let mut newest = None;
    let seen = each_file(path, &mut |file| {
        newest = newest.max(fs::metadata(file).and_then(|file| file.modified()).ok());
    });
    seen.ok().and(newest)
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
