//! Steps of a test that need several calls.

use chat::ports::{messages::Messages, moderation::Moderation};
use serde_json::{Value, json};
use shared_types::Seq;

use super::TestChat;

impl TestChat {
    /// Asks for the erasure of all data of a person. Returns the number of erased messages, and whether there are more.
    pub async fn erase_data(&self, id: &str) -> (u64, bool) {
        self.received(id);
        self.send(id, json!({ "action": "forget" })).await;
        let received = self.received(id);
        let answer =
            received.iter().find(|frame| frame["type"] == "forgotten").unwrap_or_else(|| panic!("{received:?}"));
        (answer["count"].as_u64().unwrap(), answer["more"].as_bool().unwrap())
    }

    /// Returns a stored message as JSON.
    pub async fn stored_message(&self, room: &str, seq: u64) -> Value {
        let found = self.messages.at(&room.parse().unwrap(), Seq(seq)).await.unwrap();
        serde_json::to_value(found.unwrap()).unwrap()
    }

    /// Sends a frame. Returns the code of the error that answers it, and the delay until the next try.
    pub async fn error_for(&self, id: &str, frame: Value) -> (Value, Value) {
        self.received(id);
        self.send(id, frame).await;
        let received = self.received(id).pop().unwrap_or_default();
        (received["code"].clone(), received["retryAfter"].clone())
    }

    /// Sends a frame. Returns whether no error answers it.
    pub async fn is_accepted(&self, id: &str, frame: Value) -> bool {
        self.error_for(id, frame).await.0.is_null()
    }

    /// Returns the audit log as JSON, newest entry first.
    pub async fn audit(&self) -> Vec<Value> {
        let entries = self.moderation.audit(None, 100).await.unwrap();
        entries.iter().map(|entry| serde_json::to_value(entry).unwrap()).collect()
    }
}
