//! The one place that knows WebSocket: a socket that reports what it hears, and closes when it is dropped.

use futures::{
    SinkExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::{AbortHandle, Either, abortable, select},
};
use gloo_net::websocket::{Message, futures::WebSocket};
use shared_types::ClientMessage;
use wasm_bindgen_futures::spawn_local;

/// What happens to a socket.
pub(crate) enum SocketEvent {
    /// A text frame arrived.
    Frame(String),
    /// It closed, or could not be opened. Nothing follows.
    Closed,
}

/// An open socket, or one that is about to open; what is said before waits for that.
pub(crate) struct Socket {
    frames: UnboundedSender<String>,
    task: AbortHandle,
}

impl Socket {
    /// Opens a socket whose events go to `report`, none of them before this function has returned.
    pub(crate) fn open(address: String, report: impl Fn(SocketEvent) + 'static) -> Self {
        let (frames, outgoing) = unbounded();
        let (carry, task) = abortable(async move {
            carry(&address, outgoing, &report).await;
            report(SocketEvent::Closed);
        });
        spawn_local(async move { _ = carry.await });
        Self { frames, task }
    }

    /// Says something. On a socket that is closed it is lost, and the socket's end tells so.
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

/// Carries frames both ways until the socket ends.
async fn carry(address: &str, mut outgoing: UnboundedReceiver<String>, report: &impl Fn(SocketEvent)) {
    let Ok(mut socket) = WebSocket::open(address) else { return };
    loop {
        match select(socket.next(), outgoing.next()).await {
            Either::Left((Some(Ok(Message::Text(frame))), _)) => report(SocketEvent::Frame(frame)),
            // A binary frame is nothing this server says.
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
