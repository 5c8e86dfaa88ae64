//! Tasks for workers in an SQS queue.
//!
//! The queue is FIFO. Its message groups are the beginnings of shards, so that the frames of a shard stay in order, frames that arrive
//! while one is posted go to the same worker together, and a shard that fails delays no other.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::{Client, config::Builder, types::SendMessageBatchRequestEntry};
use aws_types::SdkConfig;
use chat::ports::{
    Result, Unavailable,
    connection_gateway::Frame,
    connections::ConnectionId,
    fan_out::{Publication, ShardQueue, ShardTask},
    shards::Shard,
};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared_types::{Rev, RoomName};

use crate::{clients::timeouts, error_chain::chain};

/// Maximum number of messages in one call: SQS's limit.
const BATCH_MESSAGES: usize = 10;

/// Maximum size of the messages of one call, in bytes. SQS took 256 KiB for years and takes 1 MiB now.
const BATCH_BYTES: usize = 250_000;

/// Timeout of a call with all attempts. SQS answers in about 10 ms.
const OPERATION: Duration = Duration::from_secs(3);

/// [`ShardQueue`] in SQS.
pub struct SqsShardQueue {
    client: Client,
    url: String,
}

impl SqsShardQueue {
    pub(crate) fn new(shared: &SdkConfig, url: &str) -> Self {
        let timeouts = timeouts().operation_attempt_timeout(OPERATION / 2).operation_timeout(OPERATION).build();
        let config = Builder::from(shared).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), url: url.to_owned() }
    }

    async fn send(&self, entries: Vec<SendMessageBatchRequestEntry>) -> Result<()> {
        let doing = "handing shards to workers";
        let sent = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await;
        let sent = sent.map_err(|error| Unavailable { doing, cause: chain(&error) })?;
        match sent.failed.first() {
            Some(failed) => Err(Unavailable { doing, cause: format!("{}: {:?}", failed.code, failed.message) }),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl ShardQueue for SqsShardQueue {
    async fn push(&self, tasks: &[ShardTask]) -> Result<()> {
        let doing = "writing a task of a worker";
        let mut calls = vec![Vec::new()];
        let mut bytes = 0;
        for task in tasks {
            let body = body(task).map_err(Unavailable::while_doing(doing))?;
            let full = calls.last().is_some_and(|call: &Vec<_>| call.len() >= BATCH_MESSAGES);
            if full || (bytes > 0 && bytes + body.len() > BATCH_BYTES) {
                calls.push(Vec::new());
                bytes = 0;
            }
            bytes += body.len();
            if let Some(call) = calls.last_mut() {
                call.push(entry(task, body, call.len()).map_err(Unavailable::while_doing(doing))?);
            }
        }
        calls.retain(|call| !call.is_empty());
        // Tasks of one shard have to stay in order. Only a worker that hands on several frames pushes those, and it waits.
        let is_of_one_shard = tasks.windows(2).any(|pair| matches!(pair, [one, next] if one.shard == next.shard));
        if is_of_one_shard {
            for call in calls {
                self.send(call).await?;
            }
            return Ok(());
        }
        try_join_all(calls.into_iter().map(|call| self.send(call))).await.map(drop)
    }
}

fn entry(
    task: &ShardTask,
    body: String,
    position: usize,
) -> std::result::Result<SendMessageBatchRequestEntry, aws_sdk_sqs::error::BuildError> {
    let ShardTask { shard: Shard { after, up_to }, publication: Publication { room, id, .. } } = task;
    let [after, up_to] = [after, up_to].map(|border| border.as_ref().map_or("", |border| border.0.as_str()));
    SendMessageBatchRequestEntry::builder()
        .id(position.to_string())
        .message_body(body)
        .message_group_id(format!("{room}#{after}"))
        // A retry whose room was divided differently meanwhile is another task.
        .message_deduplication_id(format!("{id}#{up_to}"))
        .build()
}

/// A task as JSON. Later versions may add fields; a task that cannot be read goes to the dead-letter queue.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    room: RoomName,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    up_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    except: Option<String>,
    id: String,
    /// The revision of the message in the frame, if it is a `message`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rev: Option<Rev>,
    frame: Box<RawValue>,
}

fn body(task: &ShardTask) -> serde_json::Result<String> {
    let ShardTask { shard, publication: Publication { room, frame, except, id } } = task.clone();
    let [after, up_to, except] = [shard.after, shard.up_to, except].map(|connection| connection.map(|id| id.0));
    let (rev, frame) = (frame.rev(), serde_json::from_slice(frame.json())?);
    let body = serde_json::to_string(&Body { room, after, up_to, except, id, rev, frame })?;
    // SQS replaces these two characters, which only texts contain. Everything else of JSON is allowed.
    Ok(body.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
}

/// Reads a task from the body of a message.
///
/// # Errors
///
/// If it is not a task of this version or an older one. The error does not quote the message.
pub fn read_task(body: &str) -> std::result::Result<ShardTask, Unavailable> {
    let read: Body = serde_json::from_str(body).map_err(|error| Unavailable {
        doing: "reading a task",
        // The error itself may quote what people wrote.
        cause: format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column()),
    })?;
    let Body { room, after, up_to, except, id, rev, frame } = read;
    let [after, up_to, except] = [after, up_to, except].map(|id| id.map(ConnectionId));
    let publication = Publication { room, frame: Frame::from_json(frame.get().into(), rev), except, id };
    Ok(ShardTask { shard: Shard { after, up_to }, publication })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(after: Option<&str>, text: &str) -> ShardTask {
        let connection = |id: &str| ConnectionId(id.into());
        ShardTask {
            shard: Shard { after: after.map(connection), up_to: Some(connection("z=")) },
            publication: Publication {
                room: "cats".parse().unwrap(),
                frame: Frame::from_json(format!(r#"{{"type":"message","text":"{text}"}}"#), Some(Rev(7))),
                except: Some(connection("c=")),
                id: "7".into(),
            },
        }
    }

    #[test]
    fn a_task_is_read_as_it_was_written() {
        for task in [task(None, "hi"), task(Some("a="), "生 \\u0000 \\\" x")] {
            assert_eq!(read_task(&body(&task).unwrap()).unwrap(), task);
        }
    }

    #[test]
    fn characters_that_sqs_replaces_are_escaped() {
        let body = body(&task(None, "\u{ffff}\u{fffe}")).unwrap();
        assert!(body.is_ascii(), "{body}");
        let read = read_task(&body).unwrap().publication.frame;
        let read: serde_json::Value = serde_json::from_slice(read.json()).unwrap();
        assert_eq!(read["text"], "\u{ffff}\u{fffe}");
    }

    #[test]
    fn a_task_that_cannot_be_read_is_not_quoted() {
        for body in ["", "{}", "secret", r#"{"room":"a secret","id":"1","frame":{}}"#] {
            let error = read_task(body).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn unknown_fields_of_a_newer_version_are_ignored() {
        let body = r#"{"room":"cats","id":"1","frame":{"type":"pong"},"priority":7}"#;
        assert_eq!(read_task(body).unwrap().shard, Shard::default());
    }

    #[test]
    fn the_group_is_the_beginning_of_the_shard_and_a_retry_has_the_same_id() {
        let entry = |task| entry(&task, "{}".into(), 0).unwrap();
        let one = entry(task(Some("a="), "hi"));
        assert_eq!(one.message_group_id.as_deref(), Some("cats#a="));
        assert_eq!(one.message_deduplication_id.as_deref(), Some("7#z="));
        assert_eq!(entry(task(None, "hi")).message_group_id.as_deref(), Some("cats#"));
    }
}
