//! `cargo xtask sbom`: the software bill of materials (SBOM) of the programs and the page, as CycloneDX JSON in
//! `target/sbom/`.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{command::run, project::Project, tools};

/// One SBOM: which package is built, how, and for which machine.
struct Sbom {
    name: &'static str,
    /// Folder of the package.
    package: &'static str,
    features: Option<&'static str>,
    /// Compiler target; `None` is this machine.
    target: Option<&'static str>,
}

const SBOMS: [Sbom; 3] = [
    Sbom { name: "local", package: "backend/local", features: None, target: None },
    // The six functions are one package, built for the default architecture of template.yml.
    Sbom { name: "functions", package: "backend/lambda", features: None, target: Some("aarch64-unknown-linux-gnu") },
    Sbom { name: "page", package: "frontend", features: Some("hydrate"), target: Some("wasm32-unknown-unknown") },
];

/// Components of every program and of the page. An SBOM without them is incomplete.
const EXPECTED: [&str; 2] = ["serde", "leptos"];

/// Writes all SBOMs.
pub(crate) fn sbom() -> Result<()> {
    write(&Project::find()?)
}

/// As [`sbom`], as a step of a larger task.
pub(crate) fn write(project: &Project) -> Result<()> {
    tools::install(project, &tools::SBOM)?;
    let folder = project.target.join("sbom");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    for sbom in &SBOMS {
        let file = folder.join(sbom.name).with_extension("cdx.json");
        let generated = sbom.generate(project);
        sbom.collect(project, &file)?;
        generated?;
        println!("{:5} components  {}", component_count(&file)?, file.display());
    }
    Ok(())
}

impl Sbom {
    fn generate(&self, project: &Project) -> Result<()> {
        let mut cyclonedx = project.cargo("cyclonedx --quiet --format json --spec-version 1.5 --no-default-features");
        cyclonedx.args(["--override-filename", &format!("sbom-{}.cdx", self.name)]);
        cyclonedx.arg("--manifest-path").arg(project.root.join(self.package).join("Cargo.toml"));
        if let Some(features) = self.features {
            cyclonedx.args(["--features", features]);
        }
        if let Some(target) = self.target {
            cyclonedx.args(["--target", target]);
        }
        run(&mut cyclonedx)
    }

    /// Moves the generated file to `sbom`. cargo-cyclonedx writes one file beside every package of the workspace: the
    /// others are deleted.
    fn collect(&self, project: &Project, sbom: &Path) -> Result<()> {
        for package in &project.packages {
            let generated = package.join(format!("sbom-{}.cdx.json", self.name));
            if !generated.exists() {
                continue;
            }
            if *package == project.root.join(self.package) {
                fs::copy(&generated, sbom).with_context(|| format!("{} cannot be written", sbom.display()))?;
            }
            fs::remove_file(generated)?;
        }
        Ok(())
    }
}

fn component_count(sbom: &Path) -> Result<usize> {
    let json = fs::read_to_string(sbom).with_context(|| format!("{} was not written", sbom.display()))?;
    check(&serde_json::from_str(&json)?).with_context(|| format!("{} is incomplete", sbom.display()))
}

/// Checks that an SBOM is complete, and returns the number of its components.
fn check(sbom: &Value) -> Result<usize> {
    ensure!(sbom["bomFormat"] == "CycloneDX", "its format is not CycloneDX");
    let components = sbom["components"].as_array().context("it has no list of components")?;
    for expected in EXPECTED {
        ensure!(components.iter().any(|component| component["name"] == expected), "it does not list {expected}");
    }
    Ok(components.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_sbom_without_the_expected_components_is_incomplete() {
        let count = |names: &[&str]| {
            let components: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
            check(&json!({ "bomFormat": "CycloneDX", "components": components })).ok()
        };
        assert_eq!(count(&["leptos", "serde", "x"]), Some(3));
        assert_eq!(count(&["leptos", "serde_json"]), None);
        assert_eq!(count(&["serde"]), None);
        assert!(check(&json!({ "components": [{ "name": "serde" }, { "name": "leptos" }] })).is_err());
    }
}
