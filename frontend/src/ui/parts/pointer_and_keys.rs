//! The pointer of the device, and keys as `page-model` reads them.

use leptos::{ev, prelude::*};
use page_model::keys::KeyPress;

/// Whether the main pointer is a finger. Such a device usually has an on-screen keyboard.
pub(crate) fn has_coarse_pointer() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// Calls `act` with the key of an event.
pub(crate) fn with_key_press<T>(event: &ev::KeyboardEvent, act: impl FnOnce(KeyPress<'_>) -> T) -> T {
    act(KeyPress {
        key: &event.key(),
        code: &event.code(),
        ctrl: event.ctrl_key(),
        meta: event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
        is_composing: is_composing_key(event),
    })
}

/// Whether a key belongs to an input method. Safari reports the last key after the end of the composition, marked only
/// by the key code 229.
pub(crate) fn is_composing_key(event: &ev::KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
