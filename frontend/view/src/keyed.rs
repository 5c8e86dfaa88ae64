//! Lists whose rows have keys.

use std::{cell::RefCell, rc::Rc};

use crate::View;

/// A list whose rows have keys.
pub struct Keyed {
    /// Returns the keys of all items, in order. It is called again when a signal that it read changes.
    item_keys: Box<dyn Fn() -> Vec<String>>,
    /// Returns the row of an item by its index in the last list of keys.
    pub(crate) row: Box<dyn Fn(usize) -> View>,
}

/// Returns a list of rows, one for each of `items`. A row is drawn when its key appears, keeps its elements while the
/// key is in the list, and follows the signals that it reads itself. An item with the key of an earlier one has no row, so that
/// nothing is shown twice.
pub fn keyed<T: 'static, V: Into<View>>(
    items: impl Fn() -> Vec<T> + 'static,
    key: impl Fn(&T) -> String + 'static,
    row: impl Fn(&T) -> V + 'static,
) -> View {
    let current = Rc::new(RefCell::new(Vec::new()));
    let shown = current.clone();
    let keys = move || {
        let items = items();
        let keys = items.iter().map(&key).collect();
        *current.borrow_mut() = items;
        keys
    };
    let row = move |index: usize| shown.borrow().get(index).map(&row).into();
    View::Keyed(Keyed { item_keys: Box::new(keys), row: Box::new(row) })
}

impl Keyed {
    /// Returns the indexes and keys of the items that have a row, in order. No two keys are equal. Comparing all of them takes less
    /// than a millisecond for the longest list of the page, 400 rows, and less code than a set.
    pub(crate) fn keys(&self) -> Vec<(usize, String)> {
        let mut keys: Vec<(usize, String)> = Vec::new();
        for (index, key) in (self.item_keys)().into_iter().enumerate() {
            if keys.iter().all(|(_, earlier)| *earlier != key) {
                keys.push((index, key));
            }
        }
        keys
    }

    /// Returns the current rows.
    pub(crate) fn rows(&self) -> Vec<View> {
        self.keys().into_iter().map(|(index, _)| (self.row)(index)).collect()
    }
}
