//! Sends frames to sockets through the `@connections` API of API Gateway.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_apigatewaymanagement::{
    Client,
    config::{Builder, retry::RetryConfig},
    error::SdkError,
    primitives::Blob,
};
use aws_types::SdkConfig;
use chat::ports::{
    connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
    connections::ConnectionId,
};

use crate::{clients::timeouts, error_chain::chain};

/// Timeout of one post. It is usually answered in about 10 ms; a slower one is retried later and delays no other listener.
const POST: Duration = Duration::from_secs(2);

/// [`ConnectionGateway`] to the sockets of one stage of a WebSocket API.
pub struct ApiGatewayConnections {
    client: Client,
}

#[async_trait]
impl ConnectionGateway for ApiGatewayConnections {
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome {
        let post = self.client.post_to_connection().connection_id(&to.0).data(Blob::new(frame.json().as_ref()));
        outcome("post", post.send().await)
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        outcome("probe", self.client.get_connection().connection_id(&id.0).send().await)
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        outcome("close", self.client.delete_connection().connection_id(&id.0).send().await)
    }
}

impl ApiGatewayConnections {
    pub(crate) fn new(shared: &SdkConfig, endpoint: &str) -> Self {
        let config = Builder::from(shared)
            .endpoint_url(endpoint)
            // The caller knows how long it may retry; the SDK does not.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts().operation_attempt_timeout(POST).operation_timeout(POST).build())
            .build();
        Self { client: Client::from_conf(config) }
    }

    /// Opens the connection to API Gateway when a function starts, by a post to a socket that does not exist.
    pub async fn warm(&self) {
        let post = self.client.post_to_connection().connection_id("warm").data(Blob::new("{}"));
        // Any answer came through an open connection. Without one the first real post reports the error.
        drop(post.send().await);
    }
}

