//! Tests of a sign-in from start to end.

use std::collections::HashMap;

use serde_json::json;

use super::{
    id_token::{good_claims, signed_under},
    provider::Harness,
    *,
};

#[tokio::test]
async fn a_sign_in_uses_pkce_and_a_fresh_state() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "chat"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(query[name], value);
    }
    harness.finish(&pending, &query, json!({})).await.unwrap();
    let posted = harness.provider.posted.lock().unwrap()[0].clone();
    let form: HashMap<_, _> = form_urlencoded::parse(posted.as_bytes()).into_owned().collect();
    let of_verifier = BASE64.encode(Sha256::digest(&form["code_verifier"]));
    assert_eq!(query["code_challenge"], of_verifier);
    assert_eq!((form["code"].as_str(), form["redirect_uri"].as_str()), ("code", REDIRECT));
    assert_eq!((form["grant_type"].as_str(), form["client_id"].as_str()), ("authorization_code", "chat"));
    assert_ne!(harness.begin().await.1["state"], query["state"], "each sign-in has its own state");
}

#[tokio::test]
async fn id_name_and_moderator_come_from_the_claims() {
    let harness = Harness::new().await;
    for (claims, name, moderator) in [
        (json!({}), "Ann", false),
        (json!({ "groups": ["mods"] }), "Ann", true),
        (json!({ "groups": "others", "name": null, "preferred_username": "ann.o" }), "ann.o", false),
        (json!({ "moderator": true, "name": "\u{200b}", "preferred_username": "a" }), "a", false),
    ] {
        let (pending, query) = harness.begin().await;
        let session = harness.finish(&pending, &query, claims).await.unwrap();
        assert_eq!(session.id, person_id(ISSUER, "ann@1"));
        assert_eq!((session.name.unwrap().as_str(), session.moderator), (name, moderator));
    }
    let (pending, query) = harness.begin().await;
    let nameless = harness.finish(&pending, &query, json!({ "name": null })).await.unwrap();
    assert_eq!(nameless.name, Some(guest_name(&nameless.id)));
}

#[tokio::test]
async fn a_callback_without_its_pending_sign_in_is_rejected() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    let (other, _) = harness.begin().await;
    let state = query["state"].as_str();
    let forged = format!("{}x", &pending[..pending.len() - 1]);
    for (pending, state) in [
        (None, Some(state)),
        (Some(pending.as_str()), None),
        (Some(pending.as_str()), Some("")),
        (Some(pending.as_str()), Some("another")),
        (Some(other.as_str()), Some(state)),
        (Some(forged.as_str()), Some(state)),
    ] {
        let callback = AuthCallback { pending, state, code: Some("code"), issuer: None, redirect: REDIRECT };
        assert!(matches!(harness.oidc.finish(callback).await, Err((SignInError::NotBegun, _))));
    }
    assert_eq!(harness.provider.request_count("https://id.example/token"), 0, "no code was sent");
    harness.advance(601);
    assert!(matches!(harness.finish(&pending, &query, json!({})).await, Err(SignInError::NotBegun)));
}

#[tokio::test]
async fn a_refusal_and_a_callback_of_another_provider_fail() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    let callback = |code, issuer| AuthCallback {
        pending: Some(&pending),
        state: Some(&query["state"]),
        code,
        issuer,
        redirect: REDIRECT,
    };
    let (error, to) = harness.oidc.finish(callback(None, None)).await.unwrap_err();
    assert!(matches!(error, SignInError::Refused));
    assert_eq!(to.unwrap().as_str(), "cats");
    let (error, _) = harness.oidc.finish(callback(Some("code"), Some("https://evil.example"))).await.unwrap_err();
    assert!(matches!(error, SignInError::IdToken(_)));
    assert_eq!(harness.provider.request_count("https://id.example/token"), 0, "no code was sent");
}

#[tokio::test]
async fn a_token_of_another_sign_in_is_rejected() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    let (_, other) = harness.begin().await;
    let token = signed_under("one", good_claims(&other["nonce"]));
    assert!(matches!(harness.finish_with_token(&pending, &query, token).await, Err(SignInError::IdToken(_))));
}

#[tokio::test]
async fn a_failing_provider_signs_nobody_in_and_is_not_quoted() {
    let harness = Harness::new().await;
    let (pending, query) = harness.begin().await;
    harness.provider.respond_with("https://id.example/token", 400, json!({ "error": "secret words" }));
    let callback = || AuthCallback {
        pending: Some(&pending),
        state: Some(&query["state"]),
        code: Some("code"),
        issuer: None,
        redirect: REDIRECT,
    };
    let (error, _) = harness.oidc.finish(callback()).await.unwrap_err();
    assert!(matches!(error, SignInError::Unavailable(_)) && !error.to_string().contains("secret"), "{error}");
    harness.provider.respond_with("https://id.example/token", 200, json!({ "id_token": 7, "x": "secret words" }));
    let (error, _) = harness.oidc.finish(callback()).await.unwrap_err();
    assert!(matches!(error, SignInError::Unavailable(_)) && !error.to_string().contains("secret"), "{error}");
}
