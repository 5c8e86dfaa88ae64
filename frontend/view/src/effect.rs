//! Effects.

/// Runs `act` after the current work, and again whenever a state that it read has changed. It ends with the current
/// owner. Nothing is run on the server.
pub fn effect(act: impl FnMut() + 'static) {
    #[cfg(feature = "dom")]
    in_browser::start(Box::new(act));
    #[cfg(not(feature = "dom"))]
    drop(act);
}

#[cfg(feature = "dom")]
mod in_browser {
    use std::{cell::OnceCell, rc::Rc};

    use any_spawner::Executor;
    use leptos::{prelude::Owner, reactive::effect::RenderEffect};

    use crate::arena;

    /// Starts an effect. It is one of those that draw, whose code is there already. `Effect` of Leptos would be kept in the arena of Leptos.
    pub(super) fn start(mut act: Box<dyn FnMut()>) {
        let owner = Owner::current();
        let running = Rc::new(OnceCell::new());
        let key = arena::keep(running.clone());
        Executor::spawn_local(async move {
            if let Some(owner) = owner
                && arena::kept(key).is_some()
            {
                let effect = owner.with(|| RenderEffect::new(move |_| act()));
                _ = running.set(effect);
            }
        });
    }
}
