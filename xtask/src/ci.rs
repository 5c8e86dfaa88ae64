//! `cargo xtask ci`: every check that a change has to pass, in the order in which they run.

use anyhow::Result;

use crate::{command::run, project::Project, sbom, stack, steps::Steps, test, tools};

/// Clippy passes. Leptos' features `hydrate` and `ssr` exclude each other, so the page is checked once with each.
const CLIPPY: [(&str, &str); 4] = [
    ("clippy: workspace without the page", "--workspace --exclude frontend --all-targets"),
    ("clippy: page in the browser", "--package frontend --features hydrate --target wasm32-unknown-unknown"),
    ("clippy: page on the server", "--package frontend --features ssr --all-targets"),
    ("clippy: gallery", "--package frontend --features gallery --all-targets"),
];

/// Documentation passes.
const DOCS: [(&str, &str); 2] = [
    ("docs: workspace without the page", "--workspace --exclude frontend"),
    ("docs: page", "--package frontend --features gallery"),
];

/// Runs every check, then every test.
pub(crate) fn ci() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    steps.step("format", || run(&mut project.cargo("fmt --all --check")))?;
    steps.step("wasm target of the compiler", || tools::wasm_target(&project))?;
    for (name, packages) in CLIPPY {
        steps.step(name, || run(project.cargo(&format!("clippy {packages}")).args(["--", "--deny", "warnings"])))?;
    }
    for (name, packages) in DOCS {
        steps.step(name, || document(&project, packages))?;
    }
    steps.step("licences, bans and sources of dependencies", || licences(&project))?;
    steps.step("security advisories of dependencies", || advisories(&project))?;
    steps.step("SBOM", || sbom::write(&project))?;
    steps.step("template.yml", || template(&project))?;
    test::all(&project, &mut steps)?;
    // The tests run the functions on this machine; the default of template.yml is arm64.
    steps.step("build: a function for arm64", || stack::build_one_for_arm64(&project))?;
    steps.table("All checks:");
    Ok(())
}

fn document(project: &Project, packages: &str) -> Result<()> {
    let mut doc = project.cargo(&format!("doc --no-deps --document-private-items {packages}"));
    run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn licences(project: &Project) -> Result<()> {
    tools::install(project, &tools::LICENCES)?;
    run(&mut project
        .cargo("deny --all-features check --deny unmatched-skip --deny unnecessary-skip bans licenses sources"))?;
    // The fuzz targets are not distributed, so their licences are not checked.
    run(&mut project.cargo("deny --manifest-path fuzz/Cargo.toml --config deny.toml check --allow unmatched-skip --allow unnecessary-skip bans sources"))
}

/// Checks the advisory database, which is on the internet. A machine that cannot reach it skips this check only.
fn advisories(project: &Project) -> Result<()> {
    if run(&mut project.cargo("deny fetch db")).is_err() {
        println!("NOT CHECKED: the advisory database cannot be reached. Bans, licences and sources were checked.");
        return Ok(());
    }
    run(&mut project.cargo("deny --all-features check advisories"))
}

fn template(project: &Project) -> Result<()> {
    // The tests deploy to the emulator later, so it is installed here, too.
    tools::install(project, &tools::EMULATED_STACK)?;
    run(stack::sam(project).args(["validate", "--lint", "--region", "us-east-1"]))
}
