//! Sends frames to open sockets and reports the outcome.

use async_trait::async_trait;

use crate::ports::connections::ConnectionId;

/// The outcome of an operation on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The socket received the frame.
    Delivered,
    /// The socket does not exist any more.
    Gone,
    /// The receiving side is overloaded or failed (429, 5xx, a full buffer). A retry may succeed.
    Busy,
}

/// Sends frames to open sockets, probes them and closes them.
#[async_trait]
pub trait ConnectionGateway: Send + Sync {
    /// Sends a frame to one socket, once. MUST NOT retry by itself. MUST NOT wait for a slow reader, but return
    /// [`DeliveryOutcome::Busy`].
    async fn post(&self, to: &ConnectionId, frame: &str) -> DeliveryOutcome;

    /// Checks whether the socket is open. [`DeliveryOutcome::Busy`] means that this is unknown.
    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome;

    /// Closes the socket, once, whatever the client does. [`DeliveryOutcome::Delivered`] means that this call closed it.
    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome;
}
