//! Values that views follow.

use std::{cell::RefCell, marker::PhantomData, rc::Rc};

use leptos::prelude::{ArcTrigger, Notify as _, Track as _};

use crate::arena::{self, Key};

/// A value that views and effects follow. It belongs to the owner in which it was made, and is `Copy`, so that event
/// handlers can capture it.
///
/// It does what `RwSignal` of Leptos does, with less code: a trigger of Leptos tells who follows a value, and is one type
/// for all values.
pub struct State<T> {
    key: Key,
    of: PhantomData<fn() -> T>,
}

/// A [`State`] that lives as long as one of its clones.
pub struct SharedState<T>(Rc<Watched<T>>);

struct Watched<T> {
    trigger: ArcTrigger,
    value: RefCell<T>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T> Clone for SharedState<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: 'static> State<T> {
    /// Returns a state of the current owner.
    pub fn new(value: T) -> Self {
        Self { key: arena::keep(SharedState::new(value).0), of: PhantomData }
    }

    /// Calls `read` with the value, and subscribes the caller to its changes.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.shared().with(read)
    }

    /// Calls `read` with the value.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.shared().with_untracked(read)
    }

    /// Changes the value and notifies those who follow it. Does nothing while the value is in use, or after the owner
    /// has ended.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        _ = self.try_update(change);
    }

    /// As [`update`](Self::update). Returns what `change` returns.
    pub fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.find()?.try_update(change)
    }

    /// Replaces the value and notifies those who follow it, as [`update`](Self::update).
    pub fn set(self, value: T) {
        if let Some(shared) = self.find() {
            shared.set(value);
        }
    }

    /// Returns the value, and subscribes the caller to its changes.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.shared().get()
    }

    /// Returns the value.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.shared().get_untracked()
    }

    /// # Panics
    ///
    /// If the owner has ended.
    fn shared(self) -> SharedState<T> {
        self.find().unwrap_or_else(|| ended())
    }

    fn find(self) -> Option<SharedState<T>> {
        arena::kept(self.key)?.downcast().ok().map(SharedState)
    }
}

impl<T> SharedState<T> {
    /// Returns a state with this value.
    pub fn new(value: T) -> Self {
        Self(Rc::new(Watched { trigger: ArcTrigger::new(), value: RefCell::new(value) }))
    }

    /// Calls `read` with the value, and subscribes the caller to its changes.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.0.trigger.track();
        self.with_untracked(read)
    }

    /// Calls `read` with the value.
    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.value.borrow())
    }

    /// Changes the value and notifies those who follow it. Does nothing while the value is in use. Returns what `change`
    /// returns.
    fn try_update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let result = change(&mut *self.0.value.try_borrow_mut().ok()?);
        self.0.trigger.notify();
        Some(result)
    }

    /// Replaces the value and notifies those who follow it. Does nothing while the value is in use.
    pub fn set(&self, value: T) {
        _ = self.try_update(|old| *old = value);
    }

    /// Returns the value, and subscribes the caller to its changes.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Returns the value.
    pub fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }
}

fn ended() -> ! {
    unreachable!("a state was used after its owner had ended")
}

#[cfg(test)]
mod tests {
    use leptos::prelude::Owner;

    use super::*;

    #[test]
    fn a_state_has_its_last_value() {
        let owner = Owner::new();
        let state = owner.with(|| State::new(vec![1]));
        state.update(|values| values.push(2));
        assert_eq!(state.get(), [1, 2]);
        state.set(Vec::new());
        assert!(state.with(Vec::is_empty));
    }

    #[test]
    fn clones_of_a_shared_state_have_one_value() {
        let state = SharedState::new(1);
        state.clone().set(2);
        assert_eq!(state.get_untracked(), 2);
    }

    #[test]
    fn a_value_in_use_is_not_changed() {
        let owner = Owner::new();
        let state = owner.with(|| State::new(1));
        state.with(|_| state.set(2));
        assert_eq!(state.try_update(|_| state.try_update(|_| ())), Some(None));
        assert_eq!(state.get(), 1);
    }

    #[test]
    fn a_change_after_the_end_of_the_owner_does_nothing() {
        let owner = Owner::new();
        let state = owner.with(|| State::new(Rc::new(())));
        let value = state.get();
        owner.cleanup();
        assert_eq!(Rc::strong_count(&value), 1);
        state.set(Rc::default());
        assert_eq!(state.try_update(|_| ()), None);
    }
}
