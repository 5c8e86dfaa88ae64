//! Usage figures in the database, and the sizes of its file and of the images.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    usage_store::{RoomRevs, UsageLog, UsageStore},
};
use serde::de::DeserializeOwned;
use shared_types::{Rev, RoomName, StorageSize, limits};

use crate::{
    images::{FOLDERS, PICTURES},
    messages::{REVS, decode, open},
    moderation::CHAT,
    store::{FILE_NAME, Store},
};

/// Key of the [`UsageLog`] in [`CHAT`].
const LOG: &str = "usage";
/// Key of the [`RoomRevs`] in [`CHAT`].
const REVISIONS: &str = "usage_revs";

/// [`UsageStore`] in a [`Store`]. It is written without an fsync: a crash may lose the last figures.
pub struct RedbUsage {
    store: Store,
    directory: Arc<PathBuf>,
}

impl RedbUsage {
    /// Returns the figures of a store in this data directory.
    pub fn new(store: Store, directory: &Path) -> Self {
        Self { store, directory: Arc::new(directory.to_owned()) }
    }

    async fn find<T: DeserializeOwned + Default + Send + 'static>(&self, key: &'static str) -> Result<T> {
        let read = self.store.read("reading usage figures", move |transaction| {
            let Some(chat) = open(transaction, CHAT)? else { return Ok(None) };
            chat.get(key)?.map(|stored| decode(stored.value())).transpose()
        });
        Ok(read.await?.unwrap_or_default())
    }
}

#[async_trait]
impl UsageStore for RedbUsage {
    async fn last_revs(&self, rooms: &[RoomName]) -> Result<RoomRevs> {
        let rooms = rooms.to_vec();
        let read = self.store.read("reading the revisions of rooms", move |transaction| {
            let mut revs = RoomRevs::new();
            let Some(table) = open(transaction, REVS)? else { return Ok(revs) };
            for room in rooms {
                let rev = table.get(room.as_str())?.map(|rev| Rev(rev.value()));
                revs.extend(rev.map(|rev| (room, rev)));
            }
            Ok(revs)
        });
        read.await
    }

    async fn storage(&self) -> Result<StorageSize> {
        let directory = self.directory.clone();
        let measured = tokio::task::spawn_blocking(move || measure(&directory)).await;
        measured.map_err(Unavailable::while_doing("measuring the data directory"))
    }

    async fn log(&self) -> Result<UsageLog> {
        self.find(LOG).await
    }

    async fn counted_revs(&self) -> Result<RoomRevs> {
        self.find(REVISIONS).await
    }

    async fn store(&self, log: &UsageLog, revs: &RoomRevs) -> Result<()> {
        let doing = "writing usage figures";
        let log = serde_json::to_vec(log).map_err(Unavailable::while_doing(doing))?;
        let revs = serde_json::to_vec(revs).map_err(Unavailable::while_doing(doing))?;
        self.store
            .write_later(doing, move |transaction| {
                let mut chat = transaction.open_table(CHAT)?;
                chat.insert(LOG, log.as_slice())?;
                chat.insert(REVISIONS, revs.as_slice())?;
                Ok(())
            })
            .await
            .map(drop)
    }
}

/// Returns the sizes of the database file and of the images. What cannot be read is unknown.
fn measure(directory: &Path) -> StorageSize {
    let [_, images] = FOLDERS.map(|folder| directory.join(folder));
    let messages = fs::metadata(directory.join(FILE_NAME)).ok().map(|file| file.len());
    let Ok(images) = fs::read_dir(images) else {
        return StorageSize { messages, images: None, more_images: false };
    };
    let (mut bytes, mut number) = (0, 0);
    let pictures = fs::read_dir(directory.join(PICTURES)).into_iter().flatten();
    for image in images.chain(pictures).flatten() {
        if number == limits::MEASURED_IMAGES {
            return StorageSize { messages, images: Some(bytes), more_images: true };
        }
        number += 1;
        bytes += image.metadata().map_or(0, |file| file.len());
    }
    StorageSize { messages, images: Some(bytes), more_images: false }
}
