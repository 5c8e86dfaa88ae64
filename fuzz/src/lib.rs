//! A genuine ticket and cookie, and what comes of touching them.

use std::sync::LazyLock;

use backend::chat::{Identities, Visitor, fuzzing::identities};

/// Both of one visitor.
pub struct Signed {
    /// Who signed them.
    pub identities: Identities,
    /// Whose they are.
    pub ann: Visitor,
    /// The ticket.
    pub ticket: String,
    /// The cookie.
    pub cookie: String,
}

/// The genuine ones.
pub static GENUINE: LazyLock<Signed> = LazyLock::new(|| {
    let identities = identities().expect("a secret");
    let ann = Visitor { id: "ann".parse().expect("an id"), name: "Ann".parse().ok(), moderator: false };
    let (ticket, cookie) = (identities.ticket(&ann), identities.cookie(&ann));
    Signed { identities, ann, ticket, cookie }
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
