//! The format version of a database, and the steps that migrate the data of older versions.

use redb::{Database, ReadableDatabase, TableDefinition, WriteTransaction};

use crate::{
    messages::{idempotency, open},
    store::open::Fault,
};

/// Numbers about the database itself.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// The key of the format version in [`META`]. A database without it has version 0.
const VERSION: &str = "format_version";

type Step = fn(&WriteTransaction) -> Result<(), redb::Error>;

/// The migrations. The step at index `n` migrates a database of version `n` to version `n + 1`. Steps are only ever appended.
const STEPS: [Step; 1] = [idempotency::index_by_author];

/// The format version that this program writes, and the newest that it can read.
pub(crate) const FORMAT_VERSION: u64 = STEPS.len() as u64;

/// Migrates a database to [`FORMAT_VERSION`] in one transaction, so that an interrupted migration leaves the old version.
pub(crate) fn migrate(database: &Database) -> Result<(), Fault> {
    let found = version(database)?;
    let Some(steps) = usize::try_from(found).ok().and_then(|found| STEPS.get(found..)) else {
        return Err(Fault::Newer(found));
    };
    if steps.is_empty() {
        return Ok(());
    }
    let transaction = database.begin_write().map_err(redb::Error::from)?;
    for step in steps {
        step(&transaction)?;
    }
    write_version(&transaction)?;
    transaction.commit().map_err(redb::Error::from)?;
    Ok(())
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
    use redb::{TableHandle, backends::InMemoryBackend};

    use super::*;

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
        migrate(&database).unwrap();
        assert_eq!(version(&database).unwrap(), FORMAT_VERSION);
        assert_eq!(tables(&database), ["kept", "meta"]);
    }

    #[test]
    fn a_newer_database_is_refused_and_left_unchanged() {
        for newer in [FORMAT_VERSION + 1, u64::MAX] {
            let database = database(Some(newer));
            assert!(matches!(migrate(&database), Err(Fault::Newer(found)) if found == newer));
            assert_eq!((version(&database).unwrap(), tables(&database)), (newer, vec!["kept".into(), "meta".into()]));
        }
    }
}
