//! SQS for the functions: keeps messages until a worker takes them.

use std::{cell::RefCell, collections::VecDeque};

use serde_json::{Value, json};

/// Messages that Lambda gives to a worker at once, as in `template.yml`.
const BATCH: usize = 10;

/// A queue.
#[derive(Default)]
pub(crate) struct Queue {
    messages: RefCell<VecDeque<Message>>,
}

struct Message {
    group: String,
    body: String,
}

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
        self.messages.borrow_mut().push_back(Message { group: text("MessageGroupId"), body: text("MessageBody") });
    }

    /// Returns the event of the next batch. `None` if the queue is empty.
    pub(crate) fn event(&self) -> Option<Value> {
        let mut messages = self.messages.borrow_mut();
        let count = messages.len().min(BATCH);
        let records = messages.drain(..count).enumerate().map(|(number, Message { group, body })| {
            json!({
                "messageId": format!("m-{number}"),
                "receiptHandle": format!("r-{number}"),
                "body": body,
                "attributes": {"MessageGroupId": group, "ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:bench.fifo",
                "awsRegion": "us-east-1",
            })
        });
        let records: Vec<_> = records.collect();
        (!records.is_empty()).then(|| json!({"Records": records}))
    }
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
        let bodies = |event: Value| -> Vec<_> {
            let records = event["Records"].as_array().unwrap().iter();
            records.map(|record| record["body"].as_str().unwrap().parse::<usize>().unwrap()).collect()
        };
        assert_eq!(bodies(queue.event().unwrap()), (0..10).collect::<Vec<_>>());
        assert_eq!(bodies(queue.event().unwrap()), [10]);
        assert_eq!(queue.event(), None);
    }
}
