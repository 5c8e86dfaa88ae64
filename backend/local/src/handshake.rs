//! The opening handshake of a WebSocket (RFC 6455 §4.2), and the TCP stream that it leaves.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tungstenite::handshake::derive_accept_key;

/// A handshake that a client has begun.
pub(crate) struct Handshake {
    upgrade: OnUpgrade,
    accept: HeaderValue,
}

/// Why a request is not a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAHandshake {
    /// The method is not GET.
    Method,
    /// A header is missing or has another value than a handshake needs.
    Header(&'static str),
    /// The connection cannot be upgraded, because the request is not HTTP/1.1.
    Connection,
}

/// The stream of a socket after its handshake, and what the client has sent since then.
pub(crate) struct Upgraded {
    pub(crate) stream: TcpStream,
    pub(crate) received: Vec<u8>,
}

impl Handshake {
    /// Reads the handshake in a request.
    pub(crate) fn of(request: &mut Request) -> Result<Self, NotAHandshake> {
        if request.method() != Method::GET {
            return Err(NotAHandshake::Method);
        }
        let headers = request.headers();
        for (name, wanted) in [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")] {
            if !lists(headers, &name, wanted) {
                return Err(NotAHandshake::Header(wanted));
            }
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(NotAHandshake::Header("sec-websocket-version"));
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(NotAHandshake::Header("sec-websocket-key"))?;
        let accept = derive_accept_key(key.as_bytes());
        let accept = accept.try_into().map_err(|_| NotAHandshake::Header("sec-websocket-key"))?;
        let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(NotAHandshake::Connection)?;
        Ok(Self { upgrade, accept })
    }

    /// Returns the answer that opens the socket. `serve` gets the stream once the client has the answer, and is dropped without a call
    /// if the client leaves before.
    pub(crate) fn accept<F: Future<Output = ()> + Send + 'static>(
        self,
        serve: impl FnOnce(Upgraded) -> F + Send + 'static,
    ) -> Response {
        let upgrade = self.upgrade;
        tokio::spawn(async move {
            match upgrade.await {
                Ok(upgraded) => match upgraded.downcast::<TokioIo<TcpStream>>() {
                    Ok(parts) => {
                        let upgraded = Upgraded { stream: parts.io.into_inner(), received: parts.read_buf.into() };
                        // In memory of its own, so that the memory of the handshake is free again.
                        drop(tokio::spawn(serve(upgraded)));
                    }
                    // Every connection of this server is a TCP stream.
                    Err(_) => tracing::error!("the stream of a socket has an unknown type; the socket is closed"),
                },
                Err(error) => tracing::warn!(%error, "handshake interrupted"),
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.accept);
        response
    }
}

/// Returns whether one of the values of a header is this word, in any case.
fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_part_of_the_handshake_is_refused() {
        let complete = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        for without in 0..complete.len() {
            let mut request = with_headers(&complete);
            request.headers_mut().remove(complete[without].0);
            let refused = Handshake::of(&mut request).err();
            assert!(matches!(refused, Some(NotAHandshake::Header(_))), "{refused:?} without {}", complete[without].0);
        }
        for (name, value) in [("connection", "close"), ("upgrade", "h2c"), ("sec-websocket-version", "8")] {
            let mut request = with_headers(&complete);
            request.headers_mut().insert(name, HeaderValue::from_static(value));
            assert!(matches!(Handshake::of(&mut request).err(), Some(NotAHandshake::Header(_))), "{name}: {value}");
        }
        let mut request = with_headers(&complete);
        assert_eq!(Handshake::of(&mut request).err(), Some(NotAHandshake::Connection), "it is complete");
        *request.method_mut() = Method::POST;
        assert_eq!(Handshake::of(&mut request).err(), Some(NotAHandshake::Method));
    }

    fn with_headers(headers: &[(&'static str, &'static str)]) -> Request {
        let mut request = Request::new(Body::empty());
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        request
    }
}
