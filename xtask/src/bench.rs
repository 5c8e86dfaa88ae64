//! `cargo xtask bench`: size of the page, its Lighthouse scores, and what hostile peers cost the others.

mod aws;
mod local;
mod sample_room;

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::sample_room::SampleRoom;
pub(crate) use self::{
    aws::bench as bench_aws,
    local::{Extent, bench as bench_local},
};
use crate::{
    budget,
    command::run,
    page,
    playwright::Playwright,
    project::Project,
    run::{Output, build_local},
    steps::Steps,
    tools,
};

/// Number of Lighthouse runs: single results vary.
const RUNS: usize = 3;

/// Categories that Lighthouse scores: its own name and the column of the table.
const CATEGORIES: [(&str, &str); 4] =
    [("performance", "speed"), ("accessibility", "access"), ("best-practices", "practices"), ("seo", "seo")];

/// Metrics: Lighthouse's name, the column of the table, the unit, and how many of Lighthouse's units make one.
const METRICS: [(&str, &str, &str, f64); 4] = [
    ("first-contentful-paint", "FCP", " s", 1000.0),
    ("largest-contentful-paint", "LCP", " s", 1000.0),
    ("total-blocking-time", "TBT", " ms", 1.0),
    ("cumulative-layout-shift", "CLS", "", 1.0),
];

/// Flags for Chromium as root in a container, without background work that would disturb the measurement.
const CHROMIUM_FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                              --disable-background-networking --disable-component-update --disable-sync";

/// Builds the release, prints the size of the page and runs Lighthouse.
pub(crate) fn bench() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    let chromium = steps.step("tools", || {
        tools::install(&project, &tools::BENCH)?;
        tools::chromium()
    })?;
    let dist = steps.step("build: page", || page::build(&project))?;
    let local = steps.step("build: local binary", || build_local(&project, Output::Progress))?;
    // The server stops when this function returns, also after an error.
    let room = steps.step("start the server and fill a room", || SampleRoom::start(&project, &local, &dist))?;
    steps.step("size of the page", || print_sizes(&project, &dist, &room))?;
    let reports = steps.step("Lighthouse", || {
        (1..=RUNS).map(|number| lighthouse(&project, &chromium, &room, number)).collect::<Result<Vec<_>>>()
    })?;
    drop(room);
    steps.step("beside hostile peers", || beside_hostile_peers(&project))?;
    table(&reports);
    check(&reports)
}

/// Prints how long deliveries take beside peers that never read, and without them in the same run.
fn beside_hostile_peers(project: &Project) -> Result<()> {
    let test = "test --release --package chat-local --test hostile_peers peers_that_never_read -- --nocapture";
    run(project.cargo(test).env("HOSTILE_PEERS", "240").env("HOSTILE_MESSAGES", "100"))
}

/// Prints the compressed size of everything that a browser downloads before the page is interactive.
fn print_sizes(project: &Project, dist: &Path, room: &SampleRoom) -> Result<()> {
    // The quality that the function `front` uses.
    let html = page::brotli(room.page()?.as_bytes(), 5)?.len() as u64;
    println!("{html:>8} bytes  HTML of a room with {} messages", sample_room::MESSAGES);
    let total = html + budget::check(project, dist)?;
    println!("{total:>8} bytes  total, compressed with brotli");
    Ok(())
}

/// Measures visits, history and sending in Chromium.
pub(crate) fn bench_page() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    let browsers = steps.step("tools", || tools::browser_tests(&project))?;
    let playwright = Playwright::build(&project, &mut steps, browsers)?;
    steps.step("measure the page", || {
        run(playwright.command(&project).args(["--config", "bench.config.ts", "--project=bench"]))
    })
}

/// Runs Lighthouse once, with the settings of a mobile phone, and returns its report.
fn lighthouse(project: &Project, chromium: &Path, room: &SampleRoom, number: usize) -> Result<Value> {
    let report = project.scratch()?.join(format!("lighthouse-{number}.json"));
    let mut lighthouse = project.command("lighthouse");
    lighthouse.arg(room.address()).env("CHROME_PATH", chromium);
    lighthouse.args(["--quiet", "--output=json", "--no-enable-error-reporting", "--form-factor=mobile"]);
    lighthouse.arg(format!("--only-categories={}", CATEGORIES.map(|(category, _)| category).join(",")));
    lighthouse.arg(format!("--chrome-flags={CHROMIUM_FLAGS}")).arg(format!("--output-path={}", report.display()));
    run(&mut lighthouse)?;
    let report = fs::read_to_string(&report).context("Lighthouse wrote no report")?;
    serde_json::from_str(&report).context("Lighthouse's report is not JSON")
}

fn table(reports: &[Value]) {
    let names = CATEGORIES.map(|(_, name)| name).into_iter().chain(METRICS.map(|(_, name, ..)| name));
    println!("\nrun  {}", names.map(|name| format!("{name:>9}")).collect::<Vec<_>>().join("  "));
    for (index, report) in reports.iter().enumerate() {
        let scores = CATEGORIES.map(|(category, _)| format!("{:>9.0}", score(report, category)));
        let measured = METRICS.map(|(audit, _, unit, scale)| {
            let value = report["audits"][audit]["numericValue"].as_f64().unwrap_or(f64::NAN) / scale;
            format!("{:>9}", format!("{value:.*}{unit}", if unit == " ms" { 0 } else { 2 }))
        });
        println!("{:>3}  {}", index + 1, [scores.join("  "), measured.join("  ")].join("  "));
    }
}

/// Prints the audits that failed, and fails when a category other than performance is below 100. Performance depends on
/// the machine, so it is only reported.
fn check(reports: &[Value]) -> Result<()> {
    let mut failed = Vec::new();
    for (category, _) in CATEGORIES {
        for report in reports.iter().filter(|report| score(report, category) < 100.0) {
            let audits = failed_audits(report, category);
            println!("{category}: {}", audits.join(", "));
            if category != "performance" {
                failed.extend(audits);
            }
        }
    }
    if !failed.is_empty() {
        bail!("the page fails Lighthouse audits; the lines above name them");
    }
    Ok(())
}

/// Returns the score of a category, 0 to 100.
fn score(report: &Value, category: &str) -> f64 {
    report["categories"][category]["score"].as_f64().unwrap_or_default() * 100.0
}

/// Returns the audits that lower the score of a category, with their own scores.
fn failed_audits(report: &Value, category: &str) -> Vec<String> {
    let audits = report["categories"][category]["auditRefs"].as_array().into_iter().flatten();
    audits
        .filter(|audit| audit["weight"].as_f64().unwrap_or_default() > 0.0)
        .filter_map(|audit| {
            let name = audit["id"].as_str()?;
            let score = report["audits"][name]["score"].as_f64()?;
            (score < 1.0).then(|| format!("{name} {:.0}", score * 100.0))
        })
        .collect()
}
