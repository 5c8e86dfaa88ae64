//! An upload while its bytes arrive: they are written to a temporary file, so that no upload is in memory as a whole.

use std::{
    fs,
    io::{self, ErrorKind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use chat::ports::{Result, Unavailable};
use tokio::{fs::File, io::AsyncWriteExt};

use super::waiting::Reservation;

/// Bytes of an upload that wait in memory until they are written.
const BUFFER_BYTES: usize = 64 * 1024;

/// An upload whose bytes arrive. Dropping it before [`finish`](Self::finish) removes what was written.
pub struct IncomingUpload {
    file: File,
    part: PartFile,
    target: PathBuf,
    missing: u64,
    reservation: Reservation,
    put_or_keep: Arc<Mutex<()>>,
}

/// A temporary file that is removed when it is dropped.
struct PartFile(PathBuf);

impl Drop for PartFile {
    fn drop(&mut self) {
        match fs::remove_file(&self.0) {
            // It was renamed.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "removing a partial upload failed; the next start removes it"),
            Ok(()) => {}
        }
    }
}

impl IncomingUpload {
    /// Creates the temporary file `part` for an upload of `size` bytes.
    pub(super) fn create(
        part: PathBuf,
        target: PathBuf,
        size: u64,
        reservation: Reservation,
        put_or_keep: Arc<Mutex<()>>,
    ) -> io::Result<Self> {
        let file = fs::File::create(&part)?;
        let mut file = File::from_std(file);
        file.set_max_buf_size(BUFFER_BYTES);
        Ok(Self { file, part: PartFile(part), target, missing: size, reservation, put_or_keep })
    }

    /// Writes the next bytes. Returns `false` if they are more than were announced.
    ///
    /// # Errors
    ///
    /// `Unavailable` if they cannot be written.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<bool> {
        let Some(missing) = self.missing.checked_sub(bytes.len() as u64) else { return Ok(false) };
        self.missing = missing;
        self.file.write_all(bytes).await.map_err(Unavailable::while_doing("storing an upload"))?;
        Ok(true)
    }

    /// Stores the upload, if all bytes have arrived, and replaces an earlier file. Returns whether they had.
    ///
    /// # Errors
    ///
    /// `Unavailable` if it cannot be stored.
    pub async fn finish(mut self) -> Result<bool> {
        const DOING: &str = "storing an upload";
        if self.missing > 0 {
            return Ok(false);
        }
        self.file.flush().await.map_err(Unavailable::while_doing(DOING))?;
        // The message with the image may be stored a moment later and must not survive a power cut without it.
        self.file.sync_all().await.map_err(Unavailable::while_doing(DOING))?;
        let Self { part, target, reservation, put_or_keep, .. } = self;
        let renamed = tokio::task::spawn_blocking(move || {
            let _guard = put_or_keep.lock().unwrap_or_else(PoisonError::into_inner);
            fs::rename(&part.0, target)?;
            reservation.store();
            Ok::<_, io::Error>(())
        });
        renamed.await.map_err(Unavailable::while_doing(DOING))?.map_err(Unavailable::while_doing(DOING))?;
        Ok(true)
    }
}
