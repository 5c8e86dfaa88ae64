//! The two JSON forms of the wire read and write the same: serde's, which the server uses, and light-json's, which the page
//! uses.

#![no_main]

use libfuzzer_sys::fuzz_target;
use page_model::timeline::Draft;
use shared_types::{
    AuditEntry, ChatMessage, ClientMessage, PageState, ServerMessage,
    json::compare::{read_both, write_both},
};

fuzz_target!(|document: &str| {
    compare::<ServerMessage>(document);
    compare::<ClientMessage>(document);
    compare::<PageState>(document);
    compare::<ChatMessage>(document);
    compare::<AuditEntry>(document);
    compare::<Vec<String>>(document);
    if let Some(draft) = Draft::from_stored(document) {
        assert_eq!(Draft::from_stored(&draft.to_stored()), Some(draft));
    }
});

/// Checks that both forms refuse the document, or read the same value and write it in the same way.
fn compare<T>(document: &str)
where
    T: shared_types::json::FromJson
        + shared_types::json::ToJson
        + serde::de::DeserializeOwned
        + serde::Serialize
        + PartialEq
        + std::fmt::Debug,
{
    if let Some(value) = read_both::<T>(document) {
        assert_eq!(read_both(&write_both(&value)), Some(value));
    }
}
