//! The format version of a database, and the steps that migrate the data of older versions.

use std::path::Path;

use redb::{Database, ReadableDatabase, TableDefinition, WriteTransaction};

use crate::{
    images::names,
    messages::{idempotency, open},
    store::open::Fault,
};

/// Numbers about the database itself.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// The key of the format version in [`META`]. A database without it has version 0.
const VERSION: &str = "format_version";

/// What a migration step may change.
pub(crate) struct Migration<'a> {
    /// The transaction that ends with the new version.
    pub(crate) transaction: WriteTransaction,
    /// The data directory, which has the image files; `None` for a database without files.
    pub(crate) directory: Option<&'a Path>,
}

/// One migration step. The transaction takes back what an interrupted step did to the tables, but not what it did to files: a step
/// that changes files MUST make the changes durable, and MUST finish what an interrupted run of it left.
type Step = fn(&Migration<'_>) -> Result<(), redb::Error>;

/// The migrations. The step at index `n` migrates a database of version `n` to version `n + 1`. Steps are only ever appended.
const STEPS: [Step; 2] = [idempotency::index_by_author, names::rename_image_files];

/// The format version that this program writes, and the newest that it can read.
pub(crate) const FORMAT_VERSION: u64 = STEPS.len() as u64;

/// Migrates a database and the files of its directory to [`FORMAT_VERSION`] in one transaction, so that an interrupted migration
/// leaves the old version and is repeated.
pub(crate) fn migrate(database: &Database, directory: Option<&Path>) -> Result<(), Fault> {
    let steps = missing_steps(database)?;
    if steps.is_empty() {
        return Ok(());
    }
    let migration = Migration { transaction: database.begin_write().map_err(redb::Error::from)?, directory };
    for step in steps {
        step(&migration)?;
    }
    write_version(&migration.transaction)?;
    migration.transaction.commit().map_err(redb::Error::from)?;
    Ok(())
}

/// Returns the steps that a database of an older version needs.
///
/// # Errors
///
/// [`Fault::Newer`] if a newer version of this program wrote it.
pub(crate) fn missing_steps(database: &Database) -> Result<&'static [Step], Fault> {
    let found = version(database)?;
    usize::try_from(found).ok().and_then(|found| STEPS.get(found..)).ok_or(Fault::Newer(found))
}

fn version(database: &Database) -> Result<u64, redb::Error> {
    let Some(meta) = open(&database.begin_read()?, META)? else { return Ok(0) };
    Ok(meta.get(VERSION)?.map(|version| version.value()).unwrap_or_default())
}

fn write_version(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(META)?.insert(VERSION, FORMAT_VERSION)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use platform::system::{SystemClock, SystemEntropy};
    use redb::{TableHandle, backends::InMemoryBackend};

    use super::*;
    use crate::{
        images::{FOLDERS, FileImages},
        store::{Store, open::FILE_NAME, restore},
    };

    const KEPT: TableDefinition<'_, &str, &str> = TableDefinition::new("kept");

    fn database(version: Option<u64>) -> Database {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(KEPT).unwrap().insert("key", "value").unwrap();
        if let Some(version) = version {
            transaction.open_table(META).unwrap().insert(VERSION, version).unwrap();
        }
        transaction.commit().unwrap();
        database
    }

    fn tables(database: &Database) -> Vec<String> {
        let mut names: Vec<_> =
            database.begin_read().unwrap().list_tables().unwrap().map(|table| table.name().to_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_database_without_a_version_is_migrated() {
        let database = database(None);
        migrate(&database, None).unwrap();
        assert_eq!(version(&database).unwrap(), FORMAT_VERSION);
        assert_eq!(tables(&database), ["kept", "meta"]);
    }

    #[test]
    fn a_newer_database_is_refused_and_left_unchanged() {
        for newer in [FORMAT_VERSION + 1, u64::MAX] {
            let database = database(Some(newer));
            assert!(matches!(migrate(&database, None), Err(Fault::Newer(found)) if found == newer));
            assert_eq!((version(&database).unwrap(), tables(&database)), (newer, vec!["kept".into(), "meta".into()]));
        }
    }

    /// Starts on a data directory, and stops again.
    fn start(directory: &Path) -> Result<(), String> {
        let store = Store::open(directory).map_err(|error| error.to_string())?;
        FileImages::open(directory, std::sync::Arc::new(SystemClock), &SystemEntropy).unwrap();
        drop(store);
        Ok(())
    }

    fn version_in(directory: &Path) -> u64 {
        version(&Database::open(directory.join(FILE_NAME)).unwrap()).unwrap()
    }

    /// Returns a data directory of version 1 with images of this many people.
    fn directory_of_version_1(people: usize) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        start(directory.path()).unwrap();
        let database = Database::open(directory.path().join(FILE_NAME)).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert(VERSION, 1).unwrap();
        transaction.commit().unwrap();
        for person in 0..people {
            fs::write(directory.path().join(format!("images/Ann{person}.lobby.n")), person.to_string()).unwrap();
            fs::write(directory.path().join(format!("uploads/Ann{person}.lobby.n.9.png")), "an upload").unwrap();
        }
        directory
    }

    /// Returns the names in the folders of the images.
    fn image_files(directory: &Path) -> Vec<String> {
        let files = FOLDERS.iter().flat_map(|folder| fs::read_dir(directory.join(folder)).unwrap());
        let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn image_files_are_renamed_by_the_migration_only() {
        let directory = directory_of_version_1(1);
        start(directory.path()).unwrap();
        assert_eq!(image_files(directory.path()), ["ann0.lobby.n.1", "ann0.lobby.n.1.9.png"]);
        assert_eq!(version_in(directory.path()), FORMAT_VERSION);

        // No program of this version writes such a name. It shows whether the folders are read again.
        fs::write(directory.path().join("images/Bob.lobby.n"), "").unwrap();
        start(directory.path()).unwrap();
        assert_eq!(image_files(directory.path())[0], "Bob.lobby.n");
    }

    #[test]
    fn an_interrupted_renaming_is_repeated() {
        let directory = directory_of_version_1(20);
        // A folder that has the new name of a file ends the migration there, after it has renamed some of the others.
        let obstacle = directory.path().join("images/ann7.lobby.n.1");
        fs::create_dir(&obstacle).unwrap();
        let error = start(directory.path()).unwrap_err();
        assert!(error.contains("can't be used"), "{error}");
        assert_eq!(version_in(directory.path()), 1);

        fs::remove_dir(obstacle).unwrap();
        start(directory.path()).unwrap();
        assert_eq!(version_in(directory.path()), FORMAT_VERSION);
        assert_eq!(image_files(directory.path()).len(), 40);
        for person in 0..20 {
            let image = directory.path().join(format!("images/ann{person}.lobby.n.1"));
            assert_eq!(fs::read_to_string(image).unwrap(), person.to_string());
        }
    }

    #[test]
    fn images_of_an_older_backup_are_renamed_at_the_first_start() {
        let (backup, parent) = (directory_of_version_1(1), tempfile::tempdir().unwrap());
        let data = parent.path().join("data");
        restore(backup.path(), &data).unwrap();
        start(&data).unwrap();
        assert_eq!(image_files(&data), ["ann0.lobby.n.1"]);
        assert_eq!(version_in(&data), FORMAT_VERSION);
        let kept = (version_in(backup.path()), image_files(backup.path()));
        assert_eq!(kept, (1, vec!["Ann0.lobby.n".into(), "Ann0.lobby.n.9.png".into()]), "the backup stays unchanged");
    }
}
