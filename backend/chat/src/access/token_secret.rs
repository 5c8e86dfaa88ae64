//! The secret of a one-use token: what stands in a link after `#`.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};

use crate::ports::{system::Entropy, tokens::TokenHash};

/// Number of random bytes: 144 bits. They make 24 characters of base64url without a remainder, so one secret has one text.
const BYTES: usize = 18;

/// A secret of 18 random bytes. `Debug` leaves it out, so that it can't get into a log by mistake.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret([u8; BYTES]);

/// A text is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token of 24 characters")]
pub struct InvalidSecret;

impl TokenSecret {
    /// Makes a secret that nobody knows.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Returns the text for a link: 24 characters of base64url.
    pub fn to_text(&self) -> String {
        BASE64.encode(self.0)
    }

    /// Returns the hash under which the token is stored. One round is enough: nobody can try 2^144 secrets.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl FromStr for TokenSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let bytes = BASE64.decode(text).map_err(|_| InvalidSecret)?;
        bytes.try_into().map(Self).map_err(|_| InvalidSecret)
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        }
    }

    #[test]
    fn a_secret_survives_its_text_and_is_not_in_debug_output() {
        let secret = TokenSecret::random(&Counting);
        assert_eq!(secret.to_text(), "AQIDBAUGBwgJCgsMDQ4PEBES");
        assert_eq!(secret.to_text().parse(), Ok(secret.clone()));
        assert_eq!(secret.hash().to_string(), "f26e2267ceff42c09cd56180cc0353a28a9ec5affbd29b1bbff0d6f4547c5ad0");
        assert_eq!(secret.hash().to_string().parse(), Ok(secret.hash()));
        assert_eq!(format!("{secret:?}"), "TokenSecret(..)");
    }

    #[test]
    fn other_texts_are_not_secrets() {
        for text in
            ["", "AQID", "AQIDBAUGBwgJCgsMDQ4PEBESE", "AQIDBAUGBwgJCgsMDQ4PEBE=", "AQIDBAUGBwgJCgsMDQ4PEB +", "é"]
        {
            assert_eq!(text.parse::<TokenSecret>(), Err(InvalidSecret), "{text}");
        }
        for text in ["", "ff", &"F".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert!(text.parse::<TokenHash>().is_err(), "{text}");
        }
    }
}
