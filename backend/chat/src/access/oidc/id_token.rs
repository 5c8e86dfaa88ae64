//! Verification of ID tokens (OpenID Connect Core 1.0, section 3.1.3.7): signature, issuer, audience, times and nonce.
//!
//! The token names only the key that signed it. The allowed algorithms come from the key, not from the token.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use shared_types::Timestamp;

/// Maximum difference between the provider's clock and ours, in seconds.
const LEEWAY: u64 = 60;

/// Maximum age of a token, in seconds. It was made for the code that has just been exchanged, and a whole sign-in takes at most
/// 10 minutes.
const MAX_AGE: u64 = 10 * 60;

/// Maximum size of a token, in bytes. One with 200 groups of a person has about 8 KB.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// The values that a token must contain.
pub(crate) struct Expected<'a> {
    /// The issuer.
    pub(crate) issuer: &'a str,
    /// Our client id, as the audience.
    pub(crate) client_id: &'a str,
    /// The nonce of the pending sign-in.
    pub(crate) nonce: &'a str,
}

/// The claims of an ID token.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    /// The subject: identifies the person at this provider permanently.
    pub(crate) sub: String,
    #[expect(
        dead_code,
        reason = "parsed as a text: the library alone would also accept a list that contains our issuer"
    )]
    iss: String,
    aud: Value,
    azp: Option<String>,
    exp: u64,
    iat: u64,
    nonce: Option<String>,
    /// All other claims.
    #[serde(flatten)]
    pub(crate) rest: Map<String, Value>,
}

/// Why a token is not accepted. Its `Display` is for the log and contains nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdTokenError {
    #[error("it is not a signed token")]
    Malformed,
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    #[error("its key has no supported algorithm")]
    UnsupportedKey,
    #[error("its signature, its issuer or its audience is wrong")]
    Forged,
    #[error("it was issued to another client")]
    WrongParty,
    #[error("it has expired")]
    Expired,
    #[error("it was issued too long ago or in the future")]
    WrongIssueTime,
    #[error("its nonce is not that of this sign-in")]
    WrongNonce,
    #[error("it has no valid subject")]
    NoSubject,
}

/// Verifies a token with one of these keys and returns its claims.
pub(crate) fn verify(
    token: &str,
    keys: &[Jwk],
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Claims, IdTokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(IdTokenError::Malformed);
    }
    // This also rejects the algorithm `none`, which the library does not support.
    let header = decode_header(token).map_err(|_| IdTokenError::Malformed)?;
    let key = find_key(header.kid.as_deref(), keys)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.algorithms = algorithms(key);
    if validation.algorithms.is_empty() {
        return Err(IdTokenError::UnsupportedKey);
    }
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // Times are checked below with our clock: the library would use the system clock.
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(key).map_err(|_| IdTokenError::UnsupportedKey)?;
    let claims = decode::<Claims>(token, &key, &validation).map_err(|_| IdTokenError::Forged)?.claims;
    check_claims(&claims, expected, now.0 / 1000)?;
    Ok(claims)
}

fn check_claims(claims: &Claims, expected: &Expected<'_>, now: u64) -> Result<(), IdTokenError> {
    let has_several_audiences = claims.aud.as_array().is_some_and(|audiences| audiences.len() > 1);
    let is_for_us = match &claims.azp {
        Some(party) => party == expected.client_id,
        None => !has_several_audiences,
    };
    if !is_for_us {
        return Err(IdTokenError::WrongParty);
    }
    if claims.exp.saturating_add(LEEWAY) <= now {
        return Err(IdTokenError::Expired);
    }
    if claims.iat > now + LEEWAY || claims.iat + MAX_AGE + LEEWAY < now {
        return Err(IdTokenError::WrongIssueTime);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(IdTokenError::WrongNonce);
    }
    // The standard allows at most 255 characters.
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(IdTokenError::NoSubject);
    }
    Ok(())
}

/// Returns the signing key with that id. Without an id, returns the only signing key, if there is exactly one.
fn find_key<'a>(name: Option<&str>, keys: &'a [Jwk]) -> Result<&'a Jwk, IdTokenError> {
    let mut signing =
        keys.iter().filter(|key| matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature)));
    match name {
        Some(_) => signing.find(|key| key.common.key_id.as_deref() == name).ok_or(IdTokenError::UnknownKey),
        None => match (signing.next(), signing.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(IdTokenError::UnknownKey),
        },
    }
}

/// Returns the algorithms that a key may sign with: the one that it declares, or else those of its type. A symmetric key has
/// none.
fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    let of_type: &[(KeyAlgorithm, Algorithm)] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => {
            &[(KeyAlgorithm::RS256, Algorithm::RS256), (KeyAlgorithm::PS256, Algorithm::PS256)]
        }
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            &[(KeyAlgorithm::ES256, Algorithm::ES256)]
        }
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            &[(KeyAlgorithm::EdDSA, Algorithm::EdDSA)]
        }
        _ => &[],
    };
    let declared = key.common.key_algorithm;
    of_type
        .iter()
        .filter(|(name, _)| declared.is_none_or(|declared| declared == *name))
        .map(|(_, algorithm)| *algorithm)
        .collect()
}
