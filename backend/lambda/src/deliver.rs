//! Handles tasks of large rooms from their queue.

use chat::{
    ports::{Unavailable, fan_out::ShardTask},
    presence::shard_worker::ShardWorker,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store_aws::shard_queue::read_task;

use crate::{Error, event::fault, metrics::Metrics, start::serve};

/// Posts frames to the listeners of shards, and prints metrics of each batch, if there are any. A task that fails is reported, and SQS hands
/// it out again.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn deliver(worker: ShardWorker, metrics: Option<Metrics>) -> Result<(), Error> {
    let (worker, metrics) = (&worker, &metrics);
    serve(|event| async move {
        let answer = answer(worker, &event);
        match metrics {
            Some(metrics) => metrics.measure_worker(answer).await,
            None => answer.await,
        }
    })
    .await
}

async fn answer(worker: &ShardWorker, event: &RawValue) -> Answer {
    match read_event(event.get()) {
        Some((tasks, mut answer)) => {
            let (ids, tasks): (Vec<_>, Vec<_>) = tasks.into_iter().unzip();
            let failed = worker.run(tasks).await;
            answer.add(failed.into_iter().filter_map(|position| ids.get(position).cloned()));
            answer
        }
        // An empty id fails the whole batch.
        None => Answer::of(String::new()),
    }
}

/// Returns the tasks of an event with the ids of their messages, and an answer with the messages that are no tasks. These go to
/// the dead-letter queue after several attempts.
fn read_event(event: &str) -> Option<(Vec<(String, ShardTask)>, Answer)> {
    let Event { records } = serde_json::from_str(event)
        .inspect_err(|error| tracing::error!(fault = fault(error), "batch refused: unexpected shape"))
        .ok()?;
    let (mut tasks, mut unreadable) = (Vec::new(), Answer::default());
    for Record { message_id, body } in records {
        match read_task(&body) {
            Ok(task) => tasks.push((message_id, task)),
            Err(Unavailable { cause, .. }) => {
                tracing::error!(message = message_id, cause, "task refused; it goes to the dead-letter queue");
                unreadable.add([message_id]);
            }
        }
    }
    Some((tasks, unreadable))
}

/// A batch of messages of an SQS queue.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    body: String,
}

/// The answer to a batch: the messages that failed (`ReportBatchItemFailures`). All others are done.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl Answer {
    fn of(id: String) -> Self {
        Self { batch_item_failures: vec![Failure { item_identifier: id }] }
    }

    fn add(&mut self, ids: impl IntoIterator<Item = String>) {
        self.batch_item_failures.extend(ids.into_iter().map(|item_identifier| Failure { item_identifier }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_no_task_fails_alone() {
        let (tasks, answer) = read_event(include_str!("../tests/events/deliver.json")).unwrap();
        let rooms: Vec<_> = tasks.iter().map(|(id, task)| (id.as_str(), task.publication.room.as_str())).collect();
        assert_eq!(rooms, [("m-1", "cats"), ("m-3", "dogs")]);
        let answer = serde_json::to_string(&answer).unwrap();
        assert_eq!(answer, r#"{"batchItemFailures":[{"itemIdentifier":"m-2"}]}"#);
    }

    #[test]
    fn an_event_of_another_kind_is_refused() {
        for event in ["null", "{}", r#"{"Records":[{"body":"x"}]}"#, include_str!("../tests/events/send.json")] {
            assert!(read_event(event).is_none(), "{event}");
        }
    }
}
