//! Programs for tests. The compiler builds them, because nothing else writes such relocations.

use std::{env, fs, process, process::Command};

use crate::program::Program;

/// Builds a program. `name` tells the files of a test from those of others.
pub(crate) fn built(name: &str, crate_name: &str, source: &str) -> Vec<u8> {
    let directory = env::temp_dir().join(format!("page-split-{}-{name}", process::id()));
    fs::create_dir_all(&directory).unwrap();
    let (file, program) = (directory.join("program.rs"), directory.join("program.wasm"));
    fs::write(&file, source).unwrap();
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc.args(["--edition=2024", "--target=wasm32-unknown-unknown", "--crate-type=cdylib", "-O", "-Cpanic=abort"]);
    rustc.args(["-Clink-arg=--emit-relocs", "--crate-name", crate_name, "-o"]);
    let status = rustc.arg(&program).arg(&file).status().unwrap();
    assert!(status.success());
    let bytes = fs::read(program).unwrap();
    fs::remove_dir_all(directory).unwrap();
    bytes
}

/// Whether the data of a program has a text.
pub(crate) fn has(program: &[u8], text: &str) -> bool {
    let segments = Program::parse(program).unwrap().segments;
    segments.into_iter().any(|segment| program[segment].windows(text.len()).any(|part| part == text.as_bytes()))
}
