//! Sends frames to open sockets and reports the outcome.

use async_trait::async_trait;
use bytes::Bytes;
use shared_types::{Rev, ServerMessage};

use crate::ports::connections::ConnectionId;

/// A frame to clients, serialized once and shared by all sockets that get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    json: Bytes,
    rev: Option<Rev>,
}

impl Frame {
    /// Returns the frame of a JSON text that was serialized before, by another process.
    pub fn from_json(json: String) -> Self {
        Self { json: json.into(), rev: None }
    }

    /// The JSON text of the frame. It is valid UTF-8.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// The revision of the message in the frame, if it is a `message`.
    pub fn rev(&self) -> Option<Rev> {
        self.rev
    }
}

impl From<&ServerMessage> for Frame {
    fn from(message: &ServerMessage) -> Self {
        let rev = if let ServerMessage::Message(message) = message { Some(message.rev) } else { None };
        Self { json: message.to_frame().into(), rev }
    }
}

/// The outcome of an operation on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The socket received the frame.
    Delivered,
    /// The socket does not exist any more.
    Gone,
    /// The gateway is overloaded or failed (429, 5xx). A retry may succeed.
    Busy,
    /// The client does not read fast enough, and the frame was dropped. A retry is useless: once the client reads again, the
    /// gateway sends it `catchUp`.
    Behind,
}

/// Sends frames to open sockets, probes them and closes them.
#[async_trait]
pub trait ConnectionGateway: Send + Sync {
    /// Sends a frame to one socket, once. MUST NOT retry by itself. MUST NOT wait for a slow reader, but return
    /// [`DeliveryOutcome::Behind`].
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome;

    /// Sends frames to many sockets at once, if that needs no waiting. Each socket gets all of them, in order, or none. Returns the
    /// outcomes in the order of the sockets, or `None` if each post has to be waited for.
    fn post_to_many(
        &self,
        _to: &mut dyn Iterator<Item = &ConnectionId>,
        _frames: &[Frame],
    ) -> Option<Vec<DeliveryOutcome>> {
        None
    }

    /// Checks whether the socket is open. [`DeliveryOutcome::Busy`] means that this is unknown.
    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome;

    /// Closes the socket, once, whatever the client does: also when it does not read. [`DeliveryOutcome::Delivered`] means that this call closed it.
    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome;
}
