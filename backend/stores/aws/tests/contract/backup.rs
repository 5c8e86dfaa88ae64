//! Tests of backups of a stack, and of moving a chat between the deployments.

use std::{fs, path::Path, sync::Arc, time::Duration};

use chat::ports::{
    backup::{Record, RestoreTarget},
    messages::{AppliedChange, ChangeRecord, IdempotencyRecord, Messages, StoredMessage},
    moderation::{Moderation, Subject},
    room_directory::RoomDirectory,
    secrets::Secrets,
    system::Clock,
};
use chat_backup::{BackupError, Summary, back_up, restore};
use chat_testing::{
    backup::{IMAGE, Ports, SECOND_IMAGE, assert_same_backup, fill, image_key, send, write_images},
    clock::ManualClock,
    contract::fixtures::{message, message_key, now, room, seqs},
};
use platform::system::SystemClock;
use shared_types::{ChatMessage, Restrictions, Rev, Seq, Timestamp};
use store_aws::{
    backup::{DynamoRestore, StackNames},
    clients::Clients,
};
use store_redb::{
    devices::RedbDevices,
    messages::RedbMessages,
    moderation::RedbModeration,
    passkeys::RedbPasskeys,
    profiles::RedbProfiles,
    read_positions::RedbReadPositions,
    room_members::RedbRoomMembers,
    store::{DirectoryImages, DirectoryTarget, Store},
};
use tempfile::TempDir;

use super::{Tables, dynamodb, fresh_name, s3};

/// More units a second than the tests need.
const UNITS: u32 = 1_000_000;

struct Stack {
    clients: Clients,
    names: StackNames,
}

impl Stack {
    /// Creates the empty tables and the bucket of a stack.
    async fn create() -> Self {
        let Tables { clients, connections, messages } = Tables::create().await;
        let images = fresh_name("images");
        s3().create_bucket().bucket(&images).send().await.unwrap();
        Self { clients, names: StackNames { connections, messages, images } }
    }

    fn messages(&self) -> impl Messages + use<> {
        self.clients.messages(&self.names.messages, None, Arc::new(SystemClock))
    }

    fn moderation(&self) -> impl Moderation + use<> {
        self.clients.moderation(&self.names.connections, &self.names.messages, Arc::new(SystemClock))
    }

    fn target(&self) -> DynamoRestore {
        self.clients.restore(&self.names, None, Arc::new(SystemClock), UNITS)
    }

    async fn back_up(&self, to: &Path) -> Result<Summary, BackupError> {
        let clock = Arc::new(SystemClock);
        let mut records = self.clients.records(&self.names, None, clock.clone(), UNITS);
        back_up(&mut records, &self.clients.images(&self.names.images, clock), to).await
    }

