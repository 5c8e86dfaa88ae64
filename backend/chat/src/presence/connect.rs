//! Joining: a knock at a room's door becomes a connection, or a refusal with a reason.

use std::{net::IpAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use shared_types::{NameError, Person, PersonName, RoomName, limits};

use crate::{
    access::{
        confusable_name::{ConfusableName, reject_confusable},
        guest_name::guest_name,
        origin::Origins,
        rate_limit::{RateBucket, RateError, RateLimiter, TooFast},
        sessions::{Session, Sessions, TICKET_LIFE},
    },
    messages::deadlines::CLOCK_SKEW,
    moderation::restrictions::{RestrictionStore, seconds_until},
    ports::{
        Unavailable,
        connections::{AddressKey, Admission, Connection, ConnectionId, ConnectionLimits, Connections},
        rate_store::RateStore,
        system::Clock,
    },
};

/// The rule of joining.
pub struct ConnectRule {
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
    /// Which tickets were used.
    pub rate_store: Arc<dyn RateStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who a ticket belongs to.
    pub sessions: Sessions,
    /// Which pages may open a socket.
    pub origins: Origins,
    /// How often anybody may.
    pub rate: RateLimiter,
    /// Who was sent away.
    pub restriction_store: RestrictionStore,
    /// The most connections at once, over all rooms.
    pub limit: u32,
}

/// What somebody at the door says. Without a room it is the lobby; without a ticket, where the door is open, a guest of its
/// own.
pub struct ConnectRequest {
    /// The socket.
    pub connection: ConnectionId,
    /// The room it wants.
    pub room: Option<String>,
    /// What proves who they are.
    pub ticket: Option<String>,
    /// What they want to be called.
    pub name: Option<String>,
    /// The page that opens the socket, as its browser says.
    pub origin: Option<String>,
    /// The host that it was asked of.
    pub host: Option<String>,
    /// Where it comes from, where that can be seen.
    pub address: Option<IpAddr>,
}

/// Why somebody was not let in. Its `Display` is a sentence for them.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The page that wants the socket is not the chat's own.
    #[error("the page that asks is not this chat's own: open the chat itself")]
    Foreign,
    /// No room has such a name.
    #[error("the room's name {0}")]
    BadRoom(NameError),
    /// Nobody can be called that.
    #[error("your name {0}")]
    BadName(NameError),
    /// It could be read as another's.
    #[error("your name {0}")]
    ConfusableName(#[from] ConfusableName),
    /// Only who was let in on the page may open a socket here.
    #[error("sign in on the page first")]
    NoTicket,
    /// The ticket was forged, is too old, or was used before.
    #[error("the ticket is not valid any more: reload the page")]
    BadTicket,
    /// Too many sockets in too short a time.
    #[error(transparent)]
    TooFast(#[from] TooFast),
    /// They were sent away, or come from where somebody was.
    #[error("a moderator sent you away: come again in {seconds} seconds")]
    Banned {
        /// For how many seconds more.
        seconds: u32,
    },
    /// Every place is taken.
    #[error("all {limit} places are taken: try again later")]
    Full {
        /// How many there are.
        limit: u32,
    },
    /// Every place that their address may have is taken.
    #[error("too many sockets are open from your address: close one of them, or try again later")]
    AddressLimitReached,
    /// The store did not answer.
    #[error("the chat can't be reached right now: try again")]
    Unavailable(#[from] Unavailable),
}

impl From<RateError> for ConnectError {
    fn from(why: RateError) -> Self {
        match why {
            RateError::TooFast(too_fast) => Self::TooFast(too_fast),
            RateError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl ConnectRule {
    /// Lets somebody in. Their ticket is spent by it, and by a refusal that comes as late as that every place is taken.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] says why not; no connection is kept then.
    pub async fn admit(&self, request: ConnectRequest) -> Result<Connection, ConnectError> {
        if !self.origins.allow(request.origin.as_deref(), request.host.as_deref()) {
            return Err(ConnectError::Foreign);
        }
        let room = match request.room {
            None => RoomName::lobby(),
            Some(room) => room.parse().map_err(ConnectError::BadRoom)?,
        };
        let Session { id, name: given, moderator } = self.visitor(request.ticket.as_deref()).await?;
        let name = match (given, request.name) {
            (Some(given), _) => given,
            (None, Some(chosen)) => chosen_name(&chosen)?,
            (None, None) => guest_name(&id),
        };
        let person = Person { id, name, moderator };
        let addresses = request.address.map(|address| self.sessions.address_keys(address)).unwrap_or_default();
        // At the same time, and the rate first: it knows at once who has to wait, and then nothing else is asked.
        let in_time = async { Ok(self.rate.take(RateBucket::Connect, &person, addresses.first()).await?) };
        let address = addresses.first().cloned();
        let (ticket, seen) = (request.ticket.as_deref(), self.see(&person, address.as_ref()));
        futures::try_join!(in_time, self.welcomes(&person, &addresses), self.spend(ticket), seen)?;

        let connection = Connection { id: request.connection, room, person, address, opened_at: self.clock.now() };
        let places = ConnectionLimits { all: self.limit, per_address: self.rate.connections_per_address(self.limit) };
        match self.connections.admit(&connection, places).await? {
            Admission::Admitted => {}
            Admission::Full => return Err(ConnectError::Full { limit: self.limit }),
            Admission::AddressLimitReached => return Err(ConnectError::AddressLimitReached),
        }
        // Again: whoever sends them away notes it and then looks who is in, so one of the two sees the other. The room's
        // broadcasts reach a socket before its first word, so its `hello` would be too late.
        if let Err(refused) = self.welcomes(&connection.person, &addresses).await {
            self.connections.remove(&connection.id).await?;
            return Err(refused);
        }
        Ok(connection)
    }

    async fn visitor(&self, ticket: Option<&str>) -> Result<Session, ConnectError> {
        match ticket {
            Some(ticket) => self.sessions.read_ticket(ticket).await.map_err(|_| ConnectError::BadTicket),
            None if self.sessions.access_policy().access.is_open() => Ok(self.sessions.new_guest()),
            None => Err(ConnectError::NoTicket),
        }
    }

    /// Refuses whom a moderator sent away, and whoever comes from where they were.
    async fn welcomes(&self, person: &Person, addresses: &[AddressKey]) -> Result<(), ConnectError> {
        match self.restriction_store.banned_until(person, addresses).await? {
            Some(until) => Err(ConnectError::Banned { seconds: seconds_until(until, self.clock.now()) }),
            None => Ok(()),
        }
    }

    /// Remembers where somebody comes from, or they would only have to leave before a moderator sends them away. Moderators
    /// are never sent away.
    async fn see(&self, person: &Person, address: Option<&AddressKey>) -> Result<(), ConnectError> {
        let Some(address) = address.filter(|_| !person.moderator) else { return Ok(()) };
        let until = self.clock.now() + limits::ADDRESS_RETENTION;
        Ok(self.restriction_store.moderation.set_seen(&person.id, address, until).await?)
    }

    /// A ticket opens one socket, so one that is seen on its way is worth nothing when it has arrived.
    async fn spend(&self, ticket: Option<&str>) -> Result<(), ConnectError> {
        let Some(ticket) = ticket else { return Ok(()) };
        let key = format!("ticket#{}", BASE64.encode(Sha256::digest(ticket)));
        // It ends by the clock of whoever made it, which may be as fast as ours is slow.
        let until = self.clock.now() + TICKET_LIFE + 2 * CLOCK_SKEW;
        match self.rate_store.mark_ticket_used(&key, until).await? {
            true => Ok(()),
            false => Err(ConnectError::BadTicket),
        }
    }
}

fn chosen_name(name: &str) -> Result<PersonName, ConnectError> {
    let name = name.parse().map_err(ConnectError::BadName)?;
    reject_confusable(&name)?;
    Ok(name)
}
