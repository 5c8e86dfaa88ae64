//! The free space of a disk, and how much of it uploads leave.

use std::{io, path::Path};

/// Free space that uploads leave on the disk, in bytes, so that messages can still be stored: 256 MB, which is 60,000 of the longest
/// messages.
pub(super) const RESERVED_BYTES: u64 = 256 * 1024 * 1024;

/// Returns the free bytes of the disk that a directory is on.
pub(super) type FreeSpace = fn(&Path) -> io::Result<u64>;

/// Returns the free bytes of the disk that a directory is on, for a process without special rights.
#[cfg(unix)]
pub(super) fn free_space(directory: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(directory)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Returns no bound: other systems are not asked.
#[cfg(not(unix))]
pub(super) fn free_space(_directory: &Path) -> io::Result<u64> {
    Ok(u64::MAX)
}
