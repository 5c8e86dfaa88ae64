//! The way to an OpenID Connect provider, the same in both homes: hyper on rustls, which the SDK stands on as well.

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

/// How long an answer may take, from the name of the host to the last byte. A sign-in asks three times, within the 10 s
/// that a function has.
const PATIENCE: Duration = Duration::from_secs(3);

/// The most bytes of an answer. Twenty keys with their certificates have 60 KB.
const ANSWER_BYTES: usize = 256 * 1024;

const DOING: &str = "asking the OpenID Connect provider";

type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// [`IdentityProvider`] over HTTP/1.1. It trusts whom the machine trusts, and is made when it is first asked: a chat without a
/// provider never reads a certificate.
#[derive(Default)]
pub struct HttpProvider(OnceLock<Http>);

#[async_trait]
impl IdentityProvider for HttpProvider {
    async fn get(&self, from: &ProviderAddress) -> Result<ProviderResponse> {
        let request = Request::get(from.as_str()).header(ACCEPT, "application/json").body(Full::default());
        self.ask(request).await
    }

    async fn post(&self, to: &ProviderAddress, form: String) -> Result<ProviderResponse> {
        let request = Request::post(to.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form));
        self.ask(request).await
    }
}

impl HttpProvider {
    async fn ask(&self, request: hyper::http::Result<Request<Full<Bytes>>>) -> Result<ProviderResponse> {
        let request = request.map_err(Unavailable::while_doing(DOING))?;
        let answer = async {
            let (head, body) =
                self.http()?.request(request).await.map_err(Unavailable::while_doing(DOING))?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(Unavailable::while_doing(DOING))?;
            Ok(ProviderResponse { status: head.status.as_u16(), body: body.to_bytes().into() })
        };
        tokio::time::timeout(PATIENCE, answer).await.map_err(Unavailable::while_doing(DOING))?
    }

    fn http(&self) -> Result<&Http> {
        if let Some(http) = self.0.get() {
            return Ok(http);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(Unavailable::while_doing("reading the certificates that this machine trusts"))?
            // The address itself says which of the two it may be.
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

    /// A server that gives every connection the same answer, or none, and says what it was asked first.
    async fn serve(answer: Option<String>) -> (ProviderAddress, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/keys", listener.local_addr().unwrap()).parse().unwrap();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.unwrap();
            match answer {
                // Who asks may have had enough before the end.
                Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                None => std::future::pending().await,
            }
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (address, asked)
    }

    fn answer(status: &str, body: &str) -> Option<String> {
        Some(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
    }

    #[tokio::test]
    async fn an_answer_is_what_the_provider_said() {
        let (address, asked) = serve(answer("200 OK", "{}")).await;
        let fetched = HttpProvider::default().get(&address).await.unwrap();
        assert_eq!(fetched, ProviderResponse { status: 200, body: b"{}".to_vec() });
        assert!(asked.await.unwrap().starts_with("GET /keys HTTP/1.1\r\n"));
    }

    #[tokio::test]
    async fn a_form_is_posted_as_one() {
        let (address, asked) = serve(answer("400 Bad Request", "no")).await;
        let fetched = HttpProvider::default().post(&address, "code=x".into()).await.unwrap();
        assert_eq!(fetched.status, 400);
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("POST /keys HTTP/1.1\r\n") && asked.ends_with("\r\n\r\ncode=x"), "{asked}");
        assert!(asked.contains("content-type: application/x-www-form-urlencoded\r\n"), "{asked}");
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let location = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        let (address, _) = serve(Some(location.into())).await;
        assert_eq!(HttpProvider::default().get(&address).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_none() {
        let (address, _) = serve(answer("200 OK", &"x".repeat(ANSWER_BYTES))).await;
        assert!(HttpProvider::default().get(&address).await.is_ok());
        let (address, _) = serve(answer("200 OK", &"x".repeat(ANSWER_BYTES + 1))).await;
        assert!(HttpProvider::default().get(&address).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_does_not_answer_is_not_waited_for() {
        let (address, _) = serve(None).await;
        let begun = tokio::time::Instant::now();
        assert!(HttpProvider::default().get(&address).await.is_err());
        assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs());
    }
}
