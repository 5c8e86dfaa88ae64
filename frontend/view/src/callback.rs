//! Functions that event handlers share.

use std::{marker::PhantomData, rc::Rc};

use crate::arena::{self, Key};

/// A function that belongs to the owner in which it was made, and is `Copy`, so that several event handlers can capture it.
pub struct Callback<Input> {
    key: Key,
    of: PhantomData<fn(Input)>,
}

impl<Input> Clone for Callback<Input> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Input> Copy for Callback<Input> {}

impl<Input: 'static> Callback<Input> {
    /// Returns a callback of the current owner.
    pub fn new(call: impl Fn(Input) + 'static) -> Self {
        Self::of(Box::new(call))
    }

    fn of(call: Box<dyn Fn(Input)>) -> Self {
        Self { key: arena::keep(Rc::new(call)), of: PhantomData }
    }

    /// Calls the function. Does nothing after the owner has ended.
    pub fn run(self, input: Input) {
        if let Some(call) = arena::kept(self.key).and_then(|kept| kept.downcast::<Box<dyn Fn(Input)>>().ok()) {
            call(input);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use leptos::prelude::Owner;

    use super::*;

    #[test]
    fn a_callback_runs_until_its_owner_ends() {
        let owner = Owner::new();
        let sum = Rc::new(Cell::new(0));
        let added = sum.clone();
        let add = owner.with(|| Callback::new(move |number: i32| added.set(added.get() + number)));
        add.run(1);
        add.run(2);
        owner.cleanup();
        add.run(4);
        assert_eq!((sum.get(), Rc::strong_count(&sum)), (3, 1));
    }
}
