//! Tests of the embedded store's data directory.

use std::sync::Arc;

use chat::ports::messages::Messages;
use platform::system::SystemClock;
use serde_json::json;
use shared_types::{Rev, RoomName};
use store_redb::{messages::RedbMessages, store::Store};

#[tokio::test]
async fn messages_survive_reopening_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let room = RoomName::lobby();
    for expected in 1..=3 {
        let messages = RedbMessages::new(Store::open(directory.path()).unwrap(), None, Arc::new(SystemClock));
        let rev = messages.next_rev(&room).await.unwrap();
        assert_eq!(rev, Rev(expected));
        let message: shared_types::ChatMessage = serde_json::from_value(json!({
            "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": "x", "sentAt": 1,
        }))
        .unwrap();
        messages.put(&room, &message).await.unwrap();
        assert_eq!(messages.before(&room, None, 10).await.unwrap().len() as u64, expected);
    }
}

#[tokio::test]
async fn a_data_directory_in_use_is_rejected() {
    let directory = tempfile::tempdir().unwrap();
    let _first = Store::open(directory.path()).unwrap();
    let error = Store::open(directory.path()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("in use by another process"), "{error}");
}
