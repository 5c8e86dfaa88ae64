//! `$connect`: a socket wants to open.

use crate::presence::connect::{ConnectError, ConnectRequest, ConnectRule};

/// The `$connect` route.
pub struct ConnectHandler {
    join: ConnectRule,
}

/// A socket that does not open.
#[derive(Debug, PartialEq, Eq)]
pub struct ConnectRejection {
    /// The HTTP status of the handshake.
    pub status: u16,
    /// A sentence for the one who knocked.
    pub reason: String,
    /// After how many seconds to try again, where that helps.
    pub retry_after: Option<u32>,
}

impl ConnectHandler {
    /// Wires the route.
    pub fn new(join: ConnectRule) -> Self {
        Self { join }
    }

    /// Lets the socket in.
    ///
    /// # Errors
    ///
    /// [`ConnectRejection`] with the handshake's status; the reason is in the log as well.
    pub async fn handle(&self, request: ConnectRequest) -> Result<(), ConnectRejection> {
        let id = request.connection.clone();
        match self.join.admit(request).await {
            Ok(admitted) => {
                tracing::info!(connection = %id, room = %admitted.room, person = %admitted.person.id, "joined");
                Ok(())
            }
            Err(refused) => {
                match &refused {
                    ConnectError::Unavailable(cause) => tracing::error!(connection = %id, %cause, "refused: no answer"),
                    reason => tracing::warn!(connection = %id, %reason, "refused"),
                }
                let (status, retry_after) = (status(&refused), retry_after(&refused));
                Err(ConnectRejection { status, reason: refused.to_string(), retry_after })
            }
        }
    }
}

/// The HTTP status of the refused handshake.
fn status(error: &ConnectError) -> u16 {
    match error {
        ConnectError::BadRoom(_) | ConnectError::BadName(_) | ConnectError::ConfusableName(_) => 400,
        ConnectError::NoTicket | ConnectError::BadTicket => 401,
        ConnectError::Foreign | ConnectError::Banned { .. } => 403,
        ConnectError::TooFast(_) | ConnectError::Full { .. } | ConnectError::AddressLimitReached => 429,
        ConnectError::Unavailable(_) => 503,
    }
}

/// After how many seconds to connect again, where that is known.
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
    fn every_refusal_has_its_status() {
        let name = shared_types::NameError::Empty;
        let disguised = reject_confusable(&"\u{410}nn".parse().unwrap()).unwrap_err();
        assert_eq!(status(&ConnectError::BadRoom(name)), 400);
        assert_eq!(status(&ConnectError::BadName(name)), 400);
        assert_eq!(status(&ConnectError::ConfusableName(disguised)), 400);
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
    fn whoever_knocked_too_often_is_told_for_how_long_and_never_too_early() {
        for (milliseconds, seconds) in [(1, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(retry_after(&ConnectError::TooFast(too_fast(milliseconds))), Some(seconds));
        }
        assert_eq!(retry_after(&ConnectError::Full { limit: 1 }), None);
    }
}
