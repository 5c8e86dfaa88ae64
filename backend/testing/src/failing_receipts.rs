//! A store of read positions whose receipts fail while a test wants them to.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    read_positions::{ReadPosition, ReadPositions, StoredReceipt, ThreadPosition},
};
use shared_types::{PersonId, RoomName, Seq};
use store_redb::read_positions::RedbReadPositions;

/// [`ReadPositions`] of which `show` can fail.
pub struct FailingReceipts {
    inner: RedbReadPositions,
    fails: AtomicBool,
}

impl FailingReceipts {
    pub fn new(inner: RedbReadPositions) -> Self {
        Self { inner, fails: AtomicBool::new(false) }
    }

    /// Lets `show` fail from now on, or not any more.
    pub fn set_failing(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }
}

#[async_trait]
impl ReadPositions for FailingReceipts {
    async fn advance(&self, position: &ReadPosition) -> Result<bool> {
        self.inner.advance(position).await
    }

    async fn position(&self, person: &PersonId, room: &RoomName) -> Result<Option<Seq>> {
        self.inner.position(person, room).await
    }

    async fn positions(&self, person: &PersonId) -> Result<Vec<ReadPosition>> {
        self.inner.positions(person).await
    }

    async fn advance_thread(&self, position: &ThreadPosition) -> Result<bool> {
        self.inner.advance_thread(position).await
    }

    async fn thread_positions(&self, person: &PersonId, room: &RoomName) -> Result<Vec<ThreadPosition>> {
        self.inner.thread_positions(person, room).await
    }

    async fn show(&self, receipt: &StoredReceipt) -> Result<bool> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(Unavailable { doing: "writing a read receipt", cause: "the test says so".into() });
        }
        self.inner.show(receipt).await
    }

    async fn receipts(&self, room: &RoomName, limit: usize) -> Result<Vec<StoredReceipt>> {
        self.inner.receipts(room, limit).await
    }

    async fn receipt(&self, person: &PersonId, room: &RoomName) -> Result<Option<StoredReceipt>> {
        self.inner.receipt(person, room).await
    }

    async fn hide(&self, person: &PersonId, room: &RoomName) -> Result<()> {
        self.inner.hide(person, room).await
    }

    async fn remove(&self, person: &PersonId) -> Result<bool> {
        self.inner.remove(person).await
    }
}
