//! Steps of a test that need several frames.

use chat::ports::{messages::Messages, moderation::Moderation};
use serde_json::{Value, json};
use shared_types::Seq;

use super::TestChat;

impl TestChat {
    /// A request to forget; answers with how many messages it took and whether there are more.
    pub async fn erase_data(&self, id: &str) -> (u64, bool) {
        self.received(id);
        self.send(id, json!({ "action": "forget" })).await;
        let told = self.received(id);
        let answer = told.iter().find(|frame| frame["type"] == "forgotten").unwrap_or_else(|| panic!("{told:?}"));
        (answer["count"].as_u64().unwrap(), answer["more"].as_bool().unwrap())
    }

    pub async fn stored_message(&self, room: &str, seq: u64) -> Value {
        let found = self.messages.at(&room.parse().unwrap(), Seq(seq)).await.unwrap();
        serde_json::to_value(found.unwrap()).unwrap()
    }

    /// The error that a frame is answered with, and after how long it may be tried again.
    pub async fn error_for(&self, id: &str, frame: Value) -> (Value, Value) {
        self.received(id);
        self.send(id, frame).await;
        let told = self.received(id).pop().unwrap_or_default();
        (told["code"].clone(), told["retryAfter"].clone())
    }

    pub async fn is_accepted(&self, id: &str, frame: Value) -> bool {
        self.error_for(id, frame).await.0.is_null()
    }

    /// What moderators did, newest first.
    pub async fn audit(&self) -> Vec<Value> {
        let entries = self.moderation.audit(None, 100).await.unwrap();
        entries.iter().map(|entry| serde_json::to_value(entry).unwrap()).collect()
    }
}
