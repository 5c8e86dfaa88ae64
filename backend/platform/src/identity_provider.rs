//! The HTTP client for OpenID Connect providers, the same in both deployments: hyper with rustls, as in the AWS SDK.

use std::{sync::OnceLock, time::Duration};

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    identity_provider::{IdentityProvider, ProviderAddress, ProviderResponse},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request,
    body::Bytes,
    header::{ACCEPT, CONTENT_TYPE},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

/// Maximum duration of a request, from the DNS lookup to the last byte. A sign-in makes three requests within the 10 s of a
/// function.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Maximum number of bytes of an answer. Twenty keys with their certificates have 60 KB.
const ANSWER_BYTES: usize = 256 * 1024;

const DOING: &str = "asking the OpenID Connect provider";

type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// [`IdentityProvider`] over HTTP/1.1. It trusts the certificates that the operating system trusts. The client is created for
/// the first request, so a chat without a provider never reads the certificates.
#[derive(Default)]
pub struct HttpProvider(OnceLock<Http>);

#[async_trait]
impl IdentityProvider for HttpProvider {
    async fn get(&self, from: &ProviderAddress) -> Result<ProviderResponse> {
        let request = Request::get(from.as_str()).header(ACCEPT, "application/json").body(Full::default());
        self.send(request).await
    }

    async fn post(&self, to: &ProviderAddress, form: String) -> Result<ProviderResponse> {
        let request = Request::post(to.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form));
        self.send(request).await
    }
}

impl HttpProvider {
    async fn send(&self, request: hyper::http::Result<Request<Full<Bytes>>>) -> Result<ProviderResponse> {
        let request = request.map_err(Unavailable::while_doing(DOING))?;
        let answer = async {
            let (head, body) =
                self.client()?.request(request).await.map_err(Unavailable::while_doing(DOING))?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(Unavailable::while_doing(DOING))?;
            Ok(ProviderResponse { status: head.status.as_u16(), body: body.to_bytes().into() })
        };
        tokio::time::timeout(TIMEOUT, answer).await.map_err(Unavailable::while_doing(DOING))?
    }

    fn client(&self) -> Result<&Http> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(Unavailable::while_doing("reading the certificates that this machine trusts"))?
            // `ProviderAddress` checks where plain HTTP is allowed.
            .https_or_http()
            .enable_http1()
            .build();
        Ok(self.0.get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Starts a server that gives one connection this answer, or none. The task returns the request that it read.
    async fn serve(answer: Option<String>) -> (ProviderAddress, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/keys", listener.local_addr().unwrap()).parse().unwrap();
        let request = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            match answer {
                // The client may close the connection before the end of the answer.
                Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                None => std::future::pending().await,
            }
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (address, request)
    }

    fn answer(status: &str, body: &str) -> Option<String> {
        Some(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
    }

    #[tokio::test]
    async fn get_returns_the_response_of_the_provider() {
        let (address, request) = serve(answer("200 OK", "{}")).await;
        let response = HttpProvider::default().get(&address).await.unwrap();
        assert_eq!(response, ProviderResponse { status: 200, body: b"{}".to_vec() });
        assert!(request.await.unwrap().starts_with("GET /keys HTTP/1.1\r\n"));
    }

    #[tokio::test]
    async fn post_sends_a_form() {
        let (address, request) = serve(answer("400 Bad Request", "no")).await;
        let response = HttpProvider::default().post(&address, "code=x".into()).await.unwrap();
        assert_eq!(response.status, 400);
        let request = request.await.unwrap();
        assert!(request.starts_with("POST /keys HTTP/1.1\r\n") && request.ends_with("\r\n\r\ncode=x"), "{request}");
        assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let location = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        let (address, _) = serve(Some(location.into())).await;
        assert_eq!(HttpProvider::default().get(&address).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn a_response_that_is_too_large_is_an_error() {
        let (address, _) = serve(answer("200 OK", &"x".repeat(ANSWER_BYTES))).await;
        assert!(HttpProvider::default().get(&address).await.is_ok());
        let (address, _) = serve(answer("200 OK", &"x".repeat(ANSWER_BYTES + 1))).await;
        assert!(HttpProvider::default().get(&address).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_does_not_answer_times_out() {
        let (address, _) = serve(None).await;
        let started = tokio::time::Instant::now();
        assert!(HttpProvider::default().get(&address).await.is_err());
        assert_eq!(started.elapsed().as_secs(), TIMEOUT.as_secs());
    }
}
