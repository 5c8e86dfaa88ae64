//! A room with messages, served by the release build of the local binary.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Number of messages: as many as the front page shows by default.
pub(super) const MESSAGES: usize = 100;

/// Timeout for a response.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// A running local server with one room. Dropping it stops the server.
pub(super) struct SampleRoom {
    child: Child,
    port: u16,
}

impl SampleRoom {
    /// Starts the server with an empty store and sends the messages.
    pub(super) fn start(project: &Project, local: &Path, dist: &Path) -> Result<Self> {
        let data = project.scratch()?.join("bench");
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        let mut command = Command::new(local);
        command.args(["--port", "0"]).arg("--data").arg(&data).arg("--page").arg(dist).env("RUST_LOG", "warn");
        // One person sends all messages at once, so rate limits are off.
        command.args(["--limit-person-rate", "0", "--limit-address-rate", "0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("the local binary cannot be started")?;
        let stdout = child.stdout.take();
        let mut room = Self { child, port: 0 };
        let mut ready = String::new();
        BufReader::new(stdout.context("the local binary has no output")?).read_line(&mut ready)?;
        let port = ready.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        room.port = port.with_context(|| format!("the local binary did not print its address, but: {ready}"))?;
        room.send_messages()?;
        Ok(room)
    }

    /// Returns the address of the room's page.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/r/bench", self.port)
    }

    /// Fetches the HTML of the room's page.
    pub(super) fn page(&self) -> Result<String> {
        let mut stream = self.connect()?;
        stream.write_all(b"GET /r/bench HTTP/1.0\r\nhost: localhost\r\n\r\n")?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        let (_, body) = response.split_once("\r\n\r\n").context("the page has no body")?;
        Ok(body.to_owned())
    }

    /// Sends the messages through a plain TCP connection, with the minimum of the WebSocket protocol.
    fn send_messages(&self) -> Result<()> {
        let mut stream = self.connect()?;
        stream.write_all(
            b"GET /ws?room=bench&name=Ann HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
              sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        )?;
        for number in 1..=MESSAGES {
            let text = format!("Line {number} of a **conversation** about boats, ropes and what to bring to eat.");
            stream.write_all(&frame(&format!(r#"{{"action":"send","text":"{text}"}}"#)))?;
        }
        // The server sends a message to its author after it has stored it.
        let (mut received, last) = (Vec::new(), format!("Line {MESSAGES} of"));
        let mut part = [0; 1 << 14];
        while !String::from_utf8_lossy(&received).contains(&last) {
            match stream.read(&mut part)? {
                0 => bail!("the local binary closed the socket: {}", String::from_utf8_lossy(&received)),
                length => received.extend_from_slice(&part[..length]),
            }
        }
        Ok(())
    }

    fn connect(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        Ok(stream)
    }
}

impl Drop for SampleRoom {
    fn drop(&mut self) {
        // An error means that the process has exited already. The data is not needed again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a WebSocket text frame (RFC 6455 section 5.2) for a text of at most 65,535 bytes. Clients must mask frames;
/// a mask of zeros leaves the text as it is.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u8::try_from(text.len()) {
        Ok(length) if length < 126 => frame.push(0x80 | length),
        _ => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(text.len() as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    frame
}
