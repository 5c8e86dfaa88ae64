//! Frames of every released version, one folder each. A page stays open for days, and functions are upgraded and taken back, so today's
//! code reads what earlier versions have written, and keeps what it says.
//!
//! A set only grows. At a release, and when the golden JSON has new frames, this adds them to the set of the version in Cargo.toml:
//!
//! ```text
//! ADD_FRAMES=1 cargo test --package shared-types --test wire_format this_version
//! ```

use std::{env, fs, path::PathBuf};

use serde_json::Value;
use shared_types::{
    ClientMessage, PageState, ServerMessage,
    json::compare::{read_both, write_both},
};

use crate::{client_messages, page_state, server_messages};

const HOW: &str =
    "run `ADD_FRAMES=1 cargo test --package shared-types --test wire_format this_version` and commit the files";

/// Returns the folder that has a folder for each version.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire_format/released")
}

/// A kind of frame: name of its file, its golden JSON, and a function that reads a frame with today's code and writes it again.
type Kind = (&'static str, Vec<Value>, fn(&str) -> Option<String>);

fn kinds() -> [Kind; 3] {
    let server = server_messages::golden().into_iter().chain(server_messages::golden_errors());
    let server = server.map(|(_, json)| json).collect();
    let pages = page_state::golden().into_iter().map(|(_, json)| json).collect();
    [
        ("client_messages.jsonl", client_messages::golden(), |frame| {
            Some(write_both(&read_both::<ClientMessage>(frame)?))
        }),
        ("server_messages.jsonl", server, |frame| Some(write_both(&read_both::<ServerMessage>(frame)?))),
        ("page_states.jsonl", pages, |frame| Some(write_both(&read_both::<PageState>(frame)?))),
    ]
}

#[test]
fn frames_of_every_released_version_are_read() {
    let versions: Vec<_> = fs::read_dir(folder()).expect(HOW).map(|entry| entry.unwrap().path()).collect();
    assert!(!versions.is_empty(), "{HOW}");
    for version in versions {
        for (file, _, rewrite) in kinds() {
            let path = version.join(file);
            let frames = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}; {HOW}", path.display()));
            assert!(!frames.is_empty(), "{}", path.display());
            for frame in frames.lines() {
                let today = rewrite(frame)
                    .unwrap_or_else(|| panic!("{} has a frame that is not read: {frame}", path.display()));
                let (today, old): (Value, Value) =
                    (serde_json::from_str(&today).unwrap(), serde_json::from_str(frame).unwrap());
                assert!(keeps(&today, &old), "{}: {old} is read as {today}", path.display());
            }
        }
    }
}

/// Returns whether a value has everything that an older one has. Fields that are new since then may be there, too.
fn keeps(today: &Value, old: &Value) -> bool {
    match (today, old) {
        (Value::Object(today), Value::Object(old)) => {
            old.iter().all(|(name, old)| today.get(name).is_some_and(|today| keeps(today, old)))
        }
        (Value::Array(today), Value::Array(old)) => {
            today.len() == old.len() && today.iter().zip(old).all(|(today, old)| keeps(today, old))
        }
        _ => today == old,
    }
}

#[test]
fn this_version_has_a_released_set_with_every_golden_frame() {
    let folder = folder().join(env!("CARGO_PKG_VERSION"));
    let is_adding = env::var_os("ADD_FRAMES").is_some();
    for (file, golden, _) in kinds() {
        let path = folder.join(file);
        let mut stored = fs::read_to_string(&path).unwrap_or_default();
        let known: Vec<Value> = stored.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let missing: Vec<_> = golden.iter().filter(|frame| !known.contains(frame)).collect();
        if is_adding {
            missing.iter().for_each(|frame| stored.push_str(&format!("{frame}\n")));
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, stored).unwrap();
        } else {
            assert!(missing.is_empty(), "{} has not {missing:?}: {HOW}", path.display());
        }
    }
}
