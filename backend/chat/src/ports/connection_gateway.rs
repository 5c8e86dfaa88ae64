//! The way to the open sockets, and what became of a frame.

use async_trait::async_trait;

use crate::ports::connections::ConnectionId;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The socket has it.
    Delivered,
    /// There is no such socket any more.
    Gone,
    /// Not now: the other side is overloaded or failed (429, 5xx, a full buffer). Trying again may help.
    Busy,
}

/// The way to the open sockets.
#[async_trait]
pub trait ConnectionGateway: Send + Sync {
    /// Sends a frame to one socket, once. MUST NOT retry by itself and MUST NOT wait for a slow reader: that is
    /// [`DeliveryOutcome::Busy`].
    async fn post(&self, to: &ConnectionId, frame: &str) -> DeliveryOutcome;

    /// Whether the socket is open. [`DeliveryOutcome::Busy`] means that nobody could say.
    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome;

    /// Closes the socket, once, whatever its other end does. [`DeliveryOutcome::Delivered`] means that it is closed by this.
    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome;
}
