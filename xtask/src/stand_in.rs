//! A stand-in for AWS on this machine: started on a free port of the loopback, and stopped whatever happens.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// How long it may take to answer. It takes two seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running stand-in. Dropping it stops it.
pub(crate) struct StandIn {
    child: Child,
    port: u16,
}

impl StandIn {
    /// Starts one and waits until it answers.
    pub(crate) fn start(project: &Project) -> Result<Self> {
        // Bound once and let go: the next to ask for a free port is the stand-in.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let scratch = project.scratch()?.join("stand-in");
        fs::create_dir_all(&scratch)?;
        let log = scratch.join("log");
        let out = File::create(&log)?;
        let mut command = project.command("ministack");
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string()).env("TMPDIR", &scratch);
        command.env("S3_DATA_DIR", scratch.join("s3")).env("STATE_DIR", scratch.join("state"));
        settings(&mut command, port);
        let child = command.stdout(out.try_clone()?).stderr(out).spawn().context("ministack could not be started")?;
        let mut stand_in = Self { child, port };
        let started = Instant::now();
        while !stand_in.answers() {
            if let Some(status) = stand_in.child.try_wait()? {
                bail!("the stand-in for AWS ended at once ({status}); its log is {}", log.display());
            }
            if started.elapsed() > PATIENCE {
                bail!("the stand-in for AWS does not answer after {PATIENCE:?}; its log is {}", log.display());
            }
            thread::sleep(Duration::from_millis(100));
        }
        println!("The stand-in for AWS listens on {}; its log is {}", stand_in.address(), log.display());
        Ok(stand_in)
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The same program, but with this stand-in as its AWS: no account of the user's can be reached.
    pub(crate) fn aws<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        settings(command, self.port)
    }

    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // A termination lets it end the functions it started. Those that it forgets end with their runtime API.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let until = Instant::now() + Duration::from_secs(5);
        while asked.is_ok() && Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        // Already gone is as good as killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn settings(command: &mut Command, port: u16) -> &mut Command {
    for theirs in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"] {
        command.env_remove(theirs);
    }
    command
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
}
