//! `$connect`: a socket wants to open.

use std::sync::Arc;

use super::answers::to_status;
use crate::{
    chat::{Identities, Join, Knock, Refused},
    ports::{Clock, ConnectionId, Connections, Entropy},
};

/// The `$connect` route.
pub struct Connect {
    join: Join,
}

/// What a socket says as it opens: its query.
pub struct ConnectRequest {
    /// The socket.
    pub connection: ConnectionId,
    /// `room`; the lobby without it.
    pub room: Option<String>,
    /// `ticket`; a guest of its own without it.
    pub ticket: Option<String>,
    /// `name`; a guest's name without it.
    pub name: Option<String>,
}

/// A socket that does not open.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status of the handshake.
    pub status: u16,
    /// A sentence for the one who knocked.
    pub reason: String,
}

impl Connect {
    /// Wires the route.
    pub fn new(
        connections: Arc<dyn Connections>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        identities: Identities,
        connection_limit: u32,
    ) -> Self {
        Self { join: Join { connections, clock, entropy, identities, limit: connection_limit } }
    }

    /// Lets the socket in.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the handshake's status; the reason is in the log as well.
    pub async fn handle(&self, request: ConnectRequest) -> Result<(), Refusal> {
        let ConnectRequest { connection, room, ticket, name } = request;
        let id = connection.clone();
        match self.join.admit(Knock { connection, room, ticket, name }).await {
            Ok(admitted) => {
                tracing::info!(connection = %id, room = %admitted.room, person = %admitted.person.id, "joined");
                Ok(())
            }
            Err(refused) => {
                match &refused {
                    Refused::Unavailable(cause) => tracing::error!(connection = %id, %cause, "refused: no answer"),
                    reason => tracing::warn!(connection = %id, %reason, "refused"),
                }
                Err(Refusal { status: to_status(&refused), reason: refused.to_string() })
            }
        }
    }
}