/// Returns the meaning of an answer. The status decides, not the SDK's reading of the body: if the socket is open, its details do not
/// matter.
fn outcome<T, E: std::error::Error + 'static>(doing: &'static str, answer: Result<T, SdkError<E>>) -> DeliveryOutcome {
    let Err(error) = answer else { return DeliveryOutcome::Delivered };
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(200..=299) => DeliveryOutcome::Delivered,
        Some(410) => DeliveryOutcome::Gone,
        // Forbidden, too large, malformed: a fault of ours, and the socket may be healthy. `Gone` would remove a listener; as `Busy` it is
        // retried a few times and then counted as missed.
        Some(status @ (400..=428 | 430..=499)) => {
            tracing::error!(doing, status, error = chain(&error), "@connections refused the request");
            DeliveryOutcome::Busy
        }
        status => {
            tracing::debug!(doing, status, error = chain(&error), "@connections is busy");
            DeliveryOutcome::Busy
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use shared_types::ServerMessage;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpSocket, TcpStream},
        time::Instant,
    };

    use super::*;
    use crate::clients::{Account, Clients};

    /// An `@connections` API on its own port that records requests.
    struct Api {
        gateway: ApiGatewayConnections,
        asked: Arc<Mutex<Vec<String>>>,
    }

    impl Api {
        /// Answers every request with a status and a body, or never.
        async fn that_answers(answer: Option<(u16, &'static str)>) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let endpoint = format!("http://{}/Prod", listener.local_addr().unwrap());
            let asked = Arc::new(Mutex::new(Vec::new()));
            let remembered = asked.clone();
            tokio::spawn(async move {
                loop {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    let request = read(&mut stream).await;
                    remembered.lock().unwrap().extend(request.lines().next().map(str::to_owned));
                    let Some((status, body)) = answer else { return std::future::pending().await };
                    let length = body.len();
                    let answer =
                        format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
            Self { gateway: gateway(&endpoint), asked }
        }

        fn asked(&self) -> Vec<String> {
            self.asked.lock().unwrap().clone()
        }
    }

    fn gateway(endpoint: &str) -> ApiGatewayConnections {
        let account = Account {
            region: "us-east-1".into(),
            access_key_id: "test".into(),
            secret_access_key: "test".into(),
            session_token: None,
            endpoint: None,
        };
        Clients::new(account).gateway(endpoint)
    }

    /// Reads one request whose body, if it has one, is `FRAME`.
    async fn read(stream: &mut TcpStream) -> String {
        let mut request = Vec::new();
        loop {
            let mut part = [0; 4096];
            let read = stream.read(&mut part).await.unwrap();
            request.extend(&part[..read]);
            let text = String::from_utf8_lossy(&request);
            if read == 0 || text.ends_with(FRAME) || (!text.starts_with("POST") && text.ends_with("\r\n\r\n")) {
                return text.into_owned();
            }
        }
    }

    const FRAME: &str = r#"{"type":"pong"}"#;

    fn frame() -> Frame {
        Frame::from(&ServerMessage::Pong)
    }

    fn socket() -> ConnectionId {
        ConnectionId("c-1=".into())
    }

    async fn check_post(status: u16, expected: DeliveryOutcome) {
        let api = Api::that_answers(Some((status, ""))).await;
        assert_eq!(api.gateway.post(&socket(), &frame()).await, expected, "{status}");
        assert_eq!(api.asked(), ["POST /Prod/@connections/c-1%3D HTTP/1.1"], "{status}: once and no more");
    }

    async fn check_probe(status: u16, body: &'static str, expected: DeliveryOutcome) {
        let api = Api::that_answers(Some((status, body))).await;
        assert_eq!(api.gateway.probe(&socket()).await, expected, "{status}");
        assert_eq!(api.asked(), ["GET /Prod/@connections/c-1%3D HTTP/1.1"], "{status}: once and no more");
    }

    async fn check_close(status: u16, expected: DeliveryOutcome) {
        let api = Api::that_answers(Some((status, ""))).await;
        assert_eq!(api.gateway.close(&socket()).await, expected, "{status}");
        assert_eq!(api.asked(), ["DELETE /Prod/@connections/c-1%3D HTTP/1.1"], "{status}: once and no more");
    }

    #[tokio::test]
    async fn closing_tells_closed_gone_and_busy_apart() {
        check_close(204, DeliveryOutcome::Delivered).await;
        check_close(410, DeliveryOutcome::Gone).await;
        for status in [403, 429, 500] {
            check_close(status, DeliveryOutcome::Busy).await;
        }
    }

    #[tokio::test]
    async fn an_open_socket_receives_the_frame() {
        check_post(200, DeliveryOutcome::Delivered).await;
    }

    #[tokio::test]
    async fn a_closed_socket_is_gone() {
        check_post(410, DeliveryOutcome::Gone).await;
    }

    #[tokio::test]
    async fn an_overloaded_or_broken_api_is_busy() {
        for status in [429, 500, 502, 503, 504] {
            check_post(status, DeliveryOutcome::Busy).await;
        }
    }

    #[tokio::test]
    async fn a_rejected_post_removes_no_listener() {
        for status in [400, 403, 413] {
            check_post(status, DeliveryOutcome::Busy).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_that_hangs_is_busy_after_the_timeout() {
        let api = Api::that_answers(None).await;
        let start = Instant::now();
        assert_eq!(api.gateway.post(&socket(), &frame()).await, DeliveryOutcome::Busy);
        assert!(start.elapsed() <= POST + Duration::from_millis(1), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn an_unreachable_api_is_busy() {
        // A bound socket that does not listen keeps the port, and refuses.
        let refusing = TcpSocket::new_v4().unwrap();
        refusing.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = refusing.local_addr().unwrap().port();
        assert_eq!(gateway(&format!("http://127.0.0.1:{port}")).post(&socket(), &frame()).await, DeliveryOutcome::Busy);
    }

    #[tokio::test]
    async fn a_probe_tells_open_gone_and_unknown_apart() {
        check_probe(200, r#"{"connectedAt":"2026-03-12T10:15:30Z"}"#, DeliveryOutcome::Delivered).await;
        // Some implementations write times as numbers, which the SDK cannot parse. The socket is open all the same.
        check_probe(200, r#"{"connectedAt":1773310530}"#, DeliveryOutcome::Delivered).await;
        check_probe(410, "", DeliveryOutcome::Gone).await;
        check_probe(403, "", DeliveryOutcome::Busy).await;
        check_probe(500, "", DeliveryOutcome::Busy).await;
    }
}
