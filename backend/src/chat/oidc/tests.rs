//! Tokens are signed with the keys of `tests/keys/`, which are for tests and secret from nobody.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use base64::engine::general_purpose::STANDARD;
use ring::{
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding,
    },
};
use serde_json::json;
use shared_types::Timestamp;

use super::*;
use crate::{
    chat::{
        Door,
        doubles::{HandClock, Safe},
    },
    ports::{Fetched, ProviderAddress, Result as PortResult},
};

const NOW: u64 = 1_700_000_000;
const ISSUER: &str = "https://id.example";
const REDIRECT: &str = "https://chat.example/sign-in/callback";

const RSA_1: &str = include_str!("../../../tests/keys/test-key-rsa-1.pem");
const RSA_2: &str = include_str!("../../../tests/keys/test-key-rsa-2.pem");
const P256: &str = include_str!("../../../tests/keys/test-key-p256.pem");
const ED25519: &str = include_str!("../../../tests/keys/test-key-ed25519.pem");

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn rsa(pem: &str) -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&der(pem)).unwrap()
}

fn p256() -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der(P256), &SystemRandom::new()).unwrap()
}

fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der(ED25519)).unwrap()
}

/// What a key is published as, under a name, with what else it says of itself.
fn rsa_jwk(pem: &str, kid: &str, says: Value) -> Value {
    let public = ring::signature::RsaPublicKeyComponents::<Vec<u8>>::from(rsa(pem).public());
    let [n, e] = [public.n, public.e].map(|number| BASE64.encode(number));
    with(json!({ "kty": "RSA", "kid": kid, "n": n, "e": e }), says)
}

fn p256_jwk(kid: &str) -> Value {
    let pair = p256();
    let point = pair.public_key().as_ref();
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..]) })
}

fn ed25519_jwk(kid: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": BASE64.encode(ed25519().public_key()) })
}

/// `base` with other fields; a field that is null is taken away.
fn with(mut base: Value, other: Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        base[name] = value.clone();
    }
    base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    base
}

