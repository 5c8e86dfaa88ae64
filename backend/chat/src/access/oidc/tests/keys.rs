//! The keys of a fake provider, for publishing and for signing. The private keys are in `tests/keys/`; they are for tests only
//! and not secret.

use base64::engine::general_purpose::STANDARD;
use ring::{
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding},
};
use serde_json::json;

use super::*;

pub(crate) const RSA_1: &str = include_str!("../../../../tests/keys/test-key-rsa-1.pem");
pub(crate) const RSA_2: &str = include_str!("../../../../tests/keys/test-key-rsa-2.pem");
const P256: &str = include_str!("../../../../tests/keys/test-key-p256.pem");
const ED25519: &str = include_str!("../../../../tests/keys/test-key-ed25519.pem");

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn rsa(pem: &str) -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&der(pem)).unwrap()
}

pub(crate) fn p256() -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der(P256), &SystemRandom::new()).unwrap()
}

pub(crate) fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der(ED25519)).unwrap()
}

/// Returns the JWK of an RSA key with an id and further fields.
pub(crate) fn rsa_jwk(pem: &str, kid: &str, fields: Value) -> Value {
    let public = ring::signature::RsaPublicKeyComponents::<Vec<u8>>::from(rsa(pem).public());
    let [n, e] = [public.n, public.e].map(|number| BASE64.encode(number));
    with(json!({ "kty": "RSA", "kid": kid, "n": n, "e": e }), fields)
}

pub(crate) fn p256_jwk(kid: &str) -> Value {
    let pair = p256();
    let point = pair.public_key().as_ref();
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..]) })
}

pub(crate) fn ed25519_jwk(kid: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": BASE64.encode(ed25519().public_key()) })
}

/// Returns `base` with other fields. A field that is null is removed.
pub(crate) fn with(mut base: Value, other: Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        base[name] = value.clone();
    }
    base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    base
}

/// Returns a token with this header and these claims, signed by `sign`.
pub(crate) fn token(header: Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let [header, claims] = [&header, claims].map(|part| BASE64.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = BASE64.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub(crate) fn by_rsa(pem: &'static str, encoding: &'static dyn RsaEncoding) -> impl FnOnce(&[u8]) -> Vec<u8> {
    move |message| {
        let pair = rsa(pem);
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}
