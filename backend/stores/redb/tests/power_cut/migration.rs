//! Power cuts while the data of an older version is migrated.

use std::sync::Arc;

use chat::ports::messages::{IdempotencyRecord, MessageKey, Messages};
use fastrand::Rng;
use platform::system::SystemClock;
use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};
use shared_types::{Rev, RoomName, Timestamp};
use store_redb::{
    messages::RedbMessages,
    store::{DatabaseSource, Store},
};

use crate::disk::{Disk, DiskSource};

/// The table of version 0.
const BY_ROOM: TableDefinition<'_, (&str, &str, &str), (u64, u64)> = TableDefinition::new("claims");

/// Number of records to migrate.
const RECORDS: u64 = 100;

fn open_raw(disk: &Disk) -> Database {
    DiskSource::of(disk, 0).open().unwrap()
}

/// Returns a disk with a database of version 0.
fn old_disk() -> Disk {
    let disk = Disk::new();
    disk.charge(u64::MAX);
    let database = open_raw(&disk);
    let transaction = database.begin_write().unwrap();
    for number in 1..=RECORDS {
        let nonce = format!("n-{number}");
        transaction.open_table(BY_ROOM).unwrap().insert(("lobby", "ann", nonce.as_str()), (number, 9)).unwrap();
    }
    transaction.commit().unwrap();
    drop(database);
    disk
}

#[test]
fn an_interrupted_migration_is_repeated() {
    let mut interrupted = 0;
    for charge in 1.. {
        let (disk, mut rng) = (old_disk(), Rng::with_seed(charge));
        disk.charge(charge);
        let is_complete = Store::over(DiskSource::of(&disk, 0)).is_ok();
        disk.cut(&mut rng);
        disk.charge(u64::MAX);
        if is_complete {
            break;
        }
        interrupted += 1;
        // The cut leaves all records in the old table or none.
        let left = open_raw(&disk).begin_read().unwrap().open_table(BY_ROOM).map_or(0, |table| table.len().unwrap());
        assert!(left == RECORDS || left == 0, "{left} records are left (charge {charge})");
        check(&disk);
    }
    assert!(interrupted > 10, "{interrupted}");
}

/// Checks that the store has every record.
fn check(disk: &Disk) {
    let store = Store::over(DiskSource::of(disk, 0)).unwrap();
    let messages = RedbMessages::new(store, None, Arc::new(SystemClock));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for number in 1..=RECORDS {
            let nonce = format!("n-{number}").parse().unwrap();
            let message_key = MessageKey { room: RoomName::lobby(), author: "ann".parse().unwrap(), nonce };
            let fresh = IdempotencyRecord { rev: Rev(999), at: Timestamp(999) };
            let held = messages.reserve(&message_key, fresh).await.unwrap();
            assert_eq!(held, IdempotencyRecord { rev: Rev(number), at: Timestamp(9) });
        }
    });
}
