//! No text is a ticket but one that was made here: not one made up, and not a ticket that was touched.

#![no_main]

use std::sync::LazyLock;

use backend::chat::{
    Identities, Visitor,
    fuzzing::{identities, read_ticket},
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
    assert_eq!(read_ticket(identities, ticket).as_ref(), Ok(ann));
});

fn check(text: &str) {
    let (identities, _, ticket, _) = &*GENUINE;
    assert_eq!(read_ticket(identities, text).is_ok(), text == ticket, "{text}");
}
