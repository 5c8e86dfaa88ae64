//! The lifecycle of a socket: it opens or is refused, its frames are handled in order, and it closes.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{
        ConnectInfo, Query, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chat::{commands::FrameRequest, ports::connections::ConnectionId, presence::connect::ConnectRequest};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::Deserialize;
use shared_types::limits;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

use super::visitor;
use crate::{
    server::Shared,
    sockets::{Outgoing, Waiting},
};

/// Maximum frame size that is read, so that an oversized frame is answered with a close code and not with a reset.
const READ_BYTES: usize = 8 * limits::FRAME_BYTES_HARD;

/// "Going away" (RFC 6455 §7.4.1): API Gateway sends it when a socket is idle or too old; this server also when it stops.
const CLOSE_GOING_AWAY: u16 = 1001;

/// How long a client may take to answer a close frame.
const CLOSING: Duration = Duration::from_secs(3);

/// The query of the handshake.
#[derive(Deserialize)]
pub(crate) struct Opening {
    room: Option<String>,
    ticket: Option<String>,
    name: Option<String>,
}

/// `GET /ws`: refuses the handshake with a status, or upgrades it to a socket.
pub(crate) async fn open(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(Opening { room, ticket, name }): Query<Opening>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let id = new_connection_id(&shared);
    // The queue exists before the connection is admitted, so that no broadcast misses it.
    let (to_writer, outgoing) = shared.server.sockets.open(&id);
    let (origin, host) = (visitor::origin(&headers), visitor::host(&headers));
    let address = Some(visitor::address(&shared, &headers, peer));
    let request = ConnectRequest { connection: id.clone(), room, ticket, name, origin, host, address };
    if let Err(refusal) = shared.server.connect.handle(request).await {
        shared.server.sockets.close(&id);
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, refusal.reason).into_response();
        if let Some(seconds) = refusal.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        return response;
    }
    let (failed_id, failed) = (id.clone(), shared.clone());
    upgrade
        .max_message_size(READ_BYTES)
        .max_frame_size(READ_BYTES)
        .on_failed_upgrade(move |error| {
            tracing::warn!(connection = %failed_id, %error, "handshake interrupted");
            tokio::spawn(async move { forget(&failed, &failed_id).await });
        })
        .on_upgrade(move |socket| live(shared, id, socket, to_writer, outgoing))
}

async fn live(
    shared: Arc<Shared>,
    id: ConnectionId,
    socket: WebSocket,
    to_writer: mpsc::Sender<Outgoing>,
    outgoing: Waiting,
) {
    let (sink, stream) = socket.split();
    let activity = Activity::default();
    let writer = tokio::spawn(write(sink, outgoing, activity.clone()));
    let rest = read(&shared, &id, stream, &to_writer, &activity).await;
    forget(&shared, &id).await;
    drop(to_writer);
    // The writer flushes the queue and sends a close frame; the client then closes its side.
    let stop_writing = writer.abort_handle();
    let goodbye = async {
        drop(writer.await);
        if let Some(mut stream) = rest {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    drop(timeout(CLOSING, goodbye).await);
    // A client that does not read keeps its queue and its socket no longer than this.
    stop_writing.abort();
}

/// Handles frames in order until the socket ends. Returns the stream if the server has to close it.
async fn read(
    shared: &Shared,
    id: &ConnectionId,
    mut stream: SplitStream<WebSocket>,
    to_writer: &mpsc::Sender<Outgoing>,
    activity: &Activity,
) -> Option<SplitStream<WebSocket>> {
    let idle = shared.server.timeouts.idle;
    let end = Instant::now() + shared.server.timeouts.lifetime;
    let mut stopping = shared.stopping.clone();
    let mut stopping = pin!(stopping.wait_for(|stopping| *stopping));
    let code = loop {
        let silent_at = activity.last() + idle;
        let frame = tokio::select! {
            frame = stream.next() => frame,
            () = sleep_until(silent_at.min(end)) => {
                if Instant::now() < end && activity.last() + idle > Instant::now() {
                    continue;
                }
                break CLOSE_GOING_AWAY;
            }
            _ = &mut stopping => break CLOSE_GOING_AWAY,
            // The writer has sent a close frame: later frames are ignored.
            () = to_writer.closed() => return Some(stream),
        };
        activity.touch();
        match frame {
            Some(Ok(Message::Text(text))) if text.len() > limits::FRAME_BYTES_HARD => break limits::CLOSE_TOO_BIG,
            Some(Ok(Message::Text(text))) => {
                let frame =
                    FrameRequest { connection: id.clone(), request_id: random_id(shared), body: text.as_str().into() };
                shared.server.send.handle(frame).await;
            }
            Some(Ok(Message::Binary(_))) => break limits::CLOSE_BINARY,
            // The library sends pongs and answers a close; the stream ends after that.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => {}
            // On an open socket the only error of a client is a frame above READ_BYTES. On a broken one the close frame is lost.
            Some(Err(_)) => break limits::CLOSE_TOO_BIG,
            None => return None,
        }
    };
    // A full queue means that the client does not read; then the close frame would not arrive either.
    drop(to_writer.try_send(Outgoing::Close(code)));
    Some(stream)
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut outgoing: Waiting, activity: Activity) {
    while let Some(next) = outgoing.next().await {
        let sent = match next {
            Outgoing::Frame(frame) => sink.send(Message::Text(frame.into())).await,
            Outgoing::Close(code) => {
                let frame = CloseFrame { code, reason: "".into() };
                // Nothing follows a close frame, whether it arrives or not.
                drop(sink.send(Message::Close(Some(frame))).await);
                return;
            }
        };
        if sent.is_err() {
            return;
        }
        activity.touch();
    }
}

async fn forget(shared: &Shared, id: &ConnectionId) {
    shared.server.sockets.close(id);
    shared.server.disconnect.handle(id).await;
}

fn new_connection_id(shared: &Shared) -> ConnectionId {
    ConnectionId(random_id(shared))
}

fn random_id(shared: &Shared) -> String {
    let mut bytes = [0; 12];
    shared.server.entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The time of the last frame in either direction.
#[derive(Clone)]
struct Activity(Arc<Mutex<Instant>>);

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Activity {
    fn touch(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
