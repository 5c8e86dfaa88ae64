//! `cargo xtask ci`: one list, read from top to bottom.

use anyhow::Result;

use crate::{command::run, project::Project, sbom, steps::Steps, test, tools};

/// Leptos' features are not additive, and the local binary is to compile without the AWS SDK: each set is looked at alone.
const LINTS: [(&str, &str); 8] = [
    ("lints of the wire", "--package shared-types --all-targets"),
    ("lints of the page in the browser", "--package frontend --features hydrate --target wasm32-unknown-unknown"),
    ("lints of the page on the server", "--package frontend --features ssr --all-targets"),
    ("lints of the gallery", "--package frontend --features gallery --all-targets"),
    ("lints of the local binary", "--package backend --no-default-features --features embedded --all-targets"),
    ("lints of the functions", "--package backend --no-default-features --features aws --all-targets"),
    ("lints of both homes", "--package backend --no-default-features --features aws,embedded --all-targets"),
    ("lints of xtask", "--package xtask --all-targets"),
];

const DOCS: [(&str, &str); 3] = [
    ("docs of the wire and of xtask", "--package shared-types --package xtask"),
    ("docs of the page", "--package frontend --features gallery"),
    ("docs of the backend", "--package backend --no-default-features --features aws,embedded"),
];

/// Runs every check, and then every test.
pub(crate) fn ci() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    steps.step("format", || run(&mut project.cargo("fmt --all --check")))?;
    // The lints of the page are the first to need it, and a fresh machine does not have it.
    steps.step("target of the page", || tools::wasm_target(&project))?;
    for (name, packages) in LINTS {
        steps.step(name, || {
            let mut clippy = project.cargo(&format!("clippy {packages}"));
            run(clippy.args(["--", "--deny", "warnings"]))
        })?;
    }
    for (name, packages) in DOCS {
        steps.step(name, || {
            let mut doc = project.cargo(&format!("doc --no-deps --document-private-items {packages}"));
            run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
        })?;
    }
    steps.step("licences and bans of the dependencies", || {
        tools::for_the_licences(&project)?;
        run(&mut project.cargo("deny --all-features check --deny unmatched-skip --deny unnecessary-skip bans licenses sources"))?;
        // Nothing of the fuzzer is given to anybody, so its licences are of no matter.
        run(&mut project.cargo("deny --manifest-path fuzz/Cargo.toml --config deny.toml check --allow unmatched-skip --allow unnecessary-skip bans sources"))
    })?;
    steps.step("advisories on the dependencies", || advisories(&project))?;
    steps.step("bill of materials", || sbom::write(&project))?;
    steps.step("template", || {
        tools::for_the_stack(&project, tools::StandIn::Needed)?;
        run(crate::stack::sam(&project).args(["validate", "--lint", "--region", "us-east-1"]))
    })?;
    test::all(&project, &mut steps)?;
    steps.table("Everything:");
    Ok(())
}

/// The database of advisories is on the internet, and a machine without it still has to be able to check everything else.
fn advisories(project: &Project) -> Result<()> {
    if run(&mut project.cargo("deny fetch db")).is_err() {
        println!(
            "NOT CHECKED: the database of advisories cannot be reached from here. Bans, licences and sources were."
        );
        return Ok(());
    }
    run(&mut project.cargo("deny --all-features check advisories"))
}
