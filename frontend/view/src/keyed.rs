//! Lists whose rows have keys.

use std::{cell::RefCell, rc::Rc};

use crate::View;

/// A list whose rows have keys.
pub struct Keyed {
    /// Returns the keys of all rows, in order. It is called again when a signal that it read changes.
    pub(crate) keys: Box<dyn Fn() -> Vec<String>>,
    /// Returns a row by its index in the last list of keys.
    pub(crate) row: Box<dyn Fn(usize) -> View>,
}

/// Returns a list of rows, one for each of `items`. A row is drawn when its key appears, keeps its elements while the
/// key is in the list, and follows the signals that it reads itself. No two items may have the same key.
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
    View::Keyed(Keyed { keys: Box::new(keys), row: Box::new(row) })
}

impl Keyed {
    /// Returns the current rows.
    pub(crate) fn rows(&self) -> Vec<View> {
        (0..(self.keys)().len()).map(&self.row).collect()
    }
}
