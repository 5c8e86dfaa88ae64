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
    access::{
        fakes::{FakeSecrets, ManualClock},
        policy::AccessPolicy,
    },
    ports::{
        Result as PortResult,
        identity_provider::{ProviderAddress, ProviderResponse},
    },
};

/// A provider that publishes what it is told to, answers every code with one token, and counts what it was asked.
#[derive(Default)]
pub(crate) struct FakeProvider {
    answers: Mutex<HashMap<String, ProviderResponse>>,
    asked: Mutex<HashMap<String, u32>>,
    pub(crate) posted: Mutex<Vec<String>>,
}

impl FakeProvider {
    pub(crate) fn say(&self, address: &str, status: u16, body: Value) {
        let answer = ProviderResponse { status, body: body.to_string().into() };
        self.answers.lock().unwrap().insert(address.into(), answer);
    }

    pub(crate) fn asked(&self, address: &str) -> u32 {
        self.asked.lock().unwrap().get(address).copied().unwrap_or_default()
    }
}

#[async_trait]
impl IdentityProvider for FakeProvider {
    async fn get(&self, from: &ProviderAddress) -> PortResult<ProviderResponse> {
        *self.asked.lock().unwrap().entry(from.as_str().into()).or_default() += 1;
        let answer = self.answers.lock().unwrap().get(from.as_str()).cloned();
        answer.ok_or_else(|| Unavailable { doing: "asking", cause: "nobody is there".into() })
    }

    async fn post(&self, to: &ProviderAddress, form: String) -> PortResult<ProviderResponse> {
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

pub(crate) struct World {
    pub(crate) provider: Arc<FakeProvider>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) oidc: Oidc,
}

impl World {
    pub(crate) async fn new() -> Self {
        let provider = Arc::new(FakeProvider::default());
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
        let clock = Arc::new(ManualClock(AtomicU64::new(NOW * 1000)));
        let entropy = Arc::new(Counter(AtomicU64::new(1)));
        let client = OidcClient {
            issuer: ISSUER.parse().unwrap(),
            id: "chat".into(),
            moderator_claim: "groups=mods".parse().ok(),
        };
        let door = AccessPolicy::oidc(client.clone(), Vec::new());
        let sessions =
            Sessions::load(Arc::<FakeSecrets>::default(), clock.clone(), entropy.clone(), door).await.unwrap();
        Self { oidc: Oidc::new(client, provider.clone(), clock.clone(), entropy, sessions), provider, clock }
    }

    /// Begins a sign-in: its cookie, and what the provider is asked.
    pub(crate) async fn begin(&self) -> (String, HashMap<String, String>) {
        let AuthRequest { location, pending } = self.oidc.begin("cats".parse().unwrap(), REDIRECT).await.unwrap();
        let query = location.strip_prefix("https://id.example/authorize?tenant=1&").unwrap();
        (pending, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Comes back with everything in order, to a token with those claims beside the ordinary ones.
    pub(crate) async fn come_back(
        &self,
        pending: &str,
        asked: &HashMap<String, String>,
        claims: Value,
    ) -> Result<Session, SignInError> {
        self.come_back_with(pending, asked, signed_under("one", with(good_claims(&asked["nonce"]), claims))).await
    }

    pub(crate) async fn come_back_with(
        &self,
        pending: &str,
        asked: &HashMap<String, String>,
        token: String,
    ) -> Result<Session, SignInError> {
        self.provider.say("https://id.example/token", 200, json!({ "id_token": token }));
        let back = AuthCallback {
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

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}
