//! `cargo xtask bench local`: the local binary beside chat rooms on Bun and on Node.js that store nothing.
//!
//! All run in turn, in several rounds: absolute figures depend on the machine and on what else it does, ratios in one round hardly do.
//! On Linux with two cores, server and load have one each.

mod report;
mod servers;

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use self::{
    report::Report,
    servers::{Contestant, Servers},
};
use crate::{
    command::{read, run},
    page,
    project::Project,
    run::{Output, build_local},
    tools,
};

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    rounds: usize,
    /// Length of one measurement, in seconds.
    seconds: f64,
    idle_connections: usize,
}

impl Extent {
    /// Medians of three rounds.
    pub(crate) const FULL: Self = Self { rounds: 3, seconds: 4.0, idle_connections: 10_000 };
    /// One round, for a look while working.
    pub(crate) const SHORT: Self = Self { rounds: 1, seconds: 1.5, idle_connections: 2_000 };
}

/// People in the room who only listen.
const LISTENERS: usize = 500;

/// Open files that a server and the load need beside the idle sockets.
const OTHER_FILES: usize = 200;

/// One kind of measurement: its name, and the arguments of the load.
struct Measurement {
    name: &'static str,
    arguments: String,
    /// Whether only the local binary can do it.
    is_ours_only: bool,
}

/// Builds what is needed, measures, and prints the table.
pub(crate) fn bench(extent: Extent) -> Result<()> {
    let project = Project::find()?;
    install_peers(&project)?;
    let servers = Servers {
        local: build_local(&project, Output::Progress)?.display().to_string(),
        page: page::build(&project)?,
        syncs: servers::build_sync_counter(&project),
        project: &project,
    };
    let load = build_load(&project)?;
    let (idle, limited) = idle_connections(extent.idle_connections);
    if limited {
        println!("`ulimit -n` allows only {idle} idle sockets.");
    }
    let measurements = measurements(extent.seconds, idle);
    let mut report = Report::default();
    for round in 1..=extent.rounds {
        println!("\n=== round {round} of {}", extent.rounds);
        for measurement in &measurements {
            for contestant in Contestant::ALL.into_iter().filter(|one| measurement.includes(*one)) {
                let Some(result) = measure(&servers, &load, contestant, measurement)? else { continue };
                println!("{:<22} {:<18} {result}", measurement.name, contestant.name());
                report.add(measurement.name, contestant, result);
            }
        }
    }
    report.print();
    Ok(())
}

fn install_peers(project: &Project) -> Result<()> {
    tools::install(project, &[tools::BUN])?;
    // A library has no program that says its version.
    if project.tools.join("tools/node_modules/ws").exists() {
        return Ok(());
    }
    tools::install(project, &[tools::NODE_WS])
}

impl Measurement {
    fn includes(&self, contestant: Contestant) -> bool {
        match contestant {
            Contestant::Durable => true,
            Contestant::WithoutFsync | Contestant::Bun | Contestant::Node => !self.is_ours_only,
        }
    }
}

fn measurements(seconds: f64, idle: usize) -> Vec<Measurement> {
    let deliveries = |name, listeners: usize, senders: usize, in_flight: usize, is_ours_only| {
        let arguments = format!(
            "deliveries --listeners {listeners} --senders {senders} --in-flight {in_flight} --seconds {seconds}"
        );
        Measurement { name, arguments, is_ours_only }
    };
    let pages = |name, encoding: &str| {
        let arguments = format!("pages --messages 100 --clients 8 --seconds {seconds} --encoding {encoding}");
        Measurement { name, arguments, is_ours_only: true }
    };
    let idle = format!("idle --connections {idle} --per-room 100");
    vec![
        deliveries("1 in flight", LISTENERS, 4, 1, false),
        deliveries("16 in flight", LISTENERS, 4, 16, false),
        // With few listeners the store decides.
        deliveries("1 sender, no listener", 0, 1, 1, true),
        deliveries("4 senders, alone", 0, 4, 1, true),
        deliveries("64 senders, alone", 0, 64, 1, true),
        Measurement { name: "idle sockets", arguments: idle, is_ours_only: false },
        pages("pages", "identity"),
        pages("pages with brotli", "br"),
    ]
}

/// Runs one measurement against a fresh server. `None` if this machine cannot run the contestant.
fn measure(servers: &Servers, load: &str, contestant: Contestant, measurement: &Measurement) -> Result<Option<Value>> {
    let Some(server) = servers.start(contestant)? else { return Ok(None) };
    let mut command = servers::pinned(servers.project, load, servers::LOAD_CORE);
    command.args(measurement.arguments.split(' '));
    command.args(["--address", &format!("127.0.0.1:{}", server.port), "--pid", &server.pid().to_string()]);
    if let Some(syncs) = server.syncs.as_ref().filter(|_| measurement.arguments.starts_with("deliveries")) {
        command.arg("--syncs").arg(syncs);
    }
    let line = read(&mut command)?;
    serde_json::from_str(&line).map(Some).with_context(|| format!("the load printed no JSON, but: {line}"))
}

/// Returns the path of the load generator.
fn build_load(project: &Project) -> Result<String> {
    run(&mut project.cargo("build --release --package load"))?;
    let program = project.target.join("release").join(format!("load{}", std::env::consts::EXE_SUFFIX));
    Ok(program.display().to_string())
}

/// Returns how many idle sockets the limit of open files allows, and whether that is fewer than wanted.
fn idle_connections(wanted: usize) -> (usize, bool) {
    let limit = crate::command::try_read(Command::new("sh").args(["-c", "ulimit -n"]));
    let limit: usize = limit.and_then(|limit| limit.parse().ok()).unwrap_or(usize::MAX);
    let possible = limit.saturating_sub(OTHER_FILES);
    (wanted.min(possible), possible < wanted)
}
