//! Backups of a data directory: what they hold, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

mod lines;
mod refused;

use std::{fs, path::Path};

use async_trait::async_trait;
use chat::ports::{
    backup::{ImageRef, ImageSource, Record, RecordSource, StoreError},
    messages::{ChangeRecord, IdempotencyRecord, Messages},
};
use chat_backup::{BackupError, Summary, back_up, restore};
use chat_testing::{
    backup::{IMAGE, Ports, SECOND_IMAGE, assert_same_backup, files, fill, image_key, send, write_images},
    clock::ManualClock,
    contract::fixtures::{message, message_key, now, room, seqs},
};
use shared_types::{PersonId, Rev, Seq};
use store_redb::{
    devices::RedbDevices,
    messages::RedbMessages,
    moderation::RedbModeration,
    passkeys::RedbPasskeys,
    profiles::RedbProfiles,
    read_positions::RedbReadPositions,
    room_directory::RedbRoomDirectory,
    room_members::RedbRoomMembers,
    store::{DirectoryImages, DirectoryTarget, Store},
};
use tempfile::TempDir;

/// Returns a data directory with every kind of record. Its store is closed.
async fn filled() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let clock = ManualClock::at(now());
    let messages = RedbMessages::new(store.clone(), None, clock.clone());
    let moderation = RedbModeration::new(store.clone(), clock);
    let read_positions = RedbReadPositions::new(store.clone());
    let members = RedbRoomMembers::new(store.clone());
    let devices = RedbDevices::new(store.clone());
    let profiles = RedbProfiles::new(store.clone());
    let passkeys = RedbPasskeys::new(store.clone());
    RedbRoomDirectory::load(store.clone()).await;
    let ports = Ports {
        messages: &messages,
        saved: &messages,
        moderation: &moderation,
        members: &members,
        devices: &devices,
        profiles: &profiles,
        passkeys: &passkeys,
        read_positions: &read_positions,
        secrets: &store,
    };
    fill(&ports).await;
    write_images(directory.path());
    directory
}

async fn back_up_directory(data: &Path, to: &Path) -> Result<Summary, BackupError> {
    let store = Store::open(data).unwrap();
    back_up(&mut store.records()?, &DirectoryImages::of(data), to).await
}

/// Returns a backup of [`filled`].
async fn backup() -> TempDir {
    let (data, backup) = (filled().await, tempfile::tempdir().unwrap());
    back_up_directory(data.path(), backup.path()).await.unwrap();
    backup
}

