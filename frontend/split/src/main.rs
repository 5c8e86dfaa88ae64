//! Splits the program that trunk has built. trunk calls it after a release build (`Trunk.toml`).
//!
//! The compiler makes one program. The functions that `wasm_split` marks, and everything that only they need, become parts:
//! files of their own, which the program loads when it needs them. wasm-bindgen then writes the script of what remains.
//! This is done for each language of the page (`languages`). The files replace those that trunk has written, and their names in the
//! page.

mod exports;
mod languages;
mod loader;
mod names;
mod order;
mod page;
mod panics;
mod places;
mod program;
mod sections;
#[cfg(test)]
mod test_program;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use wasm_split_cli_support::{Options, SplitWasm};

use crate::{
    languages::{LANGUAGES, Language},
    names::ShortNames,
    page::StagedPage,
};

/// The program that trunk has built, in cargo's target directory.
const BUILT: &str = "wasm32-unknown-unknown/wasm/page.wasm";

/// The passes of wasm-opt that together make the smallest file. New control flow between two optimisations saves 1.5%. Rust
/// puts nothing at the lowest addresses but the end of its stack.
const SMALLEST: [&str; 6] = ["--low-memory-unused", "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"];

/// What wasm-opt does at the end: it sorts the functions by name, and writes them with the optimisations of `-Oz`.
const ORDER: [&str; 3] = ["--reorder-functions-by-name", "--optimize-level=2", "--shrink-level=2"];

/// Settings of wasm-opt: the features that the compiler uses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
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
    let built = target.join(BUILT);
    let built = fs::read(&built).with_context(|| format!("{} cannot be read", built.display()))?;
    let built = panics::remove_messages(&exports::remove_unused(&built)?)?;
    // At the same time, because most of it is the work of other programs.
    let [first, others @ ..] = thread::scope(|scope| {
        let (built, scratch) = (&built, &scratch);
        let programs = LANGUAGES.map(|language| scope.spawn(move || LanguageProgram::of(built, language, scratch)));
        programs.map(|program| program.join().unwrap_or_else(|_| bail!("a thread has panicked")))
    });
    let mut page = StagedPage::open(Path::new(&staging), &address)?;
    let first = first?;
    first.add_to(&mut page)?;
    for other in others {
        let other = other?;
        ensure!(other.script == first.script, "the scripts of two languages differ");
        other.add_to(&mut page)?;
    }
    page.replace_script(&first.script)?;
    page.finish()
}

/// The program in one language.
struct LanguageProgram {
    language: Language,
    /// The program and its parts, by the names by which the page finds them.
    files: Vec<(String, Vec<u8>)>,
    script: String,
}

impl LanguageProgram {
    /// Splits a program, and makes its files small.
    fn of(built: &[u8], language: Language, scratch: &Path) -> Result<Self> {
        let scratch = scratch.join(language.tag);
        fs::create_dir_all(&scratch)?;
        let split = split(&languages::keep_only(built, language)?, &scratch)?;
        bind(&scratch)?;
        let mut files = Vec::new();
        for part in &split.split_modules {
            make_small(part, "--strip-producers")?;
            files.push((loader::name_of(&stem(part)?).to_owned(), fs::read(part)?));
        }
        let program = scratch.join("page_bg.wasm");
        let names = ShortNames::parse(&make_small(&program, "--minify-imports-and-exports-and-modules")?)?;
        files.push((page::PROGRAM.to_owned(), fs::read(&program)?));
        let script = names::merge_modules(&fs::read_to_string(scratch.join("page.js"))?)?;
        let script = loader::insert(&script, &split.prefetch_map, names.shared())?;
        Ok(Self { language, files, script: names.replace_in(&script)? })
    }

    fn add_to(&self, page: &mut StagedPage) -> Result<()> {
        self.files.iter().try_for_each(|(name, content)| page.add(name, self.language, content))
    }
}

/// Returns cargo's target directory. This program is in `target/debug/`, or in `target/HOST/debug/` if a host is chosen.
fn target() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().skip(2).take(2).find(|directory| directory.join(BUILT).exists());
    Ok(target.with_context(|| format!("trunk has built no {BUILT}"))?.to_owned())
}

/// Splits the program. The remaining program is `program.wasm` in `scratch`.
fn split(program: &[u8], scratch: &Path) -> Result<SplitWasm> {
    let remaining = scratch.join("program.wasm");
    let mut options = Options::new(program);
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

/// Makes a file as small as wasm-opt can, puts similar functions beside each other, and does a last pass. `NAME.symbols` then lists
/// the functions, for a stack that a browser shows. Returns what wasm-opt has printed.
fn make_small(file: &Path, last: &str) -> Result<String> {
    wasm_opt(file, &[SMALLEST.as_slice(), &["--debuginfo"]].concat())?;
    fs::write(file, order::name_by_similarity(&fs::read(file)?)?)?;
    let symbols = format!("--symbolmap={}", file.with_extension("symbols").display());
    wasm_opt(file, &[ORDER.as_slice(), &[last, &symbols, "--strip-debug"]].concat())
}

/// Changes a file. Returns what wasm-opt has printed.
fn wasm_opt(file: &Path, passes: &[&str]) -> Result<String> {
    let mut wasm_opt = Command::new("wasm-opt");
    let output = wasm_opt.args(passes).args(FEATURES).arg(file).arg("-o").arg(file).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| missing_tool(&wasm_opt))?;
    ensure!(output.status.success(), "{wasm_opt:?} failed");
    Ok(String::from_utf8(output.stdout)?)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| missing_tool(command))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// Says what helps when a tool cannot be started. trunk finds its own tools, and this program only those on the PATH.
fn missing_tool(command: &Command) -> String {
    let tool = command.get_program().display();
    format!("{tool} cannot be started: `cargo xtask run` installs it and builds the page; or put it on the PATH")
}

/// Returns the name of a file without its extension.
fn stem(file: &Path) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).context("a part has no name")?;
    Ok(stem.to_owned())
}
