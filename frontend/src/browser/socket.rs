//! A WebSocket that reports events and closes when it is dropped. No other module uses WebSocket.

use futures::{
    SinkExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::{AbortHandle, Either, abortable, select},
};
use gloo_net::websocket::{Message, futures::WebSocket};
use shared_types::ClientMessage;
use wasm_bindgen_futures::spawn_local;

/// An event of a socket.
pub(crate) enum SocketEvent {
    /// A text frame arrived.
    Frame(String),
    /// The socket was closed or could not be opened. This is the last event.
    Closed,
}

/// A socket that is open or opening. Messages are queued until it is open.
pub(crate) struct Socket {
    frames: UnboundedSender<String>,
    task: AbortHandle,
}

impl Socket {
    /// Opens a socket. Calls `report` for its events, after this function has returned.
    pub(crate) fn open(address: String, report: impl Fn(SocketEvent) + 'static) -> Self {
        let (frames, outgoing) = unbounded();
        let (run, task) = abortable(async move {
            run(&address, outgoing, &report).await;
            report(SocketEvent::Closed);
        });
        spawn_local(async move { _ = run.await });
        Self { frames, task }
    }

    /// Sends a message. A closed socket drops it and reports `Closed`.
    pub(crate) fn send_message(&self, message: &ClientMessage) {
        if let Ok(frame) = serde_json::to_string(message) {
            _ = self.frames.unbounded_send(frame);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Sends and receives frames until the socket ends.
async fn run(address: &str, mut outgoing: UnboundedReceiver<String>, report: &impl Fn(SocketEvent)) {
    let Ok(mut socket) = WebSocket::open(address) else { return };
    loop {
        match select(socket.next(), outgoing.next()).await {
            Either::Left((Some(Ok(Message::Text(frame))), _)) => report(SocketEvent::Frame(frame)),
            // The server sends no binary frames.
            Either::Left((Some(Ok(Message::Bytes(_))), _)) => {}
            Either::Left((Some(Err(_)) | None, _)) => return,
            Either::Right((Some(frame), _)) => {
                if socket.send(Message::Text(frame)).await.is_err() {
                    return;
                }
            }
            Either::Right((None, _)) => return,
        }
    }
}
