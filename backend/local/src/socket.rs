//! The lifecycle of a socket: it opens or is refused, its frames are handled in order, and it closes.

use std::{future::pending, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Bytes,
    extract::{
        ConnectInfo, Query, State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chat::{
    commands::FrameRequest,
    ports::connections::ConnectionId,
    presence::{connect::ConnectRequest, connect_handler::ConnectRejection},
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::Deserialize;
use shared_types::limits;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep_until, timeout},
};

use super::visitor;
use crate::{
    activity::{Activity, Deadline},
    close_code::{CLOSE_GOING_AWAY, CLOSE_TOO_SLOW, close_code},
    send_queue::{Outgoing, SendQueue},
    server::{Shared, SharedPermit},
};

/// Size of the read buffer, in bytes: most frames of a client fit. The library's default of 128 KB is held by each socket for its whole
/// life.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Size of the write buffer, in bytes: a burst of short messages leaves in one packet.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

/// How long a client may take to read its last frames and to answer a close frame.
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
    Extension(permit): Extension<SharedPermit>,
    Query(Opening { room, ticket, name }): Query<Opening>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(error) => {
            tracing::warn!(%error, "not a socket handshake; a proxy in front must pass on `Upgrade` and `Connection`");
            return (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")], NO_HANDSHAKE).into_response();
        }
    };
    let socket = OpenSocket::new(shared.clone(), permit);
    let origin = visitor::origin(&headers);
    let host = visitor::host(&headers);
    let address = Some(visitor::address(&shared, &headers, peer));
    let subprotocols = headers.get(header::SEC_WEBSOCKET_PROTOCOL);
    let subprotocols = subprotocols.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let connection = socket.id.clone();
    let request = ConnectRequest { connection, room, ticket, name, origin, host, address, subprotocols };
    if let Err(rejection) = shared.server.connect.handle(request).await {
        socket.discard();
        return rejected(rejection);
    }
    let failed = socket.id.clone();
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(limits::FRAME_BYTES_HARD)
        .max_frame_size(limits::FRAME_BYTES_HARD)
        .on_failed_upgrade(move |error| tracing::warn!(connection = %failed, %error, "handshake interrupted"))
        .on_upgrade(move |stream| socket.serve(stream))
}

/// The answer to a request for a socket that is no handshake.
const NO_HANDSHAKE: &str =
    "This address only opens WebSockets. A proxy in front of the chat must pass on the headers Upgrade and Connection.";

fn rejected(rejection: ConnectRejection) -> Response {
    let status = StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, rejection.reason).into_response();
    if let Some(seconds) = rejection.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// A socket from the begin of its handshake to its end. Dropping it disconnects it, wherever it ended: also when the client gave up the
/// handshake and the server dropped the request.
struct OpenSocket {
    shared: Arc<Shared>,
    id: ConnectionId,
    queue: Arc<SendQueue>,
    permit: SharedPermit,
    /// Whether dropping it disconnects it.
    connected: bool,
}

impl OpenSocket {
    /// Creates the socket with its queue. The queue exists before the connection is admitted, so that no broadcast misses it.
    fn new(shared: Arc<Shared>, permit: SharedPermit) -> Self {
        let id = new_connection_id(&shared);
        let queue = shared.server.sockets.open(&id);
        Self { shared, id, queue, permit, connected: true }
    }

    /// Ends a socket that was not admitted.
    fn discard(mut self) {
        self.connected = false;
    }

    async fn serve(self, socket: WebSocket) {
        let (sink, stream) = socket.split();
        let activity = Activity::default();
        let writer = tokio::spawn(write(sink, self.queue.clone(), activity.clone()));
        let rest = self.read(stream, &activity).await;
        let (queue, _permit, stop_writing) = (self.queue.clone(), self.permit.clone(), writer.abort_handle());
        // The others are told now; the rest of the queue and the close frame are sent after that.
        drop(self);
        queue.close(CLOSE_GOING_AWAY);
        let goodbye = async {
            drop(writer.await);
            let Some(mut stream) = rest else { return };
            while let Some(frame) = stream.next().await {
                if frame.is_err() {
                    // The rest of a broken frame is not read. Closing the connection with it would reset it, and the client might
                    // not get the close code. It has the time that is left.
                    pending::<()>().await;
                }
            }
        };
        drop(timeout(CLOSING, goodbye).await);
        // A client that does not read keeps its queue and its socket no longer than this.
        stop_writing.abort();
    }

