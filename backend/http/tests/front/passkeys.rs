//! Passkeys over HTTP, with an authenticator in software.

use chat::{
    access::policy::{AccessPolicy, OidcClient},
    ports::moderation::{Moderation, Subject},
};
use chat_http::{
    answers::FrontAnswer,
    front::{FrontHandler, FrontRequest},
};
use chat_testing::{
    authenticator::Authenticator,
    test_chat::{START, TestChat},
};
use serde_json::{Value, json};
use shared_types::{Restrictions, Timestamp};

use crate::front;

const ORIGIN: &str = "http://localhost:8080";

/// A browser with cookies, at the chat's own page.
struct Browser<'a> {
    front: &'a FrontHandler,
    host: &'static str,
    origin: &'static str,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    fn new(front: &'a FrontHandler) -> Self {
        Self { front, host: "localhost:8080", origin: ORIGIN, cookie: None }
    }

    /// Returns the browser of a new guest.
    fn of_guest(front: &'a FrontHandler, chat: &TestChat) -> Self {
        let cookie = format!("guest={}; name=Ann%20%E7%94%9F", chat.sessions.cookie(&chat.sessions.new_guest()));
        Self { cookie: Some(cookie), ..Self::new(front) }
    }

    async fn request(&self, path: &str, form: Option<String>) -> FrontAnswer {
        let request = FrontRequest {
            path: path.into(),
            form,
            host: Some(self.host.into()),
            origin: Some(self.origin.into()),
            address: "203.0.113.9".parse().ok(),
            cookie: self.cookie.clone(),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".into()),
            ..FrontRequest::default()
        };
        self.front.handle(request).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> FrontAnswer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        assert!(form.len() < chat_http::form::FORM_BYTES / 2, "{} bytes", form.len());
        self.request(path, Some(form)).await
    }

    /// Asks for a challenge. Returns its token and its options.
    async fn challenge(&self, path: &str) -> (String, String) {
        let answer = self.post(path, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let challenge: Value = serde_json::from_str(&answer.body).unwrap();
        (challenge["token"].as_str().unwrap().into(), challenge["options"].to_string())
    }

    async fn add(&self, authenticator: &mut Authenticator) -> FrontAnswer {
        let (token, options) = self.challenge("/passkeys/register").await;
        let answer = authenticator.register(&options);
        self.post("/passkeys/registered", &[("token", &token), ("answer", &answer)]).await
    }

    async fn sign_in(&self, authenticator: &Authenticator) -> FrontAnswer {
        let (token, options) = self.challenge("/passkeys/sign-in").await;
        let answer = authenticator.sign_in(&options);
        self.post("/passkeys/signed-in", &[("token", &token), ("answer", &answer)]).await
    }

    async fn you(&self) -> Value {
        let state: Value = serde_json::from_str(&self.request("/state/lobby", None).await.body).unwrap();
        state["you"].clone()
    }
}

/// Returns the browser with the cookies of an answer.
fn with_cookies<'a>(browser: Browser<'a>, answer: &FrontAnswer) -> Browser<'a> {
    let cookies: Vec<_> = answer.set_cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    Browser { cookie: Some(cookies.join("; ")), ..browser }
}

