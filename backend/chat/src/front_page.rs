//! Prepares the initial state of the front page.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::future::{Either, select};
use shared_types::{AccessMode, Emoji, Language, PageState, PersonId, PersonName, Role, RoomName};

use crate::{
    access::{
        devices::DeviceRegistry,
        room_membership::RoomMembership,
        sessions::{Session, Sessions},
    },
    cpu::CpuClient,
    messages::catch_up::CatchUp,
    moderation::restrictions::RestrictionStore,
    ports::{
        Result,
        connections::{AddressKey, Connections},
        system::Clock,
    },
    presence::people::RoomPeople,
};

/// How long a page waits for the number of people. DynamoDB answers in milliseconds; a partition that is too busy delays its answers by
/// up to 3 s.
const COUNT_TIME: Duration = Duration::from_millis(500);

/// Prepares the page of a room for a visitor.
pub struct FrontPage {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// Reads the newest messages.
    pub catch_up: CatchUp,
    /// Reads and signs cookies and tickets.
    pub sessions: Sessions,
    /// The restrictions of people and the rules of rooms.
    pub restriction_store: RestrictionStore,
    /// The members of private rooms.
    pub membership: RoomMembership,
    /// The devices of people.
    pub devices: DeviceRegistry,
    /// The address of the WebSocket.
    pub socket: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The result of a visit to the front page.
#[allow(clippy::large_enum_variant, reason = "a visit is answered and dropped: there is never more than one")]
pub enum Visit {
    /// The visitor has to enter or to sign in first.
    SignInFirst {
        /// Whether the device of their cookie is signed out.
        is_signed_out: bool,
    },
    /// The room is private, and the visitor is no member, or it does not exist.
    NoSuchRoom(GivenSession),
    /// The visitor sees the room.
    Room(RoomVisit),
}

/// Who visits a page.
pub struct PageVisitor<'a> {
    /// The session cookie.
    pub cookie: Option<&'a str>,
    /// The name that they chose on an earlier visit.
    pub name: Option<PersonName>,
    /// The keys of their address.
    pub addresses: &'a [AddressKey],
    /// The `User-Agent` header.
    pub user_agent: Option<&'a str>,
}

/// A visit to a room that the visitor may see.
pub struct RoomVisit {
    /// The state that the page shows.
    pub state: PageState,
    /// The icon of the chat, if owners chose one.
    pub icon: Option<Emoji>,
    /// The session that the visitor has from now on.
    pub session: GivenSession,
}

/// The session that a visitor has after a visit.
pub struct GivenSession {
    /// The session cookie to set. `None` where the present cookie stays.
    pub cookie: Option<String>,
    /// The new guest that the visitor is, if the device of their cookie is signed out.
    pub new_guest: Option<PersonId>,
}

