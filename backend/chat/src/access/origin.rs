//! Checks the `Origin` and `Host` headers: a request must come from the chat's own page or from a configured origin.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// The origin of a page: scheme, host and port (RFC 6454). `null`, the origin of a sandboxed page or a file, is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// A text that is not a valid origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin of a page, such as https://chat.example or http://localhost:8081")]
pub struct BadOrigin(String);

/// The origins whose requests are accepted.
#[derive(Clone, Debug)]
pub struct Origins {
    own: OwnOrigin,
    listed: Vec<Origin>,
}

/// The rule for the origin of the chat's own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OwnOrigin {
    /// Only the configured list counts.
    ListedOnly,
    /// Every loopback origin: only this machine can reach the server.
    Loopback,
    /// The origin with the host of the request.
    RequestHost,
}

impl Origins {
    /// Accepts only the listed origins.
    pub fn listed(listed: Vec<Origin>) -> Self {
        Self { own: OwnOrigin::ListedOnly, listed }
    }

    /// Accepts every loopback origin at any port, and the listed ones: for a server that only this machine can reach.
    pub fn of_this_machine(listed: Vec<Origin>) -> Self {
        Self { own: OwnOrigin::Loopback, listed }
    }

    /// Accepts the origin with the host of the request, and the listed ones: for a server that others can reach.
    pub fn of_the_address(listed: Vec<Origin>) -> Self {
        Self { own: OwnOrigin::RequestHost, listed }
    }

    /// Returns whether a request with this `Origin` and this `Host` may do what only the chat's own page may. A client that sends
    /// no origin is not a browser, so no other page can have sent its request.
    pub fn allow(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let Ok(origin) = origin.parse::<Origin>() else { return false };
        let own = match self.own {
            OwnOrigin::ListedOnly => false,
            OwnOrigin::Loopback => is_loopback(&origin.host),
            OwnOrigin::RequestHost => host.is_some_and(|host| origin.is_at(host)),
        };
        own || self.listed.contains(&origin)
    }

    /// Returns the origin of a request, if it is the chat's own or a listed one.
    pub fn of_request(&self, origin: Option<&str>, host: Option<&str>) -> Option<Origin> {
        origin.filter(|origin| self.allow(Some(origin), host))?.parse().ok()
    }

    /// Returns the first listed origin: an identity provider redirects people back to it.
    pub fn first(&self) -> Option<&Origin> {
        self.listed.first()
    }

    /// Returns whether the `Host` of a request is a name of this server. This prevents DNS rebinding: an attacker could point a
    /// name of theirs at a server that only this machine can reach, so that their page counts as the chat's own. Such a server
    /// accepts only names of this machine and the listed origins.
    pub fn know_host(&self, host: Option<&str>) -> bool {
        if self.own != OwnOrigin::Loopback {
            return true;
        }
        // Every browser sends a `Host`.
        let Some(host) = host else { return false };
        split_port(host).is_some_and(|(name, _)| is_loopback(&name)) || self.listed.iter().any(|one| one.is_at(host))
    }
}

impl Origin {
    /// Parses a list of origins.
    ///
    /// # Errors
    ///
    /// [`BadOrigin`] names the first invalid one.
    pub fn all(texts: &[String]) -> Result<Vec<Self>, BadOrigin> {
        texts.iter().map(|text| text.parse()).collect()
    }

    /// Returns the name of the host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns whether the origin has this `Host`, which omits the default port of the scheme.
    fn is_at(&self, host: &str) -> bool {
        split_port(host)
            .is_some_and(|(name, port)| name == self.host && port.unwrap_or_else(|| self.scheme.port()) == self.port)
    }
}

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        parse(text).ok_or_else(|| BadOrigin(text.into()))
    }
}

fn parse(text: &str) -> Option<Origin> {
    let (scheme, authority) = text.split_once("://")?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let (host, port) = split_port(authority)?;
    Some(Origin { scheme, host, port: port.unwrap_or_else(|| scheme.port()) })
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.scheme == Scheme::Http { "http" } else { "https" };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == self.scheme.port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl Scheme {
    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Returns the name in lower case and the port of `name:port`, `[address]:port` or a name alone.
fn split_port(authority: &str) -> Option<(String, Option<u16>)> {
    let end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (name, port) = authority.split_at(end);
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        None if port.is_empty() => None,
        _ => return None,
    };
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let is_address = |name: &str| name.parse::<Ipv6Addr>().is_ok();
    let is_valid = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => is_address(address),
        None => !name.is_empty() && is_name(name),
    };
    is_valid.then(|| (name.to_ascii_lowercase(), port))
}

