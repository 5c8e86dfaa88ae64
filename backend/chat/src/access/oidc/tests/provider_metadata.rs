//! Tests of the discovery document and the keys of a provider.

use ring::signature::RSA_PKCS1_SHA256;
use serde_json::json;

use super::{id_token::good_claims, keys::*, provider::Harness, *};

#[tokio::test]
async fn a_document_with_a_wrong_issuer_or_address_is_rejected() {
    let address = "https://id.example/.well-known/openid-configuration";
    let good = json!({
        "issuer": ISSUER, "authorization_endpoint": "https://id.example/a",
        "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/keys",
    });
    for (other, is_valid) in [
        (json!({}), true),
        (json!({ "issuer": "https://evil.example" }), false),
        (json!({ "issuer": "https://id.example/" }), false),
        (json!({ "token_endpoint": "http://id.example/t" }), false),
        (json!({ "authorization_endpoint": "javascript:alert(1)" }), false),
        (json!({ "jwks_uri": null }), false),
    ] {
        let harness = Harness::new().await;
        harness.provider.respond_with(address, 200, with(good.clone(), other.clone()));
        assert_eq!(harness.oidc.begin(RoomName::lobby(), REDIRECT).await.is_ok(), is_valid, "{other}");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_an_hour() {
    let harness = Harness::new().await;
    for (wait, fetches) in [(0, 1), (10, 1), (3_589, 1), (1, 2)] {
        harness.advance(wait);
        let (pending, query) = harness.begin().await;
        let now = harness.clock.now().0 / 1000;
        harness.finish(&pending, &query, json!({ "iat": now, "exp": now + 60 })).await.unwrap();
        assert_eq!(harness.provider.request_count("https://id.example/keys"), fetches, "after {wait} s more");
    }
}

#[tokio::test]
async fn an_unknown_key_is_fetched_at_most_once_a_minute() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    let keys = vec![rsa_jwk(RSA_2, "new", json!({ "alg": "RS256" }))];
    harness.provider.respond_with("https://id.example/keys", 200, json!({ "keys": keys }));
    let claims = with(good_claims(&query["nonce"]), json!({ "iat": NOW + 60, "exp": NOW + 600 }));
    let by = |kid: &str| token(json!({ "alg": "RS256", "kid": kid }), &claims, by_rsa(RSA_2, &RSA_PKCS1_SHA256));
    harness.advance(59);
    assert!(harness.finish_with_token(&pending, &query, by("new")).await.is_err(), "they were fetched just now");
    harness.advance(1);
    harness.finish_with_token(&pending, &query, by("new")).await.unwrap();
    assert_eq!(harness.provider.request_count("https://id.example/keys"), 2);
    for _ in 0..5 {
        assert!(harness.finish_with_token(&pending, &query, by("made-up")).await.is_err());
    }
    assert_eq!(harness.provider.request_count("https://id.example/keys"), 2, "invented key ids cause no requests");
    harness.finish_with_token(&pending, &query, by("new")).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_key_is_accepted_for_at_most_an_hour() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    harness.finish(&pending, &query, json!({})).await.unwrap();
    harness.provider.respond_with("https://id.example/keys", 200, json!({ "keys": [p256_jwk("one")] }));
    harness.advance(3_600);
    let (pending, query) = harness.begin().await;
    let now = NOW + 3_600;
    let late = harness.finish(&pending, &query, json!({ "iat": now, "exp": now + 60 })).await;
    assert!(matches!(late, Err(SignInError::IdToken(_))));
}