#[tokio::test]
async fn a_restored_chat_has_the_same_backup_byte_for_byte() {
    let (data, first, second) = (filled().await, tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copied = back_up_directory(data.path(), first.path()).await.unwrap();
    assert_eq!(copied, Summary { messages: 8, images: 2, ..Summary::default() });
    let restored = tempfile::tempdir().unwrap();
    assert_eq!(restore(first.path(), &mut DirectoryTarget::new(restored.path())).await.unwrap(), copied);
    assert_eq!(back_up_directory(restored.path(), second.path()).await.unwrap(), copied);
    assert_same_backup(first.path(), second.path());
    assert_eq!(files(&restored.path().join("images")).into_values().collect::<Vec<_>>(), [IMAGE, SECOND_IMAGE]);
    for file in ["rooms", "secrets", "moderation", "idempotency", "changes", "images", "messages", "saved"] {
        let content = fs::read_to_string(first.path().join(format!("{file}.jsonl"))).unwrap();
        assert!(content.lines().count() > 0, "{file} is empty, so it was not compared");
    }
}

#[tokio::test]
async fn a_restored_chat_goes_on_where_it_was() {
    let (backup, data) = (backup().await, tempfile::tempdir().unwrap());
    restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap();
    let store = Store::open(data.path()).unwrap();
    let messages = RedbMessages::new(store, None, ManualClock::at(now()));
    let lobby = room("lobby");
    assert_eq!(seqs(&messages.before(&lobby, None, 99).await.unwrap()), [1, 2, 3, 4, 5, 8]);
    assert_eq!(messages.next_rev(&lobby).await.unwrap(), Rev(12), "the last revision was 11");
    let late_retry = IdempotencyRecord { rev: Rev(99), at: now() };
    for (nonce, rev) in [("n-1", 1), ("n-3", 3), ("lost", 10)] {
        let held = messages.reserve(&message_key("lobby", "ann", nonce), late_retry).await.unwrap();
        assert_eq!(held.rev, Rev(rev), "{nonce}");
    }
}

#[tokio::test]
async fn a_backup_is_the_state_of_the_moment_at_which_it_began() {
    let (data, backup, restored) = (filled().await, tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, lobby) = (Store::open(data.path()).unwrap(), room("lobby"));
    let messages = RedbMessages::new(store.clone(), None, ManualClock::at(now()));
    let last = send(&messages, &lobby, message(50, "acknowledged before")).await;
    let mut records = store.records().unwrap();
    send(&messages, &lobby, message(51, "sent meanwhile")).await;
    back_up(&mut records, &DirectoryImages::of(data.path()), backup.path()).await.unwrap();
    restore(backup.path(), &mut DirectoryTarget::new(restored.path())).await.unwrap();
    let restored = RedbMessages::new(Store::open(restored.path()).unwrap(), None, ManualClock::at(now()));
    assert_eq!(restored.before(&lobby, None, 1).await.unwrap(), [last]);
}

/// Records of a store in which people write while it is read.
struct Moving(Vec<Record>);

#[async_trait]
impl RecordSource for Moving {
    async fn next(&mut self) -> Result<Vec<Record>, StoreError> {
        Ok(std::mem::take(&mut self.0))
    }

    fn unreadable(&self) -> u64 {
        3
    }
}

struct NoImages;

#[async_trait]
impl ImageSource for NoImages {
    async fn image(&self, _: &ImageRef) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    async fn picture(&self, _: &PersonId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }
}

#[tokio::test]
async fn the_last_revision_is_the_highest_that_any_record_uses() {
    let (lobby, cats) = (room("lobby"), room("cats"));
    let change = |rev| ChangeRecord { rev: Rev(rev), at: now(), seq: Some(Seq(1)) };
    let records = vec![
        Record::Room { room: lobby.clone(), rev: Rev(4) },
        Record::Change { room: lobby.clone(), change: change(9) },
        Record::Change { room: lobby.clone(), change: change(7) },
        Record::Idempotency {
            key: message_key("cats", "ann", "n"),
            record: IdempotencyRecord { rev: Rev(2), at: now() },
        },
    ];
    let (backup, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copied = back_up(&mut Moving(records), &NoImages, backup.path()).await.unwrap();
    assert_eq!(copied.unreadable, 3);
    let restored = restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap();
    assert_eq!(restored.unreadable, 3, "the manifest tells it");
    let messages = RedbMessages::new(Store::open(data.path()).unwrap(), None, ManualClock::at(now()));
    assert_eq!(messages.next_rev(&lobby).await.unwrap(), Rev(10));
    assert_eq!(messages.next_rev(&cats).await.unwrap(), Rev(3));
}

#[tokio::test]
async fn a_missing_image_is_told_and_its_message_is_kept() {
    let (data, backup) = (filled().await, tempfile::tempdir().unwrap());
    fs::remove_dir_all(data.path().join("images")).unwrap();
    let copied = back_up_directory(data.path(), backup.path()).await.unwrap();
    assert_eq!(copied, Summary { messages: 8, missing_images: 2, ..Summary::default() });
    assert!(copied.to_string().contains("2 images of messages had no file"), "{copied}");
    let restored = tempfile::tempdir().unwrap();
    restore(backup.path(), &mut DirectoryTarget::new(restored.path())).await.unwrap();
    let messages = RedbMessages::new(Store::open(restored.path()).unwrap(), None, ManualClock::at(now()));
    let kept = messages.before(&room("lobby"), None, 1).await.unwrap();
    assert_eq!(kept[0].nonce, image_key().nonce);
}

#[cfg(unix)]
#[tokio::test]
async fn other_users_cannot_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let backup = backup().await;
    for path in [backup.path(), &backup.path().join("secrets.jsonl"), &backup.path().join("manifest.json")] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}
