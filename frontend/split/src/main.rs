//! Splits the program that trunk has built. trunk calls it after a release build (`Trunk.toml`).
//!
//! The compiler makes one program. The functions that `wasm_split` marks, and everything that only they need, become parts:
//! files of their own, which the program loads when it needs them. wasm-bindgen then writes the script of what remains.
//! The files replace those that trunk has written, and their names in the page.

mod loader;
mod page;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, SplitWasm};

use crate::page::StagedPage;

/// Settings of wasm-opt. The features are those that the compiler uses.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
];

fn main() -> Result<()> {
    let staging =
        env::var_os("TRUNK_STAGING_DIR").context("TRUNK_STAGING_DIR is not set: trunk starts this program")?;
    let address = env::var("TRUNK_PUBLIC_URL").context("TRUNK_PUBLIC_URL is not set: trunk starts this program")?;
    let target = target()?;
    let scratch = target.join("page-split");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let split = split(&target.join("wasm32-unknown-unknown/wasm/page.wasm"), &scratch)?;
    bind(&scratch)?;
    let mut page = StagedPage::open(Path::new(&staging), &address)?;
    for part in &split.split_modules {
        page.add_part(&stem(part)?, &optimized(part)?)?;
    }
    page.replace_program(&optimized(&scratch.join("page_bg.wasm"))?)?;
    let script = loader::insert(&fs::read_to_string(scratch.join("page.js"))?, &split.prefetch_map, &page)?;
    page.replace_script(&script)?;
    page.finish()
}

/// Returns cargo's target directory: this program is in `target/debug/`.
fn target() -> Result<PathBuf> {
    let program = env::current_exe()?;
    Ok(program.ancestors().nth(2).context("the program is in no target directory")?.to_owned())
}

/// Splits the program. The remaining program is `program.wasm` in `scratch`.
fn split(program: &Path, scratch: &Path) -> Result<SplitWasm> {
    let bytes = fs::read(program).with_context(|| format!("{} cannot be read", program.display()))?;
    let remaining = scratch.join("program.wasm");
    let mut options = Options::new(&bytes);
    options.output_dir = scratch;
    options.main_out_path = &remaining;
    options.link_name = loader::MODULE;
    wasm_split_cli_support::transform(options).map_err(|why| anyhow!("the program cannot be split: {why:#}"))
}

/// Writes the script `page.js` and the program `page_bg.wasm`.
fn bind(scratch: &Path) -> Result<()> {
    let mut bindgen = Command::new("wasm-bindgen");
    // The parts use the memory and the table of the program, which wasm-bindgen would hide.
    bindgen.args(["--target=web", "--no-typescript", "--keep-lld-exports", "--out-name=page", "--out-dir"]);
    run(bindgen.arg(scratch).arg(scratch.join("program.wasm")))
}

/// Makes a file smaller and returns it.
fn optimized(file: &Path) -> Result<Vec<u8>> {
    let small = file.with_extension("small.wasm");
    run(Command::new("wasm-opt").args(WASM_OPT).arg(file).arg("-o").arg(&small))?;
    Ok(fs::read(small)?)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{:?} cannot be started", command.get_program()))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// Returns the name of a file without its extension.
fn stem(file: &Path) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).context("a part has no name")?;
    Ok(stem.to_owned())
}
