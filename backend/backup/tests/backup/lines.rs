//! Lines of a backup, whole and mutated.

use std::{fs, path::Path};

use chat::ports::backup::Record;
use chat_backup::{parse_record, restore};
use chat_testing::backup::assert_same_backup;
use fastrand::Rng;
use store_redb::store::DirectoryTarget;

use crate::{back_up_directory, backup};

/// Number of mutated lines.
const MUTATIONS: usize = 20_000;

/// Returns all lines of records of a backup.
async fn lines() -> Vec<String> {
    let backup = backup().await;
    let files = ["rooms", "secrets", "moderation", "idempotency", "changes", "messages", "saved"];
    let read = |file| fs::read_to_string(backup.path().join(format!("{file}.jsonl"))).unwrap();
    files.into_iter().flat_map(|file| read(file).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn every_kind_is_read_back_as_it_was_written() {
    let lines = lines().await;
    for line in &lines {
        let record = parse_record(line.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), *line);
    }
    for kind in Record::KINDS {
        let tag = format!("{{\"kind\":\"{kind}\"");
        assert!(lines.iter().any(|line| line.starts_with(&tag)), "{kind} is not tested");
    }
}

#[tokio::test]
async fn a_mutated_line_is_refused_or_read_back_as_itself() {
    let (lines, mut random) = (lines().await, Rng::with_seed(16));
    let mut refused = 0;
    for _ in 0..MUTATIONS {
        let mut line = lines[random.usize(..lines.len())].clone().into_bytes();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..line.len());
            match random.u8(..4) {
                0 => line[at] = random.u8(..),
                1 => line.truncate(at.max(1)),
                2 => line.insert(at, *b"\"{}[]:,0\\".get(random.usize(..9)).unwrap()),
                _ => drop(line.remove(at)),
            }
            if line.is_empty() {
                line.push(b'{');
            }
        }
        match parse_record(&line) {
            Ok(record) => {
                let again = serde_json::to_vec(&record).unwrap();
                assert_eq!(parse_record(&again), Ok(record), "{}", String::from_utf8_lossy(&line));
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > MUTATIONS / 2, "{refused}");
}

/// A backup of version 1, which every later version has to read.
#[tokio::test]
async fn a_backup_of_version_1_stays_readable() {
    let version_1 = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/backup/version_1");
    let (data, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    restore(&version_1, &mut DirectoryTarget::new(data.path())).await.unwrap();
    back_up_directory(data.path(), again.path()).await.unwrap();
    // The records are the same, in a backup of the present version.
    let manifest = again.path().join("manifest.json");
    let written = std::fs::read_to_string(&manifest).unwrap();
    assert!(written.contains("\"version\": 2"), "a program of version 1 refuses it: {written}");
    std::fs::write(&manifest, written.replace("\"version\": 2", "\"version\": 1")).unwrap();
    assert_same_backup(&version_1, again.path());
}
