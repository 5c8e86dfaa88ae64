//! Random numbers of the browser.

use leptos::prelude::*;

use crate::browser::time;

/// A random number, for spreading retries in time. It guards nothing.
pub(crate) fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

/// A token that nobody has: 128 bits of chance in hexadecimal.
pub(crate) fn unique_token() -> String {
    let mut bytes = [0; 16];
    // Without chance from the browser there is still the clock, and the author is part of a message's identity anyway.
    let drawn = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if drawn.is_err() {
        bytes = (u128::from(time::now()) << 64 | u128::from(random())).to_be_bytes();
    }
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
