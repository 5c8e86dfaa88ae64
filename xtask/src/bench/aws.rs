//! `cargo xtask bench aws`: the Lambda functions as processes of this machine, beside AWS's sample on Node.js.
//!
//! The load (`backend/load/src/aws/`) stands in for Lambda and API Gateway, and counts what reaches the AWS emulator. All of it listens on
//! the loopback interface only.

use std::{env, fs, path::PathBuf};

use anyhow::Result;

use crate::{
    command::{run, try_read},
    emulator::AwsEmulator,
    page,
    project::Project,
    steps::Steps,
    tools,
};

/// Builds what is needed, measures, and prints the tables. `flags` are passed to the load.
pub(crate) fn bench(flags: &[String]) -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    let modules = steps.step("tools", || {
        tools::install(&project, &tools::EMULATED_STACK)?;
        Ok(install_sample(&project))
    })?;
    // It is a part of `front`.
    steps.step("build: page", || page::build(&project))?;
    steps.step("build: functions", || build_functions(&project))?;
    steps.step("build: load", || run(&mut project.cargo("build --release --package load --bin load-aws")))?;
    // The emulator stops when this function returns, also after an error.
    let emulator = steps.step("start the AWS emulator", || AwsEmulator::start(&project))?;
    steps.step("measure the functions", || {
        let mut load = project.command(&project.target.join("release/load-aws").display().to_string());
        load.args(["--emulator", &emulator.address()]);
        load.arg("--functions").arg(project.target.join("lambda"));
        load.arg("--logs").arg(project.scratch()?.join("bench-aws"));
        if let Some(modules) = &modules {
            load.arg("--sample").arg(project.root.join("xtask/src/bench/aws/sample.cjs"));
            load.arg("--modules").arg(modules);
        }
        run(load.args(flags))
    })
}

/// Builds the functions that are measured, for this machine. cargo-lambda reads the profile of `sam build` from backend/lambda/Cargo.toml.
fn build_functions(project: &Project) -> Result<()> {
    println!("Building the functions (about 6 minutes for the first time).");
    let mut lambda = project.cargo("lambda build --release --package chat-lambda");
    if env::consts::ARCH == "aarch64" {
        lambda.arg("--arm64");
    }
    // All but `cron`, for which nobody waits.
    for source in fs::read_dir(project.root.join("backend/lambda/src/bin"))? {
        let source = source?.path();
        if let Some(function) = source.file_stem().filter(|function| *function != "cron") {
            lambda.arg("--bin").arg(function);
        }
    }
    run(lambda.current_dir(project.root.join("backend/lambda")))
}

/// Installs the AWS SDK for Node.js. Returns the folder in which Node.js finds it; `None` if it is missing, or Node.js itself.
fn install_sample(project: &Project) -> Option<PathBuf> {
    let modules = project.tools.join("tools/node_modules");
    if try_read(project.command("node").arg("--version")).is_none() {
        println!("Node.js is missing, so AWS's sample is not measured.");
        return None;
    }
    if tools::AWS_SDK_MODULES.iter().all(|module| modules.join(module).exists()) {
        return Some(modules);
    }
    match tools::install(project, &tools::AWS_SDK) {
        Ok(()) => Some(modules),
        Err(error) => {
            println!("AWS's sample is not measured: {error:#}");
            None
        }
    }
}
