//! Values that belong to an owner and are found by a key that is `Copy`.
//!
//! Leptos has an arena, too. Its values can be used by all threads, so one that belongs to a thread is wrapped in a check of the thread.
//! The standard library makes the id of a thread with an allocator of its own, which was 2% of the program of the page.

use std::{any::Any, cell::RefCell, rc::Rc};

use leptos::prelude::Owner;

thread_local! {
    static VALUES: RefCell<Values> = const { RefCell::new(Values { slots: Vec::new(), free: Vec::new() }) };
}

/// The place of a value. It finds nothing after the owner has ended.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    slot: usize,
    use_count: u32,
}

struct Values {
    slots: Vec<Slot>,
    /// Slots without a value.
    free: Vec<usize>,
}

/// A place that one value has after another.
#[derive(Default)]
struct Slot {
    value: Option<Rc<dyn Any>>,
    /// How many values have been here.
    use_count: u32,
}

/// Keeps a value until the current owner ends. Without an owner it is kept as long as the thread lives.
pub(crate) fn keep(value: Rc<dyn Any>) -> Key {
    let key = VALUES.with_borrow_mut(|values| values.insert(value));
    Owner::on_cleanup(move || remove(key));
    key
}

/// Returns a value that is still kept.
pub(crate) fn kept(key: Key) -> Option<Rc<dyn Any>> {
    VALUES
        .with_borrow(|values| values.slots.get(key.slot).filter(|slot| slot.use_count == key.use_count)?.value.clone())
}

/// Removes a value. Does nothing if the values of the thread have ended before their owner.
fn remove(key: Key) {
    // The value is dropped after the arena has been released: it may own other values.
    let value = VALUES.try_with(|values| values.borrow_mut().remove(key));
    drop(value);
}

impl Values {
    fn insert(&mut self, value: Rc<dyn Any>) -> Key {
        let slot = self.free.pop().unwrap_or(self.slots.len());
        if slot == self.slots.len() {
            self.slots.push(Slot::default());
        }
        let place = &mut self.slots[slot];
        place.value = Some(value);
        place.use_count += 1;
        Key { slot, use_count: place.use_count }
    }

    fn remove(&mut self, key: Key) -> Option<Rc<dyn Any>> {
        let slot = self.slots.get_mut(key.slot).filter(|slot| slot.use_count == key.use_count)?;
        let value = slot.value.take()?;
        self.free.push(key.slot);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(key: Key) -> Option<i32> {
        kept(key)?.downcast::<i32>().ok().map(|value| *value)
    }

    #[test]
    fn a_value_is_kept_until_its_owner_ends() {
        let owner = Owner::new();
        let key = owner.with(|| keep(Rc::new(1)));
        assert_eq!(number(key), Some(1));
        owner.cleanup();
        assert_eq!(number(key), None);
    }

    #[test]
    fn a_key_does_not_find_a_later_value_in_its_place() {
        let (first, second) = (Owner::new(), Owner::new());
        let old = first.with(|| keep(Rc::new(1)));
        first.cleanup();
        let new = second.with(|| keep(Rc::new(2)));
        assert_eq!((old.slot, number(old), number(new)), (new.slot, None, Some(2)));
    }

    #[test]
    fn a_value_that_owns_others_ends_with_them() {
        struct Owning(Owner);
        impl Drop for Owning {
            fn drop(&mut self) {
                self.0.cleanup();
            }
        }
        let (outer, inner) = (Owner::new(), Owner::new());
        let key = inner.with(|| keep(Rc::new(1)));
        outer.with(|| keep(Rc::new(Owning(inner))));
        outer.cleanup();
        assert_eq!(number(key), None);
    }
}
