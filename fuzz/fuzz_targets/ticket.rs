//! No text is a ticket but one that was made here: not one made up, and not a ticket that was touched.

#![no_main]

use chat::fuzzing::read_ticket;
use fuzz::{GENUINE, try_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &str)| {
    try_all(input, check);
    assert_eq!(read_ticket(&GENUINE.sessions, &GENUINE.ticket).as_ref(), Ok(&GENUINE.ann));
});

fn check(text: &str) {
    assert_eq!(read_ticket(&GENUINE.sessions, text).is_ok(), text == GENUINE.ticket, "{text}");
}
