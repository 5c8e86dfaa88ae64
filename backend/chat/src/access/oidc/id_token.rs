//! What an OpenID Connect provider says of somebody, and whether it is the provider who says it, to us, now and once.
//!
//! OpenID Connect Core 1.0, 3.1.3.7. The token says with which key it was signed, and nothing else about how: that is the
//! key's own business.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use shared_types::Timestamp;

/// By how much a provider's clock may differ from ours, in seconds.
const LEEWAY: u64 = 60;

/// How old a token may be, in seconds: it was made for the code that has just been exchanged, and signing in takes no longer
/// than this in all.
const AGE: u64 = 10 * 60;

/// The longest token that is looked at, in bytes. One with a person's two hundred groups has some 8 KB.
const TOKEN_BYTES: usize = 64 * 1024;

/// What a token has to say to be for us.
pub(crate) struct Expected<'a> {
    /// Who speaks.
    pub(crate) issuer: &'a str,
    /// To whom.
    pub(crate) client_id: &'a str,
    /// In answer to what.
    pub(crate) nonce: &'a str,
}

/// What a provider says of somebody.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    /// Who it is, to this provider and for ever.
    pub(crate) sub: String,
    #[expect(dead_code, reason = "the library compares it, but takes a list with ours in it as well: a text is one")]
    iss: String,
    aud: Value,
    azp: Option<String>,
    exp: u64,
    iat: u64,
    nonce: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub(crate) rest: Map<String, Value>,
}

/// Why a token proves nothing. Its `Display` is for the log: it says nothing of what stands in the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdTokenError {
    #[error("it is no signed token")]
    NoToken,
    #[error("it is signed with a key that the provider does not have")]
    UnknownKey,
    #[error("its key can sign nothing that is checked here")]
    UnfitKey,
    #[error("its signature, its issuer or its audience is wrong")]
    Forged,
    #[error("it is for another client as well, and not for us first")]
    OtherParty,
    #[error("its time has passed")]
    Expired,
    #[error("it was made at another time")]
    OtherTime,
    #[error("it is an answer to somebody else")]
    OtherNonce,
    #[error("it says of nobody who they are")]
    NoSubject,
}

/// Reads a token that one of these keys has signed.
pub(crate) fn read(token: &str, keys: &[Jwk], expected: &Expected<'_>, now: Timestamp) -> Result<Claims, IdTokenError> {
    if token.len() > TOKEN_BYTES {
        return Err(IdTokenError::NoToken);
    }
    // This also refuses the algorithm `none`, which the library does not know.
    let header = decode_header(token).map_err(|_| IdTokenError::NoToken)?;
    let key = key_of(header.kid.as_deref(), keys)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.algorithms = algorithms(key);
    if validation.algorithms.is_empty() {
        return Err(IdTokenError::UnfitKey);
    }
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // Times are judged below, by our clock: the library has one of its own.
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(key).map_err(|_| IdTokenError::UnfitKey)?;
    let claims = decode::<Claims>(token, &key, &validation).map_err(|_| IdTokenError::Forged)?.claims;
    judge(&claims, expected, now.0 / 1000)?;
    Ok(claims)
}

fn judge(claims: &Claims, expected: &Expected<'_>, now: u64) -> Result<(), IdTokenError> {
    let is_for_several = claims.aud.as_array().is_some_and(|several| several.len() > 1);
    let is_for_us = match &claims.azp {
        Some(party) => party == expected.client_id,
        None => !is_for_several,
    };
    if !is_for_us {
        return Err(IdTokenError::OtherParty);
    }
    if claims.exp.saturating_add(LEEWAY) <= now {
        return Err(IdTokenError::Expired);
    }
    if claims.iat > now + LEEWAY || claims.iat + AGE + LEEWAY < now {
        return Err(IdTokenError::OtherTime);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(IdTokenError::OtherNonce);
    }
    // 255 characters are the most that the standard allows.
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(IdTokenError::NoSubject);
    }
    Ok(())
}

/// The key of that name; without a name the only one that signs, if it is the only one.
fn key_of<'a>(name: Option<&str>, keys: &'a [Jwk]) -> Result<&'a Jwk, IdTokenError> {
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

/// What a key may have signed with: what it says itself, or else what its kind allows. A secret signs nothing.
fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    let of_kind: &[(KeyAlgorithm, Algorithm)] = match &key.algorithm {
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
    let said = key.common.key_algorithm;
    of_kind.iter().filter(|(name, _)| said.is_none_or(|said| said == *name)).map(|(_, algorithm)| *algorithm).collect()
}
