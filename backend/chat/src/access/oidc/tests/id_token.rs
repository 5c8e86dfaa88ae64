//! Tests of the verification of ID tokens.

use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256},
};
use serde_json::json;
use shared_types::Timestamp;

use super::{keys::*, *};

/// A valid token with some of its claims replaced.
fn token_with(claims: Value) -> String {
    signed_under("one", with(good_claims("nonce"), claims))
}

pub(crate) fn signed_under(kid: &str, claims: Value) -> String {
    token(json!({ "alg": "RS256", "kid": kid }), &claims, by_rsa(RSA_1, &RSA_PKCS1_SHA256))
}

pub(crate) fn good_claims(nonce: &str) -> Value {
    json!({ "iss": ISSUER, "sub": "ann@1", "aud": "chat", "exp": NOW + 300, "iat": NOW, "nonce": nonce, "name": "Ann" })
}

fn keys(keys: Vec<Value>) -> Vec<jsonwebtoken::jwk::Jwk> {
    keys.into_iter().map(|key| serde_json::from_value(key).unwrap()).collect()
}

fn verify(token: &str, published: Vec<Value>) -> Result<Claims, IdTokenError> {
    signatures::install();
    let expected = Expected { issuer: ISSUER, client_id: "chat", nonce: "nonce" };
    super::super::id_token::verify(token, &keys(published), &expected, Timestamp(NOW * 1000))
}

pub(crate) fn published() -> Vec<Value> {
    vec![rsa_jwk(RSA_1, "one", json!({ "alg": "RS256", "use": "sig" }))]
}

#[test]
fn a_valid_token_returns_its_claims() {
    let claims = verify(&token_with(json!({})), published()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.rest["name"].as_str()), ("ann@1", Some("Ann")));
}

#[test]
fn a_token_with_a_wrong_claim_is_rejected() {
    for (claims, expected) in [
        (json!({ "iss": "https://evil.example" }), IdTokenError::Forged),
        (json!({ "iss": [ISSUER, "https://evil.example"] }), IdTokenError::Forged),
        (json!({ "iss": null }), IdTokenError::Forged),
        (json!({ "aud": "other" }), IdTokenError::Forged),
        (json!({ "aud": [] }), IdTokenError::Forged),
        (json!({ "aud": null }), IdTokenError::Forged),
        (json!({ "aud": ["other", "chat"] }), IdTokenError::WrongParty),
        (json!({ "aud": ["other", "chat"], "azp": "other" }), IdTokenError::WrongParty),
        (json!({ "azp": "other" }), IdTokenError::WrongParty),
        (json!({ "exp": NOW - 60 }), IdTokenError::Expired),
        (json!({ "exp": NOW - 1_000_000 }), IdTokenError::Expired),
        (json!({ "exp": null }), IdTokenError::Forged),
        (json!({ "exp": "never" }), IdTokenError::Forged),
        (json!({ "exp": -1 }), IdTokenError::Forged),
        (json!({ "iat": NOW + 61 }), IdTokenError::WrongIssueTime),
        (json!({ "iat": NOW - 661 }), IdTokenError::WrongIssueTime),
        (json!({ "iat": u64::MAX }), IdTokenError::WrongIssueTime),
        (json!({ "iat": null }), IdTokenError::Forged),
        (json!({ "nonce": "another" }), IdTokenError::WrongNonce),
        (json!({ "nonce": "" }), IdTokenError::WrongNonce),
        (json!({ "nonce": null }), IdTokenError::WrongNonce),
        (json!({ "sub": "" }), IdTokenError::NoSubject),
        (json!({ "sub": "s".repeat(256) }), IdTokenError::NoSubject),
        (json!({ "sub": null }), IdTokenError::Forged),
        (json!({ "sub": { "$ne": "" } }), IdTokenError::Forged),
    ] {
        assert_eq!(verify(&token_with(claims.clone()), published()).err(), Some(expected), "{claims}");
    }
}

#[test]
fn several_audiences_and_clock_differences_are_accepted() {
    for claims in [
        json!({ "aud": ["chat"] }),
        json!({ "aud": ["other", "chat"], "azp": "chat" }),
        json!({ "exp": NOW - 59, "iat": NOW - 659 }),
        json!({ "iat": NOW + 60 }),
    ] {
        assert!(verify(&token_with(claims.clone()), published()).is_ok(), "{claims}");
    }
}

