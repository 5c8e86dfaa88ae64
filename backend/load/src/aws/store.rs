//! DynamoDB, S3 and SQS for the functions: a proxy in front of an AWS emulator that counts and delays.
//!
//! An answer comes after a fixed time, as long as the emulator is quicker. Then the calls are as parallel as on AWS, whatever the emulator
//! does one after the other.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use hyper::{
    Method, Request,
    header::{CONTENT_TYPE, HeaderValue, LAST_MODIFIED},
    http::request::Parts,
};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::{
    chain,
    http::{Answer, Handler, HttpClient, answer},
    metering::{self, Peek, Units},
    queue::Queue,
};

/// What DynamoDB says when a condition is false.
const REFUSED: &str = "ConditionalCheckFailedException";

/// The version of the API in the name of a call.
const API: &str = "DynamoDB_20120810";

/// When the objects of the buckets were written: always recently, whatever the time.
const WRITTEN: &str = "Fri, 01 Jan 2100 00:00:00 GMT";

/// The proxy.
pub(crate) struct Store {
    pub(crate) queue: Queue,
    emulator: SocketAddr,
    client: HttpClient,
    delay: Duration,
    /// Whether calls are delayed and counted.
    counts: Cell<bool>,
    calls: RefCell<Vec<Call>>,
    remembered: RefCell<HashMap<Bytes, Remembered>>,
    /// The Queries that were sent, each with a lock: while the emulator works on one, its repetitions wait for the answer.
    sent: RefCell<HashMap<Bytes, Rc<Mutex<()>>>>,
    /// Number of writes that were answered.
    writes: Cell<u64>,
}

/// A call that was counted.
pub(crate) struct Call {
    /// The operation and the key.
    pub(crate) what: String,
    pub(crate) units: Units,
    pub(crate) start: Instant,
    end: Instant,
}

/// The answer of a Query, which is remembered until its partition is written: the emulator takes 50 times as long as DynamoDB for a large
/// one.
struct Remembered {
    table: String,
    /// The texts of the request's condition; one of them is the partition.
    values: Vec<String>,
    answer: Bytes,
    units: Units,
}

/// What calls cost together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) units: Units,
    pub(crate) calls: usize,
    /// Calls one after another.
    pub(crate) sequence: usize,
}

impl Cost {
    pub(crate) fn of(calls: &[Call]) -> Self {
        let sum = |units: fn(&Units) -> f64| calls.iter().map(|call| units(&call.units)).sum();
        Self {
            units: Units { reads: sum(|units| units.reads), writes: sum(|units| units.writes) },
            calls: calls.len(),
            sequence: chain::longest(calls.iter().map(|call| (call.start, call.end))),
        }
    }
}

impl Handler for Store {
    async fn handle(&self, head: Parts, body: Bytes) -> Answer {
        let start = Instant::now();
        let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        if let Some(operation) = target.and_then(|target| target.strip_prefix("AmazonSQS.")) {
            return self.enqueue(operation, &body, start).await;
        }
        let Some(operation) = target.and_then(|target| target.strip_prefix(API)?.strip_prefix('.')).map(str::to_owned)
        else {
            return self.object(&head, start).await;
        };
        let what = format!("{operation} {}", metering::partition(&body));
        match self.call(&operation, body).await {
            Ok((status, body, units)) => {
                self.end(what, units, start).await;
                json_answer(status, body)
            }
            Err(error) => {
                eprintln!("{operation} failed: {error}");
                answer(500, "")
            }
        }
    }
}

fn json_answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let mut answer = answer(status, body);
    let json = HeaderValue::from_static("application/x-amz-json-1.0");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

impl Store {
    pub(crate) fn new(emulator: SocketAddr, delay: Duration) -> Self {
        let (counts, calls, remembered, sent, writes) = Default::default();
        let (queue, client) = (Queue::default(), HttpClient::new());
        Self { queue, emulator, client, delay, counts, calls, remembered, sent, writes }
    }

    /// Delays and counts calls from now on, or no longer.
    pub(crate) fn count(&self, counts: bool) {
        self.counts.set(counts);
    }

    /// Returns the calls since the last time.
    pub(crate) fn take(&self) -> Vec<Call> {
        self.calls.take()
    }

