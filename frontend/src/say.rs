//! What the page says to the server.
//!
//! The wire's field types have no public names, so their values are read from JSON, each right by its construction; a
//! ping stands where one could not be read, which says nothing.

use serde_json::{from_value, json};
use shared_types::{ClientMessage, MessageText, Nonce, PersonName, Rev, Seq};

pub(crate) fn hello(since: Rev) -> ClientMessage {
    from_value(json!({ "since": since })).map_or(ClientMessage::Ping, ClientMessage::Hello)
}

pub(crate) fn send(text: &MessageText, nonce: &Nonce) -> ClientMessage {
    from_value(json!({ "text": text, "nonce": nonce })).map_or(ClientMessage::Ping, ClientMessage::Send)
}

pub(crate) fn history(before: Seq) -> ClientMessage {
    from_value(json!({ "before": before })).map_or(ClientMessage::Ping, ClientMessage::History)
}

pub(crate) fn changes(after: Rev) -> ClientMessage {
    from_value(json!({ "after": after })).map_or(ClientMessage::Ping, ClientMessage::Changes)
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser renames"))]
pub(crate) fn rename(name: &PersonName) -> ClientMessage {
    from_value(json!({ "name": name })).map_or(ClientMessage::Ping, ClientMessage::Rename)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_said_is_understood() {
        for (said, frame) in [
            (hello(Rev(7)), r#"{"action":"hello","since":7}"#),
            (send(&"hi".parse().unwrap(), &"n1".parse().unwrap()), r#"{"action":"send","text":"hi","nonce":"n1"}"#),
            (history(Seq(3)), r#"{"action":"history","before":3}"#),
            (changes(Rev(9)), r#"{"action":"changes","after":9}"#),
            (rename(&"Ann".parse().unwrap()), r#"{"action":"rename","name":"Ann"}"#),
        ] {
            assert_eq!(serde_json::to_string(&said).unwrap(), frame);
        }
    }
}
