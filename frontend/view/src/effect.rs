//! Effects.

use leptos::prelude::Effect;

/// Runs `act` after the current work, and again whenever a state that it read has changed. It ends with the current
/// owner. Nothing is run on the server.
pub fn effect(act: impl FnMut() + 'static) {
    start(Box::new(act));
}

/// Starts an effect. `Effect` is compiled for each type of function, and this is one type.
fn start(act: Box<dyn FnMut()>) {
    Effect::new(act);
}
