//! Only a ticket that this server signed is accepted: no invented text, and no modified ticket.

#![no_main]

use chat::fuzzing::read_ticket;
use fuzz::{VALID, try_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &str)| {
    try_all(input, check);
    assert_eq!(read_ticket(&VALID.sessions, &VALID.ticket).as_ref(), Ok(&VALID.ann));
});

fn check(text: &str) {
    assert_eq!(read_ticket(&VALID.sessions, text).is_ok(), text == VALID.ticket, "{text}");
}