#[tokio::test]
async fn a_passkey_brings_a_guest_back() {
    let chat = TestChat::new().await;
    let front = front(&chat);
    let (ann, mut authenticator) = (Browser::of_guest(&front, &chat), Authenticator::new(ORIGIN, "of ann"));
    let empty = ann.request("/passkeys", None).await;
    assert_eq!((empty.status, empty.body.as_str()), (200, r#"{"passkeys":[]}"#));
    let added = ann.add(&mut authenticator).await;
    assert_eq!(added.status, 200, "{}", added.body);
    let list: Value = serde_json::from_str(&added.body).unwrap();
    let id = list["passkeys"][0]["passkey"].as_str().unwrap();
    assert_eq!(
        list,
        json!({ "passkeys": [{
            "passkey": id, "name": "Firefox on Linux", "created": START, "host": "localhost", "current": true,
        }] })
    );

    let signed_in = Browser::new(&front).sign_in(&authenticator).await;
    assert_eq!((signed_in.status, signed_in.set_cookies.len()), (200, 2), "{}", signed_in.body);
    assert_eq!(signed_in.body, r#"{"isOther":true}"#);
    let other = with_cookies(Browser::new(&front), &signed_in);
    assert_eq!(other.you().await, ann.you().await);
    // A browser that is signed in as this person keeps its cookie.
    chat.advance_to_next_minute();
    let again = ann.sign_in(&authenticator).await;
    assert_eq!((again.status, again.set_cookies.len(), again.body.as_str()), (200, 0, r#"{"isOther":false}"#));

    let removed = other.post("/passkeys/remove", &[("passkey", id)]).await;
    assert_eq!((removed.status, removed.body.as_str()), (200, r#"{"passkeys":[]}"#));
    let late = Browser::new(&front).sign_in(&authenticator).await;
    assert_eq!((late.status, late.set_cookies.len()), (404, 0));
}

#[tokio::test]
async fn the_passkeys_of_signed_out_devices_are_removed_at_once() {
    let chat = TestChat::new().await;
    let front = front(&chat);
    let (ann, mut authenticator) = (Browser::of_guest(&front, &chat), Authenticator::new(ORIGIN, "of ann"));
    assert_eq!(ann.add(&mut authenticator).await.status, 200);
    let signed_in = Browser::new(&front).sign_in(&authenticator).await;
    let other = with_cookies(Browser::new(&front), &signed_in);
    assert_eq!(other.add(&mut Authenticator::new(ORIGIN, "of the other device")).await.status, 200);
    // A page that is opened stores that its device is used.
    assert_eq!(other.request("/", None).await.status, 200);
    assert_eq!(other.request("/sign-out", Some(String::new())).await.status, 303);
    let parsed = |answer: FrontAnswer| serde_json::from_str::<Value>(&answer.body).unwrap()["passkeys"].clone();
    let marks = |list: &Value| -> Vec<_> {
        list.as_array().unwrap().iter().map(|row| (row["current"] == true, row["signedOut"] == true)).collect()
    };
    let mut listed = marks(&parsed(ann.request("/passkeys", None).await));
    listed.sort_unstable();
    assert_eq!(listed, [(false, true), (true, false)]);
    let left = parsed(ann.post("/passkeys/remove", &[("signedOut", "true")]).await);
    assert_eq!(marks(&left), [(true, false)]);
}

#[tokio::test]
async fn each_refusal_has_a_status() {
    let chat = TestChat::new().await;
    let front = front(&chat);
    let (ann, mut authenticator) = (Browser::of_guest(&front, &chat), Authenticator::new(ORIGIN, "of ann"));
    assert_eq!(ann.add(&mut authenticator).await.status, 200);
    let stranger = Browser::new(&front);
    for (path, expected) in [("/passkeys/register", 401), ("/passkeys/registered", 401), ("/passkeys/remove", 401)] {
        assert_eq!(stranger.post(path, &[]).await.status, expected, "{path}");
    }
    assert_eq!(stranger.request("/passkeys", None).await.status, 401);
    assert_eq!(ann.post("/passkeys/remove", &[("passkey", "no id")]).await.status, 400);
    // Another site, and none.
    for origin in ["https://evil.example", "null"] {
        let foreign = Browser { origin, ..Browser::of_guest(&front, &chat) };
        for path in ["register", "registered", "remove", "sign-in", "signed-in"] {
            assert_eq!(foreign.post(&format!("/passkeys/{path}"), &[]).await.status, 403, "{path} {origin}");
        }
    }
    // An address of numbers has no passkeys.
    let numbers =
        Browser { host: "127.0.0.1:8080", origin: "http://127.0.0.1:8080", ..Browser::of_guest(&front, &chat) };
    assert_eq!(numbers.post("/passkeys/register", &[]).await.status, 422);
    // A passkey of one host is none of another.
    chat.advance_to_next_minute();
    let renamed = Browser { host: "chat.lan", origin: "http://chat.lan", ..Browser::new(&front) };
    assert_eq!(renamed.sign_in(&authenticator).await.status, 400);
    assert_eq!(stranger.post("/passkeys/signed-in", &[("token", "forged"), ("answer", "{}")]).await.status, 410);
    let banned = Restrictions { banned_until: Some(Timestamp(START + 600_000)), muted_until: None };
    let id = std::str::from_utf8(&authenticator.handle).unwrap().parse().unwrap();
    chat.moderation.set_restrictions(&Subject::Person(id), banned).await.unwrap();
    assert_eq!(stranger.sign_in(&authenticator).await.status, 403);
    for _ in 0..10 {
        stranger.post("/passkeys/sign-in", &[]).await;
    }
    let often = stranger.post("/passkeys/sign-in", &[]).await;
    assert_eq!((often.status, often.headers.iter().any(|(name, _)| *name == "retry-after")), (429, true));
}

#[tokio::test]
async fn a_closed_chat_lets_in_with_a_passkey_and_one_with_a_provider_has_none() {
    let chat = TestChat::with_access_policy(AccessPolicy::passphrase("open sesame", Vec::new())).await;
    let closed = front(&chat);
    let (ann, mut authenticator) = (Browser::of_guest(&closed, &chat), Authenticator::new(ORIGIN, "of ann"));
    assert_eq!(ann.add(&mut authenticator).await.status, 200);
    let page = Browser::new(&closed).request("/r/cats", None).await;
    for part in [r#"data-passkeys="sign-in""#, r#"data-path="/r/cats""#, r#"src="/assets/app/passkeys.js""#] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let policy = page.headers.iter().find(|(name, _)| *name == "permissions-policy").unwrap();
    assert!(!policy.1.contains("publickey"), "{policy:?}");
    let signed_in = Browser::new(&closed).sign_in(&authenticator).await;
    assert_eq!(with_cookies(Browser::new(&closed), &signed_in).you().await, ann.you().await);
    let client = OidcClient { issuer: "https://a.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    let chat = TestChat::with_access_policy(AccessPolicy::oidc(client, Vec::new())).await;
    let provided = front(&chat);
    assert_eq!(Browser::new(&provided).post("/passkeys/sign-in", &[]).await.status, 405);
    assert!(!Browser::new(&provided).request("/", None).await.body.contains("data-passkeys"));
}
