//! The lifecycle of a socket: it opens or is refused, its frames are handled in order, and it closes.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension,
    extract::{ConnectInfo, Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chat::{
    commands::{
        FrameRequest,
        pipeline::{ParsedFrame, SendOutcome, Storing},
    },
    ports::connections::ConnectionId,
    presence::{connect::ConnectRequest, connect_handler::ConnectRejection},
};
use futures::{FutureExt, StreamExt, stream::FuturesOrdered};
use serde::Deserialize;
use shared_types::limits;
use tokio::{
    net::TcpStream,
    runtime::Handle,
    time::{Instant, sleep_until, timeout},
};
use tungstenite::Message;

use super::visitor;
use crate::{
    activity::Deadline,
    close_code::{CLOSE_GOING_AWAY, CLOSE_TOO_SLOW, close_code},
    frame_reader::{FrameReader, SizeLimits},
    handshake::{Handshake, Upgraded},
    send_queue::{QueueStatus, SendQueue},
    server::{Shared, SharedPermit},
    server_frame,
    socket_stream::{EndedBy, receive, send_rest, wait_for_close, writable},
};

/// Maximum number of messages of one socket that are being stored. Those that wait share one commit.
const MAX_STORING: usize = 16;

/// Maximum sizes of what a client sends: those of API Gateway.
const CLIENT_FRAMES: SizeLimits = SizeLimits { frame: limits::FRAME_BYTES, fragments: limits::FRAGMENTS_BYTES };

/// How long a client may take to read its last frames and to answer a close frame.
const CLOSING: Duration = Duration::from_secs(3);

/// The query of the handshake.
#[derive(Deserialize)]
pub(crate) struct Opening {
    room: Option<String>,
    ticket: Option<String>,
    name: Option<String>,
    frames: Option<String>,
}

/// `GET /ws`: refuses the handshake with a status, or upgrades it to a socket.
pub(crate) async fn open(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(permit): Extension<SharedPermit>,
    Query(Opening { room, ticket, name, frames }): Query<Opening>,
    mut request: Request,
) -> Response {
    let handshake = match Handshake::of(&mut request) {
        Ok(handshake) => handshake,
        Err(reason) => {
            tracing::warn!(?reason, "not a socket handshake; a proxy in front must pass on `Upgrade` and `Connection`");
            return (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")], NO_HANDSHAKE).into_response();
        }
    };
    let headers = request.headers();
    let socket = OpenSocket::new(shared.clone(), permit);
    let origin = visitor::origin(headers);
    let host = visitor::host(headers);
    let address = Some(visitor::address(&shared, headers, peer));
    let subprotocols = headers.get(header::SEC_WEBSOCKET_PROTOCOL);
    let subprotocols = subprotocols.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let connection = socket.id.clone();
    let request = ConnectRequest { connection, room, ticket, name, frames, origin, host, address, subprotocols };
    if let Err(rejection) = shared.server.connect.handle(request).await {
        socket.discard();
        return rejected(rejection);
    }
    handshake.accept(move |upgraded| socket.serve(upgraded))
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

/// A socket from the start of its handshake to its end. Dropping it disconnects it, wherever it ended: also when the client gave up the
/// handshake and the server dropped the request.
struct OpenSocket {
    shared: Arc<Shared>,
    id: ConnectionId,
    queue: Arc<SendQueue>,
    permit: SharedPermit,
    /// Number of messages that are being stored.
    storing: AtomicUsize,
    /// Whether dropping it disconnects it.
    connected: bool,
}

impl OpenSocket {
    /// Creates the socket with its queue. The queue exists before the connection is admitted, so that no broadcast misses it.
    fn new(shared: Arc<Shared>, permit: SharedPermit) -> Self {
        let id = new_connection_id(&shared);
        let queue = shared.server.sockets.open(&id);
        Self { shared, id, queue, permit, storing: AtomicUsize::new(0), connected: true }
    }

    /// Ends a socket that was not admitted.
    fn discard(mut self) {
        self.connected = false;
    }

    async fn serve(self, Upgraded { stream, received }: Upgraded) {
        let queue = self.queue.clone();
        let stream = queue.open(stream);
        let mut reader = FrameReader::new(CLIENT_FRAMES, received);
        // What was queued since the connection was admitted.
        queue.flush();
        let ended_by = self.read(stream, &mut reader).await;
        // The server waits for the end of the close handshake when it stops.
        let _running = (self.permit.clone(), self.shared.stopping.clone());
        // The others are told now; the rest of the queue and the close frame are sent after that.
        drop(self);
        queue.close(CLOSE_GOING_AWAY);
        let goodbye = async {
            send_rest(stream, &queue).await;
            if ended_by == EndedBy::Server {
                wait_for_close(stream, &mut reader).await;
            }
        };
        // A client that does not read keeps its queue and its socket no longer than this.
        drop(timeout(CLOSING, goodbye).await);
        queue.end();
    }

    /// Handles frames in order until the socket ends.
    async fn read(&self, stream: &TcpStream, reader: &mut FrameReader) -> EndedBy {
        let mut storing = FuturesOrdered::new();
        let ended_by = self.read_frames(stream, reader, &mut storing).await;
        // What is stored reaches the room, whether its sender is there or not.
        self.finish_all(&mut storing).await;
        ended_by
    }

    async fn read_frames(
        &self,
        stream: &TcpStream,
        reader: &mut FrameReader,
        storing: &mut FuturesOrdered<Storing>,
    ) -> EndedBy {
        let end = Instant::now() + self.shared.server.timeouts.lifetime;
        let mut stopping = self.shared.stopping.clone();
        let mut stopping = pin!(stopping.wait_for(|stopping| *stopping));
        loop {
            let status = self.queue.status();
            if status.has_ended {
                return EndedBy::Client;
            }
            if status.is_closing {
                // Later frames of the client are ignored.
                return EndedBy::Server;
            }
            let is_ready = status.is_ready && storing.len() < MAX_STORING;
            if is_ready {
                let next = reader.next();
                self.send_pongs(reader);
                match next {
                    Ok(Some(Message::Close(_))) => {
                        self.answer_close(reader);
                        // The client has nothing more to say, so its place is free as soon as it has the answer.
                        return EndedBy::Client;
                    }
                    Ok(Some(frame)) => {
                        self.handle(frame, storing).await;
                        // A client that has sent a thousand frames waits for its turn after each of them.
                        tokio::task::yield_now().await;
                        continue;
                    }
                    Ok(None) => {}
                    Err(error) => match close_code(&error) {
                        Some(code) => {
                            self.queue.close(code);
                            continue;
                        }
                        None => return EndedBy::Client,
                    },
                }
            }
            let stored = tokio::select! {
                () = receive(stream, reader), if is_ready => None,
                stored = storing.next(), if !storing.is_empty() => stored,
                () = self.queue.changed() => None,
                () = writable(stream), if status.is_blocked => {
                    self.queue.flush();
                    None
                }
                () = sleep_until(self.wake_at(&status, end)) => {
                    self.on_timer(end);
                    None
                }
                _ = &mut stopping => {
                    self.queue.close(CLOSE_GOING_AWAY);
                    None
                }
            };
            if let Some(first) = stored {
                self.finish(first, storing).await;
            }
        }
    }

    async fn handle(&self, frame: Message, storing: &mut FuturesOrdered<Storing>) {
        self.queue.activity.on_received();
        match frame {
            Message::Text(text) => {
                self.queue.activity.on_frame();
                let (connection, request_id) = (self.id.clone(), random_id(&self.shared));
                let frame = FrameRequest { connection, request_id, body: text.as_str().into() };
                self.run(ParsedFrame::from(frame), storing).await;
            }
            Message::Binary(_) => drop(self.queue.close(limits::CLOSE_BINARY)),
            // The library makes the pong. Nothing follows a close frame, so it does not get here.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) | Message::Close(_) => {}
        }
    }

    /// Runs a command. Futures are in memory of their own, which a silent socket does not hold.
    async fn run(&self, frame: ParsedFrame, storing: &mut FuturesOrdered<Storing>) {
        let handler = &self.shared.server.send;
        if frame.is_plain_send() {
            if let Some(begun) = Box::pin(handler.begin_send(frame)).await {
                self.shared.server.sockets.flusher.begin();
                self.storing.fetch_add(1, Ordering::Relaxed);
                storing.push_back(begun);
            }
            return;
        }
        self.finish_all(storing).await;
        Box::pin(handler.handle_parsed(frame)).await;
        self.queue.flush();
    }

    /// Sends this message to the room, and those after it that are stored already.
    async fn finish(&self, first: SendOutcome, storing: &mut FuturesOrdered<Storing>) {
        let mut stored = vec![first];
        while let Some(Some(next)) = storing.next().now_or_never() {
            stored.push(next);
        }
        let messages = stored.len();
        Box::pin(self.shared.server.send.finish_sends(stored)).await;
        self.shared.server.sockets.flusher.end(messages);
        self.storing.fetch_sub(messages, Ordering::Relaxed);
        // An author has their messages before the others do: the next ones can come while the others are written to.
        self.queue.flush();
    }

    /// Waits until all messages are stored, and sends them to the room.
    async fn finish_all(&self, storing: &mut FuturesOrdered<Storing>) {
        while let Some(first) = storing.next().await {
            self.finish(first, storing).await;
        }
    }

    fn answer_close(&self, reader: &mut FrameReader) {
        // The library makes the answer, with a code that is allowed.
        drop(reader.next());
        self.queue.answer_close(reader.take_replies().into());
    }

    fn send_pongs(&self, reader: &mut FrameReader) {
        let pongs = reader.take_replies();
        if !pongs.is_empty() && self.queue.pong(pongs.into()) {
            self.queue.flush();
        }
    }

    /// Returns when the task has to look at its times again.
    ///
    /// Frames to the client do not wake the task, and the first one after a silence begins the time of a ping. So it looks four times
    /// in the idle time.
    fn wake_at(&self, status: &QueueStatus, end: Instant) -> Instant {
        let timeouts = &self.shared.server.timeouts;
        let idle = self.queue.activity.deadline(timeouts.idle).at().min(Instant::now() + timeouts.idle / 4);
        let behind = status.behind_since.map_or(end, |since| since + timeouts.behind);
        idle.min(behind).min(end)
    }

    /// Returns when the client has been behind for too long, if it is behind.
    fn behind_until(&self) -> Option<Instant> {
        Some(self.queue.status().behind_since? + self.shared.server.timeouts.behind)
    }

    /// Closes the socket if one of its times is over, or pings the client.
    fn on_timer(&self, end: Instant) {
        let activity = &self.queue.activity;
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
                self.queue.control(server_frame::ping());
                self.queue.flush();
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
        // The flusher must not wait for them, also after a panic.
        self.shared.server.sockets.flusher.end(*self.storing.get_mut());
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

fn new_connection_id(shared: &Shared) -> ConnectionId {
    ConnectionId(random_id(shared))
}

fn random_id(shared: &Shared) -> String {
    let mut bytes = [0; 12];
    shared.server.entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