    /// Handles frames in order until the socket ends. Returns the stream if the server has to close it.
    async fn read(&self, mut stream: SplitStream<WebSocket>, activity: &Activity) -> Option<SplitStream<WebSocket>> {
        let end = Instant::now() + self.shared.server.timeouts.lifetime;
        let mut stopping = self.shared.stopping.clone();
        let mut stopping = pin!(stopping.wait_for(|stopping| *stopping));
        loop {
            let status = self.queue.status();
            if status.closing {
                // Later frames of the client are ignored.
                return Some(stream);
            }
            let deadline = activity.deadline(self.shared.server.timeouts.idle);
            let timer = [Some(deadline.at()), self.behind_until(), Some(end)].into_iter().flatten().min();
            let frame = tokio::select! {
                frame = stream.next(), if status.ready => frame,
                () = self.queue.changed() => continue,
                () = sleep_until(timer.unwrap_or(end)) => {
                    self.on_timer(activity, end);
                    continue;
                }
                _ = &mut stopping => {
                    self.queue.close(CLOSE_GOING_AWAY);
                    continue;
                }
            };
            match frame {
                Some(Ok(frame)) => {
                    self.handle(frame, activity).await;
                    // A client that has sent a thousand frames waits for its turn after each of them.
                    tokio::task::yield_now().await;
                }
                Some(Err(error)) => {
                    self.queue.close(close_code(&error)?);
                }
                None => return None,
            }
        }
    }

    async fn handle(&self, frame: Message, activity: &Activity) {
        activity.on_received();
        match frame {
            Message::Text(text) => {
                activity.on_frame();
                let (connection, request_id) = (self.id.clone(), random_id(&self.shared));
                let frame = FrameRequest { connection, request_id, body: text.as_str().into() };
                self.shared.server.send.handle(frame).await;
            }
            Message::Binary(_) => drop(self.queue.close(limits::CLOSE_BINARY)),
            // The library sends pongs and answers a close; the stream ends after that.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
        }
    }

    /// Returns when the client has been behind for too long, if it is behind.
    fn behind_until(&self) -> Option<Instant> {
        Some(self.queue.status().behind_since? + self.shared.server.timeouts.behind)
    }

    /// Closes the socket if one of its times is over, or pings the client.
    fn on_timer(&self, activity: &Activity, end: Instant) {
        let now = Instant::now();
        let is_behind = self.behind_until().is_some_and(|until| now >= until);
        if is_behind {
            tracing::info!(connection = %self.id, "client read too slowly; its socket is closed");
            self.queue.cut(CLOSE_TOO_SLOW);
            return;
        }
        match activity.deadline(self.shared.server.timeouts.idle) {
            Deadline::Ping(at) if now >= at => {
                activity.on_pinged();
                self.queue.ping();
            }
            Deadline::Close(at) if now >= at => drop(self.queue.close(CLOSE_GOING_AWAY)),
            _ if now >= end => drop(self.queue.close(CLOSE_GOING_AWAY)),
            _ => {}
        }
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.shared.server.sockets.remove(&self.id);
        if !self.connected {
            return;
        }
        let (shared, id) = (self.shared.clone(), self.id.clone());
        // Without a runtime the process is ending, and the connections end with it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { shared.server.disconnect.handle(&id).await });
        }
    }
}

/// Sends what is queued, until the socket is closed or broken.
async fn write(mut sink: SplitSink<WebSocket, Message>, queue: Arc<SendQueue>, activity: Activity) {
    // Ends the queue also when the task is aborted.
    let _end = EndOnDrop(&queue);
    loop {
        let next = match queue.try_next() {
            Some(next) => next,
            None if sink.flush().await.is_err() => return,
            None => queue.next().await,
        };
        let message = match next {
            Outgoing::Frame(frame) => {
                activity.on_frame();
                match Utf8Bytes::try_from(frame.json().clone()) {
                    Ok(text) => Message::Text(text),
                    Err(_) => continue,
                }
            }
            Outgoing::Ping => Message::Ping(Bytes::new()),
            Outgoing::Close(code) => {
                // Nothing follows a close frame, whether it arrives or not.
                drop(sink.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await);
                return;
            }
        };
        if sink.feed(message).await.is_err() {
            return;
        }
    }
}

/// Ends a queue when it is dropped.
struct EndOnDrop<'a>(&'a SendQueue);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn new_connection_id(shared: &Shared) -> ConnectionId {
    ConnectionId(random_id(shared))
}

fn random_id(shared: &Shared) -> String {
    let mut bytes = [0; 12];
    shared.server.entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
