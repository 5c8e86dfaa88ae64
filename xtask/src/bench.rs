//! `cargo xtask bench`: what the page weighs, and what Lighthouse says of it.

mod room;

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::room::Room;
use crate::{
    command::run,
    page,
    project::Project,
    run::{Output, build_local},
    steps::Steps,
    tools,
};

/// One good run may be luck.
const RUNS: usize = 3;

/// What Lighthouse judges, as it calls it itself, and as the table does.
const CATEGORIES: [(&str, &str); 4] =
    [("performance", "speed"), ("accessibility", "access"), ("best-practices", "practices"), ("seo", "seo")];

/// What it measures: the unit's name, and how many of Lighthouse's own make one.
const METRICS: [(&str, &str, &str, f64); 4] = [
    ("first-contentful-paint", "FCP", " s", 1000.0),
    ("largest-contentful-paint", "LCP", " s", 1000.0),
    ("total-blocking-time", "TBT", " ms", 1.0),
    ("cumulative-layout-shift", "CLS", "", 1.0),
];

/// Chromium as root, in a container, and without anything of its own to do meanwhile.
const CHROMIUM_FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                              --disable-background-networking --disable-component-update --disable-sync";

/// Builds what is released, weighs it and has it looked at.
pub(crate) fn bench() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    let chromium = steps.step("tools", || tools::for_the_bench(&project))?;
    let dist = steps.step("page", || page::build(&project))?;
    let local = steps.step("local binary", || build_local(&project, Output::Progress))?;
    // From here on it runs until this function ends, however it ends.
    let room = steps.step("a room with a conversation", || Room::open(&project, &local, &dist))?;
    steps.step("weight", || weigh(&dist, &room))?;
    let reports = steps.step("Lighthouse", || {
        (1..=RUNS).map(|number| look(&project, &chromium, &room, number)).collect::<Result<Vec<_>>>()
    })?;
    table(&reports);
    judge(&reports)
}

/// Prints what a reader's browser has to fetch before the page is alive, compressed as it travels.
fn weigh(dist: &Path, room: &Room) -> Result<()> {
    let html = room.page()?;
    // As hard as the front function does it.
    let mut all = page::brotli(html.as_bytes(), 5)?.len() as u64;
    println!("{all:>8} bytes  the page of a room with {} messages", room::MESSAGES);
    for file in page::assets(dist)? {
        let name = file.strip_prefix(dist)?.display().to_string();
        if matches!(page::extension(&file), "css" | "js" | "wasm") && html.contains(&name) {
            let bytes = fs::metadata(page::twin(&file))?.len();
            println!("{bytes:>8} bytes  {name}");
            all += bytes;
        }
    }
    println!("{all:>8} bytes  in all, with brotli");
    Ok(())
}

/// Has the page looked at once, as on a telephone, and gives back the report.
fn look(project: &Project, chromium: &Path, room: &Room, number: usize) -> Result<Value> {
    let report = project.scratch()?.join(format!("lighthouse-{number}.json"));
    let mut lighthouse = project.command("lighthouse");
    lighthouse.arg(room.address()).env("CHROME_PATH", chromium);
    lighthouse.args(["--quiet", "--output=json", "--no-enable-error-reporting", "--form-factor=mobile"]);
    lighthouse.arg(format!("--only-categories={}", CATEGORIES.map(|(category, _)| category).join(",")));
    lighthouse.arg(format!("--chrome-flags={CHROMIUM_FLAGS}")).arg(format!("--output-path={}", report.display()));
    run(&mut lighthouse)?;
    let report = fs::read_to_string(&report).context("Lighthouse left no report")?;
    serde_json::from_str(&report).context("Lighthouse's report is no JSON")
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

/// The speed is this machine's as much as the page's, so it is reported; the rest is the page's alone, and has to be whole.
fn judge(reports: &[Value]) -> Result<()> {
    let mut short = Vec::new();
    for (category, _) in CATEGORIES {
        for report in reports.iter().filter(|report| score(report, category) < 100.0) {
            let lost = lost(report, category);
            println!("{category}: {}", lost.join(", "));
            if category != "performance" {
                short.extend(lost);
            }
        }
    }
    if !short.is_empty() {
        bail!("Lighthouse finds fault with the page; see above");
    }
    Ok(())
}

/// Between 0 and 100.
fn score(report: &Value, category: &str) -> f64 {
    report["categories"][category]["score"].as_f64().unwrap_or_default() * 100.0
}

/// The audits that a category's score lost something for.
fn lost(report: &Value, category: &str) -> Vec<String> {
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
