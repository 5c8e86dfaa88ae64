//! Runs the local binary as a child process of a test.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Error};

const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Chat</title>\
                    <meta name=\"description\" content=\"\"></head><body></body></html>";

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A running local binary with its own page and data directory. Dropping it kills the process.
pub struct LocalServer {
    /// The path of the program.
    pub binary: &'static str,
    pub process: Child,
    pub port: u16,
    pub directory: TempDir,
}

impl LocalServer {
    pub fn start(binary: &'static str, settings: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        make_page(directory.path());
        Self::start_in(binary, directory, settings)
    }

    /// Starts the binary in a directory that has a page already.
    pub fn start_in(binary: &'static str, directory: TempDir, settings: &[&str]) -> Self {
        let (process, port) = launch(binary, directory.path(), settings);
        Self { binary, process, port, directory }
    }

    /// Returns the log of the process since its last launch.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// Kills the process as `kill -9` does. Panics if it has logged an error.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let log = self.log();
        assert!(!log.contains("ERROR"), "{log}");
    }

    /// Starts the process again in the same directory.
    pub fn restart(&mut self) {
        self.relaunch(&[]);
    }

    /// Starts the process again in the same directory, with these settings.
    pub fn relaunch(&mut self, settings: &[&str]) {
        (self.process, self.port) = launch(self.binary, self.directory.path(), settings);
    }

    /// Opens a socket with a query string, such as `?room=cats`.
    pub async fn socket(&self, query: &str) -> Result<Socket, Error> {
        connect(self.port, query).await
    }

    /// Sends a GET request. Returns the response, head and body.
    pub fn get(&self, path: &str, headers: &str) -> String {
        self.request("localhost", path, headers)
    }

    /// Sends a GET request with another `Host`. Returns the response, head and body.
    pub fn get_at(&self, host: &str, path: &str) -> String {
        self.request(host, path, "")
    }

    fn request(&self, host: &str, path: &str, headers: &str) -> String {
        exchange(self.port, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"), &[])
    }

    /// Puts the bytes of an image at the address of an upload. Returns the response, head and body.
    pub fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> String {
        let head = format!(
            "PUT {address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        exchange(self.port, &head, bytes)
    }

    /// Sends SIGINT to the process.
    pub fn interrupt(&self) {
        let done = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    /// Waits until the process has exited. Returns its status and its log.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let status = self.process.wait().unwrap();
        (status, self.log())
    }

    /// Sends a WebSocket handshake with a `Host` and more headers. Returns the status and the response.
    pub fn handshake(&self, host: &str, headers: &str) -> (u16, String) {
        self.send_raw(&format!(
            "GET /ws HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ))
    }

    /// Sends a raw request. Returns the status, and the response up to the end of its head or a little further: an open socket sends
    /// nothing more.
    pub fn send_raw(&self, request: &str) -> (u16, String) {
        let mut stream = net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut part).unwrap() {
                0 => break,
                length => answer.extend_from_slice(&part[..length]),
            }
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), answer)
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        // The process may have exited by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Sends a request to a port of this machine. Returns the response, head and body.
fn exchange(port: u16, head: &str, body: &[u8]) -> String {
    let mut stream = net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Starts the binary with the page and the data in a directory. Returns the process and its port once it serves.
pub fn launch(binary: &str, directory: &Path, settings: &[&str]) -> (Child, u16) {
    let log = directory.join("log");
    // A file and not a pipe: the test does not read while the process runs, and a full pipe would block it.
    let mut process = command(binary, directory).args(settings).stderr(File::create(&log).unwrap()).spawn().unwrap();
    let mut announced = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut announced).unwrap();
    match announced.trim().rsplit(':').next().and_then(|port| port.parse().ok()) {
        Some(port) => (process, port),
        None => panic!("the local server did not start: {announced}{}", fs::read_to_string(log).unwrap()),
    }
}

/// Creates a small built page in `dist/` of a directory.
pub fn make_page(directory: &Path) {
    let page = directory.join("dist");
    fs::create_dir(&page).unwrap();
    fs::write(page.join("index.html"), PAGE).unwrap();
    fs::write(page.join("page-1a2b.js"), "export {}").unwrap();
    fs::write(page.join("page-1a2b.js.br"), "pressed").unwrap();
    fs::create_dir(page.join("app")).unwrap();
    fs::write(page.join("app/manifest.webmanifest"), "{}").unwrap();
    fs::write(page.join("sw.js"), "skipWaiting()").unwrap();
}

/// Returns the command that starts the binary with the page and the data of a directory, on a free port.
pub fn command(binary: &str, directory: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .args(["--port", "0", "--data"])
        .arg(directory.join("data"))
        .arg("--page")
        .arg(directory.join("dist"))
        // Tests send faster than people do. A test of the limits sets its own.
        .args(["--limit-person-rate", "0", "--limit-address-rate", "0"])
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Opens a socket to a port of this machine: that of the binary, or of a proxy in front of it.
pub async fn connect(port: u16, query: &str) -> Result<Socket, Error> {
    Ok(connect_async(format!("ws://127.0.0.1:{port}/ws{query}")).await?.0)
}
