//! What a provider publishes about itself: where people sign in, where codes are exchanged, and the keys it signs with.

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

/// How long what a provider published is believed: a key that it withdrew is good for no longer than this.
const BELIEVED: Duration = Duration::from_secs(60 * 60);

/// How soon the keys are asked for again when a token names one that is not among them. Whoever makes up names makes one
/// request a minute for each process.
const RENEWED: Duration = Duration::from_secs(60);

/// The most keys that are looked at. Providers have two or three.
const KEYS: usize = 32;

/// A provider's own words, kept for a while.
pub(crate) struct ProviderMetadata {
    pub(crate) provider: Arc<dyn IdentityProvider>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) issuer: ProviderAddress,
    kept: Mutex<Option<Entry>>,
}

#[derive(Clone)]
struct Entry {
    metadata: Arc<Metadata>,
    keys: Arc<[Jwk]>,
    at: Timestamp,
}

/// Where a provider does what.
pub(crate) struct Metadata {
    /// Where people sign in.
    pub(crate) authorization: ProviderAddress,
    /// Where a code is exchanged for a token.
    pub(crate) token: ProviderAddress,
    keys: ProviderAddress,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

impl ProviderMetadata {
    pub(crate) fn new(provider: Arc<dyn IdentityProvider>, clock: Arc<dyn Clock>, issuer: ProviderAddress) -> Self {
        Self { provider, clock, issuer, kept: Mutex::default() }
    }

    /// Where the provider does what.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>> {
        Ok(self.entry().await?.metadata)
    }

    /// The keys it signs with.
    pub(crate) async fn keys(&self) -> Result<Arc<[Jwk]>> {
        Ok(self.entry().await?.keys)
    }

    /// The keys it signs with, when a token names another; `None` where they were asked for a moment ago.
    pub(crate) async fn newer_keys(&self) -> Result<Option<Arc<[Jwk]>>> {
        let entry = self.entry().await?;
        if self.clock.now().since(entry.at) < RENEWED {
            return Ok(None);
        }
        Ok(Some(self.renew().await?.keys))
    }

    async fn entry(&self) -> Result<Entry> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            Some(entry) if self.clock.now().since(entry.at) < BELIEVED => Ok(entry),
            _ => self.renew().await,
        }
    }

    async fn renew(&self) -> Result<Entry> {
        let metadata = Arc::new(self.discover().await?);
        let Keys { keys } = read("reading the provider's keys", &self.provider.get(&metadata.keys).await?)?;
        // One that is of no kind we know is no reason to know none.
        let keys = keys.into_iter().take(KEYS).filter_map(|key| serde_json::from_value(key).ok()).collect();
        let entry = Entry { metadata, keys, at: self.clock.now() };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(entry.clone());
        Ok(entry)
    }

    async fn discover(&self) -> Result<Metadata> {
        const DOING: &str = "reading what the provider says of itself";
        let issuer = self.issuer.as_str();
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let address = address.parse().map_err(Unavailable::while_doing(DOING))?;
        let document: Document = read(DOING, &self.provider.get(&address).await?)?;
        if document.issuer != issuer {
            return Err(Unavailable { doing: DOING, cause: "it is not the issuer that is set".into() });
        }
        let parse = |address: String| address.parse().map_err(Unavailable::while_doing(DOING));
        Ok(Metadata {
            authorization: parse(document.authorization_endpoint)?,
            token: parse(document.token_endpoint)?,
            keys: parse(document.jwks_uri)?,
        })
    }
}

/// Reads JSON of an answer that went well. What stands in it is never part of the cause.
pub(crate) fn read<T: DeserializeOwned>(doing: &'static str, answer: &ProviderResponse) -> Result<T> {
    if answer.status != 200 {
        return Err(Unavailable { doing, cause: format!("it answered with status {}", answer.status) });
    }
    serde_json::from_slice(&answer.body)
        .map_err(|error| Unavailable { doing, cause: format!("not the expected JSON, line {}", error.line()) })
}
