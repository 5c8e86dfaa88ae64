//! Random numbers from the browser.

use leptos::prelude::*;

use crate::browser::time;

/// Returns a random number for spreading retries in time. It is not suitable for security.
pub(crate) fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

/// Returns a unique token: 128 random bits in hexadecimal.
pub(crate) fn unique_token() -> String {
    let mut bytes = [0; 16];
    // Without the browser's random source, the clock is good enough: the author is part of the message key anyway.
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        bytes = (u128::from(time::now()) << 64 | u128::from(random())).to_be_bytes();
    }
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
