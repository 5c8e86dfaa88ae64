//! `cargo xtask sbom`: what each program and the page are made of, as CycloneDX JSON in `target/sbom/`.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{command::run, project::Project, tools};

/// Each bill, the package it is of, the features that are built, and for what; `None` is this machine.
const BILLS: [(&str, &str, &str, Option<&str>); 3] = [
    ("local", "backend", "embedded", None),
    // All five are built with the same features, for the processor that template.yml asks for unless told otherwise.
    ("functions", "backend", "aws", Some("aarch64-unknown-linux-gnu")),
    ("page", "frontend", "hydrate", Some("wasm32-unknown-unknown")),
];

/// In every program and in the page. A bill without them is of something else.
const SURE: [&str; 2] = ["serde", "leptos"];

/// Writes all bills.
pub(crate) fn sbom() -> Result<()> {
    write(&Project::find()?)
}

/// As [`sbom`], as a step of a larger task.
pub(crate) fn write(project: &Project) -> Result<()> {
    tools::for_the_bill(project)?;
    let folder = project.target.join("sbom");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (name, package, features, target) in BILLS {
        let bill = folder.join(name).with_extension("cdx.json");
        let mut cyclonedx = project.cargo("cyclonedx --quiet --format json --spec-version 1.5 --no-default-features");
        cyclonedx.args(["--features", features, "--override-filename", &format!("sbom-{name}.cdx")]);
        cyclonedx.arg("--manifest-path").arg(project.root.join(package).join("Cargo.toml"));
        if let Some(target) = target {
            cyclonedx.args(["--target", target]);
        }
        let written = run(&mut cyclonedx);
        collect(project, package, &format!("sbom-{name}.cdx.json"), &bill)?;
        written?;
        println!("{:5} parts  {}", parts(&bill)?, bill.display());
    }
    Ok(())
}

/// The tool writes a bill beside every package of the workspace: the one that was asked for is kept.
fn collect(project: &Project, package: &str, file: &str, bill: &Path) -> Result<()> {
    for entry in fs::read_dir(&project.root)? {
        let folder = entry?.path();
        let found = folder.join(file);
        if !found.exists() {
            continue;
        }
        if folder.ends_with(package) {
            fs::copy(&found, bill).with_context(|| format!("{} cannot be written", bill.display()))?;
        }
        fs::remove_file(found)?;
    }
    Ok(())
}

/// How many parts a bill names, when it is whole.
fn parts(bill: &Path) -> Result<usize> {
    let json = fs::read_to_string(bill).with_context(|| format!("{} was not written", bill.display()))?;
    whole(&serde_json::from_str(&json)?).with_context(|| format!("{} is not whole", bill.display()))
}

fn whole(bill: &Value) -> Result<usize> {
    ensure!(bill["bomFormat"] == "CycloneDX", "it is no CycloneDX");
    let parts = bill["components"].as_array().context("it names no components")?;
    for sure in SURE {
        ensure!(parts.iter().any(|part| part["name"] == sure), "it does not name {sure}");
    }
    Ok(parts.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bill_without_what_is_surely_there_is_not_whole() {
        let bill = |names: &[&str]| {
            let components: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
            whole(&json!({ "bomFormat": "CycloneDX", "components": components })).ok()
        };
        assert_eq!(bill(&["leptos", "serde", "x"]), Some(3));
        assert_eq!(bill(&["leptos", "serde_json"]), None);
        assert_eq!(bill(&["serde"]), None);
        assert!(whole(&json!({ "components": [{ "name": "serde" }, { "name": "leptos" }] })).is_err());
    }
}
