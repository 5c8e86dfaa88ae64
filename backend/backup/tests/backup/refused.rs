//! Backups and targets that are refused.

use std::{fs, path::Path};

use chat_backup::restore;
use store_redb::store::DirectoryTarget;

use crate::{back_up_directory, backup, filled};

/// Restores a backup that is refused. Returns the sentence, and checks that the target was not touched.
async fn refused(backup: &Path) -> String {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("data");
    let error = restore(backup, &mut DirectoryTarget::new(&target)).await.unwrap_err().to_string();
    assert!(!target.exists(), "{error}");
    error
}

/// Changes a file of a backup and makes its checksum right, as a newer version would.
fn replace(backup: &Path, file: &str, from: &str, to: &str) {
    use sha2::{Digest, Sha256};
    let (path, manifest) = (backup.join(file), backup.join("manifest.json"));
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{before}");
    let after = before.replacen(from, to, 1);
    fs::write(path, &after).unwrap();
    if file == "manifest.json" {
        return;
    }
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    let digits: String = Sha256::digest(&after).iter().map(|byte| format!("{byte:02x}")).collect();
    let lines = after.lines().count();
    json["files"][file] = serde_json::json!({ "lines": lines, "bytes": after.len(), "sha256": digits });
    fs::write(manifest, json.to_string()).unwrap();
}

#[tokio::test]
async fn a_changed_byte_is_found_in_every_file() {
    let backup = backup().await;
    let names: Vec<String> = chat_testing::backup::files(backup.path()).into_keys().collect();
    assert_eq!(names.len(), 11, "{names:?}");
    for name in names.into_iter().filter(|name| name != "manifest.json") {
        let path = backup.path().join(&name);
        let before = fs::read(&path).unwrap();
        let mut damaged = before.clone();
        let at = damaged.len() / 2;
        damaged[at] = if damaged[at] == b'1' { b'2' } else { b'1' };
        fs::write(&path, damaged).unwrap();
        let error = refused(backup.path()).await;
        // The changed byte may be in the name of a kind.
        let is_found = error.contains("is damaged") || error.contains("unknown kind");
        assert!(error.contains(&name) && is_found, "{error}");
        fs::write(&path, before).unwrap();
    }
}

#[tokio::test]
async fn a_file_that_is_cut_off_or_missing_is_refused() {
    let backup = backup().await;
    let path = backup.path().join("messages.jsonl");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    assert!(refused(backup.path()).await.contains("line 8 is cut off"));
    let end_of_line = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    fs::write(&path, &whole[..=end_of_line]).unwrap();
    assert!(refused(backup.path()).await.contains("its content is not that of the manifest"));
    fs::remove_file(&path).unwrap();
    assert!(refused(backup.path()).await.contains("messages.jsonl is damaged (it is missing)"));
}

#[tokio::test]
async fn an_interrupted_backup_is_none() {
    let backup = backup().await;
    fs::rename(backup.path().join("manifest.json"), backup.path().join("manifest.json.new")).unwrap();
    assert!(refused(backup.path()).await.contains("holds no complete backup"));
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_refused_with_a_sentence() {
    let newer = "was written by a newer version of this program";
    for (file, from, to, what) in [
        ("manifest.json", "\"version\": 2", "\"version\": 3", "version 3; this version knows 2"),
        ("manifest.json", "\"rooms.jsonl\"", "\"polls.jsonl\"", "the file polls.jsonl is unknown"),
        ("messages.jsonl", "\"kind\":\"message\"", "\"kind\":\"poll\"", "line 1 is of the unknown kind \"poll\""),
    ] {
        let backup = backup().await;
        replace(backup.path(), file, from, to);
        let error = refused(backup.path()).await;
        assert!(error.contains(newer) && error.contains(what), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_field_is_ignored() {
    let backup = backup().await;
    replace(backup.path(), "messages.jsonl", "\"kind\":\"message\"", "\"kind\":\"message\",\"pinned\":true");
    let data = tempfile::tempdir().unwrap();
    restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap();
}

#[tokio::test]
async fn a_malformed_record_is_refused_without_its_text() {
    let backup = backup().await;
    replace(backup.path(), "messages.jsonl", "\"seq\":1,", "\"seq\":\"one\",");
    let error = refused(backup.path()).await;
    assert!(error.contains("messages.jsonl is damaged (line 1: Data error)"), "{error}");
    assert!(!error.contains("one\""), "{error}");
}

#[tokio::test]
async fn a_record_in_another_file_is_refused() {
    let backup = backup().await;
    let secrets = fs::read_to_string(backup.path().join("secrets.jsonl")).unwrap();
    replace(backup.path(), "messages.jsonl", "{", &format!("{secrets}{{"));
    assert!(refused(backup.path()).await.contains("it has a record of another file"));
}

#[tokio::test]
async fn a_path_in_place_of_a_hash_is_refused() {
    let backup = backup().await;
    let images = fs::read_to_string(backup.path().join("images.jsonl")).unwrap();
    let hash = images.split("\"sha256\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    replace(backup.path(), "images.jsonl", &hash, &format!("../../{}", &hash[6..]));
    assert!(refused(backup.path()).await.contains("it has no valid hash"));
}

#[tokio::test]
async fn a_used_directory_is_no_target() {
    let (data, backup) = (filled().await, backup().await);
    let error = back_up_directory(data.path(), backup.path()).await.unwrap_err().to_string();
    assert!(error.contains("is not empty: name a new one"), "{error}");
    let before = fs::read_dir(data.path()).unwrap().count();
    let error = restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap_err().to_string();
    assert!(error.contains("is not empty") && error.contains("if a restore was interrupted"), "{error}");
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), before);
}

#[tokio::test]
async fn an_interrupted_restore_leaves_no_chat_and_is_refused_until_it_is_emptied() {
    use chat::ports::backup::RestoreTarget;
    let (backup, data) = (backup().await, tempfile::tempdir().unwrap());
    let mut interrupted = DirectoryTarget::new(data.path());
    interrupted.begin("id").await.unwrap();
    drop(interrupted);
    assert!(!data.path().join("chat.redb").exists());
    let again = restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap_err().to_string();
    assert!(again.contains("empty it if a restore was interrupted"), "{again}");
    for file in fs::read_dir(data.path()).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap();
}
