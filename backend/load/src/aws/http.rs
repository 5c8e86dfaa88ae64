//! The HTTP servers and the client of the bench: small bodies, on loopback.

use std::{convert::Infallible, io, net::SocketAddr, rc::Rc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, http::request::Parts, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::net::TcpListener;

/// Timeout of a request to the emulator.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An answer.
pub(crate) type Answer = Response<Full<Bytes>>;

/// A server: what it does with a request.
pub(crate) trait Handler: 'static {
    async fn handle(&self, head: Parts, body: Bytes) -> Answer;
}

/// Serves requests on a free loopback port until the program ends. Returns the address.
pub(crate) async fn serve(handler: Rc<impl Handler>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Without it each answer would wait for the acknowledgement of the one before.
            let _ = stream.set_nodelay(true);
            let handler = handler.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let handler = handler.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
                    // A call goes on when its caller has given up, as on AWS.
                    let answered = tokio::task::spawn_local(async move { handler.handle(head, body).await });
                    Ok::<_, Infallible>(answered.await.unwrap_or_else(|_| answer(500, "")))
                }
            });
            // A connection ends when its process does.
            tokio::task::spawn_local(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

/// Returns an answer without headers.
pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    answer
}

/// A client with a pool of connections.
pub(crate) struct HttpClient(Client<HttpConnector, Full<Bytes>>);

impl HttpClient {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends a request. Returns status and body.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> io::Result<(u16, Bytes)> {
        let sent = async {
            let answer = self.0.request(request).await.map_err(io::Error::other)?;
            let status = answer.status().as_u16();
            Ok((status, answer.into_body().collect().await.map_err(io::Error::other)?.to_bytes()))
        };
        tokio::time::timeout(TIMEOUT, sent).await?
    }
}
