//! `$connect`: a socket wants to open.

use super::answers::{retry_after, to_status};
use crate::chat::{Join, Knock, Refused};

/// The `$connect` route.
pub struct Connect {
    join: Join,
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
    pub async fn handle(&self, knock: Knock) -> Result<(), Refusal> {
        let id = knock.connection.clone();
        match self.join.admit(knock).await {
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