    /// Backs this stack up and restores the backup into a data directory.
    async fn moved_home(&self) -> (TempDir, RedbMessages) {
        let (backup, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        self.back_up(backup.path()).await.unwrap();
        restore(backup.path(), &mut DirectoryTarget::new(data.path())).await.unwrap();
        let store = Store::open(data.path()).unwrap();
        (data, RedbMessages::new(store, None, Arc::new(SystemClock)))
    }
}

/// Returns a backup of a data directory with every kind of record.
async fn backup_of_home() -> TempDir {
    let (data, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(data.path()).unwrap();
    let messages = RedbMessages::new(store.clone(), None, Arc::new(SystemClock));
    let moderation = RedbModeration::new(store.clone(), Arc::new(SystemClock));
    let read_positions = RedbReadPositions::new(store.clone());
    let members = RedbRoomMembers::new(store.clone());
    let devices = RedbDevices::new(store.clone());
    let profiles = RedbProfiles::new(store.clone());
    let passkeys = RedbPasskeys::new(store.clone());
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
    write_images(data.path());
    back_up_home(&store, data.path(), backup.path()).await;
    backup
}

async fn back_up_home(store: &Store, data: &Path, to: &Path) {
    let copied = back_up(&mut store.records().unwrap(), &DirectoryImages::of(data), to).await.unwrap();
    assert_eq!(copied, Summary { messages: 8, images: 2, ..Summary::default() });
}

#[tokio::test]
async fn a_chat_moves_to_aws_and_back() {
    let (home, stack) = (backup_of_home().await, Stack::create().await);
    let copied = restore(home.path(), &mut stack.target()).await.unwrap();
    assert_eq!((copied.messages, copied.images, copied.expired), (8, 2, 0));

    let messages = stack.messages();
    assert_eq!(seqs(&messages.before(&room("lobby"), None, 99).await.unwrap()), [1, 2, 3, 4, 5, 8]);
    let late_retry = IdempotencyRecord { rev: Rev(99), at: now() };
    for (nonce, rev) in [("n-1", 1), ("n-3", 3), ("lost", 10)] {
        let held = messages.reserve(&message_key("lobby", "ann", nonce), late_retry).await.unwrap();
        assert_eq!(held.rev, Rev(rev), "{nonce}");
    }
    let keys = stack.clients.secrets(&stack.names.connections).keep_first([9; 32], now()).await.unwrap();
    assert_eq!((keys.current, keys.previous), ([2; 32], Some([1; 32])));
    assert_eq!(stack.moderation().rules(&room("cats")).await.unwrap().slow, 30);
    assert_eq!(stack.moderation().rooms_with_keep_days(None, 9).await.unwrap(), [room("cats")]);
    // Backups have no directory of rooms: it follows from the messages.
    let listed = stack.clients.room_directory(&stack.names.connections).entries(9).await.unwrap();
    let listed: Vec<String> = listed.iter().map(|entry| entry.room.to_string()).collect();
    assert_eq!(listed, ["cats", "lobby"]);

    let (data, _) = stack.moved_home().await;
    let again = tempfile::tempdir().unwrap();
    back_up_home(&Store::open(data.path()).unwrap(), data.path(), again.path()).await;
    assert_same_backup(home.path(), again.path());
}

#[tokio::test]
async fn a_restored_image_is_served_as_a_sent_one() {
    let (home, stack) = (backup_of_home().await, Stack::create().await);
    restore(home.path(), &mut stack.target()).await.unwrap();
    for (number, bytes) in [IMAGE, SECOND_IMAGE].into_iter().enumerate() {
        let key = image_key().of_image(number).unwrap();
        let path = format!("images/{}/{}/{}", key.author, key.room, key.nonce);
        let object = s3().get_object().bucket(&stack.names.images).key(path).send().await.unwrap();
        assert_eq!(object.content_type(), Some("image/png"));
        assert!(object.cache_control().unwrap().contains("immutable"));
        assert_eq!(object.body.collect().await.unwrap().to_vec(), bytes);
    }
}

#[tokio::test]
async fn a_stack_that_holds_a_chat_is_no_target() {
    let (home, stack) = (backup_of_home().await, Stack::create().await);
    stack.messages().next_rev(&room("lobby")).await.unwrap();
    let error = restore(home.path(), &mut stack.target()).await.unwrap_err().to_string();
    assert!(error.contains("this stack holds a chat already"), "{error}");

    let stack = Stack::create().await;
    let put = s3().put_object().bucket(&stack.names.images).key("images/ann/lobby/n").body(Vec::new().into());
    put.send().await.unwrap();
    let error = restore(home.path(), &mut stack.target()).await.unwrap_err().to_string();
    assert!(error.contains("this stack holds a chat already"), "{error}");
    restore(home.path(), &mut Stack::create().await.target()).await.unwrap();
}

#[tokio::test]
async fn an_interrupted_restore_is_repeated_and_keeps_what_was_written_since() {
    let (home, stack, lobby) = (backup_of_home().await, Stack::create().await, room("lobby"));
    let mut interrupted = Interrupted { target: stack.target(), puts_left: 5 };
    let error = restore(home.path(), &mut interrupted).await.unwrap_err().to_string();
    assert!(error.contains("interrupted here"), "{error}");

    // Somebody opens the page before the restore is repeated. The last revisions were restored first.
    let meanwhile = send(&stack.messages(), &lobby, message(50, "meanwhile")).await;
    assert_eq!(meanwhile.seq, Seq(12));
    let refused = stack.back_up(tempfile::tempdir().unwrap().path()).await.unwrap_err().to_string();
    assert!(refused.contains("was interrupted: repeat it"), "{refused}");
    let another = tempfile::tempdir().unwrap();
    back_up(&mut NoRecords, &stack.clients.images(&stack.names.images, Arc::new(SystemClock)), another.path())
        .await
        .unwrap();
    let refused = restore(another.path(), &mut stack.target()).await.unwrap_err().to_string();
    assert!(refused.contains("the restore of another backup into this stack was interrupted"), "{refused}");

    restore(home.path(), &mut stack.target()).await.unwrap();
    let log = stack.messages().before(&lobby, None, 99).await.unwrap();
    assert_eq!(seqs(&log), [1, 2, 3, 4, 5, 8, 12]);
    assert_eq!(log.last(), Some(&meanwhile));
    assert_eq!(stack.moderation().audit(None, 99).await.unwrap().len(), 3, "no entry is written twice");
    assert_eq!(stack.messages().next_rev(&lobby).await.unwrap(), Rev(13));
    let refused = restore(home.path(), &mut stack.target()).await.unwrap_err().to_string();
    assert!(refused.contains("holds a chat already"), "{refused}");
}

/// A target that fails after some calls of `put`.
struct Interrupted {
    target: DynamoRestore,
    puts_left: u32,
}

#[async_trait::async_trait]
impl RestoreTarget for Interrupted {
    async fn begin(&mut self, backup: &str) -> Result<(), chat::ports::backup::StoreError> {
        self.target.begin(backup).await
    }

    async fn put(&mut self, records: Vec<Record>) -> Result<(), chat::ports::backup::StoreError> {
        self.puts_left -= 1;
        if self.puts_left == 0 {
            return Err(chat::ports::backup::StoreError::Refused("interrupted here".into()));
        }
        self.target.put(records).await
    }

    async fn put_images(
        &mut self,
        images: Vec<(chat::ports::backup::ImageRef, Vec<u8>)>,
    ) -> Result<(), chat::ports::backup::StoreError> {
        self.target.put_images(images).await
    }

    async fn finish(&mut self) -> Result<(), chat::ports::backup::StoreError> {
        self.target.finish().await
    }

    fn expired(&self) -> u64 {
        self.target.expired()
    }
}

/// The records of an empty chat.
struct NoRecords;

#[async_trait::async_trait]
impl chat::ports::backup::RecordSource for NoRecords {
    async fn next(&mut self) -> Result<Vec<Record>, chat::ports::backup::StoreError> {
        Ok(Vec::new())
    }

    fn unreadable(&self) -> u64 {
        0
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_has_every_message_acknowledged_before_and_no_seq_is_used_again() {
    let (stack, lobby) = (Stack::create().await, room("lobby"));
    for number in 0..60 {
        send(&stack.messages(), &lobby, message(number, "before")).await;
    }
    let (messages, in_room) = (stack.messages(), lobby.clone());
    let sending = tokio::spawn(async move {
        for number in 60..120 {
            send(&messages, &in_room, message(number, "meanwhile")).await;
        }
    });
    let (_data, home) = stack.moved_home().await;
    let last = home.before(&lobby, None, 1).await.unwrap()[0].seq;
    let log = home.created_after(&lobby, Rev(0), 999).await.unwrap();
    let missing: Vec<u64> = (1..=60).filter(|seq| !seqs(&log).contains(seq)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(home.next_rev(&lobby).await.unwrap() > Rev(last.0));
    for message in &log {
        let key = message_key("lobby", "ann", message.nonce.as_str());
        let late_retry = IdempotencyRecord { rev: Rev(999), at: now() };
        assert_eq!(home.reserve(&key, late_retry).await.unwrap().rev, Rev(message.seq.0), "a retry finds it");
    }
    sending.await.unwrap();
}

#[tokio::test]
async fn records_that_a_scan_passed_by_are_derived_from_the_message() {
    let (stack, lobby) = (Stack::create().await, room("lobby"));
    // The message is stored, and the records that were written with it are not met by the scan.
    let sent = ChatMessage { rev: Rev(5), ..message(3, "edited") };
    let (by, nonce) = (sent.author.id.clone(), "c-1".parse().unwrap());
    let applied =
        vec![AppliedChange { by, nonce, at: now(), edit_rev: None, reaction: None, pin_rev: None, vote: None }];
    stack.messages().put(&lobby, &ChatMessage { rev: Rev(3), ..sent.clone() }).await.unwrap();
    assert!(stack.messages().replace(&lobby, Rev(3), &StoredMessage { message: sent, applied }).await.unwrap());

    let (_data, home) = stack.moved_home().await;
    let changes = home.changes_after(&lobby, Rev(0), 9).await.unwrap();
    assert_eq!(changes.iter().map(|change| (change.rev, change.seq)).collect::<Vec<_>>(), [(Rev(5), Some(Seq(3)))]);
    let late_retry = IdempotencyRecord { rev: Rev(9), at: now() };
    assert_eq!(home.reserve(&message_key("lobby", "ann", "n-3"), late_retry).await.unwrap().rev, Rev(3));
    assert_eq!(home.next_rev(&lobby).await.unwrap(), Rev(6));
}

#[tokio::test]
async fn what_is_expired_is_neither_backed_up_nor_restored() {
    let (stack, lobby, day) = (Stack::create().await, room("lobby"), Duration::from_secs(24 * 60 * 60));
    let clock = ManualClock::at(now());
    let (names, clients) = (&stack.names, &stack.clients);
    let messages = clients.messages(&names.messages, Some(day), clock.clone());
    let old = send(&messages, &lobby, ChatMessage { sent_at: clock.now(), ..message(1, "old") }).await;
    messages.record_change(&lobby, ChangeRecord { rev: Rev(1), at: old.sent_at, seq: None }).await.unwrap();
    let banned = Restrictions { muted_until: None, banned_until: Some(clock.now() + Duration::from_secs(60)) };
    let moderation = clients.moderation(&names.connections, &names.messages, clock.clone());
    moderation.set_restrictions(&Subject::Person("bob".parse().unwrap()), banned).await.unwrap();
    clock.advance(day);
    send(&messages, &lobby, ChatMessage { sent_at: clock.now(), ..message(2, "new") }).await;

    let (backup, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let images = clients.images(&names.images, clock.clone());
    let mut records = clients.records(names, Some(day), clock.clone(), UNITS);
    assert_eq!(back_up(&mut records, &images, backup.path()).await.unwrap().messages, 1);
    assert_eq!(fs::read_to_string(backup.path().join("moderation.jsonl")).unwrap(), "");

    let early = ManualClock::at(Timestamp(clock.now().0 - 2 * 60_000));
    let mut records = clients.records(names, None, early.clone(), UNITS);
    assert_eq!(back_up(&mut records, &images, whole.path()).await.unwrap().messages, 2, "nothing is expired yet");
    let other = Stack::create().await;
    clock.advance(Duration::from_secs(1));
    let mut target = other.clients.restore(&other.names, Some(day), clock.clone(), UNITS);
    let restored = restore(whole.path(), &mut target).await.unwrap();
    assert!(restored.expired >= 3 && restored.to_string().contains("were left out"), "{restored}");
    let log = other.clients.messages(&other.names.messages, Some(day), clock).before(&lobby, None, 9).await.unwrap();
    assert_eq!(seqs(&log), [2]);
}

#[tokio::test]
async fn an_unknown_item_of_the_message_table_is_refused() {
    let stack = Stack::create().await;
    let attribute = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.into());
    let put = dynamodb().put_item().table_name(&stack.names.messages);
    put.item("pk", attribute("poll#1")).item("sk", attribute("poll")).send().await.unwrap();
    let error = stack.back_up(tempfile::tempdir().unwrap().path()).await.unwrap_err().to_string();
    assert!(error.contains("has an unknown item (\"poll\")"), "{error}");
}
