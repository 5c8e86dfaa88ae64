//! The answers to API Gateway for events of a socket.

use serde::Serialize;

/// A status without a body: a body would reach the client as a frame of an unknown type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    status_code: u16,
}

impl Answer {
    /// The event was handled.
    pub(crate) const OK: Self = Self::status(200);

    /// The event is not for this function.
    pub(crate) const BAD_EVENT: Self = Self::status(400);

    /// Returns the answer with a status.
    pub(crate) const fn status(status_code: u16) -> Self {
        Self { status_code }
    }
}
