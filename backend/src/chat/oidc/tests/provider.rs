//! A provider of our own, and a sign-in with it.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use serde_json::json;

use super::{
    id_token::{good_claims, published, signed_under},
    keys::with,
    *,
};
use crate::{
    chat::{
        Door,
        doubles::{HandClock, Safe},
    },
    ports::{Fetched, ProviderAddress, Result as PortResult},
};

/// A provider that publishes what it is told to, answers every code with one token, and counts what it was asked.
#[derive(Default)]
pub(super) struct Pretend {
    answers: Mutex<HashMap<String, Fetched>>,
    asked: Mutex<HashMap<String, u32>>,
    pub(super) posted: Mutex<Vec<String>>,
}

impl Pretend {
    pub(super) fn say(&self, address: &str, status: u16, body: Value) {
        let answer = Fetched { status, body: body.to_string().into() };
        self.answers.lock().unwrap().insert(address.into(), answer);
    }

    pub(super) fn asked(&self, address: &str) -> u32 {
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

pub(super) struct World {
    pub(super) provider: Arc<Pretend>,
    pub(super) clock: Arc<HandClock>,
    pub(super) oidc: Oidc,
}

impl World {
    pub(super) async fn new() -> Self {
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
    pub(super) async fn begin(&self) -> (String, HashMap<String, String>) {
        let Begun { location, pending } = self.oidc.begin("cats".parse().unwrap(), REDIRECT).await.unwrap();
        let query = location.strip_prefix("https://id.example/authorize?tenant=1&").unwrap();
        (pending, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Comes back with everything in order, to a token with those claims beside the ordinary ones.
    pub(super) async fn come_back(
        &self,
        pending: &str,
        asked: &HashMap<String, String>,
        claims: Value,
    ) -> Result<Visitor, NotSignedIn> {
        self.come_back_with(pending, asked, signed_under("one", with(good_claims(&asked["nonce"]), claims))).await
    }

    pub(super) async fn come_back_with(
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

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}
