//! No text is a cookie but one that was made here: not one made up, and not a cookie that was touched.

#![no_main]

use chat::fuzzing::read_cookie;
use chat_http::fuzzing::cookie_of;
use fuzz::{GENUINE, try_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &str)| {
    try_all(input, check);
    assert_eq!(read_cookie(&GENUINE.sessions, &GENUINE.cookie).as_ref(), Ok(&GENUINE.ann));
    header(input.2);
});

fn check(text: &str) {
    assert_eq!(read_cookie(&GENUINE.sessions, text).is_ok(), text == GENUINE.cookie, "{text}");
}

/// Only a whole header has the cookie in it, and only two digits are a byte.
fn header(text: &str) {
    let found = cookie_of(text, "name");
    assert!(found.is_none() || text.contains("name="));
    if let Some((value, Some(decoded))) = found {
        assert!(!value.contains(';') && decoded.len() <= value.len());
        let bytes = value.split('%').skip(1);
        assert!(bytes.into_iter().all(|rest| rest.bytes().take_while(u8::is_ascii_hexdigit).count() >= 2), "{value}");
    }
}
