//! What the front page knows when it arrives.

use std::sync::Arc;

use shared_types::{AccessMode, Language, PageState, PersonName, RoomName};

use crate::{
    access::sessions::Sessions,
    messages::catch_up::CatchUp,
    moderation::restrictions::RestrictionStore,
    ports::{
        Result,
        connections::{AddressKey, Connections},
    },
    presence::people::RoomPeople,
};

/// The rule of the front page.
pub struct FrontPage {
    /// Who is in the room.
    pub connections: Arc<dyn Connections>,
    /// What was said last.
    pub catch_up: CatchUp,
    /// Who a cookie belongs to.
    pub sessions: Sessions,
    /// What moderators decided.
    pub restriction_store: RestrictionStore,
    /// The address of the socket.
    pub socket: String,
}

/// What a front page visit comes to.
pub struct Visit {
    /// What the page shows.
    pub state: PageState,
    /// The cookie that makes the visitor the same next time; none where they have one that is not to live longer.
    pub cookie: Option<String>,
}

impl FrontPage {
    /// Prepares a room's page for a visitor; a new guest if their cookie says nothing and the door is open, and nothing for
    /// whoever has to come in by it first. `name` is what they chose to be called on an earlier visit, and `addresses` is what
    /// the address they come from is known by.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn visit(
        &self,
        room: RoomName,
        cookie: Option<&str>,
        name: Option<PersonName>,
        addresses: &[AddressKey],
        language: Language,
    ) -> Result<Option<Visit>> {
        let access = self.sessions.access_policy().access;
        let visitor = match self.sessions.visitor(cookie).await {
            Some(visitor) => visitor,
            None if access.is_open() => self.sessions.new_guest(),
            None => return Ok(None),
        };
        // A name that no socket takes would lock out whoever has it in their cookie.
        let you = visitor.called(name);
        let (listeners, newest, rules, restrictions) = futures::try_join!(
            self.connections.in_room(&room),
            self.catch_up.newest_page(&room),
            self.restriction_store.rules(&room),
            self.restriction_store.of_session(&you, addresses),
        )?;
        let (page, up_to) = newest;
        let state = PageState {
            language,
            room,
            you,
            online: RoomPeople::of(&listeners).online,
            messages: page.messages,
            more: page.more,
            up_to,
            socket: self.socket.clone(),
            ticket: self.sessions.ticket(&visitor),
            access,
            rules,
            restrictions,
        };
        // A guest stays who they are with every visit; whoever was vouched for is vouched for until then, and no longer.
        let cookie = (access != AccessMode::Oidc).then(|| self.sessions.cookie(&visitor));
        Ok(Some(Visit { state, cookie }))
    }
}
