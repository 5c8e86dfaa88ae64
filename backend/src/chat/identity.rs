//! Who is who: a guest's id lives in a signed cookie; a short-lived ticket carries it to the socket.
//!
//! Both are `{id}.{expiry}.{mac}`, signed with one secret but never valid for one another. Nothing about a guest is
//! stored on the server.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared_types::{PersonId, Timestamp};

use crate::ports::{Entropy, Result, Secrets};

/// How long a ticket opens a socket: time to load the page on a slow line, no more.
const TICKET_MS: u64 = 10 * 60 * 1000;

/// How long a guest stays the same guest without a visit: browsers keep no cookie for longer than 400 days.
const COOKIE_MS: u64 = 400 * 24 * 60 * 60 * 1000;

/// Bytes of randomness in a guest's id. Ids are public, so this is about collisions: 2^48 guests until one is likely.
const ID_BYTES: usize = 12;

/// Makes and checks cookies and tickets.
#[derive(Clone)]
pub struct Identities {
    secret: [u8; 32],
}

/// A cookie or ticket that was forged, cut, or is too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected;

#[derive(Clone, Copy)]
enum Purpose {
    Cookie,
    Ticket,
}

impl Identities {
    /// Loads the secret, making it on first use.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn load(secrets: &dyn Secrets, entropy: &dyn Entropy) -> Result<Self> {
        let mut proposed = [0; 32];
        entropy.fill(&mut proposed);
        Ok(Self { secret: secrets.keep_first(proposed).await? })
    }

    /// A guest nobody has seen before.
    pub fn new_guest(&self, entropy: &dyn Entropy) -> PersonId {
        let mut bytes = [0; ID_BYTES];
        entropy.fill(&mut bytes);
        parse_id(&BASE64.encode(bytes))
    }

    /// The cookie's value, good for 400 days.
    pub fn cookie(&self, id: &PersonId, now: Timestamp) -> String {
        self.sign(Purpose::Cookie, id, now.0 + COOKIE_MS)
    }

    /// Who a cookie belongs to.
    ///
    /// # Errors
    ///
    /// [`Rejected`] when it was not made here or is too old.
    pub fn read_cookie(&self, cookie: &str, now: Timestamp) -> std::result::Result<PersonId, Rejected> {
        self.read(Purpose::Cookie, cookie, now)
    }

    /// A ticket, good for ten minutes.
    pub fn ticket(&self, id: &PersonId, now: Timestamp) -> String {
        self.sign(Purpose::Ticket, id, now.0 + TICKET_MS)
    }

    /// Who a ticket belongs to.
    ///
    /// # Errors
    ///
    /// [`Rejected`] when it was not made here or is too old.
    pub fn read_ticket(&self, ticket: &str, now: Timestamp) -> std::result::Result<PersonId, Rejected> {
        self.read(Purpose::Ticket, ticket, now)
    }

    fn sign(&self, purpose: Purpose, id: &PersonId, expiry: u64) -> String {
        let claims = format!("{id}.{expiry}");
        let mac = self.mac(purpose, &claims).finalize().into_bytes();
        format!("{claims}.{}", BASE64.encode(mac))
    }

    fn read(&self, purpose: Purpose, token: &str, now: Timestamp) -> std::result::Result<PersonId, Rejected> {
        let (claims, mac) = token.rsplit_once('.').ok_or(Rejected)?;
        let mac = BASE64.decode(mac).map_err(|_| Rejected)?;
        self.mac(purpose, claims).verify_slice(&mac).map_err(|_| Rejected)?;
        let (id, expiry) = claims.split_once('.').ok_or(Rejected)?;
        let expiry: u64 = expiry.parse().map_err(|_| Rejected)?;
        if now.0 > expiry {
            return Err(Rejected);
        }
        id.parse().map_err(|_| Rejected)
    }

    fn mac(&self, purpose: Purpose, claims: &str) -> Hmac<Sha256> {
        let label: &[u8] = match purpose {
            Purpose::Cookie => b"cookie:",
            Purpose::Ticket => b"ticket:",
        };
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret).expect("a key of 32 bytes");
        mac.update(label);
        mac.update(claims.as_bytes());
        mac
    }
}

fn parse_id(id: &str) -> PersonId {
    #[expect(clippy::expect_used, reason = "base64url has only characters of an id")]
    id.parse().expect("16 characters of base64url")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn identities() -> Identities {
        Identities { secret: [7; 32] }
    }

    fn ann() -> PersonId {
        "ann".parse().unwrap()
    }

    #[test]
    fn a_ticket_says_who_it_was_made_for() {
        assert_eq!(identities().read_ticket(&identities().ticket(&ann(), NOW), NOW), Ok(ann()));
    }

    #[test]
    fn a_ticket_is_worthless_after_its_minutes() {
        let ticket = identities().ticket(&ann(), NOW);
        assert_eq!(identities().read_ticket(&ticket, Timestamp(NOW.0 + TICKET_MS)), Ok(ann()));
        assert_eq!(identities().read_ticket(&ticket, Timestamp(NOW.0 + TICKET_MS + 1)), Err(Rejected));
    }

    #[test]
    fn a_cookie_is_no_ticket_and_a_ticket_no_cookie() {
        assert_eq!(identities().read_ticket(&identities().cookie(&ann(), NOW), NOW), Err(Rejected));
        assert_eq!(identities().read_cookie(&identities().ticket(&ann(), NOW), NOW), Err(Rejected));
    }

    #[test]
    fn a_ticket_that_was_touched_is_rejected() {
        let ticket = identities().ticket(&ann(), NOW);
        for forged in [
            ticket.replacen("ann", "bob", 1),
            ticket.replacen('.', ".9", 1),
            ticket[..ticket.len() - 1].to_string(),
            format!("{ticket}A"),
            ticket.rsplit_once('.').unwrap().0.to_string(),
            String::new(),
            "..".into(),
            "ann.99999999999999.".into(),
        ] {
            assert_eq!(identities().read_ticket(&forged, NOW), Err(Rejected), "{forged}");
        }
    }

    #[test]
    fn another_stack_s_ticket_is_rejected() {
        let other = Identities { secret: [8; 32] };
        assert_eq!(identities().read_ticket(&other.ticket(&ann(), NOW), NOW), Err(Rejected));
    }
}
