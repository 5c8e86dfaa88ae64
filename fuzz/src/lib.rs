//! A valid ticket and cookie, and modified copies of them.

use std::sync::LazyLock;

use chat::{
    access::sessions::{Session, Sessions},
    fuzzing::sessions,
};

/// Ticket and cookie of one session.
pub struct Signed {
    /// Signs and verifies them.
    pub sessions: Sessions,
    /// The session they belong to.
    pub ann: Session,
    /// Valid ticket of the session.
    pub ticket: String,
    /// Valid cookie of the session.
    pub cookie: String,
}

/// The valid ticket and cookie.
pub static VALID: LazyLock<Signed> = LazyLock::new(|| {
    let sessions = sessions().expect("a secret");
    let ann = Session { id: "ann".parse().expect("an id"), name: "Ann".parse().ok(), moderator: false, device: None };
    let (ticket, cookie) = (sessions.ticket(&ann), sessions.cookie(&ann));
    Signed { sessions, ann, ticket, cookie }
});

/// Checks a text by itself, and with the text in place of a part of the valid ticket and cookie.
pub fn try_all((at, cut, text): (u8, u8, &str), check: fn(&str)) {
    check(text);
    for valid in [&VALID.ticket, &VALID.cookie] {
        let at = usize::from(at) % (valid.len() + 1);
        let end = (at + usize::from(cut)).min(valid.len());
        check(&[&valid[..at], text, &valid[end..]].concat());
    }
}
