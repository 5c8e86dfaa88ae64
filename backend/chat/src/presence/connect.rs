//! Connect: a connect request becomes a connection, or is rejected with a reason.

use std::{net::IpAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use shared_types::{AccessMode, Appearance, NameError, Person, PersonName, Profile, Role, RoomName, Timestamp, limits};

use crate::{
    access::{
        confusable_name::{ConfusableName, normalized_name, reject_confusable},
        guest_name::guest_name,
        origin::Origins,
        rate_limit::{RateBucket, RateError, RateLimiter, TooFast},
        room_membership::RoomMembership,
        sessions::{Session, Sessions, TICKET_LIFE},
    },
    messages::deadlines::CLOCK_SKEW,
    moderation::restrictions::{RestrictionStore, seconds_until},
    ports::{
        Unavailable,
        connections::{AddressKey, Admission, Connection, ConnectionId, ConnectionLimits, Connections},
        profiles::{Profiles, StoredProfile},
        rate_store::RateStore,
        system::Clock,
    },
    presence::unique_names::UniqueNames,
};

/// Number of attempts to give a new connection the profile that its person is changing.
const PROFILE_ATTEMPTS: usize = 3;

/// Decides whether a connection is admitted.
pub struct ConnectRule {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// The store of the used tickets.
    pub rate_store: Arc<dyn RateStore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Verifies tickets.
    pub sessions: Sessions,
    /// The origins of the pages that may connect.
    pub origins: Origins,
    /// The rate limit for connecting.
    pub rate: RateLimiter,
    /// The bans.
    pub restriction_store: RestrictionStore,
    /// The members of private rooms.
    pub membership: RoomMembership,
    /// The profiles of people.
    pub profiles: Arc<dyn Profiles>,
    /// Maximum number of connections in all rooms together.
    pub limit: u32,
}

/// A request to connect. Without a room, it is for the lobby. Without a ticket, it is from a new guest, if the access mode is
/// open.
pub struct ConnectRequest {
    /// The id of the connection.
    pub connection: ConnectionId,
    /// The name of the room.
    pub room: Option<String>,
    /// The ticket, which names the person.
    pub ticket: Option<String>,
    /// The name that a guest chose.
    pub name: Option<String>,
    /// The types of server frames that the client accepts beside those that every client does, with commas. Only `messages` is known.
    pub frames: Option<String>,
    /// The `Origin` header: the page that connects.
    pub origin: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The client's address, where it is known.
    pub address: Option<IpAddr>,
    /// The `Sec-WebSocket-Protocol` header: the subprotocols that the client asks for.
    pub subprotocols: Option<String>,
}

/// Why a connect request was rejected. Its `Display` is a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The page is not the chat's own.
    #[error("the page that asks is not this chat's own: open the chat itself")]
    Foreign,
    /// The client asks for a subprotocol. A browser fails a handshake that does not choose one, without a reason.
    #[error("this chat has no WebSocket subprotocol: connect without Sec-WebSocket-Protocol")]
    Subprotocol,
    /// The name of the room is not valid.
    #[error("the room's name {0}")]
    BadRoom(NameError),
    /// The name of the person is not valid.
    #[error("your name {0}")]
    BadName(NameError),
    /// The name of the person could be mistaken for another name.
    #[error("your name {0}")]
    ConfusableName(#[from] ConfusableName),
    /// The person is no member of the private room, or it does not exist.
    #[error("this room is private or does not exist")]
    NoSuchRoom,
    /// There is no ticket, and the access mode requires one.
    #[error("sign in on the page first")]
    NoTicket,
    /// The ticket was forged, has expired, or was used before.
    #[error("the ticket is not valid any more: reload the page")]
    BadTicket,
    /// The device was signed out from another one.
    #[error("this device was signed out: reload the page")]
    SignedOut,
    /// There were too many connect requests in too short a time.
    #[error(transparent)]
    TooFast(#[from] TooFast),
    /// The person or the address is banned.
    #[error("a moderator sent you away: come again in {seconds} seconds")]
    Banned {
        /// Number of seconds until the ban ends.
        seconds: u32,
    },
    /// The maximum number of connections is reached.
    #[error("all {limit} places are taken: try again later")]
    Full {
        /// Maximum number of connections.
        limit: u32,
    },
    /// The maximum number of connections from one address is reached.
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
    /// Admits a connection. This uses up the ticket, even if the request is rejected after the ticket was checked, for example
    /// by the connection limit.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] when the request was rejected. No connection is stored then.
    pub async fn admit(&self, request: ConnectRequest) -> Result<Connection, ConnectError> {
        if !self.origins.allow(request.origin.as_deref(), request.host.as_deref()) {
            return Err(ConnectError::Foreign);
        }
        if request.subprotocols.is_some() {
            return Err(ConnectError::Subprotocol);
        }
        let room = match request.room {
            None => RoomName::lobby(),
            Some(room) => room.parse().map_err(ConnectError::BadRoom)?,
        };
        let session = self.session(request.ticket.as_deref()).await?;
        let Session { id, name: session_name, moderator, device: _ } = session.clone();
        let name = match (session_name, request.name) {
            (Some(name), _) => name,
            (None, Some(chosen)) => parse_chosen_name(&chosen)?,
            (None, None) => guest_name(&id),
        };
        let mut person = Person { id, name, moderator, appearance: Appearance::NONE };
        let addresses = request.address.map(|address| self.sessions.address_keys(address)).unwrap_or_default();
        // These checks run concurrently. The rate limit is the first one, because it may reject the request without asking a
        // store, and then the others do not start.
        let address = addresses.first().cloned();
        let person_admitted = self.check_person(&person, address.as_ref());
        let role_admitted = self.check_role_and_address(&person, &addresses);
        let (ticket, recorded) = (request.ticket.as_deref(), self.record_address(&person, address.as_ref()));
        let member_admitted = self.check_membership(&room, &person);
        let device_admitted = self.check_device(&session);
        let profile = async { Ok(self.profile(&person).await.unwrap_or_default()) };
        let unique_names = self.unique_names();
        let unique_names_wanted = async { Ok(unique_names.are_wanted_in(&room).await?) };
        let ((), role, (), (), (), (), profile, is_name_unique) = futures::try_join!(
            person_admitted,
            role_admitted,
            self.use_ticket(ticket),
            recorded,
            member_admitted,
            device_admitted,
            profile,
            unique_names_wanted
        )?;
        person.moderator |= role.moderates();
        // The name of this device's cookie may be older.
        person.name = self.stored_name(&profile).unwrap_or(person.name);

        let mut connection = Connection {
            id: request.connection,
            room,
            person,
            address,
            is_first_of_address: false,
            opened_at: self.clock.now(),
            hidden: false,
            accepts_batches: request.frames.is_some_and(|frames| frames.split(',').any(|one| one == "messages")),
            device: session.device.as_ref().map(|device| device.id.clone()),
            status: None,
            chosen: None,
        };
        let shown = profile.shown(&connection.person.id);
        connection = connection.with_profile(&shown);
        let connection_limits = ConnectionLimits {
            all: self.limit,
            per_address: self.rate.connections_per_address(self.limit),
            first_of_address: self.rate.first_of_address(),
        };
        match self.connections.admit(&connection, connection_limits).await? {
            Admission::Admitted => {}
            Admission::Full => return Err(ConnectError::Full { limit: self.limit }),
            Admission::AddressLimitReached => return Err(ConnectError::AddressLimitReached),
        }
        // The second check closes a race: a ban, or that the device is signed out, is stored before the connections are read, so either this
        // check sees it or that one sees this connection. Broadcasts of the room reach the connection before its `hello`, so a check there
        // would be too late. A change of the person's role or profile, and the end of a membership, are like that, too.
        let now = async { Ok(self.restriction_store.moderation.role(&connection.person.id).await?) };
        let member = self.check_membership(&connection.room, &connection.person);
        let banned = self.check_bans(&connection.person, &addresses);
        let profile = async { Ok(self.profile(&connection.person).await) };
        match futures::try_join!(banned, self.check_device(&session), now, member, profile) {
            Ok(((), (), now, (), profile)) => {
                if now.moderates() != role.moderates() {
                    connection.person.moderator = moderator || now.moderates();
                    self.connections.set_moderator(&connection.id, connection.person.moderator).await?;
                }
                self.note_use(&connection.person, profile.as_ref()).await;
                connection = self.with_current_profile(connection, shown, profile).await;
            }
            Err(error) => {
                self.connections.remove(&connection.id).await?;
                return Err(error);
            }
        }
        if is_name_unique { self.with_unique_name(connection, &unique_names).await } else { Ok(connection) }
    }

    /// Returns the rule of unique names.
    fn unique_names(&self) -> UniqueNames {
        UniqueNames {
            moderation: self.restriction_store.moderation.clone(),
            connections: self.connections.clone(),
            access: self.sessions.access_policy().access,
        }
    }

    /// Gives the person of an admitted connection a name that nobody else has in the room. It is their name before the first command.
    async fn with_unique_name(
        &self,
        connection: Connection,
        unique_names: &UniqueNames,
    ) -> Result<Connection, ConnectError> {
        match unique_names.claim(connection.clone()).await {
            Ok(claimed) => Ok(claimed.unwrap_or(connection)),
            Err(error) => {
                self.connections.remove(&connection.id).await?;
                Err(error.into())
            }
        }
    }

    /// Returns the role of a person, and rejects everyone from a banned address. Bans of addresses apply to no moderator.
    async fn check_role_and_address(&self, person: &Person, addresses: &[AddressKey]) -> Result<Role, ConnectError> {
        let store = &self.restriction_store;
        let (role, banned) = futures::try_join!(store.moderation.role(&person.id), store.banned_at(person, addresses))?;
        if !role.moderates() {
            self.unless_banned(banned)?;
        }
        Ok(role)
    }

    /// Returns the name that a person chose last on any of their devices. Where a provider gives the names, it does not count.
    fn stored_name(&self, profile: &StoredProfile) -> Option<PersonName> {
        let name = profile.name.clone().filter(|_| self.sessions.access_policy().access != AccessMode::Oidc);
        name.filter(|name| reject_confusable(name).is_ok())
    }

    /// Gives a stored connection the name and the profile of its person, if they have changed since the profile was `shown`. They may change
    /// again meanwhile.
    async fn with_current_profile(
        &self,
        mut connection: Connection,
        mut shown: Profile,
        mut now: Option<StoredProfile>,
    ) -> Connection {
        for _ in 0..PROFILE_ATTEMPTS {
            let Some(stored) = now else { break };
            let current = stored.shown(&connection.person.id);
            let name = self.stored_name(&stored).filter(|name| *name != connection.person.name);
            if current == shown && name.is_none() {
                break;
            }
            if let Err(error) = self.follow(&connection.id, name.as_ref(), &current).await {
                tracing::warn!(%error, "changing the profile of a new connection failed; it has an older one");
                break;
            }
            connection = connection.with_profile(&current);
            connection.person.name = name.unwrap_or(connection.person.name);
            shown = current;
            now = self.profile(&connection.person).await;
        }
        connection
    }

    /// Stores a new name and the profile of a person with a connection.
    async fn follow(&self, id: &ConnectionId, name: Option<&PersonName>, profile: &Profile) -> Result<(), Unavailable> {
        if let Some(name) = name {
            self.connections.rename(id, name, None).await?;
        }
        self.connections.set_profile(id, profile).await.map(drop)
    }

    /// Stores that the profile of a person is used, after half of its life. A failure is logged; the next connection tries again.
    async fn note_use(&self, person: &Person, profile: Option<&StoredProfile>) {
        let now = self.clock.now();
        let Some(profile) = profile.filter(|profile| profile.is_use_due(now)) else { return };
        let used = StoredProfile { version: profile.next_version(now), used: Some(now), ..profile.clone() };
        if let Err(error) = self.profiles.set_profile(&person.id, profile.version, &used).await {
            tracing::warn!(%error, "storing the use of a profile failed; the next connection tries again");
        }
    }

    /// Returns the profile of a person. A failure is logged: the person can connect without it.
    async fn profile(&self, person: &Person) -> Option<StoredProfile> {
        let read = self.profiles.profile(&person.id).await;
        read.inspect_err(|error| tracing::warn!(%error, "the person connects without their profile")).ok()
    }

    /// Returns the session of the ticket, or a new guest's session.
    async fn session(&self, ticket: Option<&str>) -> Result<Session, ConnectError> {
        match ticket {
            Some(ticket) => self.sessions.read_ticket(ticket).await.map_err(|_| ConnectError::BadTicket),
            None if self.sessions.access_policy().access.is_open() => Ok(self.sessions.new_guest()),
            None => Err(ConnectError::NoTicket),
        }
    }

    /// Counts the request, and rejects banned people.
    async fn check_person(&self, person: &Person, address: Option<&AddressKey>) -> Result<(), ConnectError> {
        let moderation = Some(self.restriction_store.moderation.as_ref());
        let counted = self.rate.take_with_restrictions(RateBucket::Connect, person, address, moderation).await?;
        self.unless_banned(self.restriction_store.of_counted(person, counted).await?.banned_until)
    }

    /// Rejects everybody who is no member of a private room.
    async fn check_membership(&self, room: &RoomName, person: &Person) -> Result<(), ConnectError> {
        if self.membership.may_enter(room, &person.id).await? { Ok(()) } else { Err(ConnectError::NoSuchRoom) }
    }

    /// Rejects banned people and everyone from a banned address.
    async fn check_bans(&self, person: &Person, addresses: &[AddressKey]) -> Result<(), ConnectError> {
        self.unless_banned(self.restriction_store.banned_until(person, addresses).await?)
    }

    /// Rejects devices that are signed out.
    async fn check_device(&self, session: &Session) -> Result<(), ConnectError> {
        let sign_outs = self.restriction_store.moderation.sign_outs(&session.id).await?;
        if session.is_signed_out(&sign_outs, self.clock.now()) { Err(ConnectError::SignedOut) } else { Ok(()) }
    }

    fn unless_banned(&self, until: Option<Timestamp>) -> Result<(), ConnectError> {
        match until {
            Some(until) => Err(ConnectError::Banned { seconds: seconds_until(until, self.clock.now()) }),
            None => Ok(()),
        }
    }

    /// Stores the address of a person, so that a later ban includes it even if the person has disconnected by then. Addresses
    /// of moderators are not stored, because no ban of an address applies to moderators.
    async fn record_address(&self, person: &Person, address: Option<&AddressKey>) -> Result<(), ConnectError> {
        let Some(address) = address.filter(|_| !person.moderator) else { return Ok(()) };
        let until = self.clock.now() + limits::ADDRESS_RETENTION;
        Ok(self.restriction_store.moderation.set_seen(&person.id, address, until).await?)
    }

    /// Marks a ticket as used. A ticket opens one connection only, so that nobody can use a ticket that they intercepted.
    async fn use_ticket(&self, ticket: Option<&str>) -> Result<(), ConnectError> {
        let Some(ticket) = ticket else { return Ok(()) };
        let key = format!("ticket#{}", BASE64.encode(Sha256::digest(ticket)));
        // The clock of the server that made the ticket decides when it expires. That clock may be fast while ours is slow.
        let until = self.clock.now() + TICKET_LIFE + 2 * CLOCK_SKEW;
        match self.rate_store.mark_ticket_used(&key, until).await? {
            true => Ok(()),
            false => Err(ConnectError::BadTicket),
        }
    }
}

fn parse_chosen_name(name: &str) -> Result<PersonName, ConnectError> {
    let name = name.parse().map_err(ConnectError::BadName)?;
    reject_confusable(&name)?;
    Ok(normalized_name(&name))
}
