//! The single binary as a process of a test's own.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Error};

const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Chat</title>\
                    <meta name=\"description\" content=\"\"></head><body></body></html>";

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A running local binary with a page and a data directory of its own. It ends with its owner.
pub(crate) struct Local {
    pub(crate) process: Child,
    pub(crate) port: u16,
    pub(crate) directory: TempDir,
}

impl Local {
    pub(crate) fn start(settings: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        make_page(directory.path());
        let (process, port) = launch(directory.path(), settings);
        Self { process, port, directory }
    }

    /// What the process has logged since it was launched.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Starts the binary on what is in the directory, and answers with the port once it serves there.
pub(crate) fn launch(directory: &Path, settings: &[&str]) -> (Child, u16) {
    let log = directory.join("log");
    // A file, not a pipe: nobody reads while the process runs, and a full pipe would stop it.
    let mut process = command(directory).args(settings).stderr(File::create(&log).unwrap()).spawn().unwrap();
    let mut announced = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut announced).unwrap();
    match announced.trim().rsplit(':').next().and_then(|port| port.parse().ok()) {
        Some(port) => (process, port),
        None => panic!("it did not start: {announced}{}", fs::read_to_string(log).unwrap()),
    }
}

pub(crate) fn make_page(directory: &Path) {
    let page = directory.join("dist");
    fs::create_dir(&page).unwrap();
    fs::write(page.join("index.html"), PAGE).unwrap();
    fs::write(page.join("page-1a2b.js"), "export {}").unwrap();
    fs::write(page.join("page-1a2b.js.br"), "pressed").unwrap();
    fs::create_dir(page.join("app")).unwrap();
    fs::write(page.join("app/manifest.webmanifest"), "{}").unwrap();
    fs::write(page.join("sw.js"), "skipWaiting()").unwrap();
}

pub(crate) fn command(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command
        .args(["--port", "0", "--data"])
        .arg(directory.join("data"))
        .arg("--page")
        .arg(directory.join("dist"))
        // A test talks faster than people do; one that is about that sets its own.
        .args(["--limit-person-rate", "0", "--limit-address-rate", "0"])
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A socket to whoever listens on a port of this machine: the binary, or something in front of it.
pub(crate) async fn connect(port: u16, query: &str) -> Result<Socket, Error> {
    Ok(connect_async(format!("ws://127.0.0.1:{port}/ws{query}")).await?.0)
}
