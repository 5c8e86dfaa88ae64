//! OpenID Connect providers: where they may be, and the way to them.

use std::str::FromStr;

use async_trait::async_trait;

use crate::ports::Result;

/// An address of an OpenID Connect provider: HTTPS, or HTTP on this machine's own loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAddress(String);

impl ProviderAddress {
    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderAddress {
    type Err = &'static str;

    fn from_str(address: &str) -> std::result::Result<Self, Self::Err> {
        let bad = Err("must be an address that begins with https://, or with http:// on this machine's loopback");
        if address.len() > 2_000 || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
            return bad;
        }
        let Some((scheme, rest)) = address.split_once("://") else { return bad };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // `https://` names anybody; a port is not part of a host, but of an IPv6 address colons are.
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let is_fit = !host.is_empty() && !authority.contains(['@', '\\']) && !rest.contains('#');
        match scheme {
            "https" if is_fit => Ok(Self(address.into())),
            "http" if is_fit && is_loopback => Ok(Self(address.into())),
            _ => bad,
        }
    }
}

/// What a provider answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// The way to an OpenID Connect provider.
///
/// A call MUST end within 3 s, MUST NOT follow a redirect, and MUST take in no more than 256 KB: that is `Unavailable`.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// What is at an address.
    async fn get(&self, from: &ProviderAddress) -> Result<ProviderResponse>;

    /// Posts a form, written as `application/x-www-form-urlencoded`, to an address. What is posted and what is answered
    /// are secrets: they MUST NOT be logged.
    async fn post(&self, to: &ProviderAddress, form: String) -> Result<ProviderResponse>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_others_could_read_along_with_is_refused() {
        let problem = |address: &str| address.parse::<ProviderAddress>().err();
        for fit in ["https://a.example/x/", "http://localhost", "http://127.0.0.1:9000/x", "http://[::1]:1"] {
            assert_eq!(problem(fit), None, "{fit}");
        }
        for address in [
            "http://a.example",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "http://localhost:80@evil.example",
            "http://localhost\\@evil.example",
            "https://",
            "https://user@a.example",
            "https://a.example/#x",
            "https://a b",
            "ftp://localhost",
            "a.example",
            "HTTPS//a",
        ] {
            let said = problem(address).unwrap_or_default();
            assert!(said.starts_with("must be an address that begins with https://"), "{address}: {said}");
        }
    }
}
