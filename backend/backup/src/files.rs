//! Files and directories of a backup.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::error::{BackupError, Result};

/// Name of the manifest. It gets its name when everything else is durable.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Folder of the image files.
pub(crate) const IMAGES: &str = "images";

/// Creates the directory of a backup, or checks that it is empty. Other users of the machine cannot read it: it holds the signing secrets
/// and all messages.
pub(crate) fn create_empty(directory: &Path) -> Result<()> {
    make_directory(directory).map_err(BackupError::at(directory))?;
    match fs::read_dir(directory).map_err(BackupError::at(directory))?.next() {
        None => Ok(()),
        Some(_) => Err(BackupError::NotEmpty(directory.display().to_string())),
    }
}

/// Creates a directory that only its owner can read. An existing one becomes so.
pub(crate) fn make_directory(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(directory)?;
    #[cfg(unix)]
    fs::set_permissions(directory, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Creates a file that only its owner can read.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a file as a whole and makes its content durable.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_file(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the names in a directory durable. Only Unix can open a directory for that.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(())
}

/// Returns the path of an image file in a backup. 256 folders, so that none has too many files.
pub(crate) fn image_path(backup: &Path, sha256: &str) -> PathBuf {
    let folder = sha256.get(..2).unwrap_or_default();
    backup.join(IMAGES).join(folder).join(sha256)
}

pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