impl FrontPage {
    /// Prepares the page of a room. A visitor without a valid cookie, or whose device is signed out, becomes a new guest if access is open;
    /// otherwise they have to enter or sign in first. A new guest on a signed-out device does not take the name of the person before. Nothing of
    /// a private room is read before the visitor is known to be a member.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn visit(&self, room: &RoomName, visitor: &PageVisitor<'_>, language: Language) -> Result<Visit> {
        let mut is_signed_out = false;
        if let Some(cookie) = visitor.cookie
            && let Some(session) = self.sessions.session(Some(cookie)).await
        {
            if let Some(visit) = self.visit_as(room, session, Some(cookie), visitor, language).await? {
                return Ok(visit);
            }
            is_signed_out = true;
        }
        if !self.sessions.access_policy().access.is_open() {
            return Ok(Visit::SignInFirst { is_signed_out });
        }
        let guest = self.sessions.new_guest();
        let id = is_signed_out.then(|| guest.id.clone());
        let name = visitor.name.clone().filter(|_| !is_signed_out);
        let visitor = PageVisitor { name, ..*visitor };
        let visit = self.visit_as(room, guest, None, &visitor, language).await?;
        let mut visit = visit.unwrap_or(Visit::SignInFirst { is_signed_out });
        match &mut visit {
            Visit::Room(RoomVisit { session, .. }) | Visit::NoSuchRoom(session) => session.new_guest = id,
            Visit::SignInFirst { .. } => {}
        }
        Ok(visit)
    }

    /// Prepares the page for a session, which is that of `cookie`. Returns `None` if its device is signed out. That is read together with
    /// everything else, so that it costs no time.
    async fn visit_as(
        &self,
        room: &RoomName,
        session: Session,
        cookie: Option<&str>,
        visitor: &PageVisitor<'_>,
        language: Language,
    ) -> Result<Option<Visit>> {
        let &PageVisitor { ref name, addresses, .. } = visitor;
        let (access, room, now) = (self.sessions.access_policy().access, room.clone(), self.clock.now());
        if !self.membership.may_enter(&room, &session.id).await? {
            if cookie.is_some() && self.devices.is_signed_out(&session).await? {
                return Ok(None);
            }
            let cookie = (access != AccessMode::Oidc).then(|| self.sessions.cookie(&session));
            return Ok(Some(Visit::NoSuchRoom(GivenSession { cookie, new_guest: None })));
        }
        // `person` ignores a confusable name: a socket would reject it, and a visitor with it in a cookie would be locked out.
        let mut you = session.person(name.clone());
        let client = CpuClient::from(addresses);
        let moderation = &self.restriction_store.moderation;
        let (online, newest, mut settings, direct_title, role, restrictions, sign_outs, identity) = futures::try_join!(
            async { Ok(self.online(&room).await) },
            self.catch_up.newest_page(&room, &client),
            self.restriction_store.settings(&room),
            self.membership.direct_title(&room, &you.id),
            moderation.role(&you.id),
            self.restriction_store.of_session(&you, addresses),
            moderation.sign_outs(&you.id),
            moderation.identity(),
        )?;
        if session.is_signed_out(&sign_outs, now) {
            return Ok(None);
        }
        let used = match cookie {
            Some(cookie) => self.devices.note_use(&session, cookie, visitor.user_agent).await,
            None => None,
        };
        let cookie = self.next_cookie(&session, used.as_ref(), cookie);
        let session = used.unwrap_or(session);
        let mut restrictions = restrictions;
        you.moderator |= role.moderates();
        if role.moderates() && restrictions.banned_until.is_some() {
            // No ban of an address applies to moderators.
            restrictions = self.restriction_store.of(&you).await?;
        }
        settings.details.title = direct_title.or(settings.details.title);
        let (page, up_to) = newest;
        let state = PageState {
            language,
            room,
            you,
            online,
            messages: page.messages,
            more: page.more,
            up_to,
            socket: self.socket.clone(),
            ticket: self.sessions.ticket(&session),
            access,
            rules: settings.rules,
            details: settings.details,
            restrictions,
            owner: role == Role::Owner,
            chat_name: identity.name,
        };
        let session = GivenSession { cookie, new_guest: None };
        Ok(Some(Visit::Room(RoomVisit { state, icon: identity.icon, session })))
    }

    /// Returns the cookie to set after a visit, if there is one. Every visit extends the session of a guest. That of a signed-in person ends
    /// at its fixed time.
    pub fn next_cookie(&self, session: &Session, used: Option<&Session>, cookie: Option<&str>) -> Option<String> {
        if self.sessions.access_policy().access != AccessMode::Oidc {
            return Some(self.sessions.cookie(used.unwrap_or(session)));
        }
        used.zip(cookie).map(|(used, cookie)| self.sessions.cookie_until(used, cookie))
    }

    /// Returns the number of people in a room, which may be some seconds old, or 0 if it cannot be read in time. It never fails the
    /// page: the socket brings the number soon.
    async fn online(&self, room: &RoomName) -> u32 {
        let (read, timeout) = (self.connections.recently_in_room(room, None), self.clock.sleep(COUNT_TIME));
        match select(pin!(read), pin!(timeout)).await {
            Either::Left((Ok(listeners), _)) => RoomPeople::of(listeners.iter()).online,
            Either::Left((Err(error), _)) => {
                tracing::warn!(%error, "counting the people of a room failed; the page is served without the number");
                0
            }
            Either::Right(_) => {
                tracing::warn!("counting the people of a room takes too long; the page is served without the number");
                0
            }
        }
    }
}
