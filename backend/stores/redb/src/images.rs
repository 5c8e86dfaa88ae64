//! Images as files of the data directory: `uploads/` holds what browsers put there, `images/` what is served.
//!
//! The name of a file is the key of its message: `{author}.{room}.{nonce}`. None of the three can contain a dot, a slash or another
//! character with a meaning in a file system.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chat::ports::{
    Result, Unavailable,
    images::{Images, Storage, Upload, Uploaded},
    messages::MessageKey,
    system::{Clock, Entropy},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use shared_types::{ImageType, Timestamp, limits};

use crate::store::sync_directory;

/// Maximum bytes of uploads that wait for their messages, some of them for hours: 128 of the largest images. A client that uploads without
/// sending fills this bound and not the disk.
const WAITING_BYTES: u64 = 128 * limits::IMAGE_BYTES as u64;

/// The number of the next temporary file.
static PARTS: AtomicU64 = AtomicU64::new(0);

/// [`Images`] and [`Storage`] in a data directory.
pub struct FileImages {
    uploads: Arc<PathBuf>,
    images: Arc<PathBuf>,
    clock: Arc<dyn Clock>,
    /// Signs the addresses. A restart invalidates them, and pages ask for new ones.
    key: [u8; 32],
    /// Held while an upload is put or kept, so that the bytes that are kept are the bytes that were checked.
    put_or_keep: Arc<Mutex<()>>,
}

impl FileImages {
    /// Opens the images of a data directory, and creates the folders if they are missing.
    ///
    /// # Errors
    ///
    /// If the folders cannot be created.
    pub fn open(directory: &Path, clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> io::Result<Self> {
        let (uploads, images) = (directory.join("uploads"), directory.join("images"));
        fs::create_dir_all(&uploads)?;
        fs::create_dir_all(&images)?;
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Ok(Self { uploads: Arc::new(uploads), images: Arc::new(images), clock, key, put_or_keep: Arc::default() })
    }

    /// Returns the MAC of an address: of everything before its signature, and of the type and size of the bytes.
    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).expect("a key of 32 bytes");
        mac.update(signed.as_bytes());
        mac
    }
}

#[async_trait]
impl Images for FileImages {
    async fn address(&self, upload: &Upload) -> Result<String> {
        let Upload { message_key: MessageKey { room, author, nonce }, kind, size } = upload;
        let Timestamp(until) = self.clock.now() + limits::UPLOAD_LIFE;
        let signed = format!("{author}/{room}/{nonce}/{}.{}/{until}", size.get(), kind.extension());
        let mac = BASE64.encode(self.mac(&signed).finalize().into_bytes());
        Ok(format!("/uploads/{signed}/{mac}"))
    }

    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>> {
        let path = self.uploads.join(upload_name(upload));
        blocking("reading an upload", move || {
            let Some(mut bytes) = unless_missing(fs::read(path))? else { return Ok(None) };
            let (size, version) = (bytes.len() as u64, version(&bytes));
            bytes.truncate(Uploaded::HEAD);
            Ok(Some(Uploaded { size, head: bytes, version }))
        })
        .await
    }

    async fn keep(&self, upload: &Upload, seen: &str) -> Result<bool> {
        let path = self.uploads.join(upload_name(upload));
        let (images, target, seen) =
            (self.images.clone(), self.images.join(image_name(&upload.message_key)), seen.to_owned());
        let put_or_keep = self.put_or_keep.clone();
        blocking("keeping an image", move || {
            let _guard = put_or_keep.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(bytes) = unless_missing(fs::read(&path))? else { return Ok(false) };
            if version(&bytes) != seen {
                return Ok(false);
            }
            fs::rename(path, target)?;
            sync_directory(&images)?;
            Ok(true)
        })
        .await
    }

    async fn is_kept(&self, message_key: &MessageKey) -> Result<bool> {
        let path = self.images.join(image_name(message_key));
        blocking("looking for an image", move || path.try_exists()).await
    }

    async fn remove(&self, message_key: &MessageKey) -> Result<()> {
        let path = self.images.join(image_name(message_key));
        blocking("removing an image", move || unless_missing(fs::remove_file(path)).map(drop)).await
    }

