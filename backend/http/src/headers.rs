//! Security and cache headers of answers, the same in both deployments.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

/// The headers of an answer, with lower-case names as HTTP/2 requires.
pub type Headers = Vec<(&'static str, Cow<'static, str>)>;

/// The headers of every answer except pages and images: opened as a page it can do nothing, its type is final, pages of other origins cannot
/// load it, and its address, which contains the room, is not sent to other origins.
///
/// They apply to the service worker, too. It has the policy of its own answer and not that of its page, and fetches pages and assets. The
/// referrer policy is not `no-referrer`, because browsers then send `Origin: null` with our own requests.
pub const ALWAYS: [(&str, &str); 4] = [
    (POLICY, "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// An answer that belongs to one visitor is never cached.
const NO_STORE: (&str, &str) = ("cache-control", "no-store");

const POLICY: &str = "content-security-policy";

/// Two years, without `includeSubDomains`: the hosts below this one may belong to others.
const HTTPS_ONLY: &str = "max-age=63072000";

/// Browser features that the chat never uses. Notifications, writing to the clipboard and passkeys are used,
/// so they are not listed.
const NEVER: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), \
                     fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), \
                     microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Where the page sends requests beside its own host.
pub(crate) struct ConnectTargets {
    /// The address of the socket; a path without a host is on the page's own host.
    pub(crate) socket: String,
    /// The origin to which images are uploaded; `None` is the page's own host.
    pub(crate) uploads: Option<String>,
}

/// How the client reached the server.
#[derive(Clone, Copy)]
pub(crate) struct PageOrigin<'a> {
    /// Whether it uses HTTPS.
    pub(crate) secure: bool,
    /// The `Host` header.
    pub(crate) host: Option<&'a str>,
}

/// Returns the headers of every answer of the front page that is not a page.
pub(crate) fn of_data(secure: bool) -> Headers {
    let always = [NO_STORE].into_iter().chain(ALWAYS);
    always.chain(of_https(secure)).map(|(name, value)| (name, value.into())).collect()
}

/// Returns the header that answers over HTTPS have besides [`ALWAYS`].
pub fn of_https(secure: bool) -> Option<(&'static str, &'static str)> {
    secure.then_some(("strict-transport-security", HTTPS_ONLY))
}

/// Returns the headers of the text that replaces an answer that could not be written.
pub(crate) fn of_failure() -> HeaderMap {
    let always = ALWAYS.into_iter().chain([NO_STORE]);
    let written = always.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    written.chain([(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))]).collect()
}

/// Returns the headers of a page whose template has these `scripts`, as [`hashes`] writes them.
pub(crate) fn of_page(scripts: &str, targets: &ConnectTargets, page: PageOrigin<'_>) -> Headers {
    let mut headers = of_data(page.secure);
    headers.retain(|(name, _)| *name != POLICY);
    headers.push((POLICY, policy(scripts, targets, page).into()));
    // A page of another origin that opens this one gets no reference to its window.
    headers.push(("cross-origin-opener-policy", "same-origin".into()));
    headers.push(("permissions-policy", NEVER.into()));
    headers
}

/// Returns the hashes of the inline scripts of a built `index.html`, as the policy lists them, so that no other script runs.
pub(crate) fn hashes(index_html: &str) -> String {
    let scripts = inline_scripts(index_html).into_iter();
    scripts.map(|script| format!(" 'sha256-{}'", BASE64.encode(Sha256::digest(script)))).collect()
}

/// Returns the content security policy: only what the page does. Images are also `data:` (the icon with a dot) and `blob:` (images that wait
/// to be sent). `wasm-unsafe-eval` allows compiling the program and no evaluation of text.
///
/// `require-trusted-types-for` is left out. Leptos creates elements with `innerHTML`, and the HTML of messages is inserted with it, so the
/// page would need a policy that accepts every text, which is none.
fn policy(scripts: &str, targets: &ConnectTargets, page: PageOrigin<'_>) -> String {
    let scheme = if page.secure { "wss" } else { "ws" };
    let socket = match page.host.filter(|host| is_host(host)) {
        _ if !targets.socket.starts_with('/') => format!(" {}", origin(&targets.socket)),
        // In some browsers 'self' does not include the WebSockets of the host.
        Some(host) => format!(" {scheme}://{host}"),
        None => String::new(),
    };
    let uploads = targets.uploads.as_deref().map(|uploads| format!(" {}", origin(uploads))).unwrap_or_default();
    let upgrade = if page.secure { "; upgrade-insecure-requests" } else { "" };
    [
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
        scripts,
        "; style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; worker-src 'self'; connect-src 'self'",
        &socket,
        &uploads,
        "; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
        upgrade,
    ]
    .concat()
}

