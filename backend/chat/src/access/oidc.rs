//! Sign-in with an OpenID Connect provider: the authorization code flow with PKCE, as a public client without a secret.
//!
//! The state of a pending sign-in is in a signed cookie of the visitor. The server stores nothing.

mod id_token;
mod provider_metadata;
mod signatures;

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use shared_types::{PersonId, PersonName, RoomName, limits};
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

use crate::{
    access::{
        guest_name::guest_name,
        oidc::{
            id_token::{Claims, Expected, IdTokenError},
            provider_metadata::ProviderMetadata,
        },
        policy::OidcClient,
        sessions::{InvalidToken, Session, SessionDevice, Sessions, signing::Purpose},
    },
    ports::{
        Unavailable,
        identity_provider::IdentityProvider,
        system::{Clock, Entropy},
    },
};

/// Maximum time at the provider, in seconds: 10 minutes for a password, a second factor, and finding the telephone.
pub const SIGN_IN_SECONDS: u64 = 10 * 60;

/// The requested scopes: the person's id and their name.
const SCOPE: &str = "openid profile";

/// Starts and completes sign-ins.
pub struct Oidc {
    client: OidcClient,
    provider_metadata: ProviderMetadata,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sessions: Sessions,
}

/// The start of a sign-in.
pub struct AuthRequest {
    /// The address at the provider to redirect the visitor to.
    pub location: String,
    /// The pending sign-in, as the value of a cookie.
    pub pending: String,
}

/// The request with which a visitor returns from their provider.
pub struct AuthCallback<'a> {
    /// The cookie with the pending sign-in.
    pub pending: Option<&'a str>,
    /// The parameter `state`.
    pub state: Option<&'a str>,
    /// The parameter `code`; `None` where the provider refused the sign-in.
    pub code: Option<&'a str>,
    /// The parameter `iss`, from providers that identify themselves (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The redirect URI, to which the provider sent the visitor back.
    pub redirect: &'a str,
}

/// Why a sign-in failed. Its `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The callback does not belong to a pending sign-in of this browser, or that has expired.
    #[error("the sign-in was not started in this browser, or too long ago")]
    NotBegun,
    /// The provider refused the sign-in.
    #[error("the provider refused the sign-in")]
    Refused,
    /// The ID token or its issuer is invalid.
    #[error("the ID token is not accepted: {0}")]
    IdToken(String),
    /// The provider did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The state of a pending sign-in.
#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    to: RoomName,
}

#[derive(Deserialize)]
struct TokenResponse {
    id_token: String,
}

impl Oidc {
    /// Connects the sign-in with its ports. The first request to the provider is sent when a visitor signs in.
    pub fn new(
        client: OidcClient,
        provider: Arc<dyn IdentityProvider>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        sessions: Sessions,
    ) -> Self {
        signatures::install();
        let provider_metadata = ProviderMetadata::new(provider, clock.clone(), client.issuer.clone());
        Self { client, provider_metadata, clock, entropy, sessions }
    }

    /// Starts a sign-in that ends in the room `to`. `redirect` is the redirect URI, to which the provider sends the visitor back.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the provider did not answer.
    pub async fn begin(&self, to: RoomName, redirect: &str) -> Result<AuthRequest, Unavailable> {
        let endpoints = self.provider_metadata.endpoints().await?;
        let pending = Pending { state: self.random(), nonce: self.random(), verifier: self.random(), to };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", SCOPE)
            .append_pair("state", &pending.state)
            .append_pair("nonce", &pending.nonce)
            .append_pair("code_challenge", &BASE64.encode(Sha256::digest(&pending.verifier)))
            .append_pair("code_challenge_method", "S256")
            .finish();
        let authorization = endpoints.authorization.as_str();
        let separator = if authorization.contains('?') { '&' } else { '?' };
        let location = format!("{authorization}{separator}{query}");
        let life = Duration::from_secs(SIGN_IN_SECONDS);
        Ok(AuthRequest { location, pending: self.sessions.sign(Purpose::SignIn, &pending, life) })
    }