/// A token with that header and those claims, signed as the header says.
fn token(header: Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let [header, claims] = [&header, claims].map(|part| BASE64.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = BASE64.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn by_rsa(pem: &'static str, encoding: &'static dyn RsaEncoding) -> impl FnOnce(&[u8]) -> Vec<u8> {
    move |message| {
        let pair = rsa(pem);
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}

/// A token that is in order, but for some of its claims.
fn ordinary(claims: Value) -> String {
    signed_under("one", with(good_claims("nonce"), claims))
}

fn signed_under(kid: &str, claims: Value) -> String {
    token(json!({ "alg": "RS256", "kid": kid }), &claims, by_rsa(RSA_1, &RSA_PKCS1_SHA256))
}

fn good_claims(nonce: &str) -> Value {
    json!({ "iss": ISSUER, "sub": "ann@1", "aud": "chat", "exp": NOW + 300, "iat": NOW, "nonce": nonce, "name": "Ann" })
}

fn keys(keys: Vec<Value>) -> Vec<jsonwebtoken::jwk::Jwk> {
    keys.into_iter().map(|key| serde_json::from_value(key).unwrap()).collect()
}

fn read(token: &str, published: Vec<Value>) -> Result<Claims, NotProven> {
    signatures::install();
    let expected = Expected { issuer: ISSUER, client_id: "chat", nonce: "nonce" };
    id_token::read(token, &keys(published), &expected, Timestamp(NOW * 1000))
}

fn published() -> Vec<Value> {
    vec![rsa_jwk(RSA_1, "one", json!({ "alg": "RS256", "use": "sig" }))]
}

// ---- what a token has to say

#[test]
fn a_token_that_is_in_order_says_who_somebody_is() {
    let claims = read(&ordinary(json!({})), published()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.rest["name"].as_str()), ("ann@1", Some("Ann")));
}

#[test]
fn a_token_is_for_us_now_and_in_answer_to_this_sign_in() {
    for (claims, expected) in [
        (json!({ "iss": "https://evil.example" }), NotProven::Forged),
        (json!({ "iss": [ISSUER, "https://evil.example"] }), NotProven::Forged),
        (json!({ "iss": null }), NotProven::Forged),
        (json!({ "aud": "other" }), NotProven::Forged),
        (json!({ "aud": [] }), NotProven::Forged),
        (json!({ "aud": null }), NotProven::Forged),
        (json!({ "aud": ["other", "chat"] }), NotProven::OtherParty),
        (json!({ "aud": ["other", "chat"], "azp": "other" }), NotProven::OtherParty),
        (json!({ "azp": "other" }), NotProven::OtherParty),
        (json!({ "exp": NOW - 60 }), NotProven::Expired),
        (json!({ "exp": NOW - 1_000_000 }), NotProven::Expired),
        (json!({ "exp": null }), NotProven::Forged),
        (json!({ "exp": "never" }), NotProven::Forged),
        (json!({ "exp": -1 }), NotProven::Forged),
        (json!({ "iat": NOW + 61 }), NotProven::OtherTime),
        (json!({ "iat": NOW - 661 }), NotProven::OtherTime),
        (json!({ "iat": u64::MAX }), NotProven::OtherTime),
        (json!({ "iat": null }), NotProven::Forged),
        (json!({ "nonce": "another" }), NotProven::OtherNonce),
        (json!({ "nonce": "" }), NotProven::OtherNonce),
        (json!({ "nonce": null }), NotProven::OtherNonce),
        (json!({ "sub": "" }), NotProven::NoSubject),
        (json!({ "sub": "s".repeat(256) }), NotProven::NoSubject),
        (json!({ "sub": null }), NotProven::Forged),
        (json!({ "sub": { "$ne": "" } }), NotProven::Forged),
    ] {
        assert_eq!(read(&ordinary(claims.clone()), published()).err(), Some(expected), "{claims}");
    }
}

#[test]
fn a_token_for_several_is_for_us_where_it_was_made_for_us() {
    for claims in [
        json!({ "aud": ["chat"] }),
        json!({ "aud": ["other", "chat"], "azp": "chat" }),
        json!({ "exp": NOW - 59, "iat": NOW - 659 }),
        json!({ "iat": NOW + 60 }),
    ] {
        assert!(read(&ordinary(claims.clone()), published()).is_ok(), "{claims}");
    }
}

// ---- who has to have said it

#[test]
fn every_kind_of_key_is_checked_with_its_own_kind_of_signature() {
    let claims = good_claims("nonce");
    let header = |algorithm: &str| json!({ "alg": algorithm, "kid": "one" });
    let rsa = |says| vec![rsa_jwk(RSA_1, "one", says)];
    let by_p256 = |message: &[u8]| p256().sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
    let by_ed25519 = |message: &[u8]| ed25519().sign(message).as_ref().to_vec();
    for (token, keys) in [
        (token(header("RS256"), &claims, by_rsa(RSA_1, &RSA_PKCS1_SHA256)), rsa(json!({ "alg": "RS256" }))),
        (token(header("PS256"), &claims, by_rsa(RSA_1, &RSA_PSS_SHA256)), rsa(json!({ "alg": "PS256" }))),
        (token(header("PS256"), &claims, by_rsa(RSA_1, &RSA_PSS_SHA256)), rsa(json!({}))),
        (token(header("ES256"), &claims, by_p256), vec![p256_jwk("one")]),
        (token(header("EdDSA"), &claims, by_ed25519), vec![ed25519_jwk("one")]),
        // Without a name it is the only key there is for signing.
        (
            token(json!({ "alg": "ES256" }), &claims, by_p256),
            vec![p256_jwk("one"), rsa_jwk(RSA_1, "two", json!({ "use": "enc" }))],
        ),
    ] {
        assert!(read(&token, keys.clone()).is_ok(), "{keys:?}");
    }
}

#[test]
fn whoever_does_not_have_the_provider_s_key_proves_nothing() {
    let claims = good_claims("nonce");
    let header = |algorithm: &str| json!({ "alg": algorithm, "kid": "one" });
    let good = ordinary(json!({}));
    let [head, body, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
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
    for (what, token, keys, expected) in [
        (
            "another key",
            token(header("RS256"), &claims, by_rsa(RSA_2, &RSA_PKCS1_SHA256)),
            published(),
            NotProven::Forged,
        ),
        ("changed", format!("{head}.{other_body}.{signature}"), published(), NotProven::Forged),
        ("no signature", format!("{head}.{body}."), published(), NotProven::Forged),
        ("none", unsigned("none"), published(), NotProven::NoToken),
        ("None", unsigned("None"), published(), NotProven::NoToken),
        ("no alg", token(json!({ "kid": "one" }), &claims, by_rsa_1()), published(), NotProven::NoToken),
        ("public key as secret", token(header("HS256"), &claims, by_secret(public)), published(), NotProven::Forged),
        ("PEM as secret", token(header("HS256"), &claims, by_secret(RSA_1.into())), published(), NotProven::Forged),
        (
            "a published secret",
            token(header("HS256"), &claims, by_secret(b"secret".to_vec())),
            vec![secret_key],
            NotProven::UnfitKey,
        ),
        (
            "other algorithm than the key's",
            token(header("PS256"), &claims, by_rsa(RSA_1, &RSA_PSS_SHA256)),
            published(),
            NotProven::Forged,
        ),
        (
            "other hash",
            token(header("RS512"), &claims, by_rsa_1()),
            vec![rsa_jwk(RSA_1, "one", json!({}))],
            NotProven::Forged,
        ),
        ("other kind of key", token(header("ES256"), &claims, by_rsa_1()), published(), NotProven::Forged),
        (
            "key for encryption",
            good.clone(),
            vec![rsa_jwk(RSA_1, "one", json!({ "use": "enc" }))],
            NotProven::UnknownKey,
        ),
        (
            "key of no fit algorithm",
            good.clone(),
            vec![rsa_jwk(RSA_1, "one", json!({ "alg": "RSA-OAEP" }))],
            NotProven::UnfitKey,
        ),
        ("unknown key", good.clone(), vec![rsa_jwk(RSA_1, "two", json!({}))], NotProven::UnknownKey),
        ("no keys", good.clone(), Vec::new(), NotProven::UnknownKey),
        (
            "no name among two",
            token(json!({ "alg": "RS256" }), &claims, by_rsa_1()),
            vec![rsa_jwk(RSA_1, "one", json!({})), rsa_jwk(RSA_2, "two", json!({}))],
            NotProven::UnknownKey,
        ),
        // A token brings no keys of its own.
        (
            "key in the token",
            token(
                with(header("RS256"), json!({ "jwk": rsa_jwk(RSA_2, "one", json!({})) })),
                &claims,
                by_rsa(RSA_2, &RSA_PKCS1_SHA256),
            ),
            published(),
            NotProven::Forged,
        ),
        ("two parts", format!("{head}.{body}"), published(), NotProven::NoToken),
        ("nothing", String::new(), published(), NotProven::NoToken),
        ("too long", format!("{head}.{}.{signature}", "a".repeat(64 * 1024)), published(), NotProven::NoToken),
    ] {
        assert_eq!(read(&token, keys).err(), Some(expected), "{what}");
    }
}

// ---- who somebody is

#[test]
fn an_id_is_the_same_for_the_same_person_at_the_same_provider_and_for_nobody_else() {
    let id = person_id(ISSUER, "ann");
    assert_eq!(id, person_id(ISSUER, "ann"));
    assert_eq!(id.as_str().len(), 16);
    assert!(!id.as_str().contains("ann"));
    for (issuer, sub) in [(ISSUER, "anne"), ("https://id.example2", "ann"), ("https://id.examplea", "nn")] {
        assert_ne!(id, person_id(issuer, sub), "{issuer} {sub}");
    }
}

#[test]
fn a_name_is_what_the_provider_says_without_what_nobody_could_see() {
    let long = "n".repeat(100);
    for (claim, expected) in [
        (json!("Ann Oakley"), Some("Ann Oakley")),
        (json!(" Ann\t\n Oakley "), Some("Ann Oakley")),
        (json!("An\u{200b}n\u{202e}\u{0}"), Some("Ann")),
        (json!("杏奈"), Some("杏奈")),
        (json!(long), Some(&long[..64])),
        (json!("<b>Ann</b>"), Some("<b>Ann</b>")),
        (json!("\u{200b}"), None),
        (json!(""), None),
        (json!(7), None),
        (json!(["Ann"]), None),
    ] {
        let claims = json!({ "name": claim });
        let found = name(claims.as_object().unwrap(), "name");
        assert_eq!(found.as_ref().map(PersonName::as_str), expected, "{claims}");
    }
}

// ---- the flow

/// A provider that publishes what it is told to, answers every code with one token, and counts what it was asked.
#[derive(Default)]
struct Pretend {
    answers: Mutex<HashMap<String, Fetched>>,
    asked: Mutex<HashMap<String, u32>>,
    posted: Mutex<Vec<String>>,
}

impl Pretend {
    fn say(&self, address: &str, status: u16, body: Value) {
        let answer = Fetched { status, body: body.to_string().into() };
        self.answers.lock().unwrap().insert(address.into(), answer);
    }

    fn asked(&self, address: &str) -> u32 {
        self.asked.lock().unwrap().get(address).copied().unwrap_or_default()
    }
}

#[async_trait]
impl Provider for Pretend {
    async fn get(&self, from: &ProviderAddress) -> PortResult<Fetched> {
        *self.asked.lock().unwrap().entry(from.as_str().into()).or_default() += 1;
        let answer = self.answers.lock().unwrap().get(from.as_str()).cloned();
        answer.ok_or_else(|| Unavailable { doing: "asking", cause: "nobody is there".into() })
    }

    async fn post(&self, to: &ProviderAddress, form: String) -> PortResult<Fetched> {
        self.posted.lock().unwrap().push(form);
        self.get(to).await
    }
}

struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(u8::try_from(self.0.fetch_add(1, Ordering::Relaxed)).unwrap());
    }
}

struct World {
    provider: Arc<Pretend>,
    clock: Arc<HandClock>,
    oidc: Oidc,
}

impl World {
    async fn new() -> Self {
        let provider = Arc::new(Pretend::default());
        let address = |path: &str| format!("{ISSUER}{path}");
        provider.say(
            &address("/.well-known/openid-configuration"),
            200,
            json!({
                "issuer": ISSUER, "authorization_endpoint": address("/authorize?tenant=1"),
                "token_endpoint": address("/token"), "jwks_uri": address("/keys"),
            }),
        );
        provider.say(&address("/keys"), 200, json!({ "keys": published() }));
        let clock = Arc::new(HandClock(AtomicU64::new(NOW * 1000)));
        let entropy = Arc::new(Counter(AtomicU64::new(1)));
        let client =
            Client { issuer: ISSUER.parse().unwrap(), id: "chat".into(), moderator_claim: "groups=mods".parse().ok() };
        let door = Door::oidc(client.clone(), Vec::new());
        let identities = Identities::load(Arc::<Safe>::default(), clock.clone(), entropy.clone(), door).await.unwrap();
        Self { oidc: Oidc::new(client, provider.clone(), clock.clone(), entropy, identities), provider, clock }
    }

    /// Begins a sign-in: its cookie, and what the provider is asked.
    async fn begin(&self) -> (String, HashMap<String, String>) {
        let Begun { location, pending } = self.oidc.begin("cats".parse().unwrap(), REDIRECT).await.unwrap();
        let query = location.strip_prefix("https://id.example/authorize?tenant=1&").unwrap();
        (pending, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Comes back with everything in order, to a token with those claims beside the ordinary ones.
    async fn come_back(
        &self,
        pending: &str,
        asked: &HashMap<String, String>,
        claims: Value,
    ) -> Result<Visitor, NotSignedIn> {
        self.come_back_with(pending, asked, signed_under("one", with(good_claims(&asked["nonce"]), claims))).await
    }

    async fn come_back_with(
        &self,
        pending: &str,
        asked: &HashMap<String, String>,
        token: String,
    ) -> Result<Visitor, NotSignedIn> {
        self.provider.say("https://id.example/token", 200, json!({ "id_token": token }));
        let back = Returned {
            pending: Some(pending),
            state: Some(&asked["state"]),
            code: Some("code"),
            issuer: None,
            redirect: REDIRECT,
        };
        self.oidc
            .finish(back)
            .await
            .map(|(visitor, to)| {
                assert_eq!(to.as_str(), "cats");
                visitor
            })
            .map_err(|(why, _)| why)
    }

    fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

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
        let back = Returned { pending, state, code: Some("code"), issuer: None, redirect: REDIRECT };
        assert!(matches!(world.oidc.finish(back).await, Err((NotSignedIn::NotBegun, _))));
    }
    assert_eq!(world.provider.asked("https://id.example/token"), 0, "no code was shown to anybody");
    world.pass(601);
    assert!(matches!(world.come_back(&pending, &asked, json!({})).await, Err(NotSignedIn::NotBegun)));
}

#[tokio::test]
async fn a_refusal_and_another_provider_are_no_sign_in() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    let back = |code, issuer| Returned {
        pending: Some(&pending),
        state: Some(&asked["state"]),
        code,
        issuer,
        redirect: REDIRECT,
    };
    let (why, to) = world.oidc.finish(back(None, None)).await.unwrap_err();
    assert!(matches!(why, NotSignedIn::Refused));
    assert_eq!(to.unwrap().as_str(), "cats");
    let (why, _) = world.oidc.finish(back(Some("code"), Some("https://evil.example"))).await.unwrap_err();
    assert!(matches!(why, NotSignedIn::NotProven(_)));
    assert_eq!(world.provider.asked("https://id.example/token"), 0, "no code was shown to anybody");
}

#[tokio::test]
async fn a_token_for_another_sign_in_is_no_use() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    let (_, other) = world.begin().await;
    let token = signed_under("one", good_claims(&other["nonce"]));
    assert!(matches!(world.come_back_with(&pending, &asked, token).await, Err(NotSignedIn::NotProven(_))));
}

#[tokio::test]
async fn a_provider_that_fails_signs_nobody_in_and_nothing_it_said_is_in_the_cause() {
    let world = World::new().await;
    let (pending, asked) = world.begin().await;
    world.provider.say("https://id.example/token", 400, json!({ "error": "secret words" }));
    let back = || Returned {
        pending: Some(&pending),
        state: Some(&asked["state"]),
        code: Some("code"),
        issuer: None,
        redirect: REDIRECT,
    };
    let (why, _) = world.oidc.finish(back()).await.unwrap_err();
    assert!(matches!(why, NotSignedIn::Unavailable(_)) && !why.to_string().contains("secret"), "{why}");
    world.provider.say("https://id.example/token", 200, json!({ "id_token": 7, "x": "secret words" }));
    let (why, _) = world.oidc.finish(back()).await.unwrap_err();
    assert!(matches!(why, NotSignedIn::Unavailable(_)) && !why.to_string().contains("secret"), "{why}");
}

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

// ---- the provider's keys

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
    assert!(matches!(late, Err(NotSignedIn::NotProven(_))));
}