#[test]
fn every_supported_key_type_is_verified() {
    let claims = good_claims("nonce");
    let header = |algorithm: &str| json!({ "alg": algorithm, "kid": "one" });
    let rsa = |fields| vec![rsa_jwk(RSA_1, "one", fields)];
    let by_p256 = |message: &[u8]| p256().sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
    let by_ed25519 = |message: &[u8]| ed25519().sign(message).as_ref().to_vec();
    for (token, keys) in [
        (token(header("RS256"), &claims, by_rsa(RSA_1, &RSA_PKCS1_SHA256)), rsa(json!({ "alg": "RS256" }))),
        (token(header("PS256"), &claims, by_rsa(RSA_1, &RSA_PSS_SHA256)), rsa(json!({ "alg": "PS256" }))),
        (token(header("PS256"), &claims, by_rsa(RSA_1, &RSA_PSS_SHA256)), rsa(json!({}))),
        (token(header("ES256"), &claims, by_p256), vec![p256_jwk("one")]),
        (token(header("EdDSA"), &claims, by_ed25519), vec![ed25519_jwk("one")]),
        // Without a key id, the only signing key is used.
        (
            token(json!({ "alg": "ES256" }), &claims, by_p256),
            vec![p256_jwk("one"), rsa_jwk(RSA_1, "two", json!({ "use": "enc" }))],
        ),
    ] {
        assert!(verify(&token, keys.clone()).is_ok(), "{keys:?}");
    }
}

#[test]
fn a_token_not_signed_with_the_provider_s_key_is_rejected() {
    let claims = good_claims("nonce");
    let header = |algorithm: &str| json!({ "alg": algorithm, "kid": "one" });
    let good = token_with(json!({}));
    let [header_part, body, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other_body = BASE64.encode(with(claims.clone(), json!({ "sub": "ben" })).to_string());
    let by_rsa_1 = || by_rsa(RSA_1, &RSA_PKCS1_SHA256);
    let public = BASE64.decode(published()[0]["n"].as_str().unwrap()).unwrap();
    let by_secret = |secret: Vec<u8>| {
        move |message: &[u8]| {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
            ring::hmac::sign(&key, message).as_ref().to_vec()
        }
    };
    let secret_key = json!({ "kty": "oct", "kid": "one", "k": BASE64.encode("secret"), "alg": "HS256" });
    let unsigned = |algorithm: &str| token(header(algorithm), &claims, |_| Vec::new());
    for (case, token, keys, expected) in [
        (
            "another key",
            token(header("RS256"), &claims, by_rsa(RSA_2, &RSA_PKCS1_SHA256)),
            published(),
            IdTokenError::Forged,
        ),
        ("changed", format!("{header_part}.{other_body}.{signature}"), published(), IdTokenError::Forged),
        ("no signature", format!("{header_part}.{body}."), published(), IdTokenError::Forged),
        ("none", unsigned("none"), published(), IdTokenError::Malformed),
        ("None", unsigned("None"), published(), IdTokenError::Malformed),
        ("no alg", token(json!({ "kid": "one" }), &claims, by_rsa_1()), published(), IdTokenError::Malformed),
        ("public key as secret", token(header("HS256"), &claims, by_secret(public)), published(), IdTokenError::Forged),
        ("PEM as secret", token(header("HS256"), &claims, by_secret(RSA_1.into())), published(), IdTokenError::Forged),
        (
            "a published secret",
            token(header("HS256"), &claims, by_secret(b"secret".to_vec())),
            vec![secret_key],
            IdTokenError::UnsupportedKey,
        ),
        (
            "other algorithm than the key's",
            token(header("PS256"), &claims, by_rsa(RSA_1, &RSA_PSS_SHA256)),
            published(),
            IdTokenError::Forged,
        ),
        (
            "other hash",
            token(header("RS512"), &claims, by_rsa_1()),
            vec![rsa_jwk(RSA_1, "one", json!({}))],
            IdTokenError::Forged,
        ),
        ("other kind of key", token(header("ES256"), &claims, by_rsa_1()), published(), IdTokenError::Forged),
        (
            "key for encryption",
            good.clone(),
            vec![rsa_jwk(RSA_1, "one", json!({ "use": "enc" }))],
            IdTokenError::UnknownKey,
        ),
        (
            "key with an unsupported algorithm",
            good.clone(),
            vec![rsa_jwk(RSA_1, "one", json!({ "alg": "RSA-OAEP" }))],
            IdTokenError::UnsupportedKey,
        ),
        ("unknown key", good.clone(), vec![rsa_jwk(RSA_1, "two", json!({}))], IdTokenError::UnknownKey),
        ("no keys", good.clone(), Vec::new(), IdTokenError::UnknownKey),
        (
            "no key id with two keys",
            token(json!({ "alg": "RS256" }), &claims, by_rsa_1()),
            vec![rsa_jwk(RSA_1, "one", json!({})), rsa_jwk(RSA_2, "two", json!({}))],
            IdTokenError::UnknownKey,
        ),
        // A key inside the token is ignored.
        (
            "key in the token",
            token(
                with(header("RS256"), json!({ "jwk": rsa_jwk(RSA_2, "one", json!({})) })),
                &claims,
                by_rsa(RSA_2, &RSA_PKCS1_SHA256),
            ),
            published(),
            IdTokenError::Forged,
        ),
        ("two parts", format!("{header_part}.{body}"), published(), IdTokenError::Malformed),
        ("nothing", String::new(), published(), IdTokenError::Malformed),
        (
            "too long",
            format!("{header_part}.{}.{signature}", "a".repeat(64 * 1024)),
            published(),
            IdTokenError::Malformed,
        ),
    ] {
        assert_eq!(verify(&token, keys).err(), Some(expected), "{case}");
    }
}
