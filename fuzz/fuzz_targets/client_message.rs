//! A frame that parses as a client message survives a round trip: written and parsed again, it is the same message.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shared_types::{ClientMessage, FrameError};

fuzz_target!(|frame: &str| {
    match ClientMessage::parse(frame) {
        Ok(message) => {
            let written = serde_json::to_string(&message).expect("a message is JSON");
            assert_eq!(ClientMessage::parse(&written).as_ref(), Ok(&message), "{written}");
            assert_eq!(message.action().as_str().parse(), Ok(message.action()));
        }
        // These errors are echoed to the client, so their length is limited.
        Err(FrameError::UnknownAction { action }) => assert!(action.chars().count() <= 64),
        Err(FrameError::Field { .. } | FrameError::Json | FrameError::NoAction) => {}
    }
});
