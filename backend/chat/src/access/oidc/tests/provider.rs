//! A fake provider, and a harness for sign-ins with it.

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

/// A provider with fixed responses. It counts the requests to each address and stores the posted forms.
#[derive(Default)]
pub(crate) struct FakeProvider {
    responses: Mutex<HashMap<String, ProviderResponse>>,
    requests: Mutex<HashMap<String, u32>>,
    pub(crate) posted: Mutex<Vec<String>>,
}

impl FakeProvider {
    pub(crate) fn respond_with(&self, address: &str, status: u16, body: Value) {
        let response = ProviderResponse { status, body: body.to_string().into() };
        self.responses.lock().unwrap().insert(address.into(), response);
    }

    pub(crate) fn request_count(&self, address: &str) -> u32 {
        self.requests.lock().unwrap().get(address).copied().unwrap_or_default()
    }
}

#[async_trait]
impl IdentityProvider for FakeProvider {
    async fn get(&self, from: &ProviderAddress) -> PortResult<ProviderResponse> {
        *self.requests.lock().unwrap().entry(from.as_str().into()).or_default() += 1;
        let response = self.responses.lock().unwrap().get(from.as_str()).cloned();
        response.ok_or_else(|| Unavailable { doing: "requesting", cause: "no response is set".into() })
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

/// A chat with a fake provider and a manual clock.
pub(crate) struct Harness {
    pub(crate) provider: Arc<FakeProvider>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) oidc: Oidc,
}

impl Harness {
    pub(crate) async fn new() -> Self {
        let provider = Arc::new(FakeProvider::default());
        let address = |path: &str| format!("{ISSUER}{path}");
        provider.respond_with(
            &address("/.well-known/openid-configuration"),
            200,
            json!({
                "issuer": ISSUER, "authorization_endpoint": address("/authorize?tenant=1"),
                "token_endpoint": address("/token"), "jwks_uri": address("/keys"),
            }),
        );
        provider.respond_with(&address("/keys"), 200, json!({ "keys": published() }));
        let clock = Arc::new(ManualClock(AtomicU64::new(NOW * 1000)));
        let entropy = Arc::new(Counter(AtomicU64::new(1)));
        let client = OidcClient {
            issuer: ISSUER.parse().unwrap(),
            id: "chat".into(),
            moderator_claim: "groups=mods".parse().ok(),
        };
        let policy = AccessPolicy::oidc(client.clone(), Vec::new());
        let sessions =
            Sessions::load(Arc::<FakeSecrets>::default(), clock.clone(), entropy.clone(), policy).await.unwrap();
        Self { oidc: Oidc::new(client, provider.clone(), clock.clone(), entropy, sessions), provider, clock }
    }

    /// Starts a sign-in. Returns its cookie and the parameters of the request to the provider.
    pub(crate) async fn begin(&self) -> (String, HashMap<String, String>) {
        let AuthRequest { location, pending } = self.oidc.begin("cats".parse().unwrap(), REDIRECT).await.unwrap();
        let query = location.strip_prefix("https://id.example/authorize?tenant=1&").unwrap();
        (pending, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Completes a sign-in with a valid callback and a valid token, in which `claims` replace the usual ones.
    pub(crate) async fn finish(
        &self,
        pending: &str,
        query: &HashMap<String, String>,
        claims: Value,
    ) -> Result<Session, SignInError> {
        self.finish_with_token(pending, query, signed_under("one", with(good_claims(&query["nonce"]), claims))).await
    }

    pub(crate) async fn finish_with_token(
        &self,
        pending: &str,
        query: &HashMap<String, String>,
        token: String,
    ) -> Result<Session, SignInError> {
        self.provider.respond_with("https://id.example/token", 200, json!({ "id_token": token }));
        let callback = AuthCallback {
            pending: Some(pending),
            state: Some(&query["state"]),
            code: Some("code"),
            issuer: None,
            redirect: REDIRECT,
        };
        self.oidc
            .finish(callback)
            .await
            .map(|(session, to)| {
                assert_eq!(to.as_str(), "cats");
                session
            })
            .map_err(|(error, _)| error)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}
