//! Recognizes requests that came through CloudFront, and finds the client's address in them.
//!
//! CloudFront is the only way to both APIs: limits and bans by address, and a firewall in front of the distribution, would not see a client
//! that calls an API directly.

use std::net::IpAddr;

/// The header that identifies CloudFront. CloudFront overwrites what a client puts there.
pub(crate) const ORIGIN_KEY: &str = "x-origin-key";

/// How a function recognizes CloudFront.
#[derive(Clone, PartialEq, Eq)]
pub enum OriginKey {
    /// The values of `x-origin-key`, known to CloudFront and to the functions: one, or two while they change. Other requests are refused.
    Required(Vec<String>),
    /// There is no CloudFront: an AWS emulator passes requests to its APIs directly. No request is refused.
    NoCloudFront,
}

/// A request that did not come through CloudFront.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DirectRequest;

impl OriginKey {
    /// Returns the IP address of the client. `key` is the header `x-origin-key`, `forwarded` are the values of the headers
    /// `x-forwarded-for`, and `source` is the address of API Gateway's peer.
    ///
    /// # Errors
    ///
    /// [`DirectRequest`] if CloudFront is required and the request did not come through it.
    pub(crate) fn client_address<'a>(
        &self,
        key: Option<&str>,
        forwarded: impl Iterator<Item = &'a str>,
        source: Option<&str>,
    ) -> Result<Option<IpAddr>, DirectRequest> {
        match self {
            Self::NoCloudFront => Ok(source.and_then(|source| source.parse().ok())),
            Self::Required(accepted) if accepted.iter().any(|accepted| key == Some(accepted)) => {
                Ok(forwarded_address(forwarded, source))
            }
            Self::Required(_) => Err(DirectRequest),
        }
    }
}

/// Returns the IP address of the client. Each proxy appends its peer to `X-Forwarded-For`: CloudFront appends the client, and API Gateway
/// appends CloudFront, which is its own `source`. The entries before are written by the client.
fn forwarded_address<'a>(forwarded: impl Iterator<Item = &'a str>, source: Option<&str>) -> Option<IpAddr> {
    let mut chain: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    if chain.last().copied() == source {
        chain.pop();
    }
    chain.last().copied().or(source)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOUDFRONT: Option<&str> = Some("130.176.0.1");

    #[test]
    fn the_address_is_the_one_that_cloudfront_appended() {
        for (forwarded, expected) in [
            ("203.0.113.7, 130.176.0.1", "203.0.113.7"),
            ("10.0.0.1, 203.0.113.7, 130.176.0.1", "203.0.113.7"),
            ("2001:db8::1, 130.176.0.1", "2001:db8::1"),
            ("203.0.113.7", "203.0.113.7"),
            ("130.176.0.1", "130.176.0.1"),
            ("", ""),
            ("nonsense, 130.176.0.1", ""),
        ] {
            let found = forwarded_address([forwarded].into_iter(), CLOUDFRONT);
            assert_eq!(found.map(|address| address.to_string()).unwrap_or_default(), expected, "{forwarded}");
        }
        let two_headers = ["10.0.0.1", "203.0.113.7, 130.176.0.1"].into_iter();
        assert_eq!(forwarded_address(two_headers, CLOUDFRONT), "203.0.113.7".parse().ok());
        assert_eq!(forwarded_address([].into_iter(), CLOUDFRONT), "130.176.0.1".parse().ok());
    }

    #[test]
    fn a_request_without_the_key_is_refused() {
        let required = OriginKey::Required(vec!["key".into(), "next".into()]);
        let address = |key| required.client_address(key, ["192.0.2.7, 130.176.0.1"].into_iter(), CLOUDFRONT);
        for key in ["key", "next"] {
            assert_eq!(address(Some(key)), Ok("192.0.2.7".parse().ok()), "both are accepted while the key changes");
        }
        for key in [None, Some(""), Some("another"), Some("key2"), Some("KEY"), Some("key,next")] {
            assert_eq!(address(key), Err(DirectRequest), "{key:?}");
        }
    }

    #[test]
    fn an_emulator_knows_the_client_by_its_own_connection() {
        let address = OriginKey::NoCloudFront.client_address(None, ["192.0.2.7"].into_iter(), Some("127.0.0.1"));
        assert_eq!(address, Ok("127.0.0.1".parse().ok()));
    }
}
