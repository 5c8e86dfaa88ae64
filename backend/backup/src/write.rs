//! Makes a backup.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use chat::ports::backup::{ImageRef, ImageSource, PictureBytes, Record, RecordSource};
use futures::{StreamExt, stream};
use shared_types::{Rev, RoomName};

use crate::{
    Summary,
    error::{BackupError, Result},
    files::{MANIFEST, create_empty, hex_sha256, image_path, make_directory, sync_directory, write_durably},
    lines::{ImageLine, LineWriter},
    manifest::{FileEntry, LineFile, Manifest},
};

/// Number of images that are read at the same time, and so are in memory: 8 of 2 MB.
const IMAGES_AT_ONCE: usize = 8;

/// Copies a chat into an empty or new directory. Blocks the thread while it writes files.
///
/// # Errors
///
/// [`BackupError`] if the directory is not empty or something cannot be read or written. It has no manifest then, so it is no backup.
pub async fn back_up(records: &mut dyn RecordSource, images: &dyn ImageSource, to: &Path) -> Result<Summary> {
    create_empty(to)?;
    let mut writer = BackupWriter::create(to)?;
    loop {
        let batch = records.next().await?;
        if batch.is_empty() {
            break;
        }
        // An image is stored before its message, and a message is read before its image. So an image that is missing here was deleted.
        let wanted: Vec<ImageRef> = batch.iter().flat_map(Record::images).collect();
        let mut found = stream::iter(&wanted).map(|image| images.image(image)).buffered(IMAGES_AT_ONCE);
        for image in &wanted {
            let Some(bytes) = found.next().await else { break };
            writer.image(image, bytes?.as_deref())?;
        }
        for record in batch {
            let record = with_picture(record, images, &mut writer.summary).await?;
            writer.record(&record)?;
        }
    }
    writer.finish(records.unreadable())
}

/// Adds the picture to a profile that has one. A picture that was removed meanwhile, or is missing, is left out of the profile, too.
async fn with_picture(record: Record, images: &dyn ImageSource, summary: &mut Summary) -> Result<Record> {
    let Record::Profile { person, mut profile, .. } = record else { return Ok(record) };
    let mut picture = None;
    if profile.appearance.picture.is_some() {
        picture = images.picture(&person).await?.map(PictureBytes);
        if picture.is_none() {
            summary.missing_images += 1;
            (profile.appearance.picture, profile.nonce) = (None, None);
        }
    }
    Ok(Record::Profile { person, profile, picture })
}

struct BackupWriter {
    directory: PathBuf,
    files: BTreeMap<LineFile, LineWriter>,
    /// The highest revision of each room that any record uses. While people write, the counter may be read before the records above it.
    revs: BTreeMap<RoomName, Rev>,
    summary: Summary,
}

impl BackupWriter {
    fn create(directory: &Path) -> Result<Self> {
        let create = |file: LineFile| Ok((file, LineWriter::create(directory.join(file.name()))?));
        let files = LineFile::ALL.into_iter().map(create).collect::<Result<_>>()?;
        Ok(Self { directory: directory.to_owned(), files, revs: BTreeMap::new(), summary: Summary::default() })
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        if let Some((room, rev)) = record.used_rev() {
            match self.revs.get_mut(room) {
                Some(highest) => *highest = rev.max(*highest),
                None => drop(self.revs.insert(room.clone(), rev)),
            }
        }
        // Rooms are written at the end, when their highest revisions are known.
        if matches!(record, Record::Room { .. }) {
            return Ok(());
        }
        self.summary.messages += u64::from(matches!(record, Record::Message { .. }));
        self.write(LineFile::of(record), record)
    }

    fn image(&mut self, image: &ImageRef, bytes: Option<&[u8]>) -> Result<()> {
        let Some(bytes) = bytes else {
            self.summary.missing_images += 1;
            return Ok(());
        };
        let line = ImageLine { image: image.clone(), size: bytes.len() as u64, sha256: hex_sha256(bytes) };
        let path = image_path(&self.directory, &line.sha256);
        // Two messages can have the same image.
        if !path.try_exists().map_err(BackupError::at(&path))? {
            if let Some(folder) = path.parent() {
                make_directory(folder).map_err(BackupError::at(folder))?;
            }
            write_durably(&path, bytes).map_err(BackupError::at(&path))?;
        }
        self.summary.images += 1;
        self.write(LineFile::Images, &line)
    }

    fn write(&mut self, file: LineFile, line: &impl serde::Serialize) -> Result<()> {
        self.files.get_mut(&file).map_or(Ok(()), |writer| writer.write(line))
    }

    fn finish(mut self, unreadable: u64) -> Result<Summary> {
        for (room, rev) in std::mem::take(&mut self.revs) {
            self.write(LineFile::Rooms, &Record::Room { room, rev })?;
        }
        let mut entries: BTreeMap<String, FileEntry> = BTreeMap::new();
        for (file, writer) in self.files {
            let entry = writer.finish()?;
            if entry.lines == 0 && file == LineFile::Saved {
                // Older versions, which do not know the file, can restore the backup then.
                let path = self.directory.join(file.name());
                fs::remove_file(&path).map_err(BackupError::at(&path))?;
            } else {
                entries.insert(file.name().to_owned(), entry);
            }
        }
        let manifest = Manifest::new(entries, unreadable, self.summary.missing_images);
        write_manifest(&self.directory, &manifest)?;
        Ok(Summary { unreadable, ..self.summary })
    }
}

/// Writes the manifest when everything else is durable: the backup is complete.
fn write_manifest(directory: &Path, manifest: &Manifest) -> Result<()> {
    let (path, unfinished) = (directory.join(MANIFEST), directory.join("manifest.json.new"));
    let json = serde_json::to_vec_pretty(manifest).map_err(|error| BackupError::at(&path)(error.into()))?;
    let write = || {
        let images = directory.join(crate::files::IMAGES);
        if images.try_exists()? {
            for folder in fs::read_dir(&images)? {
                sync_directory(&folder?.path())?;
            }
            sync_directory(&images)?;
        }
        write_durably(&unfinished, &json)?;
        sync_directory(directory)?;
        fs::rename(&unfinished, &path)?;
        sync_directory(directory)?;
        directory.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_directory)
    };
    write().map_err(BackupError::at(&path))
}
