//! Host, origin and address of a request: what its head says, and what of that can be trusted.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::server::Shared;

/// Passes requests whose host is accepted.
pub(crate) async fn require_known_host(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    // An absolute request target overrides the `Host` header (RFC 9112 §3.2.2).
    let host = request.uri().authority().map(|authority| authority.to_string()).or_else(|| host(request.headers()));
    if shared.server.origins.know_host(host.as_deref()) {
        return next.run(request).await;
    }
    let why = "This chat is only there for this machine, as localhost or 127.0.0.1. To open it under another name, start it \
               with --allowed-origins and the address that browsers show then, such as https://chat.example.\n";
    (StatusCode::MISDIRECTED_REQUEST, why).into_response()
}

/// Returns the `Origin` header.
pub(crate) fn origin(headers: &HeaderMap) -> Option<String> {
    only(headers, header::ORIGIN.as_str())
}

/// Returns the `Host` header.
pub(crate) fn host(headers: &HeaderMap) -> Option<String> {
    only(headers, header::HOST.as_str())
}

/// Returns the `Cookie` header; several are joined with `"; "`.
pub(crate) fn cookies(headers: &HeaderMap) -> Option<String> {
    let values: Vec<&str> = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join("; "))
}

/// Returns the IP address of the client. A trusted proxy appends its client to what the client itself may have written.
pub(crate) fn address(shared: &Shared, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
    let forwarded = || {
        let last =
            headers.get_all("x-forwarded-for").into_iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
        last.parse().ok().or_else(|| last.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
    };
    Some(shared.server.behind_proxy).filter(|behind| *behind).and_then(|_| forwarded()).unwrap_or_else(|| peer.ip())
}

/// Returns whether the client uses HTTPS, by way of a trusted proxy.
pub(crate) fn is_secure(shared: &Shared, headers: &HeaderMap) -> bool {
    shared.server.behind_proxy && headers.get("x-forwarded-proto").is_some_and(|protocol| protocol == "https")
}

/// Returns a header that may occur once. Two of them, or one that is not text, give an empty value, because it is unclear which counts.
fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).into_iter();
    let first = values.next()?;
    let only = values.next().is_none().then_some(first);
    Some(only.and_then(|value| value.to_str().ok()).unwrap_or_default().into())
}
