//! Uploads and images in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    images::{Images, Upload, Uploaded},
    messages::MessageKey,
};
use shared_types::{ImageType, PersonId, Timestamp};

/// [`Images`] in memory. The address of an upload is its debug text.
#[derive(Default)]
pub struct MemoryImages {
    /// Addresses that were handed out.
    issued: Mutex<BTreeSet<String>>,
    /// Uploaded bytes by address.
    uploads: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Kept images by message key.
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    pictures: Mutex<BTreeMap<PersonId, Vec<u8>>>,
}

impl MemoryImages {
    /// Stores bytes that a client puts to an address, if the address is for their size and type. Returns whether it did.
    pub fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        let announced = format!("size: ImageSize({})", bytes.len());
        let kind = ImageType::of_media_type(media_type);
        let kind = kind.map(|kind| format!("kind: {kind:?}"));
        let is_valid = self.issued.lock().unwrap().contains(address)
            && address.contains(&announced)
            && kind.is_some_and(|kind| address.contains(&kind));
        if is_valid {
            self.uploads.lock().unwrap().insert(address.into(), bytes.to_vec());
        }
        is_valid
    }
}

#[async_trait]
impl Images for MemoryImages {
    async fn address(&self, upload: &Upload) -> Result<String> {
        let address = format!("{upload:?}");
        self.issued.lock().unwrap().insert(address.clone());
        Ok(address)
    }

    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>> {
        let found = self.uploads.lock().unwrap().get(&format!("{upload:?}")).cloned();
        Ok(found.map(|bytes| Uploaded { size: bytes.len() as u64, version: format!("{bytes:?}"), head: bytes }))
    }

    async fn keep(&self, upload: &Upload, version: &str) -> Result<bool> {
        let found = self.uploads.lock().unwrap().get(&format!("{upload:?}")).cloned();
        let Some(bytes) = found.filter(|bytes| format!("{bytes:?}") == version) else { return Ok(false) };
        self.kept.lock().unwrap().insert(format!("{:?}", upload.message_key), bytes);
        Ok(true)
    }

    async fn is_kept(&self, message_key: &MessageKey) -> Result<bool> {
        Ok(self.kept.lock().unwrap().contains_key(&format!("{message_key:?}")))
    }

    async fn remove(&self, message_key: &MessageKey) -> Result<()> {
        self.kept.lock().unwrap().remove(&format!("{message_key:?}"));
        Ok(())
    }

    async fn discard(&self, upload: &Upload) -> Result<()> {
        self.uploads.lock().unwrap().remove(&format!("{upload:?}"));
        Ok(())
    }

    async fn put_picture(&self, person: &PersonId, _kind: ImageType, bytes: &[u8]) -> Result<()> {
        self.pictures.lock().unwrap().insert(person.clone(), bytes.to_vec());
        Ok(())
    }

    async fn picture(&self, person: &PersonId) -> Result<Option<Vec<u8>>> {
        Ok(self.pictures.lock().unwrap().get(person).cloned())
    }

    async fn remove_picture(&self, person: &PersonId) -> Result<()> {
        self.pictures.lock().unwrap().remove(person);
        Ok(())
    }

    async fn pictures(&self, after: Option<&PersonId>, most: usize) -> Result<Vec<PersonId>> {
        let pictures = self.pictures.lock().unwrap();
        let mut people: Vec<_> = pictures.keys().filter(|person| Some(*person) > after).cloned().collect();
        people.sort();
        people.truncate(most);
        Ok(people)
    }

    /// There is no clock here: the time of every upload is 1.
    async fn sweep(&self, before: Timestamp) -> Result<usize> {
        let mut uploads = self.uploads.lock().unwrap();
        Ok(if before > Timestamp(1) { std::mem::take(&mut *uploads).len() } else { 0 })
    }
}