/// Returns whether every browser resolves a name or an address to this machine (RFC 6761 §6.3).
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_a_scheme_a_host_and_a_port_only() {
        for (text, expected) in [
            ("https://chat.example", Some("https://chat.example")),
            ("HTTPS://Chat.Example:443", Some("https://chat.example")),
            ("http://localhost:8081", Some("http://localhost:8081")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("null", None),
            ("", None),
            ("chat.example", None),
            ("ftp://chat.example", None),
            ("chrome-extension://abc", None),
            ("file://", None),
            ("https://", None),
            ("https://:443", None),
            ("https://chat.example/", None),
            ("https://chat.example:", None),
            ("https://chat.example:65536", None),
            ("https://chat.example:+443", None),
            ("https://ann@chat.example", None),
            ("https://chat.example https://evil.example", None),
            ("https://chat.example, https://evil.example", None),
            ("https://[::1", None),
            ("https://[localhost]", None),
            ("https://chat.example\u{0}", None),
        ] {
            assert_eq!(text.parse::<Origin>().ok().map(|origin| origin.to_string()).as_deref(), expected, "{text}");
        }
    }

    fn list(origins: &[&str]) -> Vec<Origin> {
        origins.iter().map(|origin| origin.parse().unwrap()).collect()
    }

    #[test]
    fn an_origin_is_accepted_by_list_loopback_or_request_host() {
        let allowed = ["https://chat.example"];
        let listed = Origins::listed(list(&allowed));
        let loopback = Origins::of_this_machine(list(&allowed));
        let addressed = Origins::of_the_address(list(&["https://other.example"]));
        for (origins, origin, host, expected) in [
            (&listed, None, None, true),
            (&listed, Some("https://chat.example"), Some("a.execute-api.example"), true),
            (&listed, Some("http://chat.example"), None, false),
            (&listed, Some("https://chat.example:8443"), None, false),
            (&listed, Some("https://chat.example.evil.example"), None, false),
            (&listed, Some("https://a.execute-api.example"), Some("a.execute-api.example"), false),
            (&listed, Some("null"), None, false),
            (&listed, Some(""), None, false),
            (&loopback, None, Some("localhost:8080"), true),
            (&loopback, Some("http://localhost:8081"), Some("localhost:8080"), true),
            (&loopback, Some("http://127.8.9.1:9"), Some("127.0.0.1:8080"), true),
            (&loopback, Some("http://chat.localhost"), Some("[::1]:8080"), true),
            (&loopback, Some("https://chat.example"), Some("localhost:8080"), true),
            (&loopback, Some("http://evil.example"), Some("localhost:8080"), false),
            (&loopback, Some("http://evil-localhost"), Some("localhost:8080"), false),
            (&loopback, Some("http://127.0.0.1.evil.example"), Some("127.0.0.1:8080"), false),
            (&loopback, Some("null"), Some("localhost:8080"), false),
            (&addressed, Some("http://chat.lan:8080"), Some("chat.lan:8080"), true),
            (&addressed, Some("https://chat.lan"), Some("chat.lan"), true),
            (&addressed, Some("https://CHAT.lan:443"), Some("Chat.lan"), true),
            (&addressed, Some("https://other.example"), Some("chat.lan"), true),
            (&addressed, Some("http://chat.lan:8081"), Some("chat.lan:8080"), false),
            (&addressed, Some("http://evil.example"), Some("chat.lan:8080"), false),
            (&addressed, Some("http://chat.lan"), None, false),
            (&addressed, Some("null"), Some("null"), false),
        ] {
            assert_eq!(origins.allow(origin, host), expected, "{origins:?} {origin:?} {host:?}");
        }
    }

    #[test]
    fn a_loopback_server_accepts_only_loopback_and_listed_hosts() {
        let loopback = Origins::of_this_machine(list(&["https://chat.example"]));
        for (host, expected) in [
            (None, false),
            (Some("localhost:8080"), true),
            (Some("LOCALHOST"), true),
            (Some("127.0.0.1:8080"), true),
            (Some("[::1]:8080"), true),
            (Some("chat.example"), true),
            (Some("chat.example:8443"), false),
            (Some("evil.example:8080"), false),
            (Some("localhost.evil.example"), false),
            (Some("localhost:8080@evil.example"), false),
            (Some(""), false),
        ] {
            assert_eq!(loopback.know_host(host), expected, "{host:?}");
            assert!(
                Origins::of_the_address(Vec::new()).know_host(host),
                "a public server accepts every host: {host:?}"
            );
        }
    }
}
