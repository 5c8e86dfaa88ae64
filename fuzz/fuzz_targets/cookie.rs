//! Only a cookie that this server signed is accepted: no invented text, and no modified cookie.

#![no_main]

use chat::fuzzing::read_cookie;
use chat_http::fuzzing::cookie_of;
use fuzz::{VALID, try_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &str)| {
    try_all(input, check);
    assert_eq!(read_cookie(&VALID.sessions, &VALID.cookie).as_ref(), Ok(&VALID.ann));
    header(input.2);
});

fn check(text: &str) {
    assert_eq!(read_cookie(&VALID.sessions, text).is_ok(), text == VALID.cookie, "{text}");
}

/// A cookie is found only when its name is in the header, and percent signs are decoded only before two hexadecimal
/// digits.
fn header(text: &str) {
    let found = cookie_of(text, "name");
    assert!(found.is_none() || text.contains("name="));
    if let Some((value, Some(decoded))) = found {
        assert!(!value.contains(';') && decoded.len() <= value.len());
        let bytes = value.split('%').skip(1);
        assert!(bytes.into_iter().all(|rest| rest.bytes().take_while(u8::is_ascii_hexdigit).count() >= 2), "{value}");
    }
}
