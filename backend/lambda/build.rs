//! Stops the build of functions without a page: `front` renders into it. Lints, tests and fuzz targets need no page.

use std::{env, path::Path};

/// Where trunk puts the page, from here.
const DIST: &str = "../../dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={DIST}");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is_fuzzing = env::var_os("CARGO_CFG_FUZZING").is_some();
    if is_release && !is_fuzzing && !Path::new(DIST).join("index.html").exists() {
        println!(
            "cargo::error=the page is not built, and it is part of the function `front`: run `cargo xtask deploy`, which \
             builds both, or `cargo xtask run` before `sam build`"
        );
    }
}
