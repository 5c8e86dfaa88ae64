//! Signing in with an OpenID Connect provider: the code flow with PKCE, as a public client that keeps no secret.
//!
//! What a sign-in has to remember until its visitor is back is in a cookie of theirs, signed; nothing is kept here.

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

use crate::{
    access::{
        guest_name::guest_name,
        oidc::{
            id_token::{Claims, Expected, IdTokenError},
            provider_metadata::ProviderMetadata,
        },
        policy::OidcClient,
        sessions::{InvalidToken, Purpose, Session, Sessions},
    },
    ports::{
        Unavailable,
        identity_provider::IdentityProvider,
        system::{Clock, Entropy},
    },
};

/// How long somebody may take at their provider: a password, a second factor, and looking for the telephone.
pub const SIGN_IN_SECONDS: u64 = 10 * 60;

/// What is asked of the provider: who somebody is, and what they are called.
const SCOPE: &str = "openid profile";

/// The rule of signing in.
pub struct Oidc {
    client: OidcClient,
    provider_metadata: ProviderMetadata,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sessions: Sessions,
}

/// A sign-in that has begun.
pub struct AuthRequest {
    /// Where the visitor goes on: at their provider.
    pub location: String,
    /// What they have to bring back, in a cookie.
    pub pending: String,
}

/// What a visitor brings back from their provider.
pub struct AuthCallback<'a> {
    /// Their cookie.
    pub pending: Option<&'a str>,
    /// `state`
    pub state: Option<&'a str>,
    /// `code`; none where the provider refused.
    pub code: Option<&'a str>,
    /// `iss`, from providers that say who they are (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The address that they were sent back to.
    pub redirect: &'a str,
}

/// Why nobody is signed in. Its `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// What came back is not what was sent out from this browser, or too late.
    #[error("it was not begun in this browser, or too long ago")]
    NotBegun,
    /// The provider did not let them in.
    #[error("the provider refused")]
    Refused,
    /// The provider vouches for nobody.
    #[error("the provider's token proves nothing: {0}")]
    IdToken(String),
    /// The provider did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What a sign-in has to remember.
#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    to: RoomName,
}

#[derive(Deserialize)]
struct Exchanged {
    id_token: String,
}

impl Oidc {
    /// Wires the rule. Nothing is asked of the provider before somebody signs in.
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

    /// Begins a sign-in that ends in a room. `redirect` is where the provider is to send the visitor back to.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the provider did not answer.
    pub async fn begin(&self, to: RoomName, redirect: &str) -> Result<AuthRequest, Unavailable> {
        let metadata = self.provider_metadata.metadata().await?;
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
        let authorization = metadata.authorization.as_str();
        let joint = if authorization.contains('?') { '&' } else { '?' };
        let location = format!("{authorization}{joint}{query}");
        let life = Duration::from_secs(SIGN_IN_SECONDS);
        Ok(AuthRequest { location, pending: self.sessions.sign(Purpose::SignIn, &pending, life) })
    }

    /// Ends a sign-in: who somebody is, and the room they wanted to. Where it fails that room is known as well, if the sign-in
    /// began here.
    ///
    /// # Errors
    ///
    /// [`SignInError`] says why not.
    pub async fn finish(&self, back: AuthCallback<'_>) -> Result<(Session, RoomName), (SignInError, Option<RoomName>)> {
        let not_begun = || (SignInError::NotBegun, None);
        let pending = back.pending.ok_or_else(not_begun)?;
        let pending: Pending =
            self.sessions.read(Purpose::SignIn, pending).await.map_err(|InvalidToken| not_begun())?;
        let visitor = self.vouched_for(&pending, &back).await.map_err(|why| (why, Some(pending.to.clone())))?;
        Ok((visitor, pending.to))
    }

    async fn vouched_for(&self, pending: &Pending, back: &AuthCallback<'_>) -> Result<Session, SignInError> {
        let state = back.state.unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(pending.state.as_bytes())) {
            return Err(SignInError::NotBegun);
        }
        // A code of another provider is not for this one to see.
        if back.issuer.is_some_and(|issuer| issuer != self.client.issuer.as_str()) {
            return Err(SignInError::IdToken("another provider sent them back".into()));
        }
        let code = back.code.ok_or(SignInError::Refused)?;
        let token = self.exchange(code, pending, back.redirect).await?;
        let claims = self.read(&token, &pending.nonce).await?;
        Ok(self.visitor(&claims))
    }

    async fn exchange(&self, code: &str, pending: &Pending, redirect: &str) -> Result<String, Unavailable> {
        let metadata = self.provider_metadata.metadata().await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect)
            .append_pair("client_id", &self.client.id)
            .append_pair("code_verifier", &pending.verifier)
            .finish();
        let answer = self.provider_metadata.provider.post(&metadata.token, form).await?;
        let Exchanged { id_token } = provider_metadata::read("exchanging a code for a token", &answer)?;
        Ok(id_token)
    }

    /// Reads a token, with newer keys where it names one that is not known.
    async fn read(&self, token: &str, nonce: &str) -> Result<Claims, SignInError> {
        let expected = Expected { issuer: self.client.issuer.as_str(), client_id: &self.client.id, nonce };
        let read = |keys: &[_]| id_token::read(token, keys, &expected, self.clock.now());
        let mut claims = read(&self.provider_metadata.keys().await?);
        if matches!(claims, Err(IdTokenError::UnknownKey))
            && let Some(newer) = self.provider_metadata.newer_keys().await?
        {
            claims = read(&newer);
        }
        claims.map_err(|why| SignInError::IdToken(why.to_string()))
    }

    fn visitor(&self, claims: &Claims) -> Session {
        let id = person_id(self.client.issuer.as_str(), &claims.sub);
        let name = ["name", "preferred_username"].into_iter().find_map(|claim| name(&claims.rest, claim));
        let moderator = self.client.moderator_claim.as_ref().is_some_and(|claim| claim.is_met(&claims.rest));
        Session { name: Some(name.unwrap_or_else(|| guest_name(&id))), id, moderator }
    }

    /// 32 bytes: the verifier of PKCE has to have as many, and nobody guesses a state or a nonce of them.
    fn random(&self) -> String {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        BASE64.encode(bytes)
    }
}

/// The same person always has the same id, and it says nothing of who they are at their provider. 16 characters are 96 bits,
/// as many as a guest's.
fn person_id(issuer: &str, sub: &str) -> PersonId {
    let hash = Sha256::new().chain_update(issuer).chain_update([0]).chain_update(sub).finalize();
    super::sessions::parse_id(&BASE64.encode(&hash[..12]))
}

/// A claim as a name, without what nobody could see, and cut where it is too long.
fn name(claims: &Map<String, Value>, claim: &str) -> Option<PersonName> {
    let is_allowed = |letter: &char| format!("x{letter}").parse::<PersonName>().is_ok();
    let text: String = claims.get(claim)?.as_str()?.chars().take(1_000).filter(is_allowed).collect();
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(limits::NAME_CHARS).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests;
