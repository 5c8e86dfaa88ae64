//! The AWS stack: builds the functions and reads the outputs, on AWS and on the emulator.

use std::{collections::HashMap, fs, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    command::{read, run},
    project::Project,
};

/// Sets the AWS endpoint and credentials of a command. Applied to every command before it runs.
pub(crate) type Aws<'a> = &'a dyn Fn(&mut Command);

/// Builds the six functions for `architecture` (`arm64` or `x86_64`). `configure` adds flags to `sam build`.
pub(crate) fn build(project: &Project, architecture: &str, configure: Aws) -> Result<()> {
    // `sam build` hides cargo's progress and builds one function after the other. So cargo-lambda runs first, visibly
    // and for all of them. It reads the same profile as `sam build`, from backend/lambda/Cargo.toml.
    println!("Building the functions (about 6 minutes for the first time).");
    // Without --package, cargo-lambda does not find more than one binary in a workspace.
    let mut lambda = project.cargo("lambda build --release --package chat-lambda");
    if architecture == "arm64" {
        lambda.arg("--arm64");
    }
    for function in ["connect", "disconnect", "send", "deliver", "cron", "front"] {
        lambda.args(["--bin", function]);
    }
    run(lambda.current_dir(project.root.join("backend/lambda")))?;
    let mut sam = sam(project);
    sam.args(["build", "--parameter-overrides", &format!("Architecture={architecture}")]);
    configure(&mut sam);
    run(&mut sam)
}

/// Builds one function for arm64, whatever this machine is: what cannot be compiled or linked for it is seen before a deployment.
pub(crate) fn build_one_for_arm64(project: &Project) -> Result<()> {
    let folder = project.scratch()?.join("arm64");
    // Without optimisation: this is about the compiler's target and the linker, and takes a third of the time.
    let mut lambda = project.cargo("lambda build --arm64 --package chat-lambda --bin connect --lambda-dir");
    run(lambda.arg(&folder).current_dir(project.root.join("backend/lambda")))?;
    let program = fs::read(folder.join("connect/bootstrap")).context("cargo-lambda has written no program")?;
    // Bytes 18 and 19 of an ELF file name the processor; 183 is AArch64.
    ensure!(program.get(18..20) == Some(&[183, 0]), "the function was built for another processor than arm64");
    Ok(())
}

/// Outputs of a deployed stack.
pub(crate) struct Outputs(HashMap<String, String>);

impl Outputs {
    /// Reads the outputs of the stack that has the given name.
    pub(crate) fn of(project: &Project, aws: Aws, stack: &str, region: Option<&str>) -> Result<Self> {
        let mut list = sam(project);
        list.args(["list", "stack-outputs", "--stack-name", stack, "--output", "json"]);
        if let Some(region) = region {
            list.args(["--region", region]);
        }
        aws(&mut list);
        let outputs: Vec<Value> =
            serde_json::from_str(&read(&mut list)?).context("`sam list stack-outputs` did not print JSON")?;
        let text = |output: &Value, key: &str| output[key].as_str().map(str::to_owned);
        Ok(Self(outputs.iter().filter_map(|o| Some((text(o, "OutputKey")?, text(o, "OutputValue")?))).collect()))
    }

    /// Returns one output by its name in template.yml.
    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.with_context(|| {
            format!("the stack has no output {name}: check that it was deployed from this template.yml")
        })
    }
}

/// Returns a `sam` command without telemetry.
pub(crate) fn sam(project: &Project) -> Command {
    let mut sam = project.command("sam");
    sam.env("SAM_CLI_TELEMETRY", "0");
    sam
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CloudFormation passes the dashboard on as text, and CloudWatch refuses it only in the deployment.
    #[test]
    fn the_dashboard_in_the_template_is_json() {
        let template = include_str!("../../template.yml");
        let (_, body) = template.split_once("DashboardBody: !Sub |\n").unwrap();
        let body: Vec<_> = body.lines().take_while(|line| line.starts_with("        ")).collect();
        let body = body.join("\n").replace("${", "{");
        let dashboard: Value = serde_json::from_str(&body).unwrap();
        let widgets = dashboard["widgets"].as_array().unwrap();
        assert!(widgets.iter().all(|widget| widget["properties"]["title"].is_string()));
        // A dashboard is free up to 50 metrics.
        let metrics = widgets.iter().filter_map(|widget| widget["properties"]["metrics"].as_array()).map(Vec::len);
        assert!(metrics.sum::<usize>() <= 50);
    }
}
