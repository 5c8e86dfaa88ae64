//! Checks a backup before anything of it is restored.

use std::{fs, path::Path};

use crate::{
    Summary,
    error::{BackupError, Result},
    files::{hex_sha256, image_path},
    lines::{ImageLine, LineReader, parse_image, parse_record},
    manifest::{LineFile, Manifest},
};

/// Reads a whole backup and compares it with its checksums. Returns what it holds, and the id of the backup.
///
/// # Errors
///
/// [`BackupError`] if it is not complete, is damaged, or holds what this version does not know.
pub(crate) fn check(backup: &Path) -> Result<(Summary, String)> {
    let (manifest, id) = Manifest::read(backup)?;
    for file in LineFile::ALL {
        let Some(entry) = manifest.files.get(file.name()) else { continue };
        let mut lines = LineReader::open(backup.join(file.name()))?;
        match file {
            LineFile::Images => {
                while let Some(image) = lines.next(parse_image)? {
                    read_image(backup, &image)?;
                }
            }
            _ => {
                while let Some(record) = lines.next(parse_record)? {
                    if LineFile::of(&record) != file {
                        return Err(BackupError::damaged(lines.path(), "it has a record of another file"));
                    }
                }
            }
        }
        lines.check(entry)?;
    }
    let summary = Summary {
        messages: manifest.lines(LineFile::Messages),
        images: manifest.lines(LineFile::Images),
        unreadable: manifest.unreadable,
        missing_images: manifest.missing_images,
        expired: 0,
    };
    Ok((summary, id))
}

/// Reads an image file and compares it with its checksum.
pub(crate) fn read_image(backup: &Path, image: &ImageLine) -> Result<Vec<u8>> {
    let path = image_path(backup, &image.sha256);
    let bytes = fs::read(&path).map_err(BackupError::at(&path))?;
    if bytes.len() as u64 != image.size || hex_sha256(&bytes) != image.sha256 {
        return Err(BackupError::damaged(&path, "its content is not that of its checksum"));
    }
    Ok(bytes)
}
