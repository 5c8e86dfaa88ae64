//! No text is a cookie but one that was made here: not one made up, and not a cookie that was touched.

#![no_main]

use std::sync::LazyLock;

use backend::{
    chat::{
        Identities, Visitor,
        fuzzing::{identities, read_cookie},
    },
    routes::fuzzing::cookie_of,
};
use libfuzzer_sys::fuzz_target;

static GENUINE: LazyLock<(Identities, Visitor, String, String)> = LazyLock::new(|| {
    let identities = identities().expect("a secret");
    let ann = Visitor { id: "ann".parse().expect("an id"), name: "Ann".parse().ok(), moderator: true };
    let (ticket, cookie) = (identities.ticket(&ann), identities.cookie(&ann));
    (identities, ann, ticket, cookie)
});

fuzz_target!(|input: (u8, u8, &str)| {
    let (at, cut, text) = input;
    let (identities, ann, ticket, cookie) = &*GENUINE;
    check(text);
    // A part of a genuine one is taken out, and the text put in its place.
    for genuine in [ticket, cookie] {
        let at = usize::from(at) % (genuine.len() + 1);
        let end = (at + usize::from(cut)).min(genuine.len());
        check(&[&genuine[..at], text, &genuine[end..]].concat());
    }
    assert_eq!(read_cookie(identities, cookie).as_ref(), Ok(ann));
    header(text);
});

fn check(text: &str) {
    let (identities, _, _, cookie) = &*GENUINE;
    assert_eq!(read_cookie(identities, text).is_ok(), text == cookie, "{text}");
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
