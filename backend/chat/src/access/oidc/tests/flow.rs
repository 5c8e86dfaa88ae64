//! A sign-in from its beginning to its end.

use std::collections::HashMap;

use serde_json::json;

use super::{
    id_token::{good_claims, signed_under},
    provider::World,
    *,
};

#[tokio::test]
async fn a_sign_in_asks_for_a_code_that_only_this_browser_can_use() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "chat"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value);
    }
    world.come_back(&pending, &asked, json!({})).await.unwrap();
    let posted = world.provider.posted.lock().unwrap()[0].clone();
    let form: HashMap<_, _> = form_urlencoded::parse(posted.as_bytes()).into_owned().collect();
    let of_verifier = BASE64.encode(Sha256::digest(&form["code_verifier"]));
    assert_eq!(asked["code_challenge"], of_verifier);
    assert_eq!((form["code"].as_str(), form["redirect_uri"].as_str()), ("code", REDIRECT));
    assert_eq!((form["grant_type"].as_str(), form["client_id"].as_str()), ("authorization_code", "chat"));
    assert_ne!(world.begin().await.1["state"], asked["state"], "no two are alike");
}

#[tokio::test]
async fn somebody_is_who_the_provider_says_and_a_moderator_if_it_says_so() {
    let world = World::new().await;
    for (claims, name, moderator) in [
        (json!({}), "Ann", false),
        (json!({ "groups": ["mods"] }), "Ann", true),
        (json!({ "groups": "others", "name": null, "preferred_username": "ann.o" }), "ann.o", false),
        (json!({ "moderator": true, "name": "\u{200b}", "preferred_username": "a" }), "a", false),
    ] {
        let (pending, asked) = world.begin().await;
        let visitor = world.come_back(&pending, &asked, claims).await.unwrap();
        assert_eq!(visitor.id, person_id(ISSUER, "ann@1"));
        assert_eq!((visitor.name.unwrap().as_str(), visitor.moderator), (name, moderator));
    }
    let (pending, asked) = world.begin().await;
    let nameless = world.come_back(&pending, &asked, json!({ "name": null })).await.unwrap();
    assert_eq!(nameless.name, Some(guest_name(&nameless.id)));
}

#[tokio::test]
async fn whoever_did_not_begin_here_does_not_end_here() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    let (other, _) = world.begin().await;
    let state = asked["state"].as_str();
    let forged = format!("{}x", &pending[..pending.len() - 1]);
    for (pending, state) in [
        (None, Some(state)),
        (Some(pending.as_str()), None),
        (Some(pending.as_str()), Some("")),
        (Some(pending.as_str()), Some("another")),
        (Some(other.as_str()), Some(state)),
        (Some(forged.as_str()), Some(state)),
    ] {
        let back = AuthCallback { pending, state, code: Some("code"), issuer: None, redirect: REDIRECT };
        assert!(matches!(world.oidc.finish(back).await, Err((SignInError::NotBegun, _))));
    }
    assert_eq!(world.provider.asked("https://id.example/token"), 0, "no code was shown to anybody");
    world.pass(601);
    assert!(matches!(world.come_back(&pending, &asked, json!({})).await, Err(SignInError::NotBegun)));
}

#[tokio::test]
async fn a_refusal_and_another_provider_are_no_sign_in() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    let back = |code, issuer| AuthCallback {
        pending: Some(&pending),
        state: Some(&asked["state"]),
        code,
        issuer,
        redirect: REDIRECT,
    };
    let (why, to) = world.oidc.finish(back(None, None)).await.unwrap_err();
    assert!(matches!(why, SignInError::Refused));
    assert_eq!(to.unwrap().as_str(), "cats");
    let (why, _) = world.oidc.finish(back(Some("code"), Some("https://evil.example"))).await.unwrap_err();
    assert!(matches!(why, SignInError::IdToken(_)));
    assert_eq!(world.provider.asked("https://id.example/token"), 0, "no code was shown to anybody");
}

#[tokio::test]
async fn a_token_for_another_sign_in_is_no_use() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    let (_, other) = world.begin().await;
    let token = signed_under("one", good_claims(&other["nonce"]));
    assert!(matches!(world.come_back_with(&pending, &asked, token).await, Err(SignInError::IdToken(_))));
}

#[tokio::test]
async fn a_provider_that_fails_signs_nobody_in_and_nothing_it_said_is_in_the_cause() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    world.provider.say("https://id.example/token", 400, json!({ "error": "secret words" }));
    let back = || AuthCallback {
        pending: Some(&pending),
        state: Some(&asked["state"]),
        code: Some("code"),
        issuer: None,
        redirect: REDIRECT,
    };
    let (why, _) = world.oidc.finish(back()).await.unwrap_err();
    assert!(matches!(why, SignInError::Unavailable(_)) && !why.to_string().contains("secret"), "{why}");
    world.provider.say("https://id.example/token", 200, json!({ "id_token": 7, "x": "secret words" }));
    let (why, _) = world.oidc.finish(back()).await.unwrap_err();
    assert!(matches!(why, SignInError::Unavailable(_)) && !why.to_string().contains("secret"), "{why}");
}
