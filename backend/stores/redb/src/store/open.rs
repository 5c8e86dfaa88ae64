//! Opens and creates the database file of a data directory.

use std::{
    fs::{self, DirBuilder, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use redb::{Builder, Database};

use crate::store::{DatabaseSource, migrations};

/// Name of the database file in a data directory.
pub(crate) const FILE_NAME: &str = "chat.redb";

/// Name of a database file that is not complete yet. It is renamed to [`FILE_NAME`] when it is.
pub(crate) const UNFINISHED_NAME: &str = "chat.redb.new";

/// Size of redb's page cache, in bytes. The default of redb is 1 GiB.
///
/// redb uses up to a half, 16 MiB, for pages that wait to be written. A full commit has 256 messages (`BATCH`) of at most 32 KB as
/// JSON: 8 MiB, and as much again for the pages of the tree. The other half holds the newest pages of rooms: 100 messages of 1 KB are
/// 100 KB, so 16 MiB hold 160 rooms. Other pages are usually in the page cache of the operating system.
pub(crate) const CACHE_BYTES: usize = 32 << 20;

/// Why a data directory cannot be used. `Display` is a sentence for the person who started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses it.
    #[error("the data directory {0} is in use by another process: stop that one, or choose another with --data")]
    InUse(String),
    /// It cannot be read or written.
    #[error("the data directory {directory} can't be used: {cause}")]
    Unusable {
        /// The directory.
        directory: String,
        /// The error of the operating system.
        cause: String,
    },
    /// The database file is damaged or is no database.
    #[error("{file} is damaged ({cause}): restore a backup, or move the file away to start with an empty chat")]
    Damaged {
        /// The database file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A newer version of this program wrote the file.
    #[error(
        "{file} was written by a newer version of this program (format {found}; this version knows {known}): start that version, or \
         restore a backup that this version can read"
    )]
    Newer {
        /// The database file.
        file: String,
        /// The format version of the file.
        found: u64,
        /// The newest format version that this program knows.
        known: u64,
    },
}

/// Why a database cannot be opened or migrated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Its format version is newer than [`migrations::FORMAT_VERSION`].
    #[error("format version {0} is newer than {known}", known = migrations::FORMAT_VERSION)]
    Newer(u64),
    /// redb panicked. It does that for some damaged files.
    #[error("the database could not be read")]
    Panic,
    /// The file is empty. redb would take it for a new database.
    #[error("it is empty")]
    Empty,
    /// An error of redb or of the operating system.
    #[error(transparent)]
    Redb(#[from] redb::Error),
}

impl Fault {
    /// Returns the sentence for the person who started the program.
    pub(crate) fn in_directory(self, directory: &Path) -> OpenError {
        let file = directory.join(FILE_NAME).display().to_string();
        let directory = directory.display().to_string();
        match self {
            Self::Newer(found) => OpenError::Newer { file, found, known: migrations::FORMAT_VERSION },
            Self::Redb(redb::Error::DatabaseAlreadyOpen) => OpenError::InUse(directory),
            Self::Redb(redb::Error::Io(error)) if !is_of_damage(&error) => {
                OpenError::Unusable { directory, cause: error.to_string() }
            }
            damage => OpenError::Damaged { file, cause: damage.to_string() },
        }
    }
}

/// Returns whether redb reports a damaged file with this error: the content is no database, or the file is too short.
fn is_of_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// The database file of a data directory.
pub(crate) struct DataFile {
    file: PathBuf,
    identity: Identity,
}

/// What distinguishes a file from another one under the same name.
#[derive(PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(file: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::metadata(file)?;
        Ok(Self(metadata.dev(), metadata.ino()))
    }

    /// Other systems do not remove an open file.
    #[cfg(not(unix))]
    fn of(file: &Path) -> io::Result<Self> {
        fs::metadata(file).map(|_| Self(0, 0))
    }
}

impl DatabaseSource for DataFile {
    fn open(&self) -> Result<Database, redb::Error> {
        self.check_place().map_err(io::Error::other)?;
        Ok(builder().open(&self.file)?)
    }

    fn check_place(&self) -> Result<(), String> {
        match Identity::of(&self.file) {
            Ok(identity) if identity == self.identity => Ok(()),
            Ok(_) => Err(format!("{} was replaced while it was open", self.file.display())),
            Err(error) => Err(format!("{} was removed while it was open ({error})", self.file.display())),
        }
    }
}

/// Opens the database of a directory, and creates both if they are missing.
pub(crate) fn open_or_create(directory: &Path) -> Result<(Database, DataFile), Fault> {
    make_directory(directory).map_err(redb::Error::from)?;
    let file = directory.join(FILE_NAME);
    if !file.try_exists().map_err(redb::Error::from)? {
        // Of two processes that start at the same time, one creates it.
        let lock = File::create(directory.join("chat.redb.lock")).map_err(redb::Error::from)?;
        lock.lock().map_err(redb::Error::from)?;
        if !file.try_exists().map_err(redb::Error::from)? {
            create(directory, &file)?;
        }
    }
    let database = open_and_migrate(&file, directory)?;
    let identity = Identity::of(&file).map_err(redb::Error::from)?;
    Ok((database, DataFile { file, identity }))
}

