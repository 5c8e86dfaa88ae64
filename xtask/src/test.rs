//! `cargo xtask test`: everything that can be tested on this machine, the deployed stack included.

use std::{env, net::TcpListener, path::Path, process::Command};

use anyhow::Result;

use crate::{
    command::run,
    fuzz, gallery, page,
    project::Project,
    run::{Output, build_local},
    stack::{self, Outputs},
    stand_in::StandIn,
    steps::Steps,
    tools,
};

const PLAN: &str = "\
What is going to happen, all of it on this machine and on its loopback:
  1. tools that are missing are installed into a folder of their own
  2. unit, golden and contract tests with cargo; AWS is played by a stand-in (ministack)
  3. the fuzzer, built with a nightly compiler, makes up what a stranger may send
  4. the page, the local binary and the five functions are built
  5. template.yml is deployed to the stand-in with the real `sam build` and `sam deploy`
  6. Chromium talks to both homes, the local binary and the deployed stack
About 30 minutes for the first time on two cores, about 5 after that.";

/// The tests that have a long form.
const DELIVERY: [&str; 5] = ["simulation", "power_cut", "crash", "cut_sockets", "flood"];

/// The stack whose functions post through a proxy that fails on purpose.
const FAULTS: &str = "chat-test-faults";

/// What the stack behind a passphrase is entered with.
const PASSPHRASE: &str = "open-sesame-now";

/// The connections that the small stack, and the small local binary, let in.
const SMALL: &str = "20";

/// The messages on a front page: few, so that a test need not write many to have older ones.
const MESSAGES: &str = "30";

/// The workers of the browser tests: `workers` in e2e/playwright.config.ts.
const WORKERS: usize = 2;

/// How much more the tests of delivery do in their long form.
const LONG: [(&str, &str); 5] =
    [("SCHEDULES", "10000"), ("CUTS", "10000"), ("KILLS", "200"), ("SECONDS", "60"), ("FLOOD_SECONDS", "30")];

/// Runs all tests.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::new();
    all(&Project::find()?, &mut steps)?;
    steps.table("All tests:");
    Ok(())
}

/// Runs all tests, and those of delivery once more in their long form.
pub(crate) fn test_long() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    all(&project, &mut steps)?;
    steps.step("long form of the tests of delivery", || long(&project))?;
    steps.table("All tests:");
    Ok(())
}

fn long(project: &Project) -> Result<()> {
    let mut cargo = project.cargo("test --release --package backend --no-default-features --features embedded");
    for test in DELIVERY {
        cargo.args(["--test", test]);
    }
    run(cargo.args(["--", "--nocapture"]).envs(LONG))
}

