//! What a provider publishes: its document and its keys.

use ring::signature::RSA_PKCS1_SHA256;
use serde_json::json;

use super::{id_token::good_claims, keys::*, provider::World, *};

#[tokio::test]
async fn a_document_of_another_issuer_or_with_an_open_address_is_refused() {
    let address = "https://id.example/.well-known/openid-configuration";
    let good = json!({
        "issuer": ISSUER, "authorization_endpoint": "https://id.example/a",
        "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/keys",
    });
    for (other, is_good) in [
        (json!({}), true),
        (json!({ "issuer": "https://evil.example" }), false),
        (json!({ "issuer": "https://id.example/" }), false),
        (json!({ "token_endpoint": "http://id.example/t" }), false),
        (json!({ "authorization_endpoint": "javascript:alert(1)" }), false),
        (json!({ "jwks_uri": null }), false),
    ] {
        let world = World::new().await;
        world.provider.say(address, 200, with(good.clone(), other.clone()));
        assert_eq!(world.oidc.begin(RoomName::lobby(), REDIRECT).await.is_ok(), is_good, "{other}");
    }
}

#[tokio::test]
async fn keys_are_asked_for_once_an_hour() {
    let world = World::new().await;
    for (wait, asked_before) in [(0, 1), (10, 1), (3_589, 1), (1, 2)] {
        world.pass(wait);
        let (pending, asked) = world.begin().await;
        let now = world.clock.now().0 / 1000;
        world.come_back(&pending, &asked, json!({ "iat": now, "exp": now + 60 })).await.unwrap();
        assert_eq!(world.provider.asked("https://id.example/keys"), asked_before, "after {wait} s more");
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_when_it_is_first_used_and_unknown_ones_once_a_minute() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    let keys = vec![rsa_jwk(RSA_2, "new", json!({ "alg": "RS256" }))];
    world.provider.say("https://id.example/keys", 200, json!({ "keys": keys }));
    let claims = with(good_claims(&asked["nonce"]), json!({ "iat": NOW + 60, "exp": NOW + 600 }));
    let by = |kid: &str| token(json!({ "alg": "RS256", "kid": kid }), &claims, by_rsa(RSA_2, &RSA_PKCS1_SHA256));
    world.pass(59);
    assert!(world.come_back_with(&pending, &asked, by("new")).await.is_err(), "they were fetched just now");
    world.pass(1);
    world.come_back_with(&pending, &asked, by("new")).await.unwrap();
    assert_eq!(world.provider.asked("https://id.example/keys"), 2);
    for _ in 0..5 {
        assert!(world.come_back_with(&pending, &asked, by("made-up")).await.is_err());
    }
    assert_eq!(world.provider.asked("https://id.example/keys"), 2, "made-up names ask nobody");
    world.come_back_with(&pending, &asked, by("new")).await.unwrap();
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_good_for_an_hour_at_most() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    world.come_back(&pending, &asked, json!({})).await.unwrap();
    world.provider.say("https://id.example/keys", 200, json!({ "keys": [p256_jwk("one")] }));
    world.pass(3_600);
    let (pending, asked) = world.begin().await;
    let now = NOW + 3_600;
    let late = world.come_back(&pending, &asked, json!({ "iat": now, "exp": now + 60 })).await;
    assert!(matches!(late, Err(SignInError::IdToken(_))));
}
