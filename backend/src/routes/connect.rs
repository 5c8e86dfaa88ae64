//! `$connect`: a socket wants to open.

use std::net::IpAddr;

use super::answers::{retry_after, to_status};
use crate::{
    chat::{Join, Knock, Refused},
    ports::ConnectionId,
};

/// The `$connect` route.
pub struct Connect {
    join: Join,
}

/// What a socket says as it opens: its query, and what its handshake tells of where it comes from.
pub struct ConnectRequest {
    /// The socket.
    pub connection: ConnectionId,
    /// `room`; the lobby without it.
    pub room: Option<String>,
    /// `ticket`; a guest of its own without it.
    pub ticket: Option<String>,
    /// `name`; a guest's name without it.
    pub name: Option<String>,
    /// The `Origin` header; only browsers send one.
    pub origin: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The address at the other end.
    pub address: Option<IpAddr>,
}

/// A socket that does not open.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status of the handshake.
    pub status: u16,
    /// A sentence for the one who knocked.
    pub reason: String,
    /// After how many seconds to try again, where that helps.
    pub retry_after: Option<u32>,
}

impl Connect {
    /// Wires the route.
    pub fn new(join: Join) -> Self {
        Self { join }
    }

    /// Lets the socket in.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the handshake's status; the reason is in the log as well.
    pub async fn handle(&self, request: ConnectRequest) -> Result<(), Refusal> {
        let ConnectRequest { connection, room, ticket, name, origin, host, address } = request;
        let id = connection.clone();
        match self.join.admit(Knock { connection, room, ticket, name, origin, host, address }).await {
            Ok(admitted) => {
                tracing::info!(connection = %id, room = %admitted.room, person = %admitted.person.id, "joined");
                Ok(())
            }
            Err(refused) => {
                match &refused {
                    Refused::Unavailable(cause) => tracing::error!(connection = %id, %cause, "refused: no answer"),
                    reason => tracing::warn!(connection = %id, %reason, "refused"),
                }
                let (status, retry_after) = (to_status(&refused), retry_after(&refused));
                Err(Refusal { status, reason: refused.to_string(), retry_after })
            }
        }
    }
}