/// Opens a database file as [`open_checked`], and migrates it and the files of its directory if they are of an older version.
pub(crate) fn open_and_migrate(file: &Path, directory: &Path) -> Result<Database, Fault> {
    unless_panicking(|| {
        let database = open_checked(file)?;
        migrations::migrate(&database, Some(directory))?;
        Ok(database)
    })
}

/// Opens a database file, verifies the checksum of every page, and checks that no newer version wrote it.
///
/// redb trusts a file that was closed properly. Without the check, damage would be found by the reads and writes that meet it, some of
/// them panics.
pub(crate) fn open_checked(file: &Path) -> Result<Database, Fault> {
    if fs::metadata(file).map_err(redb::Error::from)?.len() == 0 {
        return Err(Fault::Empty);
    }
    unless_panicking(|| {
        let database = builder().set_check_integrity_on_open(true).open(file).map_err(redb::Error::from)?;
        migrations::missing_steps(&database)?;
        Ok(database)
    })
}

fn unless_panicking(open: impl FnOnce() -> Result<Database, Fault>) -> Result<Database, Fault> {
    catch_unwind(AssertUnwindSafe(open)).unwrap_or(Err(Fault::Panic))
}

/// Returns the settings of redb for every database of this crate.
pub(crate) fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Creates a directory that other users of the machine cannot read: it holds the signing secret and the messages.
pub(crate) fn make_directory(directory: &Path) -> io::Result<()> {
    let mut maker = DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(directory)
}

/// Creates an empty database.
///
/// redb cannot open a file whose creation was interrupted, so a database is created under a temporary name and renamed when it is
/// complete.
fn create(directory: &Path, file: &Path) -> Result<(), Fault> {
    let unfinished = directory.join(UNFINISHED_NAME);
    remove_if_present(&unfinished).map_err(redb::Error::from)?;
    let database = builder().create(&unfinished).map_err(redb::Error::from)?;
    migrations::migrate(&database, Some(directory))?;
    drop(database);
    fs::rename(&unfinished, file).map_err(redb::Error::from)?;
    Ok(sync_directory(directory).map_err(redb::Error::from)?)
}

/// Removes a file. One that does not exist is no error.
pub(crate) fn remove_if_present(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the names in a directory durable. Only Unix can open a directory for that.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chat::ports::secrets::Secrets;
    use redb::{ReadableDatabase, TableDefinition};
    use shared_types::Timestamp;

    use super::*;
    use crate::store::Store;

    fn error(directory: &Path) -> OpenError {
        Store::open(directory).map(drop).unwrap_err()
    }

    #[tokio::test]
    async fn an_interrupted_creation_is_repeated() {
        let directory = tempfile::tempdir().unwrap();
        // What redb leaves when it is interrupted before its first sync.
        let half_created = vec![0; 4096];
        fs::write(directory.path().join("broken.redb"), &half_created).unwrap();
        assert!(Database::create(directory.path().join("broken.redb")).is_err());

        fs::write(directory.path().join(UNFINISHED_NAME), &half_created).unwrap();
        let kept = Store::open(directory.path()).unwrap().keep_first([1; 32], Timestamp(1)).await.unwrap();
        let found = Store::open(directory.path()).unwrap().keep_first([2; 32], Timestamp(2)).await.unwrap();
        assert_eq!((kept.current, found), ([1; 32], kept));
        assert!(!directory.path().join(UNFINISHED_NAME).exists());
    }

    #[cfg(unix)]
    #[test]
    fn other_users_cannot_read_the_directory() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("data");
        drop(Store::open(&directory).unwrap());
        assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn a_foreign_file_is_refused_and_left_unchanged() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE_NAME);
        fs::write(&file, "somebody's own").unwrap();
        assert!(matches!(error(directory.path()), OpenError::Damaged { .. }));
        assert_eq!(fs::read_to_string(file).unwrap(), "somebody's own");
    }

    #[test]
    fn an_empty_file_is_refused_and_left_unchanged() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE_NAME);
        fs::write(&file, "").unwrap();
        let error = error(directory.path()).to_string();
        assert!(error.contains("is damaged (it is empty)") && error.contains("restore a backup"), "{error}");
        assert_eq!(fs::metadata(file).unwrap().len(), 0);
    }

    #[test]
    fn the_page_cache_stays_within_its_size() {
        const BLOBS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blobs");
        let directory = tempfile::tempdir().unwrap();
        let (database, _) = open_or_create(directory.path()).unwrap();
        let (blob, count) = (vec![1; 1 << 20], (CACHE_BYTES + CACHE_BYTES / 2) as u64 >> 20);
        let transaction = database.begin_write().unwrap();
        for number in 0..count {
            transaction.open_table(BLOBS).unwrap().insert(number, blob.as_slice()).unwrap();
        }
        transaction.commit().unwrap();
        let table = database.begin_read().unwrap().open_table(BLOBS).unwrap();
        for number in 0..count {
            assert!(table.get(number).unwrap().is_some());
        }
        let used = database.cache_stats().used_bytes();
        assert!((CACHE_BYTES / 2..=CACHE_BYTES).contains(&used), "{used}");
    }
}
