//! Metrics of messages, as log lines in CloudWatch's embedded metric format. CloudWatch makes metrics of the lines, so the function calls
//! nothing and waits for nothing.
//!
//! There are three, `Messages`, `Listeners` and `Latency`, without dimensions: each name and each value of a dimension would be a metric of
//! its own, at $0.30 a month beyond the ten that are free. What AWS measures itself, for nothing, is not measured again: invocations,
//! durations, frames, read and write units. No metric is about a person or a room.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use chat::ports::{
    connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
    connections::ConnectionId,
    system::Clock,
};
use serde_json::json;
use shared_types::{Action, Timestamp};

/// A connection gateway that counts the sockets to which messages were delivered. It counts no other frames, such as presence.
pub struct ListenerCounter<G> {
    gateway: G,
    count: AtomicU64,
}

impl<G> ListenerCounter<G> {
    /// Counts what is sent through `gateway`.
    pub const fn new(gateway: G) -> Self {
        Self { gateway, count: AtomicU64::new(0) }
    }

    /// Returns the gateway whose posts are counted.
    pub const fn inner(&self) -> &G {
        &self.gateway
    }
}

/// Returns the number of listeners of the messages of one event.
pub trait CountListeners: Send + Sync {
    /// Returns the count since the last call.
    fn take(&self) -> u64;
}

impl<G: ConnectionGateway> CountListeners for ListenerCounter<G> {
    fn take(&self) -> u64 {
        self.count.swap(0, Ordering::Relaxed)
    }
}

#[async_trait]
impl<G: ConnectionGateway> ConnectionGateway for ListenerCounter<G> {
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome {
        let outcome = self.gateway.post(to, frame).await;
        if outcome == DeliveryOutcome::Delivered {
            self.count.fetch_add(frame.messages().into(), Ordering::Relaxed);
        }
        outcome
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        self.gateway.probe(id).await
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        self.gateway.close(id).await
    }
}

/// Prints a line of metrics for each message.
pub struct Metrics {
    namespace: String,
    listeners: Arc<dyn CountListeners>,
    clock: Arc<dyn Clock>,
}

impl Metrics {
    /// Prints metrics of this namespace. `listeners` counts what the measured commands send.
    pub fn new(namespace: String, listeners: Arc<dyn CountListeners>, clock: Arc<dyn Clock>) -> Self {
        Self { namespace, listeners, clock }
    }

    /// Runs a command. If it stored a message, prints the metrics of that message. A function runs one command at a time.
    pub(crate) async fn measure(&self, command: impl Future<Output = Option<Action>>) {
        if let Some(line) = self.line(command).await {
            // One write, so that no other line gets in between. Nobody misses a metric that cannot be written.
            let _ = io::stdout().write_all(line.as_bytes());
        }
    }

    /// Runs a command and returns the line with the metrics of its message.
    async fn line(&self, command: impl Future<Output = Option<Action>>) -> Option<String> {
        let started = self.clock.now();
        let action = command.await;
        // Edits and reactions have listeners, too. Taking the count keeps them out of the next message's.
        let listeners = self.listeners.take();
        let ended = self.clock.now();
        (action == Some(Action::Send)).then(|| self.of_message(ended, listeners, ended.0.saturating_sub(started.0)))
    }

    /// Runs the tasks of a worker, and prints how many sockets their messages reached.
    pub(crate) async fn measure_worker<T>(&self, tasks: impl Future<Output = T>) -> T {
        let result = tasks.await;
        if let Some(line) = self.worker_line() {
            let _ = io::stdout().write_all(line.as_bytes());
        }
        result
    }

    /// Returns the line about the listeners that a worker reached, if there are any. The messages and their latency are in the lines of the
    /// functions that stored them.
    fn worker_line(&self) -> Option<String> {
        let listeners = self.listeners.take();
        let metrics = json!([{ "Name": "Listeners", "Unit": "Count" }]);
        let directive = json!({ "Namespace": self.namespace, "Dimensions": [[]], "Metrics": metrics });
        let line = json!({
            "_aws": { "Timestamp": self.clock.now().0, "CloudWatchMetrics": [directive] },
            "level": "INFO", "Listeners": listeners,
        });
        (listeners > 0).then(|| format!("{line}\n"))
    }

