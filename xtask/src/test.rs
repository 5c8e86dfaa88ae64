//! `cargo xtask test`: every test that runs on one machine, including those of the deployed stack.

mod stacks;
mod upgrade;

use anyhow::Result;

use self::stacks::{TestStacks, architecture};
use crate::{
    command::run, emulator::AwsEmulator, fuzz, playwright::Playwright, project::Project, stack, steps::Steps, tools,
};

const PLAN: &str = "\
All of this runs on this machine; servers listen on the loopback interface only:
  1. missing tools are installed into a folder of their own
  2. unit, golden and contract tests run with cargo
  3. the fuzz targets are built with a nightly compiler and run for about a minute
  4. the page, the local binary and the six functions are built
  5. template.yml is deployed to an AWS emulator (ministack) with the real `sam build` and `sam deploy`
  6. Chromium tests both deployments: the local binary and the deployed stack; Firefox and WebKit run smoke tests
About 50 minutes for the first time on two cores, about 35 after that.";

/// Rust tests that need no emulator: name of the step, arguments of `cargo test`.
const RUST_TESTS: [(&str, &str); 4] = [
    (
        "tests: wire types and xtask",
        "--package shared-types --package light-json --package light-json-derive --package load --package xtask",
    ),
    ("tests: page model, view layer and splitting", "--package page-model --package page-view --package page-split"),
    ("tests: page on the server", "--package frontend --features ssr"),
    (
        "tests: rules, stores and local server",
        "--package chat --package chat-backup --package chat-aws-backup --package chat-http --package platform \
         --package store-memory --package store-redb --package embedded-page --package chat-local --package chat-lambda \
         --package chat-testing",
    ),
];

/// The delivery tests, which `--long` repeats with more repetitions.
const DELIVERY_TESTS: &str = "--package chat-testing --test simulation --package store-redb --test power_cut \
                              --package chat-local --test crash --test cut_sockets --test flood";

/// Environment variables that make up the long form of the delivery tests.
const LONG: [(&str, &str); 5] =
    [("SCHEDULES", "10000"), ("CUTS", "10000"), ("KILLS", "200"), ("SECONDS", "60"), ("FLOOD_SECONDS", "30")];

/// Runs all tests.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::new();
    all(&Project::find()?, &mut steps)?;
    steps.table("All tests:");
    Ok(())
}

/// Runs all tests, then the delivery tests in their long form.
pub(crate) fn test_long() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    all(&project, &mut steps)?;
    steps.step("delivery tests, long form", || {
        let mut cargo = project.cargo(&format!("test --release {DELIVERY_TESTS} -- --nocapture"));
        run(cargo.envs(LONG))
    })?;
    steps.table("All tests:");
    Ok(())
}

/// Runs all tests as steps of a larger task.
pub(crate) fn all(project: &Project, steps: &mut Steps) -> Result<()> {
    println!("{PLAN}");
    let (browsers, engines) = steps.step("tools", || {
        tools::install(project, &tools::EMULATED_STACK)?;
        Ok((tools::browser_tests(project)?, tools::engines()))
    })?;
    for (name, packages) in RUST_TESTS {
        steps.step(name, || run(&mut project.cargo(&format!("test {packages}"))))?;
    }
    steps.step("fuzz targets, short run", || fuzz::run(project, fuzz::Length::Short))?;
    let playwright = Playwright::build(project, steps, browsers)?;
    // The emulator stops when this function returns, also after an error.
    let emulator = steps.step("start the AWS emulator", || AwsEmulator::start(project))?;
    steps.step("tests: AWS adapters on the emulator", || aws_adapters(project, &emulator))?;
    steps.step("build: functions", || stack::build(project, architecture(), &|_| ()))?;
    let stacks = steps.step("deploy to the AWS emulator", || TestStacks::deploy(project, &emulator))?;
    let versions = upgrade::versions(project, &playwright.dist)?;
    steps.step("browser tests of both deployments", || {
        let mut command = playwright.command(project);
        engines.configure(&mut command);
        stacks.configure(&mut command, &emulator, &versions)?;
        run(&mut command)
    })
}

fn aws_adapters(project: &Project, emulator: &AwsEmulator) -> Result<()> {
    let mut cargo = project.cargo("test --package store-aws");
    run(emulator.configure(&mut cargo).env("CONTRACT_AWS_ENDPOINT", format!("http://{}", emulator.address())))
}
