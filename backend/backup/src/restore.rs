//! Restores a backup.

use std::path::Path;

use chat::ports::backup::RestoreTarget;

use crate::{
    Summary,
    check::{check, read_image},
    error::Result,
    lines::{LineReader, parse_image, parse_record},
    manifest::{LineFile, Manifest},
};

/// Number of records that are given to the target at once: 256 of the longest, 140 KB, are 36 MB.
const RECORDS: usize = 256;

/// Number of images that are given to the target at once: 8 of 2 MB.
const IMAGES: usize = 8;

/// Restores a backup, which stays unchanged, into an empty chat. The whole backup is checked before the target is touched. Blocks the
/// thread while it reads files.
///
/// # Errors
///
/// [`BackupError`](crate::BackupError) if the backup cannot be used, or the target refuses it or does not answer.
pub async fn restore(backup: &Path, target: &mut dyn RestoreTarget) -> Result<Summary> {
    let (summary, id) = check(backup)?;
    let (manifest, _) = Manifest::read(backup)?;
    target.begin(&id).await?;
    for file in LineFile::ALL {
        if manifest.files.contains_key(file.name()) {
            let mut lines = LineReader::open(backup.join(file.name()))?;
            match file {
                LineFile::Images => restore_images(backup, &mut lines, target).await?,
                _ => restore_records(&mut lines, target).await?,
            }
        }
    }
    target.finish().await?;
    Ok(Summary { expired: target.expired(), ..summary })
}

async fn restore_records(lines: &mut LineReader, target: &mut dyn RestoreTarget) -> Result<()> {
    loop {
        let mut batch = Vec::with_capacity(RECORDS);
        while batch.len() < RECORDS
            && let Some(record) = lines.next(parse_record)?
        {
            batch.push(record);
        }
        if batch.is_empty() {
            return Ok(());
        }
        target.put(batch).await?;
    }
}

async fn restore_images(backup: &Path, lines: &mut LineReader, target: &mut dyn RestoreTarget) -> Result<()> {
    loop {
        let mut batch = Vec::with_capacity(IMAGES);
        while batch.len() < IMAGES
            && let Some(line) = lines.next(parse_image)?
        {
            let bytes = read_image(backup, &line)?;
            batch.push((line.image, bytes));
        }
        if batch.is_empty() {
            return Ok(());
        }
        target.put_images(batch).await?;
    }
}
