//! SQS for the functions: keeps messages until a worker takes them.

use std::{cell::RefCell, collections::VecDeque, io};

use serde_json::{Value, json};

/// Messages that Lambda gives to a worker at once, as in `template.yml`.
const BATCH: usize = 10;

/// How often a message is handed out, as in `template.yml`.
const RECEIVES: u32 = 5;

/// A queue.
#[derive(Default)]
pub(crate) struct Queue {
    messages: RefCell<VecDeque<Message>>,
}

struct Message {
    group: String,
    body: String,
    /// How often it was handed out.
    receives: u32,
}

/// Messages that were handed out together.
pub(crate) struct Batch(Vec<Message>);

impl Queue {
    /// Takes the messages of a call. Returns the answer.
    pub(crate) fn send(&self, operation: &str, request: &Value) -> Value {
        if operation != "SendMessageBatch" {
            self.push(request);
            return json!({"MessageId": "m", "MD5OfMessageBody": ""});
        }
        let entries = request["Entries"].as_array().into_iter().flatten();
        let sent = entries.map(|entry| {
            self.push(entry);
            json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""})
        });
        json!({"Successful": sent.collect::<Vec<_>>(), "Failed": []})
    }

    fn push(&self, message: &Value) {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        self.messages.borrow_mut().push_back(Message {
            group: text("MessageGroupId"),
            body: text("MessageBody"),
            receives: 0,
        });
    }

    /// Hands out the next messages. `None` if the queue is empty.
    pub(crate) fn take(&self) -> Option<Batch> {
        let mut messages = self.messages.borrow_mut();
        let count = messages.len().min(BATCH);
        let mut batch: Vec<_> = messages.drain(..count).collect();
        batch.iter_mut().for_each(|message| message.receives += 1);
        (!batch.is_empty()).then_some(Batch(batch))
    }

    /// Puts back, in their order, the messages of a batch that a worker did not finish. Without a readable answer these are all.
    /// Returns their number, or an error with the answer if one of them was handed out too often.
    pub(crate) fn put_back(&self, batch: Batch, answer: &Value) -> io::Result<usize> {
        let failures = answer["batchItemFailures"].as_array();
        let failed = |number: usize| {
            failures.is_none_or(|failures| failures.iter().any(|failure| failure["itemIdentifier"] == id(number)))
        };
        let failed: Vec<_> =
            (0..).zip(batch.0).filter(|(number, _)| failed(*number)).map(|(_, message)| message).collect();
        if failed.iter().any(|message| message.receives >= RECEIVES) {
            return Err(io::Error::other(format!("a worker failed {RECEIVES} times; at last it answered {answer}")));
        }
        let count = failed.len();
        let mut messages = self.messages.borrow_mut();
        failed.into_iter().rev().for_each(|message| messages.push_front(message));
        Ok(count)
    }
}

impl Batch {
    /// Returns the event of a worker.
    pub(crate) fn event(&self) -> Value {
        let records = self.0.iter().enumerate().map(|(number, Message { group, body, receives })| {
            json!({
                "messageId": id(number),
                "receiptHandle": format!("r-{number}"),
                "body": body,
                "attributes": {"MessageGroupId": group, "ApproximateReceiveCount": receives.to_string()},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:bench.fifo",
                "awsRegion": "us-east-1",
            })
        });
        json!({"Records": records.collect::<Vec<_>>()})
    }
}

fn id(number: usize) -> String {
    format!("m-{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_in_order_and_ten_at_a_time() {
        let queue = Queue::default();
        let entry = |id: usize| json!({"Id": id.to_string(), "MessageBody": id.to_string(), "MessageGroupId": "g"});
        let answer = queue.send("SendMessageBatch", &json!({"Entries": (0..10).map(entry).collect::<Vec<_>>()}));
        assert_eq!(answer["Successful"].as_array().unwrap().len(), 10);
        assert_eq!(answer["Successful"][9]["Id"], "9");
        queue.send("SendMessage", &entry(10));
        assert_eq!(bodies(&queue.take().unwrap()), (0..10).collect::<Vec<_>>());
        assert_eq!(bodies(&queue.take().unwrap()), [10]);
        assert!(queue.take().is_none());
    }

    fn bodies(batch: &Batch) -> Vec<usize> {
        let event = batch.event();
        let records = event["Records"].as_array().unwrap().iter();
        records.map(|record| record["body"].as_str().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn failed_messages_come_again_in_order_and_not_for_ever() {
        let queue = Queue::default();
        for id in 0..3 {
            queue.send("SendMessage", &json!({"MessageBody": id.to_string(), "MessageGroupId": "g"}));
        }
        let failures = |ids: &[&str]| json!({"batchItemFailures": ids.iter().map(|id| json!({"itemIdentifier": id})).collect::<Vec<_>>()});
        let batch = queue.take().unwrap();
        queue.send("SendMessage", &json!({"MessageBody": "3", "MessageGroupId": "g"}));
        assert_eq!(queue.put_back(batch, &failures(&["m-1", "m-2"])).unwrap(), 2);
        let batch = queue.take().unwrap();
        assert_eq!(bodies(&batch), [1, 2, 3]);
        assert_eq!(batch.event()["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
        assert_eq!(queue.put_back(batch, &failures(&[])).unwrap(), 0);
        assert!(queue.take().is_none());

        queue.send("SendMessage", &json!({"MessageBody": "4", "MessageGroupId": "g"}));
        for _ in 1..RECEIVES {
            assert_eq!(queue.put_back(queue.take().unwrap(), &Value::Null).unwrap(), 1);
        }
        assert!(queue.put_back(queue.take().unwrap(), &Value::Null).is_err());
    }
}
