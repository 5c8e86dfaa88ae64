//! The metadata that a provider publishes: its authorization endpoint, its token endpoint, and its signing keys.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use shared_types::Timestamp;

use crate::ports::{
    Result, Unavailable,
    identity_provider::{IdentityProvider, ProviderAddress, ProviderResponse},
    system::Clock,
};

/// Maximum age of the cached metadata: a key that the provider withdrew is accepted for at most one hour more.
const MAX_CACHE_AGE: Duration = Duration::from_secs(60 * 60);

/// Minimum age of the cached keys before an unknown key id makes the process fetch them again. Invented key ids cause at most
/// one request a minute in each process.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(60);

/// Maximum number of keys that are read. Providers have two or three.
const MAX_KEYS: usize = 32;

/// Fetches and caches the metadata of a provider.
pub(crate) struct ProviderMetadata {
    pub(crate) provider: Arc<dyn IdentityProvider>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) issuer: ProviderAddress,
    cached: Mutex<Option<CachedMetadata>>,
}

#[derive(Clone)]
struct CachedMetadata {
    endpoints: Arc<Endpoints>,
    keys: Arc<[Jwk]>,
    fetched_at: Timestamp,
}

/// The endpoints of a provider.
pub(crate) struct Endpoints {
    /// The authorization endpoint, where people sign in.
    pub(crate) authorization: ProviderAddress,
    /// The token endpoint, where a code is exchanged for a token.
    pub(crate) token: ProviderAddress,
    jwks: ProviderAddress,
}

#[derive(Deserialize)]
struct DiscoveryDocument {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

impl ProviderMetadata {
    pub(crate) fn new(provider: Arc<dyn IdentityProvider>, clock: Arc<dyn Clock>, issuer: ProviderAddress) -> Self {
        Self { provider, clock, issuer, cached: Mutex::default() }
    }

    /// Returns the endpoints of the provider.
    pub(crate) async fn endpoints(&self) -> Result<Arc<Endpoints>> {
        Ok(self.current().await?.endpoints)
    }

    /// Returns the signing keys of the provider.
    pub(crate) async fn keys(&self) -> Result<Arc<[Jwk]>> {
        Ok(self.current().await?.keys)
    }

    /// Fetches the signing keys again, for a token with an unknown key; `None` if they were fetched less than a minute ago.
    pub(crate) async fn newer_keys(&self) -> Result<Option<Arc<[Jwk]>>> {
        let current = self.current().await?;
        if self.clock.now().since(current.fetched_at) < MIN_REFRESH_INTERVAL {
            return Ok(None);
        }
        Ok(Some(self.refresh().await?.keys))
    }

    async fn current(&self) -> Result<CachedMetadata> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match cached {
            Some(metadata) if self.clock.now().since(metadata.fetched_at) < MAX_CACHE_AGE => Ok(metadata),
            _ => self.refresh().await,
        }
    }

    async fn refresh(&self) -> Result<CachedMetadata> {
        let endpoints = Arc::new(self.discover().await?);
        let JwkSet { keys } = parse("reading the provider's keys", &self.provider.get(&endpoints.jwks).await?)?;
        // Keys of an unknown type are skipped.
        let keys = keys.into_iter().take(MAX_KEYS).filter_map(|key| serde_json::from_value(key).ok()).collect();
        let metadata = CachedMetadata { endpoints, keys, fetched_at: self.clock.now() };
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(metadata.clone());
        Ok(metadata)
    }

    async fn discover(&self) -> Result<Endpoints> {
        const DOING: &str = "reading the provider's metadata";
        let issuer = self.issuer.as_str();
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let address = address.parse().map_err(Unavailable::while_doing(DOING))?;
        let document: DiscoveryDocument = parse(DOING, &self.provider.get(&address).await?)?;
        if document.issuer != issuer {
            return Err(Unavailable { doing: DOING, cause: "its issuer is not the configured one".into() });
        }
        let endpoint = |address: String| address.parse().map_err(Unavailable::while_doing(DOING));
        Ok(Endpoints {
            authorization: endpoint(document.authorization_endpoint)?,
            token: endpoint(document.token_endpoint)?,
            jwks: endpoint(document.jwks_uri)?,
        })
    }
}

/// Parses the JSON of a response with status 200. The cause of an error never contains the body.
pub(crate) fn parse<T: DeserializeOwned>(doing: &'static str, response: &ProviderResponse) -> Result<T> {
    if response.status != 200 {
        return Err(Unavailable { doing, cause: format!("status {}", response.status) });
    }
    serde_json::from_slice(&response.body)
        .map_err(|error| Unavailable { doing, cause: format!("not the expected JSON, line {}", error.line()) })
}
