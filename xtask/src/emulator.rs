//! The AWS emulator (ministack). It listens on a free port of the loopback interface.

use std::{
    env,
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{ports, project::Project};

/// Timeout for the first response. On an idle machine it takes two seconds.
const START_TIMEOUT: Duration = Duration::from_secs(90);

/// Timeout after a termination signal. The process is killed then.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running emulator. Dropping it stops it.
pub(crate) struct AwsEmulator {
    child: Child,
    port: u16,
}

impl AwsEmulator {
    /// Starts an emulator and waits until it is healthy.
    pub(crate) fn start(project: &Project) -> Result<Self> {
        let port = ports::free(1)?[0];
        let scratch = project.scratch()?.join("aws-emulator");
        fs::create_dir_all(&scratch)?;
        let log = scratch.join("log");
        let out = File::create(&log)?;
        let mut command = project.command("ministack");
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string()).env("TMPDIR", &scratch);
        command.env("S3_DATA_DIR", scratch.join("s3")).env("STATE_DIR", scratch.join("state"));
        // Its `sitecustomize.py` removes waits from the emulator.
        let inherited = env::var_os("PYTHONPATH").unwrap_or_default();
        let folders = [project.root.join("xtask/emulator")]
            .into_iter()
            .chain(env::split_paths(&inherited).filter(|path| !path.as_os_str().is_empty()));
        command.env("PYTHONPATH", env::join_paths(folders)?);
        set_aws_environment(&mut command, port);
        let child = command.stdout(out.try_clone()?).stderr(out).spawn().context("ministack cannot be started")?;
        let mut emulator = Self { child, port };
        let started = Instant::now();
        while !emulator.is_healthy() {
            if let Some(status) = emulator.child.try_wait()? {
                bail!("the AWS emulator exited during its start ({status}); read its log {}", log.display());
            }
            if started.elapsed() > START_TIMEOUT {
                bail!("the AWS emulator did not answer within {START_TIMEOUT:?}; read its log {}", log.display());
            }
            thread::sleep(Duration::from_millis(100));
        }
        println!("The AWS emulator listens on {}; its log is {}", emulator.address(), log.display());
        Ok(emulator)
    }

    /// Returns host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Returns the port on which it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Points a command at this emulator. The command cannot reach the user's AWS accounts.
    pub(crate) fn configure<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        set_aws_environment(command, self.port)
    }

    fn is_healthy(&self) -> bool {
        let check = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
            let mut response = String::new();
            stream.read_to_string(&mut response)?;
            Ok(response)
        };
        check().is_ok_and(|response| response.starts_with("HTTP/1.1 200"))
    }
}

impl Drop for AwsEmulator {
    fn drop(&mut self) {
        // On a termination signal, the emulator stops the functions that it started. Others exit when they lose their
        // runtime API.
        let signalled = Command::new("kill").arg(self.child.id().to_string()).status();
        let deadline = Instant::now() + STOP_TIMEOUT;
        while signalled.is_ok() && Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        // An error means that the process has exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn set_aws_environment(command: &mut Command, port: u16) -> &mut Command {
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"] {
        command.env_remove(variable);
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
