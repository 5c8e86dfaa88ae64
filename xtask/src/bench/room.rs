//! A room with a conversation in it, served by the local binary as it is released.

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

/// As many as a front page has.
pub(super) const MESSAGES: usize = 100;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A local binary that runs, with one room. Dropping it stops it.
pub(super) struct Room {
    child: Child,
    port: u16,
}

impl Room {
    /// Starts the binary on an empty store, and has the conversation.
    pub(super) fn open(project: &Project, local: &Path, dist: &Path) -> Result<Self> {
        let data = project.scratch()?.join("bench");
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        let mut command = Command::new(local);
        command.args(["--port", "0"]).arg("--data").arg(&data).arg("--page").arg(dist).env("RUST_LOG", "warn");
        // The whole conversation is said at once, by one person.
        command.args(["--limit-person-rate", "0", "--limit-address-rate", "0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("the local binary could not be started")?;
        let stdout = child.stdout.take();
        let mut room = Self { child, port: 0 };
        let mut ready = String::new();
        BufReader::new(stdout.context("the local binary has no output")?).read_line(&mut ready)?;
        let port = ready.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        room.port = port.with_context(|| format!("the local binary did not say where it is, but: {ready}"))?;
        room.converse()?;
        Ok(room)
    }

    /// Where its page is.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/r/bench", self.port)
    }

    /// Its page, as HTML.
    pub(super) fn page(&self) -> Result<String> {
        let mut stream = self.connect()?;
        stream.write_all(b"GET /r/bench HTTP/1.0\r\nhost: localhost\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("the page has no body")?;
        Ok(body.to_owned())
    }

    /// Says what there is to be read, through a bare socket: the least that a client has to know of the protocol.
    fn converse(&self) -> Result<()> {
        let mut stream = self.connect()?;
        stream.write_all(
            b"GET /ws?room=bench&name=Ann HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
              sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        )?;
        for number in 1..=MESSAGES {
            let text = format!("Line {number} of a **conversation** about boats, ropes and what to bring to eat.");
            stream.write_all(&frame(&format!(r#"{{"action":"send","text":"{text}"}}"#)))?;
        }
        // Whoever speaks hears it, and what is heard is stored.
        let (mut heard, last) = (Vec::new(), format!("Line {MESSAGES} of"));
        let mut part = [0; 1 << 14];
        while !String::from_utf8_lossy(&heard).contains(&last) {
            match stream.read(&mut part)? {
                0 => bail!("the local binary closed the socket: {}", String::from_utf8_lossy(&heard)),
                length => heard.extend_from_slice(&part[..length]),
            }
        }
        Ok(())
    }

    fn connect(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Already gone is as good as killed; nobody reads this room again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text frame of fewer than 126 bytes or 65,536 (RFC 6455 §5.2). A client has to mask it; a mask of zeros changes nothing.
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
