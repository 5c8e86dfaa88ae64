//! The servers that are compared, each started afresh for each measurement.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::available_parallelism,
};

use anyhow::{Context, Result};

use crate::{command, project::Project};

/// The core of the server, where it can be chosen.
const SERVER_CORE: u32 = 0;
/// The core of the load.
pub(super) const LOAD_CORE: u32 = 1;

/// A server that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Contestant {
    /// The local binary: each message is on the disk before it is shown.
    Durable,
    /// The local binary whose fsyncs do nothing, to see what they cost.
    WithoutFsync,
    /// Bun's native publish, which stores nothing.
    Bun,
    /// The package `ws` on Node.js, which stores nothing.
    Node,
}

impl Contestant {
    pub(super) const ALL: [Self; 4] = [Self::Durable, Self::WithoutFsync, Self::Bun, Self::Node];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Durable => "ours",
            Self::WithoutFsync => "ours without fsync",
            Self::Bun => "Bun",
            Self::Node => "Node ws",
        }
    }
}

/// What is needed to start the servers.
pub(super) struct Servers<'a> {
    pub(super) project: &'a Project,
    pub(super) local: String,
    pub(super) page: PathBuf,
    /// The library that counts fsyncs, where it could be built.
    pub(super) syncs: Option<PathBuf>,
}

/// A running server. Dropping it stops it.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    /// The file that has a byte for each fsync.
    pub(super) syncs: Option<PathBuf>,
}

impl Servers<'_> {
    /// Starts a server with nothing stored. `None` if this machine cannot run it.
    pub(super) fn start(&self, contestant: Contestant) -> Result<Option<Server>> {
        let scripts = self.project.root.join("xtask/src/bench/local");
        let mut syncs = None;
        let mut command = match contestant {
            Contestant::WithoutFsync if self.syncs.is_none() => return Ok(None),
            Contestant::Durable | Contestant::WithoutFsync => {
                let data = self.project.scratch()?.join("bench-local");
                if data.exists() {
                    fs::remove_dir_all(&data)?;
                }
                fs::create_dir(&data)?;
                let mut command = self.ours(&data);
                if let Some(library) = &self.syncs {
                    let file = data.join("syncs");
                    fs::write(&file, "")?;
                    command.env("LD_PRELOAD", library).env("SYNCS", &file);
                    command.env("SYNCS_OFF", if contestant == Contestant::WithoutFsync { "1" } else { "0" });
                    syncs = Some(file);
                }
                command
            }
            Contestant::Bun => self.script("bun", &scripts.join("bun.js")),
            Contestant::Node => self.script("node", &scripts.join("ws.cjs")),
        };
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", contestant.name()))?;
        let stdout = child.stdout.take();
        let mut server = Server { child, port: 0, syncs };
        let mut ready = String::new();
        BufReader::new(stdout.context("the server has no output")?).read_line(&mut ready)?;
        let port = ready.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        server.port = port.with_context(|| format!("{} did not print its address, but: {ready}", contestant.name()))?;
        Ok(Some(server))
    }

    fn ours(&self, data: &Path) -> Command {
        let mut command = pinned(self.project, &self.local, SERVER_CORE);
        command.args(["--port", "0"]).arg("--data").arg(data.join("data")).arg("--page").arg(&self.page);
        // A few people do what many would, from one address.
        command.args(["--limit-person-rate", "0", "--limit-address-rate", "0", "--limit-connection-count", "15000"]);
        command.env("RUST_LOG", "error");
        command
    }

    fn script(&self, program: &str, script: &Path) -> Command {
        let mut command = pinned(self.project, program, SERVER_CORE);
        command.arg(script).env("NODE_PATH", self.project.tools.join("tools/node_modules"));
        command
    }
}

impl Server {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that the process has exited already. The data is not needed again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a command that runs on one core, where there are two and `taskset` is installed.
pub(super) fn pinned(project: &Project, program: &str, core: u32) -> Command {
    let has_two = available_parallelism().is_ok_and(|cores| cores.get() >= 2);
    if !has_two || command::try_read(Command::new("taskset").arg("--version")).is_none() {
        return project.command(program);
    }
    let mut command = project.command("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// Builds the library that counts fsyncs. Without it, fsyncs are neither counted nor left out.
pub(super) fn build_sync_counter(project: &Project) -> Option<PathBuf> {
    let library = project.scratch().ok()?.join("syncs.so");
    let source = project.root.join("xtask/src/bench/local/syncs.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(source).arg("-ldl");
    if !cfg!(target_os = "linux") || command::run(&mut compiler).is_err() {
        println!("fsyncs cannot be counted here: that needs Linux and a C compiler.");
        return None;
    }
    Some(library)
}
