//! A genuine ticket and cookie, and what comes of touching them.

use std::sync::LazyLock;

use chat::{access::sessions::{Session, Sessions}, fuzzing::sessions};

/// Both of one visitor.
pub struct Signed {
    /// Who signed them.
    pub sessions: Sessions,
    /// Whose they are.
    pub ann: Session,
    /// The ticket.
    pub ticket: String,
    /// The cookie.
    pub cookie: String,
}

/// The genuine ones.
pub static GENUINE: LazyLock<Signed> = LazyLock::new(|| {
    let sessions = sessions().expect("a secret");
    let ann = Session { id: "ann".parse().expect("an id"), name: "Ann".parse().ok(), moderator: false };
    let (ticket, cookie) = (sessions.ticket(&ann), sessions.cookie(&ann));
    Signed { sessions, ann, ticket, cookie }
});

/// Checks a text by itself, and in the place of a part of each genuine one.
pub fn try_all((at, cut, text): (u8, u8, &str), check: fn(&str)) {
    check(text);
    for genuine in [&GENUINE.ticket, &GENUINE.cookie] {
        let at = usize::from(at) % (genuine.len() + 1);
        let end = (at + usize::from(cut)).min(genuine.len());
        check(&[&genuine[..at], text, &genuine[end..]].concat());
    }
}