    async fn discard(&self, upload: &Upload) -> Result<()> {
        let path = self.uploads.join(upload_name(upload));
        blocking("removing an upload", move || unless_missing(fs::remove_file(path)).map(drop)).await
    }

    async fn sweep(&self, before: Timestamp) -> Result<usize> {
        let (uploads, before) = (self.uploads.clone(), UNIX_EPOCH + Duration::from_millis(before.0));
        blocking("sweeping the uploads", move || {
            let mut swept = 0;
            for entry in fs::read_dir(uploads.as_path())? {
                let entry = entry?;
                if unless_missing(entry.metadata())?.is_some_and(|file| file.modified().is_ok_and(|at| at < before)) {
                    unless_missing(fs::remove_file(entry.path()))?;
                    swept += 1;
                }
            }
            Ok(swept)
        })
        .await
    }
}

#[async_trait]
impl Storage for FileImages {
    fn admit(&self, address: &str, media_type: &str, size: u64) -> Option<Upload> {
        let (signed, mac) = address.strip_prefix("/uploads/")?.rsplit_once('/')?;
        self.mac(signed).verify_slice(&BASE64.decode(mac).ok()?).ok()?;
        let [author, room, nonce, announced, until] = signed.split('/').collect::<Vec<_>>().try_into().ok()?;
        let kind = ImageType::of_media_type(media_type)?;
        let as_announced = announced == format!("{size}.{}", kind.extension());
        let is_valid = self.clock.now().0 <= until.parse().ok()?;
        if !as_announced || !is_valid {
            return None;
        }
        let message_key =
            MessageKey { room: room.parse().ok()?, author: author.parse().ok()?, nonce: nonce.parse().ok()? };
        Some(Upload { message_key, kind, size: size.try_into().ok()? })
    }

    async fn put(&self, upload: &Upload, bytes: Vec<u8>) -> Result<()> {
        let (uploads, path) = (self.uploads.clone(), self.uploads.join(upload_name(upload)));
        let put_or_keep = self.put_or_keep.clone();
        blocking("storing an upload", move || {
            let waiting = waiting_bytes(&uploads)?;
            if waiting + bytes.len() as u64 > WAITING_BYTES {
                return Err(io::Error::other(format!("{waiting} bytes of images wait for their messages already")));
            }
            // Under a temporary name until it is complete. The sweep removes one that a crash left behind.
            let part = uploads.join(format!(".{}.part", PARTS.fetch_add(1, Ordering::Relaxed)));
            let mut file = File::create(&part)?;
            file.write_all(&bytes)?;
            // The message with the image may be stored a moment later and must not survive a power cut without it.
            file.sync_all()?;
            let _guard = put_or_keep.lock().unwrap_or_else(PoisonError::into_inner);
            fs::rename(part, path)
        })
        .await
    }

    async fn get(&self, message_key: &MessageKey) -> Result<Option<Vec<u8>>> {
        let path = self.images.join(image_name(message_key));
        blocking("reading an image", move || unless_missing(fs::read(path))).await
    }
}

/// Runs file I/O on a thread that may block.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(Unavailable::while_doing(doing))?;
    done.map_err(Unavailable::while_doing(doing))
}

fn waiting_bytes(uploads: &Path) -> io::Result<u64> {
    fs::read_dir(uploads)?.try_fold(0, |sum, entry| {
        let file = unless_missing(entry?.metadata())?;
        Ok(sum + file.map_or(0, |file| file.len()))
    })
}

fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the hash of the bytes. Modification times would not do: two files can be put within one tick of the clock.
fn version(bytes: &[u8]) -> String {
    BASE64.encode(Sha256::digest(bytes))
}

fn upload_name(upload: &Upload) -> String {
    format!("{}.{}.{}", image_name(&upload.message_key), upload.size.get(), upload.kind.extension())
}

fn image_name(message_key: &MessageKey) -> String {
    let MessageKey { room, author, nonce } = message_key;
    format!("{author}.{room}.{nonce}")
}