/// Returns an address without its path.
fn origin(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + "://".len());
    address[host..].find('/').map_or(address, |end| &address[..host + end])
}

/// Returns whether a `Host` header is a host, and no text that would add something to the policy.
fn is_host(host: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(part)
}

/// Returns the contents of the script elements without `src`, byte for byte.
fn inline_scripts(html: &str) -> Vec<&str> {
    let elements = html.split("<script").skip(1);
    let scripts = elements.filter_map(|element| {
        let (attributes, rest) = element.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains(" src=")).then_some(script)
    });
    scripts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: PageOrigin<'_> = PageOrigin { secure: false, host: Some("localhost:8080") };

    fn connect_targets(socket: &str, uploads: Option<&str>) -> ConnectTargets {
        ConnectTargets { socket: socket.into(), uploads: uploads.map(str::to_owned) }
    }

    /// Returns the sources that `connect-src` allows to a page.
    fn connect_sources(targets: &ConnectTargets, page: PageOrigin<'_>) -> String {
        let policy = policy("", targets, page);
        let part = policy.split("; ").find_map(|part| part.strip_prefix("connect-src ")).map(str::to_owned);
        part.unwrap_or_default()
    }

    #[test]
    fn a_page_runs_only_its_own_scripts() {
        let index = "<script type=\"module\">\nimport 'x';\n</script><script src=\"/a.js\"></script><p>";
        // printf '\nimport '"'x'"';\n' | openssl dgst -sha256 -binary | base64
        let hashes = hashes(index);
        assert_eq!(hashes, " 'sha256-V/iIeKl0e1k1o/Ins0DcsUWYIFF3qnFj7P5DBRRTD6o='");
        assert_eq!(
            policy(&hashes, &connect_targets("/ws", None), LOCAL),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-V/iIeKl0e1k1o/Ins0DcsUWYIFF3qnFj7P5DBRRTD6o='; \
             style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; worker-src 'self'; \
             connect-src 'self' ws://localhost:8080; form-action 'self'; base-uri 'none'; object-src 'none'; \
             frame-ancestors 'none'"
        );
    }

    #[test]
    fn a_page_connects_to_its_host_its_socket_and_its_uploads() {
        let secure = PageOrigin { secure: true, host: Some("chat.example") };
        let aws =
            connect_targets("wss://a.execute-api.eu-central-1.amazonaws.com/Prod", Some("https://b.s3.amazonaws.com"));
        let own = connect_targets("/ws", None);
        for (targets, page, expected) in [
            (&own, LOCAL, "'self' ws://localhost:8080"),
            (&own, secure, "'self' wss://chat.example"),
            (&own, PageOrigin { host: Some("[::1]:8080"), ..LOCAL }, "'self' ws://[::1]:8080"),
            (&aws, secure, "'self' wss://a.execute-api.eu-central-1.amazonaws.com https://b.s3.amazonaws.com"),
        ] {
            assert_eq!(connect_sources(targets, page), expected);
        }
    }

    #[test]
    fn an_invalid_host_adds_nothing_to_the_policy() {
        for host in
            [None, Some(""), Some("a b"), Some("a; script-src *"), Some("a,b"), Some("*"), Some("a/b"), Some("日")]
        {
            assert_eq!(
                connect_sources(&connect_targets("/ws", None), PageOrigin { secure: false, host }),
                "'self'",
                "{host:?}"
            );
        }
    }

    #[test]
    fn only_https_clients_get_strict_transport_security() {
        let is_enforced = |secure| {
            let page = of_page("", &connect_targets("/ws", None), PageOrigin { secure, ..LOCAL });
            let upgrades = |(_, value): &(&str, Cow<'_, str>)| value.contains("upgrade-insecure-requests");
            let strict = |headers: &Headers| headers.iter().any(|(name, _)| *name == "strict-transport-security");
            (strict(&page), page.iter().any(upgrades), strict(&of_data(secure)))
        };
        assert_eq!((is_enforced(true), is_enforced(false)), ((true, true, true), (false, false, false)));
    }

    #[test]
    fn an_answer_that_is_no_page_may_do_nothing() {
        let expected = [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ];
        assert_eq!(of_data(false), expected.map(|(name, value)| (name, value.into())));
    }
}
