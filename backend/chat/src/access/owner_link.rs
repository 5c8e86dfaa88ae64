//! Owner links: `/claim#{token}` makes its visitor an owner of the chat, once.
//!
//! The token follows `#`, so it is in no request of a browser until the visitor confirms, and in no log of a server or proxy.

use std::sync::Arc;

use shared_types::{PersonId, limits};

use crate::{
    access::token_secret::TokenSecret,
    ports::{
        Result,
        system::{Clock, Entropy},
        tokens::{Redemption, Token, TokenKind, TokenPayload, Tokens},
    },
};

/// Makes owner links and redeems them.
#[derive(Clone)]
pub struct OwnerLinks {
    /// The tokens.
    pub tokens: Arc<dyn Tokens>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Why an owner link was refused. Its `Display` is a sentence for the log.
#[derive(Debug, thiserror::Error)]
pub enum OwnerLinkError {
    /// It is no owner link of this chat, or expired long ago.
    #[error("the owner link is unknown")]
    Unknown,
    /// Somebody used it.
    #[error("the owner link was used before")]
    Used,
    /// Its time is over.
    #[error("the owner link has expired")]
    Expired,
}

impl OwnerLinks {
    /// Makes a link that is valid once, for [`limits::OWNER_LINK_LIFE`]. Returns its path with the token after `#`.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn create(&self) -> Result<String> {
        let (secret, now) = (TokenSecret::random(self.entropy.as_ref()), self.clock.now());
        let token = Token {
            kind: TokenKind::OwnerClaim,
            hash: secret.hash(),
            created_at: now,
            created_by: None,
            expires_at: now + limits::OWNER_LINK_LIFE,
            uses_left: 1,
            payload: TokenPayload::default(),
            room: None,
            revoked_at: None,
            last_redeemed_by: None,
            last_redeemed_at: None,
        };
        self.tokens.create(&token).await?;
        Ok(format!("/claim#{}", secret.to_text()))
    }

    /// Uses up a link for a person. Of two people at the same time one succeeds.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn redeem(&self, token: &str, person: &PersonId) -> Result<std::result::Result<(), OwnerLinkError>> {
        let Ok(secret) = token.trim().parse::<TokenSecret>() else { return Ok(Err(OwnerLinkError::Unknown)) };
        let redeemed = self.tokens.redeem(TokenKind::OwnerClaim, &secret.hash(), person, self.clock.now()).await?;
        Ok(match redeemed {
            Redemption::Redeemed(_) => Ok(()),
            Redemption::UsedUp => Err(OwnerLinkError::Used),
            Redemption::Expired | Redemption::Revoked => Err(OwnerLinkError::Expired),
            Redemption::Unknown => Err(OwnerLinkError::Unknown),
        })
    }
}
