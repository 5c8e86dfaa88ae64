//! The WebAuthn ceremonies (<https://www.w3.org/TR/webauthn-3/#sctn-rp-operations>): what a browser is asked, and the checks of its answer.

use shared_types::{Person, PersonId};

use crate::{access::origin::Origin, ports::passkeys::PasskeyId};

/// A challenge for a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The JSON of the options for `navigator.credentials`, with base64url for bytes.
    pub options: String,
    /// What the check of the answer needs. It has to be kept on the server, and to be used once.
    pub state: String,
}

/// A new credential of an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id.
    pub id: PasskeyId,
    /// What the check of its answers needs: [`StoredPasskey::key`](crate::ports::passkeys::StoredPasskey::key).
    pub key: String,
}

/// Why a ceremony failed. Its `Display` is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    /// Browsers make no passkeys for this page or person: the host is an IP address, or the id of the person is not a guest's.
    #[error("there are no passkeys for this host or person")]
    Unsupported,
    /// The answer is not valid.
    #[error("the answer of the browser is not valid: {0}")]
    Invalid(String),
}

/// The ceremonies. `origin` is the origin of the chat's page; its host is the relying party's id, which an authenticator signs and to which
/// it binds its keys.
///
/// The checks MUST include the challenge, the type, the origin, the id of the relying party, the presence and the verification of the user, the
/// signature, and the counter.
pub trait PasskeyCeremony: Send + Sync {
    /// Starts to add a passkey that a browser can offer without being asked for a person (a discoverable credential). `keys` are those that the
    /// person has: an authenticator that has one of them makes no other.
    ///
    /// # Errors
    ///
    /// [`CeremonyError`] gives the reason.
    fn start_registration(&self, origin: &Origin, person: &Person, keys: &[&str]) -> Result<Challenge, CeremonyError>;

    /// Checks the answer of a browser that adds a passkey.
    ///
    /// # Errors
    ///
    /// [`CeremonyError`] gives the reason.
    fn finish_registration(&self, origin: &Origin, state: &str, answer: &str) -> Result<NewCredential, CeremonyError>;

    /// Starts to sign in with any passkey.
    ///
    /// # Errors
    ///
    /// [`CeremonyError`] gives the reason.
    fn start_sign_in(&self, origin: &Origin) -> Result<Challenge, CeremonyError>;

    /// Returns the person and the passkey that an answer names, without a check.
    ///
    /// # Errors
    ///
    /// [`CeremonyError`] gives the reason.
    fn claimed(&self, answer: &str) -> Result<(PersonId, PasskeyId), CeremonyError>;

    /// Checks the answer of a browser that signs in with the passkey that has this key. Returns the key as it has to be stored now.
    ///
    /// # Errors
    ///
    /// [`CeremonyError`] gives the reason.
    fn finish_sign_in(&self, origin: &Origin, state: &str, answer: &str, key: &str) -> Result<String, CeremonyError>;
}
