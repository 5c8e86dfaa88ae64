//! Reads a table from its first item to its last.

use chat::ports::Result;

use super::{pace::Pace, units::read_units};
use crate::{item::Item, table::Table};

/// A consistent Scan: it returns every item that was written before it began and not deleted since.
pub(super) struct Scan {
    table: Table,
    start: Option<Item>,
    is_done: bool,
}

impl Scan {
    pub(super) fn new(table: Table) -> Self {
        Self { table, start: None, is_done: false }
    }

    /// Reads the next page, at most 1 MB; `None` after the last.
    pub(super) async fn page(&mut self, pace: &mut Pace) -> Result<Option<Vec<Item>>> {
        if self.is_done {
            return Ok(None);
        }
        let page = self.table.scanning().set_exclusive_start_key(self.start.take()).send().await;
        let page = page.map_err(self.table.failed("reading a table for a backup"))?;
        let items = page.items.unwrap_or_default();
        self.start = page.last_evaluated_key;
        self.is_done = self.start.is_none();
        pace.used(read_units(&items)).await;
        Ok(Some(items))
    }
}
