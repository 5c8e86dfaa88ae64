//! A function as a process, and the Lambda Runtime API that it asks for events.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    fs::File,
    io,
    path::Path,
    process::{Child, Command},
    rc::Rc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use hyper::{
    Response,
    header::HeaderValue,
    http::{HeaderName, request::Parts},
};
use load::process;
use serde_json::Value;
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::http::{Answer, Handler, answer, serve};

/// How often a process that starts is looked after.
const LOOK: Duration = Duration::from_millis(200);

/// Timeout of the start and of an event. An event of 10,000 posts takes seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a function takes for one event.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) answer: Value,
    /// From the event to the answer.
    pub(crate) time: Duration,
    pub(crate) cpu: Duration,
}

/// A running function.
pub(crate) struct Function {
    name: String,
    process: Process,
    runtime: Rc<Runtime>,
    answers: UnboundedReceiver<Bytes>,
    idle: UnboundedReceiver<()>,
    /// From exec to the first request for an event.
    pub(crate) ready: Duration,
}

/// A process that is stopped when this is dropped.
struct Process(Child);

/// The Runtime API of one process.
struct Runtime {
    events: UnboundedSender<String>,
    waiting: Mutex<UnboundedReceiver<String>>,
    answers: UnboundedSender<Bytes>,
    /// Told whenever the process asks for an event.
    idle: UnboundedSender<()>,
}

impl Handler for Runtime {
    async fn handle(&self, head: Parts, body: Bytes) -> Answer {
        let path = head.uri.path();
        if path.ends_with("/invocation/next") {
            // The receiver lives as long as the function.
            let _ = self.idle.send(());
            return match self.waiting.lock().await.recv().await {
                Some(event) => event_answer(event),
                None => answer(410, ""),
            };
        }
        if path.ends_with("/error") {
            eprintln!("{path}: {}", String::from_utf8_lossy(&body));
        }
        let _ = self.answers.send(body);
        answer(202, r#"{"status":"OK"}"#)
    }
}

fn event_answer(event: String) -> Answer {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let deadline = (now + Duration::from_secs(10)).as_millis().to_string();
    let mut answer = Response::new(Bytes::from(event).into());
    for (name, value) in [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", &deadline),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:bench"),
        ("content-type", "application/json"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    answer
}

impl Function {
    /// Starts a program with variables and waits until it asks for an event. Its log goes to `log`.
    pub(crate) async fn start(
        name: &str,
        mut command: Command,
        variables: &[(&str, String)],
        log: &Path,
    ) -> io::Result<Self> {
        let (events, waiting) = unbounded_channel();
        let (answered, answers) = unbounded_channel();
        let (asked, mut idle) = unbounded_channel();
        let runtime = Rc::new(Runtime { events, waiting: Mutex::new(waiting), answers: answered, idle: asked });
        let address = serve(runtime.clone()).await?;
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", inherited).envs(variables.iter().cloned());
        command.env("AWS_LAMBDA_RUNTIME_API", address.to_string()).env("AWS_LAMBDA_FUNCTION_NAME", name);
        let output = File::create(log.join(name))?;
        command.stdout(output.try_clone()?).stderr(output);
        let start = Instant::now();
        let child = command.spawn().map_err(|error| io::Error::other(format!("{command:?}: {error}")))?;
        let mut process = Process(child);
        while tokio::time::timeout(LOOK, idle.recv()).await.is_err() {
            if process.0.try_wait()?.is_some() || start.elapsed() > TIMEOUT {
                return Err(io::Error::other(format!("{name} did not start; its log is {}", log.join(name).display())));
            }
        }
        Ok(Self { name: name.to_owned(), process, runtime, answers, idle, ready: start.elapsed() })
    }

    /// Has an event handled, and waits until the process asks for the next one.
    pub(crate) async fn invoke(&mut self, event: &Value) -> io::Result<Invocation> {
        let (cpu, start) = (self.cpu()?, Instant::now());
        if self.runtime.events.send(event.to_string()).is_err() {
            return Err(self.failed("takes no events"));
        }
        let answer = tokio::time::timeout(TIMEOUT, self.answers.recv()).await;
        let Ok(Some(answer)) = answer else { return Err(self.failed("did not answer an event")) };
        let time = start.elapsed();
        if tokio::time::timeout(TIMEOUT, self.idle.recv()).await.is_err() {
            return Err(self.failed("did not ask for the next event"));
        }
        let cpu = self.cpu()?.saturating_sub(cpu);
        Ok(Invocation { answer: serde_json::from_slice(&answer)?, time, cpu })
    }

    /// Returns its processor time since it was started.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        process::cpu_of_threads(self.process.0.id())
    }

    /// Returns its resident memory, in bytes.
    pub(crate) fn memory(&self) -> io::Result<u64> {
        process::memory(self.process.0.id())
    }

    fn failed(&self, what: &str) -> io::Error {
        io::Error::other(format!("the function {} {what}; read its log", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
