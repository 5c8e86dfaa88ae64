//! Whatever frame is read as a message can be written, and is read as the same message again.

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
        // Both are answered with, so neither may be as long as what was sent.
        Err(FrameError::UnknownAction { action }) => assert!(action.chars().count() <= 64),
        Err(FrameError::Field { .. } | FrameError::Json | FrameError::NoAction) => {}
    }
});
