//! Images as files of the data directory: `uploads/` holds what browsers put there, `images/` and `pictures/` what is served.
//!
//! The name of a file is made of the key of its message, or of the id of its person (`names.rs`).

mod free_space;
mod incoming;
pub(crate) mod names;
mod waiting;

use std::{
    fs::{self, File},
    io::{self, Read, Seek, Write},
    net::IpAddr,
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
    images::{Images, Upload, Uploaded},
    messages::MessageKey,
    system::{Clock, Entropy},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use shared_types::{ImageType, PersonId, Timestamp, limits};

use self::{
    free_space::{FreeSpace, RESERVED_BYTES, free_space},
    names::{image_name, person_of_picture, picture_name, upload_name},
    waiting::WaitingUploads,
};
pub use self::{incoming::IncomingUpload, waiting::UploadRefusal};
use crate::store::sync_directory;

/// Folders of a data directory: of uploads, and of the images of messages.
pub(crate) const FOLDERS: [&str; 2] = ["uploads", "images"];

/// Folder of the pictures of people in a data directory.
pub(crate) const PICTURES: &str = "pictures";

/// Why an upload cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// A bound is reached.
    #[error(transparent)]
    Refused(#[from] UploadRefusal),
    /// The disk did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A published image.
pub struct StoredImage {
    /// The file, from its first byte.
    pub file: File,
    /// Its length in bytes.
    pub length: u64,
    /// Its first bytes, at least 32 unless it is shorter: enough to recognize its type.
    pub head: Vec<u8>,
}

/// [`Images`] in a data directory. It also receives the uploads and serves the images, which S3 does by itself on AWS.
pub struct FileImages {
    uploads: Arc<PathBuf>,
    images: Arc<PathBuf>,
    pictures: Arc<PathBuf>,
    clock: Arc<dyn Clock>,
    /// Signs the addresses. A restart invalidates them, and pages ask for new ones.
    key: [u8; 32],
    /// Held while an upload is put or kept, so that the bytes that are kept are the bytes that were checked.
    put_or_keep: Arc<Mutex<()>>,
    waiting: Arc<WaitingUploads>,
    /// The number of the next temporary file.
    parts: AtomicU64,
    free_space: FreeSpace,
}

impl FileImages {
    /// Opens the images of a data directory, and creates the folders if they are missing. Removes what interrupted uploads left.
    ///
    /// # Errors
    ///
    /// If the folders cannot be created or read.
    pub fn open(directory: &Path, clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> io::Result<Self> {
        let [uploads, images] = FOLDERS.map(|folder| directory.join(folder));
        fs::create_dir_all(&uploads)?;
        fs::create_dir_all(&images)?;
        let pictures = directory.join(PICTURES);
        fs::create_dir_all(&pictures)?;
        remove_parts(&pictures)?;
        let waiting = Arc::new(read_waiting(&uploads)?);
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Ok(Self {
            uploads: Arc::new(uploads),
            images: Arc::new(images),
            pictures: Arc::new(pictures),
            clock,
            key,
            put_or_keep: Arc::default(),
            waiting,
            parts: AtomicU64::default(),
            free_space,
        })
    }

    /// Returns the same images on a disk with this free space: for tests.
    #[must_use]
    pub fn with_free_space(self, free_space: FreeSpace) -> Self {
        Self { free_space, ..self }
    }

    /// Returns the file of an upload.
    pub fn upload_path(&self, upload: &Upload) -> PathBuf {
        self.uploads.join(upload_name(upload))
    }

    /// Returns the upload that an address was issued for, if the address is genuine, has not expired, and is for that type and size.
    pub fn admit(&self, address: &str, media_type: &str, size: u64) -> Option<Upload> {
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

    /// Begins to receive an admitted upload. `address` is where it comes from; `None` has no bound of its own.
    ///
    /// # Errors
    ///
    /// [`UploadError`] if a bound is reached, the same upload is in progress, or the disk does not answer.
    pub async fn receive(
        &self,
        upload: &Upload,
        address: Option<IpAddr>,
    ) -> std::result::Result<IncomingUpload, UploadError> {
        const DOING: &str = "beginning an upload";
        let (name, size) = (upload_name(upload), u64::from(upload.size.get()));
        let (reservation, evicted) = self.waiting.reserve(&name, &upload.message_key.author, address, size)?;
        let (uploads, target) = (self.uploads.clone(), self.uploads.join(name));
        let part = self.uploads.join(format!(".{}{PART}", self.parts.fetch_add(1, Ordering::Relaxed)));
        let (put_or_keep, free_space) = (self.put_or_keep.clone(), self.free_space);
        let begin = move || {
            for name in evicted {
                unless_missing(fs::remove_file(uploads.join(name)))?;
            }
            if free_space(&uploads)? < RESERVED_BYTES + size {
                return Ok(Err(UploadRefusal::DiskFull));
            }
            IncomingUpload::create(part, target, size, reservation, put_or_keep).map(Ok)
        };
        Ok(blocking(DOING, begin).await??)
    }

    /// Opens the published image of a message.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the disk does not answer.
    pub async fn image(&self, message_key: &MessageKey) -> Result<Option<StoredImage>> {
        let path = self.images.join(image_name(message_key));
        blocking("reading an image", move || {
            let Some(mut file) = unless_missing(File::open(path))? else { return Ok(None) };
            let mut head = Vec::new();
            io::Read::by_ref(&mut file).take(IMAGE_HEAD_BYTES).read_to_end(&mut head)?;
            file.rewind()?;
            Ok(Some(StoredImage { length: file.metadata()?.len(), file, head }))
        })
        .await
    }

    /// Returns the MAC of an address: of everything before its signature, and of the type and size of the bytes.
    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).expect("a key of 32 bytes");
        mac.update(signed.as_bytes());
        mac
    }

    /// Removes the file of an upload, and gives its room back.
    async fn remove_upload(&self, upload: &Upload) -> Result<()> {
        let name = upload_name(upload);
        let (path, waiting) = (self.uploads.join(&name), self.waiting.clone());
        blocking("removing an upload", move || {
            unless_missing(fs::remove_file(path))?;
            waiting.remove(&name);
            Ok(())
        })
        .await
    }
}

/// End of the name of a temporary file.
const PART: &str = ".part";

/// Number of bytes that tell the type of an image.
const IMAGE_HEAD_BYTES: u64 = 32;

/// Removes the temporary files of an earlier run.
fn remove_parts(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(PART) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Returns the uploads of an earlier run, and removes those that it did not finish.
fn read_waiting(uploads: &Path) -> io::Result<WaitingUploads> {
    let waiting = WaitingUploads::default();
    for entry in fs::read_dir(uploads)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(PART) {
            fs::remove_file(entry.path())?;
        } else {
            waiting.add_stored(&name, entry.metadata()?.len());
        }
    }
    Ok(waiting)
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
        let (put_or_keep, waiting, name) = (self.put_or_keep.clone(), self.waiting.clone(), upload_name(upload));
        blocking("keeping an image", move || {
            let _guard = put_or_keep.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(bytes) = unless_missing(fs::read(&path))? else { return Ok(false) };
            if version(&bytes) != seen {
                return Ok(false);
            }
            fs::rename(path, target)?;
            waiting.remove(&name);
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
        self.remove_upload(upload).await
    }

    async fn put_picture(&self, person: &PersonId, _kind: ImageType, bytes: &[u8]) -> Result<()> {
        let (pictures, name, bytes) = (self.pictures.clone(), picture_name(person), bytes.to_vec());
        let part = pictures.join(format!(".{}{PART}", self.parts.fetch_add(1, Ordering::Relaxed)));
        blocking("keeping a picture", move || {
            let write = || {
                let mut file = File::create_new(&part)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                fs::rename(&part, pictures.join(name))?;
                sync_directory(&pictures)
            };
            let written = write();
            if written.is_err() {
                unless_missing(fs::remove_file(&part))?;
            }
            written
        })
        .await
    }

    async fn picture(&self, person: &PersonId) -> Result<Option<Vec<u8>>> {
        let path = self.pictures.join(picture_name(person));
        blocking("reading a picture", move || unless_missing(fs::read(path))).await
    }

    async fn remove_picture(&self, person: &PersonId) -> Result<()> {
        let (pictures, path) = (self.pictures.clone(), self.pictures.join(picture_name(person)));
        blocking("removing a picture", move || {
            if unless_missing(fs::remove_file(path))?.is_some() {
                sync_directory(&pictures)?;
            }
            Ok(())
        })
        .await
    }

    async fn pictures(&self, after: Option<&PersonId>, most: usize) -> Result<Vec<PersonId>> {
        let (pictures, after) = (self.pictures.clone(), after.cloned());
        blocking("listing the pictures", move || {
            let mut people = Vec::new();
            for entry in fs::read_dir(pictures.as_path())? {
                people.extend(person_of_picture(&entry?.file_name().to_string_lossy()));
            }
            people.retain(|person| Some(person) > after.as_ref());
            people.sort();
            people.truncate(most);
            Ok(people)
        })
        .await
    }

    async fn sweep(&self, before: Timestamp) -> Result<usize> {
        let (uploads, waiting) = (self.uploads.clone(), self.waiting.clone());
        let before = UNIX_EPOCH + Duration::from_millis(before.0);
        blocking("sweeping the uploads", move || {
            let mut swept = 0;
            for entry in fs::read_dir(uploads.as_path())? {
                let entry = entry?;
                if unless_missing(entry.metadata())?.is_some_and(|file| file.modified().is_ok_and(|at| at < before)) {
                    unless_missing(fs::remove_file(entry.path()))?;
                    waiting.remove(&entry.file_name().to_string_lossy());
                    swept += 1;
                }
            }
            Ok(swept)
        })
        .await
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