    /// Completes a sign-in and returns the session and the requested room.
    ///
    /// # Errors
    ///
    /// [`SignInError`] gives the reason. It comes with the requested room if the sign-in was started here.
    pub async fn finish(
        &self,
        callback: AuthCallback<'_>,
    ) -> Result<(Session, RoomName), (SignInError, Option<RoomName>)> {
        let not_begun = || (SignInError::NotBegun, None);
        let pending = callback.pending.ok_or_else(not_begun)?;
        let pending: Pending =
            self.sessions.read(Purpose::SignIn, pending).await.map_err(|InvalidToken| not_begun())?;
        let session =
            self.verify_callback(&pending, &callback).await.map_err(|error| (error, Some(pending.to.clone())))?;
        Ok((session, pending.to))
    }

    async fn verify_callback(&self, pending: &Pending, callback: &AuthCallback<'_>) -> Result<Session, SignInError> {
        let state = callback.state.unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(pending.state.as_bytes())) {
            return Err(SignInError::NotBegun);
        }
        // A code of another provider must not be sent to this one (mix-up attack).
        if callback.issuer.is_some_and(|issuer| issuer != self.client.issuer.as_str()) {
            return Err(SignInError::IdToken("another provider sent the callback".into()));
        }
        let code = callback.code.ok_or(SignInError::Refused)?;
        let token = self.exchange_code(code, pending, callback.redirect).await?;
        let claims = self.verify_id_token(&token, &pending.nonce).await?;
        Ok(self.session_of(&claims))
    }

    /// Exchanges an authorization code for an ID token.
    async fn exchange_code(&self, code: &str, pending: &Pending, redirect: &str) -> Result<String, Unavailable> {
        let endpoints = self.provider_metadata.endpoints().await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect)
            .append_pair("client_id", &self.client.id)
            .append_pair("code_verifier", &pending.verifier)
            .finish();
        let response = self.provider_metadata.provider.post(&endpoints.token, form).await?;
        let TokenResponse { id_token } = provider_metadata::parse("exchanging a code for a token", &response)?;
        Ok(id_token)
    }

    /// Verifies an ID token. If its key is unknown, the keys are fetched again.
    async fn verify_id_token(&self, token: &str, nonce: &str) -> Result<Claims, SignInError> {
        let expected = Expected { issuer: self.client.issuer.as_str(), client_id: &self.client.id, nonce };
        let verify = |keys: &[_]| id_token::verify(token, keys, &expected, self.clock.now());
        let mut claims = verify(&self.provider_metadata.keys().await?);
        if matches!(claims, Err(IdTokenError::UnknownKey))
            && let Some(newer) = self.provider_metadata.newer_keys().await?
        {
            claims = verify(&newer);
        }
        claims.map_err(|error| SignInError::IdToken(error.to_string()))
    }

    fn session_of(&self, claims: &Claims) -> Session {
        let id = person_id(self.client.issuer.as_str(), &claims.sub);
        let name = ["name", "preferred_username"].into_iter().find_map(|claim| name(&claims.rest, claim));
        let moderator = self.client.moderator_claim.as_ref().is_some_and(|claim| claim.is_met(&claims.rest));
        let device = Some(SessionDevice::new(self.clock.as_ref(), self.entropy.as_ref()));
        Session { name: Some(name.unwrap_or_else(|| guest_name(&id))), id, moderator, device }
    }

    /// Returns 32 random bytes in base64url. RFC 7636 recommends this size for the PKCE verifier, and a state or nonce of this
    /// size can't be guessed.
    fn random(&self) -> String {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        BASE64.encode(bytes)
    }
}

/// Returns the id of a person: a hash of their provider and their subject. It is always the same for the same person and does
/// not reveal the subject. It has 16 characters (96 bits), as a guest's id.
fn person_id(issuer: &str, sub: &str) -> PersonId {
    let hash = Sha256::new().chain_update(issuer).chain_update([0]).chain_update(sub).finalize();
    super::sessions::parse_id(&BASE64.encode(&hash[..12]))
}

/// Returns a claim as a name, without invisible characters and cut to the maximum length.
fn name(claims: &Map<String, Value>, claim: &str) -> Option<PersonName> {
    let is_allowed = |letter: &char| format!("x{letter}").parse::<PersonName>().is_ok();
    let text: String = claims.get(claim)?.as_str()?.nfkc().take(1_000).filter(is_allowed).collect();
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(limits::NAME_CHARS).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests;
