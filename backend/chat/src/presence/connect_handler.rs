//! The `$connect` route: a client opens a WebSocket.

use crate::presence::connect::{ConnectError, ConnectRequest, ConnectRule};

/// Handles the `$connect` route.
pub struct ConnectHandler {
    rule: ConnectRule,
}

/// The answer to a rejected connect request.
#[derive(Debug, PartialEq, Eq)]
pub struct ConnectRejection {
    /// The HTTP status of the handshake.
    pub status: u16,
    /// The reason, as a sentence for the person.
    pub reason: String,
    /// Number of seconds after which a retry may succeed, where that is known.
    pub retry_after: Option<u32>,
}

impl ConnectHandler {
    /// Creates the handler.
    pub fn new(rule: ConnectRule) -> Self {
        Self { rule }
    }

    /// Admits the connection.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectRejection`] with the handshake's status. The reason is logged as well.
    pub async fn handle(&self, request: ConnectRequest) -> Result<(), ConnectRejection> {
        let id = request.connection.clone();
        match self.rule.admit(request).await {
            Ok(admitted) => {
                tracing::info!(connection = %id, room = %admitted.room, person = %admitted.person.id, "joined the room");
                Ok(())
            }
            Err(error) => {
                match &error {
                    ConnectError::Unavailable(cause) => {
                        tracing::error!(connection = %id, %cause, "connect failed: a store did not answer");
                    }
                    reason => tracing::warn!(connection = %id, %reason, "connect request refused"),
                }
                let (status, retry_after) = (status(&error), retry_after(&error));
                Err(ConnectRejection { status, reason: error.to_string(), retry_after })
            }
        }
    }
}

/// Returns the HTTP status of the handshake.
fn status(error: &ConnectError) -> u16 {
    match error {
        ConnectError::Subprotocol
        | ConnectError::BadRoom(_)
        | ConnectError::BadName(_)
        | ConnectError::ConfusableName(_) => 400,
        ConnectError::NoTicket | ConnectError::BadTicket | ConnectError::SignedOut => 401,
        ConnectError::Foreign | ConnectError::Banned { .. } => 403,
        ConnectError::NoSuchRoom => 404,
        ConnectError::TooFast(_) | ConnectError::Full { .. } | ConnectError::AddressLimitReached => 429,
        ConnectError::Unavailable(_) => 503,
    }
}

/// Returns the number of seconds after which the client may connect again, where that is known.
fn retry_after(error: &ConnectError) -> Option<u32> {
    match error {
        ConnectError::TooFast(too_fast) => Some(too_fast.seconds()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        access::{confusable_name::reject_confusable, rate_limit::TooFast},
        ports::Unavailable,
    };

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn outage() -> Unavailable {
        Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() }
    }

    #[test]
    fn every_connect_error_has_its_status() {
        let name = shared_types::NameError::Empty;
        let confusable = reject_confusable(&"\u{410}nn".parse().unwrap()).unwrap_err();
        assert_eq!(status(&ConnectError::BadRoom(name)), 400);
        assert_eq!(status(&ConnectError::BadName(name)), 400);
        assert_eq!(status(&ConnectError::ConfusableName(confusable)), 400);
        assert_eq!(status(&ConnectError::Subprotocol), 400);
        assert_eq!(status(&ConnectError::NoTicket), 401);
        assert_eq!(status(&ConnectError::BadTicket), 401);
        assert_eq!(status(&ConnectError::Foreign), 403);
        assert_eq!(status(&ConnectError::TooFast(too_fast(1))), 429);
        assert_eq!(status(&ConnectError::Banned { seconds: 9 }), 403);
        assert_eq!(status(&ConnectError::Full { limit: 1 }), 429);
        assert_eq!(status(&ConnectError::AddressLimitReached), 429);
        assert_eq!(status(&ConnectError::Unavailable(outage())), 503);
    }

    #[test]
    fn retry_after_rounds_up_to_whole_seconds() {
        for (milliseconds, seconds) in [(1, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(retry_after(&ConnectError::TooFast(too_fast(milliseconds))), Some(seconds));
        }
        assert_eq!(retry_after(&ConnectError::Full { limit: 1 }), None);
    }
}