    /// Answers a call and returns what it costs.
    async fn call(&self, operation: &str, body: Bytes) -> io::Result<(u16, Bytes, Units)> {
        if operation != "Query" {
            return self.ask(operation, body).await;
        }
        let lock = self.sent.borrow_mut().entry(body.clone()).or_default().clone();
        let _turn = lock.lock().await;
        self.ask(operation, body).await
    }

    /// Has the emulator answer a call, unless its answer is known.
    async fn ask(&self, operation: &str, body: Bytes) -> io::Result<(u16, Bytes, Units)> {
        if let Some(Remembered { answer, units, .. }) = self.remembered.borrow().get(&body) {
            return Ok((200, answer.clone(), *units));
        }
        let request: Value = serde_json::from_slice(&body)?;
        if !self.counts.get() {
            let (status, answer) = self.forward(operation, body).await?;
            self.forget(operation, &request);
            return Ok((status, answer, Units::default()));
        }
        let (written, writes) = (metering::before(self, operation, &request).await?, self.writes.get());
        let (status, answer) = self.forward(operation, body.clone()).await?;
        self.forget(operation, &request);
        let parsed: Value = serde_json::from_slice(&answer)?;
        if status != 200 && !parsed["__type"].as_str().unwrap_or_default().ends_with(REFUSED) {
            eprintln!("{operation}: {status} {parsed}");
        }
        let units = metering::after(self, operation, &request, &parsed, &written).await?;
        // An answer from before a write is not remembered.
        if operation == "Query" && status == 200 && writes == self.writes.get() {
            let values = request["ExpressionAttributeValues"].as_object().into_iter().flatten();
            let values = values.filter_map(|(_, value)| value["S"].as_str().map(str::to_owned)).collect();
            let table = request["TableName"].as_str().unwrap_or_default().to_owned();
            let remembered = Remembered { table, values, answer: answer.clone(), units };
            self.remembered.borrow_mut().insert(body, remembered);
        }
        Ok((status, answer, units))
    }

    /// Forgets the answers of partitions that are written.
    fn forget(&self, operation: &str, request: &Value) {
        for (table, partition) in metering::written_partitions(operation, request) {
            let mut remembered = self.remembered.borrow_mut();
            remembered.retain(|_, query| query.table != table || !query.values.contains(&partition));
            self.writes.set(self.writes.get() + 1);
        }
    }

    /// Sends a call to the emulator.
    pub(crate) async fn forward(&self, operation: &str, body: Bytes) -> io::Result<(u16, Bytes)> {
        let request = Request::post(format!("http://{}/", self.emulator))
            .header("x-amz-target", format!("{API}.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request")
            .body(body.into())
            .map_err(io::Error::other)?;
        self.client.send(request).await
    }

    /// Answers a call of SQS.
    async fn enqueue(&self, operation: &str, body: &[u8], start: Instant) -> Answer {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let sent = self.queue.send(operation, &request);
        self.end(format!("SQS {operation}"), Units::default(), start).await;
        json_answer(200, sent.to_string())
    }

    /// Answers a call of S3: the page's files were uploaded by an earlier instance, as most instances of `front` find them.
    async fn object(&self, head: &Parts, start: Instant) -> Answer {
        self.end(format!("S3 {}", head.method), Units::default(), start).await;
        if head.method != Method::HEAD {
            return answer(404, "");
        }
        let mut found = answer(200, "");
        found.headers_mut().insert(LAST_MODIFIED, HeaderValue::from_static(WRITTEN));
        found
    }

    /// Waits until the call has taken its time, and counts it.
    async fn end(&self, what: String, units: Units, start: Instant) {
        if self.counts.get() {
            tokio::time::sleep_until((start + self.delay).into()).await;
            self.calls.borrow_mut().push(Call { what, units, start, end: Instant::now() });
        }
    }
}

impl Peek for Store {
    async fn peek(&self, operation: &str, request: &Value) -> io::Result<Value> {
        let (status, answer) = self.forward(operation, serde_json::to_vec(request)?.into()).await?;
        match status {
            200 => Ok(serde_json::from_slice(&answer)?),
            _ => Err(io::Error::other(format!("{status} {}", String::from_utf8_lossy(&answer)))),
        }
    }
}
