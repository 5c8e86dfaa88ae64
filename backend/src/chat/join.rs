//! Joining: a knock at a room's door becomes a connection, or a refusal with a reason.

use std::sync::Arc;

use shared_types::{NameError, Person, PersonName, RoomName};

use super::{Identities, Visitor, guest_name};
use crate::ports::{Admission, Clock, Connection, ConnectionId, Connections, Entropy, Unavailable};

/// The rule of joining.
pub struct Join {
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness of a guest's id.
    pub entropy: Arc<dyn Entropy>,
    /// Who a ticket belongs to.
    pub identities: Identities,
    /// The most connections at once, over all rooms.
    pub limit: u32,
}

/// What somebody at the door says. Without a room it is the lobby, without a ticket a guest of its own.
pub struct Knock {
    /// The socket.
    pub connection: ConnectionId,
    /// The room it wants.
    pub room: Option<String>,
    /// What proves who they are.
    pub ticket: Option<String>,
    /// What they want to be called.
    pub name: Option<String>,
}

/// Why somebody was not let in. Its `Display` is a sentence for them.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No room has such a name.
    #[error("the room's name {0}")]
    BadRoom(NameError),
    /// Nobody can be called that.
    #[error("your name {0}")]
    BadName(NameError),
    /// The ticket was forged or is too old.
    #[error("the ticket is not valid any more: reload the page")]
    BadTicket,
    /// Every place is taken.
    #[error("all {limit} places are taken: try again later")]
    Full {
        /// How many there are.
        limit: u32,
    },
    /// The store did not answer.
    #[error("the chat can't be reached right now: try again")]
    Unavailable(#[from] Unavailable),
}

impl Join {
    /// Lets somebody in.
    ///
    /// # Errors
    ///
    /// [`Refused`] says why not; nothing is kept then.
    pub async fn admit(&self, knock: Knock) -> Result<Connection, Refused> {
        let room = match knock.room {
            None => RoomName::lobby(),
            Some(room) => room.parse().map_err(Refused::BadRoom)?,
        };
        let now = self.clock.now();
        let Visitor { id, name: given, moderator } = match knock.ticket {
            None => self.identities.new_guest(),
            Some(ticket) => self.identities.read_ticket(&ticket).await.map_err(|_| Refused::BadTicket)?,
        };
        let name = match (given, knock.name) {
            (Some(given), _) => given,
            (None, Some(chosen)) => chosen.parse::<PersonName>().map_err(Refused::BadName)?,
            (None, None) => guest_name(&id),
        };
        let person = Person { id, name, moderator };
        let connection = Connection { id: knock.connection, room, person, address: None, opened_at: now };
        match self.connections.admit(&connection, self.limit).await? {
            Admission::Admitted => Ok(connection),
            Admission::Full => Err(Refused::Full { limit: self.limit }),
        }
    }
}