/// Runs all tests as steps of a larger task.
pub(crate) fn all(project: &Project, steps: &mut Steps) -> Result<()> {
    println!("{PLAN}");
    let chromium = steps.step("tools", || {
        tools::for_the_stack(project, tools::StandIn::Needed)?;
        tools::for_the_upload(project)?;
        tools::for_the_browser(project)
    })?;
    steps.step("tests of the wire and of xtask", || {
        run(&mut project.cargo("test --package shared-types --package xtask"))
    })?;
    steps.step("tests of the page", || run(&mut project.cargo("test --package frontend --features ssr")))?;
    steps.step("tests of the rules and the embedded store", || {
        run(&mut project.cargo("test --package backend --no-default-features --features embedded"))
    })?;
    steps.step("fuzzer, in short", || fuzz::run(project, fuzz::Length::Short))?;
    let dist = steps.step("page", || page::build(project))?;
    let gallery = steps.step("gallery", || gallery::build(project, &dist))?;
    let local = steps.step("local binary", || build_local(project, Output::Progress))?;
    // From here on it runs until this function ends, however it ends.
    let stand_in = steps.step("start of the stand-in for AWS", || StandIn::start(project))?;
    steps.step("tests of every adapter, on the stand-in", || {
        let mut cargo =
            project.cargo("test --package backend --no-default-features --features aws --lib --test contract");
        run(stand_in.aws(&mut cargo).env("CONTRACT_AWS_ENDPOINT", format!("http://{}", stand_in.address())))
    })?;
    steps.step("functions", || stack::build(project, architecture()))?;
    // The proxy that fails, the addresses of two pages behind a door, an OpenID Connect provider, and the page of the stack:
    // each worker of the browser tests has a proxy of its own before it.
    let ports = free_ports(4 + WORKERS)?;
    let [faults_port, passphrase_port, oidc_port, provider_port] = [0, 1, 2, 3].map(|at| ports[at]);
    let page_ports = &ports[4..];
    let [stack, small, faults, passphrase, oidc] = steps.step("deployment to the stand-in", || {
        let here = stand_in.address();
        let deploy =
            |name, limit, gateway: &str, door: &[String]| deploy(project, &stand_in, &dist, name, limit, gateway, door);
        // Sockets open for pages at these ports alone.
        let pages = |ports: &[u16]| {
            let origins: Vec<_> = ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect();
            format!("AllowedOrigins={}", origins.join(","))
        };
        let door =
            |access: &str, port: u16, more: &[String]| [&[format!("Access={access}"), pages(&[port])], more].concat();
        let open = [pages(page_ports)];
        let provider = [format!("OidcIssuer=http://127.0.0.1:{provider_port}"), "OidcClientId=chat".into()];
        Ok([
            deploy("chat-test", "1000", &here, &open)?,
            deploy("chat-test-small", SMALL, &here, &open)?,
            deploy(FAULTS, "1000", &format!("127.0.0.1:{faults_port}"), &open)?,
            deploy(
                "chat-test-passphrase",
                "1000",
                &here,
                &door("passphrase", passphrase_port, &[format!("Passphrase={PASSPHRASE}")]),
            )?,
            deploy("chat-test-oidc", "1000", &here, &door("oidc", oidc_port, &provider))?,
        ])
    })?;
    steps.step("browsers, on both homes", || {
        let mut playwright = project.command("npx");
        playwright.args(["playwright", "test"]).current_dir(project.root.join("e2e"));
        playwright
            .env("CHROMIUM", &chromium)
            .env("LOCAL_BINARY", &local)
            .env("PAGE", &dist)
            .env("GALLERY", &gallery)
            .env("SMALL_LIMIT", SMALL)
            .env("MESSAGE_LIMIT", MESSAGES);
        playwright.env("STACK_GATEWAY", stand_in.address()).env("STACK_SOCKET", stack.get("WebSocketURI")?);
        playwright.env("STACK_FRONT", stack.get("FrontApiEndpoint")?);
        playwright.env("STACK_ASSETS", stack.get("DistributionDomainName")?);
        playwright.env("STACK_PAGE_PORTS", page_ports.iter().map(u16::to_string).collect::<Vec<_>>().join(","));
        playwright.env("STACK_SMALL_SOCKET", small.get("WebSocketURI")?);
        // Its sockets are the stand-in's own; only what its functions post goes through the proxy.
        let faults_socket = faults.get("WebSocketURI")?.replace(&faults_port.to_string(), &stand_in.port().to_string());
        playwright.env("STACK_FAULTS_SOCKET", faults_socket).env("STACK_FAULTS_NAME", FAULTS);
        playwright.env("STACK_PASSPHRASE", PASSPHRASE).env("STACK_PROVIDER_PORT", provider_port.to_string());
        for (door, stack, port) in [("PASSPHRASE", &passphrase, passphrase_port), ("OIDC", &oidc, oidc_port)] {
            playwright.env(format!("STACK_{door}_FRONT"), stack.get("FrontApiEndpoint")?);
            playwright.env(format!("STACK_{door}_ASSETS"), stack.get("DistributionDomainName")?);
            playwright.env(format!("STACK_{door}_SOCKET"), stack.get("WebSocketURI")?);
            playwright.env(format!("STACK_{door}_PORT"), port.to_string());
        }
        run(playwright.env("STACK_FAULTS_PORT", faults_port.to_string()))
    })
}

/// Ports that are free: bound once and let go, all at a time, so that no two are the same.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    let bound: Vec<_> = (0..count).map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<Result<_, _>>()?;
    bound.iter().map(|port| Ok(port.local_addr()?.port())).collect()
}

/// Deploys one stack whose functions find API Gateway at `gateway`, and uploads its page. `door` is who may enter, and from
/// which pages. Tests talk faster than people do, so nobody is too fast in it.
fn deploy(
    project: &Project,
    stand_in: &StandIn,
    dist: &Path,
    name: &str,
    limit: &str,
    gateway: &str,
    door: &[String],
) -> Result<Outputs> {
    let aws = |command: &mut Command| {
        stand_in.aws(command);
    };
    let mut sam = stack::sam(project);
    sam.args(["deploy", "--stack-name", name, "--parameter-overrides"]);
    sam.arg(format!("Architecture={}", architecture())).arg(format!("ExecuteApiBase={gateway}/_aws/execute-api"));
    sam.arg(format!("LimitConnectionCount={limit}")).arg(format!("LimitMessageCount={MESSAGES}"));
    sam.args(["LimitPersonRate=0", "LimitAddressRate=0"]).args(door);
    run(stand_in.aws(&mut sam))?;
    let outputs = Outputs::of(project, &aws, name, None)?;
    stack::upload(project, &aws, dist, outputs.get("AssetBucketName")?)?;
    Ok(outputs)
}

/// The stand-in runs the functions as processes of this machine, so they have to be built for it.
fn architecture() -> &'static str {
    if env::consts::ARCH == "aarch64" { "arm64" } else { "x86_64" }
}
