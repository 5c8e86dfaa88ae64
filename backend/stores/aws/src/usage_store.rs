//! Usage figures: two items of the connection table, the size of the message table, and the sizes of the images.

use async_trait::async_trait;
use aws_sdk_s3::Client as S3Client;
use chat::ports::{
    Result, Unavailable,
    usage_store::{RoomRevs, UsageLog, UsageStore},
};
use serde::{Serialize, de::DeserializeOwned};
use shared_types::{Rev, RoomName, StorageSize, limits};

use crate::{
    error_chain::chain,
    item::{item, json, read_number, read_or_skip, read_parsed, text},
    messages::counter_key,
    moderation::identity::PK as CHAT,
    table::{Key, Table},
};

/// Sort keys of the figures, and of the revisions that were counted.
const LOG: &str = "usage";
const REVISIONS: &str = "usageRevs";

/// The attribute with the JSON of both.
const FIGURES: &str = "figures";

/// Maximum number of keys in one BatchGetItem.
const BATCH: usize = 100;

/// Number of images in one answer of S3.
const IMAGES_PAGE: usize = 1_000;

/// The places of the images of messages, and of the pictures of people.
const PLACES: [&str; 3] = ["images/", "private/", "pictures/"];

/// [`UsageStore`] in DynamoDB, and in S3 with a bucket of images.
pub struct DynamoUsage {
    figures: Table,
    /// The message table, and the bucket of images.
    measured: Option<(Table, S3Client, String)>,
}

impl DynamoUsage {
    pub(crate) fn new(figures: Table, measured: Option<(Table, S3Client, String)>) -> Self {
        Self { figures, measured }
    }

    async fn find<T: DeserializeOwned + Default>(&self, sk: &str) -> Result<T> {
        let found = self.figures.get_eventually(Key::new(CHAT, sk), "reading usage figures").await?;
        let read = |item: &_| read_parsed(item, FIGURES, |json| serde_json::from_str(json).ok());
        Ok(found.and_then(|item| read_or_skip(&item, read)).unwrap_or_default())
    }

    async fn put(&self, sk: &str, figures: &impl Serialize) -> Result<()> {
        let doing = "writing usage figures";
        let figures = json(figures).map_err(Unavailable::while_doing(doing))?;
        self.figures.put(item([("pk", text(CHAT)), ("sk", text(sk)), (FIGURES, figures)]), doing).await
    }
}

/// Returns the bytes of the images in a bucket, and whether there are more of them than were counted.
async fn size_of_images(client: &S3Client, bucket: &str) -> Result<(u64, bool)> {
    let (mut bytes, mut requests) = (0, 0);
    for place in PLACES {
        let mut pages = client.list_objects_v2().bucket(bucket).prefix(place).into_paginator().send();
        while let Some(page) = pages.next().await {
            let failed = |error| Unavailable { doing: "measuring the images", cause: chain(&error) };
            let objects = page.map_err(failed)?.contents.unwrap_or_default();
            bytes += objects.iter().filter_map(|object| u64::try_from(object.size?).ok()).sum::<u64>();
            requests += 1;
            if requests * IMAGES_PAGE >= limits::MEASURED_IMAGES {
                return Ok((bytes, true));
            }
        }
    }
    Ok((bytes, false))
}

#[async_trait]
impl UsageStore for DynamoUsage {
    async fn last_revs(&self, rooms: &[RoomName]) -> Result<RoomRevs> {
        let mut revs = RoomRevs::new();
        let Some((messages, ..)) = &self.measured else { return Ok(revs) };
        for rooms in rooms.chunks(BATCH) {
            let keys: Vec<Key> = rooms.iter().map(counter_key).collect();
            for item in messages.get_many_eventually(&keys, "reading the revisions of rooms").await? {
                let room = item.get("pk").and_then(|pk| pk.as_s().ok()?.strip_prefix("room#")?.parse().ok());
                let rev = read_number(&item, "rev").ok().map(Rev);
                revs.extend(room.zip(rev));
            }
        }
        Ok(revs)
    }

    async fn storage(&self) -> Result<StorageSize> {
        let Some((messages, client, bucket)) = &self.measured else { return Ok(StorageSize::default()) };
        let (messages, (images, more_images)) = futures::try_join!(messages.size(), size_of_images(client, bucket))?;
        Ok(StorageSize { messages, images: Some(images), more_images })
    }

    async fn log(&self) -> Result<UsageLog> {
        self.find(LOG).await
    }

    async fn counted_revs(&self) -> Result<RoomRevs> {
        self.find(REVISIONS).await
    }

    async fn store(&self, log: &UsageLog, revs: &RoomRevs) -> Result<()> {
        // The revisions first: if the second write fails, changes are missing in the figures, and none is counted twice.
        self.put(REVISIONS, revs).await?;
        self.put(LOG, log).await
    }
}