    /// Returns the line about a message. `latency` is the time in milliseconds until it was stored and sent to all listeners.
    fn of_message(&self, at: Timestamp, listeners: u64, latency: u64) -> String {
        let metric = |name, unit| json!({ "Name": name, "Unit": unit });
        let metrics = [metric("Messages", "Count"), metric("Listeners", "Count"), metric("Latency", "Milliseconds")];
        let directive = json!({ "Namespace": self.namespace, "Dimensions": [[]], "Metrics": metrics });
        let line = json!({
            "_aws": { "Timestamp": at.0, "CloudWatchMetrics": [directive] },
            "level": "INFO", "Messages": 1, "Listeners": listeners, "Latency": latency,
        });
        format!("{line}\n")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chat_testing::{clock::ManualClock, contract::fixtures, recording_gateway::RecordingGateway};
    use serde_json::Value;
    use shared_types::{Rev, ServerMessage};

    use super::*;

    struct Fixture {
        clock: Arc<ManualClock>,
        gateway: Arc<ListenerCounter<RecordingGateway>>,
        metrics: Metrics,
    }

    fn fixture() -> Fixture {
        let clock = ManualClock::at(Timestamp(1_700_000_000_000));
        let gateway = Arc::new(ListenerCounter::new(RecordingGateway::new(clock.clone())));
        let metrics = Metrics::new("team-chat".into(), gateway.clone(), clock.clone());
        Fixture { clock, gateway, metrics }
    }

    impl Fixture {
        /// Runs a command that posts a message to these sockets and takes 58 ms. Returns its line.
        async fn run(&self, to: &[&str], action: Option<Action>) -> Option<String> {
            let frame = Frame::from(&ServerMessage::Message(fixtures::message(7, "hi")));
            self.metrics
                .line(async {
                    for id in to {
                        self.gateway.post(&ConnectionId((*id).into()), &frame).await;
                    }
                    self.clock.advance(Duration::from_millis(58));
                    action
                })
                .await
        }
    }

    #[tokio::test]
    async fn a_message_has_a_line_in_the_embedded_metric_format() {
        let line = fixture().run(&["a", "b"], Some(Action::Send)).await.unwrap();
        assert!(line.ends_with("}\n") && line.matches('\n').count() == 1, "{line}");
        let expected = json!({
            "_aws": {
                "Timestamp": 1_700_000_000_058_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "team-chat",
                    "Dimensions": [[]],
                    "Metrics": [
                        { "Name": "Messages", "Unit": "Count" },
                        { "Name": "Listeners", "Unit": "Count" },
                        { "Name": "Latency", "Unit": "Milliseconds" },
                    ],
                }],
            },
            "level": "INFO", "Messages": 1, "Listeners": 2, "Latency": 58,
        });
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
    }

    #[tokio::test]
    async fn only_stored_messages_have_a_line() {
        let fixture = fixture();
        for action in [None, Some(Action::Edit), Some(Action::Typing), Some(Action::Hello)] {
            assert_eq!(fixture.run(&["a"], action).await, None, "{action:?}");
        }
        let line = fixture.run(&["a"], Some(Action::Send)).await.unwrap();
        assert!(line.contains("\"Listeners\":1,"), "the listeners of the frames before are not counted: {line}");
    }

    #[tokio::test]
    async fn a_worker_has_a_line_with_the_listeners_of_all_its_messages() {
        let fixture = fixture();
        let frame = |json: &str, rev| Frame::from_json(json.into(), rev);
        fixture.gateway.post(&ConnectionId("a".into()), &frame(r#"{"type":"rules"}"#, None)).await;
        assert_eq!(fixture.metrics.worker_line(), None, "rules are no message");
        for id in ["a", "b"] {
            fixture.gateway.post(&ConnectionId(id.into()), &frame(r#"{"type":"message"}"#, Some(Rev(7)))).await;
        }
        let line: Value = serde_json::from_str(&fixture.metrics.worker_line().unwrap()).unwrap();
        assert_eq!((&line["Listeners"], line.get("Messages")), (&json!(2), None), "{line}");
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().len(), 1);
        assert_eq!(fixture.metrics.worker_line(), None, "they are counted once");
    }

    #[tokio::test]
    async fn only_delivered_messages_count_as_listeners() {
        let fixture = fixture();
        fixture.gateway.inner().lock().gone.insert(ConnectionId("gone".into()));
        fixture.gateway.inner().lock().busy.insert(ConnectionId("busy".into()), 1);
        let presence = Frame::from(&ServerMessage::Pong);
        fixture.gateway.post(&ConnectionId("a".into()), &presence).await;
        let line = fixture.run(&["a", "gone", "busy"], Some(Action::Send)).await.unwrap();
        assert!(line.contains("\"Listeners\":1,"), "{line}");
    }
}
