//! OpenID Connect providers: valid addresses, and HTTP requests to them.

use std::str::FromStr;

use async_trait::async_trait;

use crate::ports::Result;

/// An address of an OpenID Connect provider: HTTPS, or HTTP on this machine's loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAddress(String);

impl ProviderAddress {
    /// Returns the address as text.
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
        // The port is not part of the host; the colons of an IPv6 address are.
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let is_valid = !host.is_empty() && !authority.contains(['@', '\\']) && !rest.contains('#');
        match scheme {
            "https" if is_valid => Ok(Self(address.into())),
            "http" if is_valid && is_loopback => Ok(Self(address.into())),
            _ => bad,
        }
    }
}

/// The HTTP response of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Sends HTTP requests to an OpenID Connect provider.
///
/// A call MUST end within 3 s, MUST NOT follow a redirect, and MUST NOT read more than 256 KB. Each of these cases is
/// `Unavailable`.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Sends a GET request.
    async fn get(&self, from: &ProviderAddress) -> Result<ProviderResponse>;

    /// Posts a form that is encoded as `application/x-www-form-urlencoded`. Both the form and the response are secret: they
    /// MUST NOT be logged.
    async fn post(&self, to: &ProviderAddress, form: String) -> Result<ProviderResponse>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_https_is_rejected_except_on_loopback() {
        let error = |address: &str| address.parse::<ProviderAddress>().err();
        for valid in ["https://a.example/x/", "http://localhost", "http://127.0.0.1:9000/x", "http://[::1]:1"] {
            assert_eq!(error(valid), None, "{valid}");
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
            let message = error(address).unwrap_or_default();
            assert!(message.starts_with("must be an address that begins with https://"), "{address}: {message}");
        }
    }
}
