//! What API Gateway is answered with for an event of a socket.

use serde::Serialize;

/// A status and nothing else: a body would reach the client as a frame of no known type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    status_code: u16,
}

impl Answer {
    /// All is well.
    pub(crate) const OK: Self = Self::status(200);

    /// The event is none that this function knows.
    pub(crate) const BAD_EVENT: Self = Self::status(400);

    /// Refused with a status.
    pub(crate) const fn status(status_code: u16) -> Self {
        Self { status_code }
    }
}
