//! Direct messages: private rooms that are known by their two to eight people.
//!
//! The address follows from the people, so two of them who open the conversation at the same time get one room, and nothing has to be
//! looked up. Whether a room is a direct message follows from its address, so the rules for it cost no read, and a backup needs no field
//! for it. The hash has no key: who computes an address learns nothing, because the room answers them like one that does not exist, and a
//! key that changes would end every conversation.
//!
//! The members never change, except that a person who erases their data leaves. So there are no hosts, no title and no rules.
//!
//! A person who leaves a conversation stays one of its members: the address follows from the people, so without them it would be no
//! conversation of these people any more. It is taken out of their list, and a new message of anybody brings it back.

use futures::{
    future::try_join_all,
    stream::{self, StreamExt, TryStreamExt},
    try_join,
};
use sha2::{Digest, Sha256};
use shared_types::{
    Appearance, NamedPerson, Person, PersonId, PersonName, Role, RoomMember, RoomName, RoomTitle, Timestamp,
    TitledRoom, limits,
};

use crate::{
    access::{
        confusable_name::{normalized_name, reject_confusable},
        rate_limit::{RateError, RateLimiter},
        room_membership::{MembershipError, RoomMembership},
    },
    moderation::restrictions::RestrictionStore,
    ports::{
        Result as PortResult, Unavailable, connections::Connection, moderation::Subject, read_positions::ReadPositions,
    },
};

/// Number of rooms whose members are read at the same time.
const AT_ONCE: usize = 16;

/// Returns the address of the direct message of these people, in any order.
pub fn direct_message_of<'a>(people: impl IntoIterator<Item = &'a PersonId>) -> RoomName {
    let mut ids: Vec<&str> = people.into_iter().map(PersonId::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut hash = Sha256::new().chain_update("direct message");
    for id in ids {
        // No id has this character.
        hash.update([0]);
        hash.update(id);
    }
    RoomName::of_direct_message(&hash.finalize().into())
}

/// Returns the room that a person's sockets watch for news of direct messages.
pub fn inbox_of(person: &PersonId) -> RoomName {
    let hash = Sha256::new().chain_update("inbox").chain_update([0]).chain_update(person.as_str()).finalize();
    RoomName::of_inbox(&hash.into())
}

/// Returns the title of a direct message for one of its people: the names of the others, as many as have space.
pub fn title_for(viewer: &PersonId, members: &[RoomMember]) -> Option<RoomTitle> {
    let name =
        |member: &RoomMember| member.name.as_ref().map_or_else(|| member.person.to_string(), ToString::to_string);
    let mut names: Vec<String> = members.iter().filter(|member| member.person != *viewer).map(name).collect();
    if names.is_empty() {
        // The others have erased their data.
        names.push(Person::ERASED_ID.into());
    }
    names.sort_unstable();
    let shown = |count: usize| match names.len() - count {
        0 => names.join(", "),
        more => format!("{} +{more}", names[..count].join(", ")),
    };
    (1..=names.len()).rev().find_map(|count| shown(count).parse().ok())
}

/// Why a direct message was not opened. `Display` is a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum DirectError {
    /// The people, or one of them, are the reason.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// The sender has begun too many, or the store did not answer.
    #[error(transparent)]
    Rate(#[from] RateError),
}

impl From<Unavailable> for DirectError {
    fn from(cause: Unavailable) -> Self {
        Self::Membership(cause.into())
    }
}

/// Opens direct messages.
pub struct DirectMessages<'a> {
    /// The members.
    pub membership: &'a RoomMembership,
    /// Who is banned, who has a role, and who was here.
    pub restriction_store: &'a RestrictionStore,
    /// Who has read something.
    pub read_positions: &'a dyn ReadPositions,
    /// How many direct messages a person may begin.
    pub rate: &'a RateLimiter,
}

impl DirectMessages<'_> {
    /// Opens the direct message of a person and others. Makes all of them members at once, if they are not. Returns its address, and its
    /// title for the person.
    ///
    /// # Errors
    ///
    /// [`DirectError`] gives the reason.
    pub async fn open(
        &self,
        sender: &Connection,
        mut others: Vec<NamedPerson>,
        at: Timestamp,
    ) -> Result<(RoomName, RoomTitle), DirectError> {
        let by = &sender.person_as_chosen();
        if others.iter().any(|other| other.person == by.id) {
            return Err(MembershipError::DirectYourself.into());
        }
        others.sort_by(|one, other| one.person.cmp(&other.person));
        others.dedup_by(|one, other| one.person == other.person);
        if others.is_empty() || others.len() >= limits::DIRECT_PEOPLE {
            return Err(MembershipError::DirectPeople.into());
        }
        let room = direct_message_of(others.iter().map(|other| &other.person).chain([&by.id]));
        let stored = self.membership.members.direct_members(&room).await?;
        let has_left = stored.iter().any(|one| one.left.is_some() && one.member.person == by.id);
        let mut members: Vec<RoomMember> = stored.into_iter().map(|one| one.member).collect();
        let is_missing = |person: &PersonId| members.iter().all(|member| member.person != *person);
        let is_new = is_missing(&by.id);
        others.retain(|other| is_missing(&other.person));
        try_join!(
            self.check_own_rooms((is_new || has_left).then_some(&by.id)),
            try_join_all(others.iter().map(|o| self.check(o)))
        )?;
        // Nobody gives a person a name that the person could not take. Then the id stands for it.
        let checked = |name: PersonName| reject_confusable(&name).is_ok().then(|| normalized_name(&name));
        let others = others.into_iter().map(|NamedPerson { person, name }| (person, name.and_then(checked)));
        let own = is_new.then(|| (by.id.clone(), Some(by.name.clone())));
        let added: Vec<RoomMember> = others
            .chain(own)
            .map(|(person, name)| RoomMember { person, name, host: false, since: at, appearance: Appearance::NONE })
            .collect();
        if !added.is_empty() {
            self.rate.new_direct_message(sender).await?;
            self.membership.members.add_together(&room, &added).await?;
            members.extend(added);
        }
        if has_left {
            self.membership.members.set_left(&room, &by.id, None).await?;
        }
        let title = title_for(&by.id, &members).ok_or(MembershipError::DirectPeople)?;
        Ok((room, title))
    }

    async fn check_own_rooms(&self, person: Option<&PersonId>) -> Result<(), MembershipError> {
        match person {
            Some(person) => self.membership.check_number_of_rooms(person, limits::PRIVATE_ROOMS).await,
            None => Ok(()),
        }
    }

    /// Checks that a person is known, is not banned, and has space for another room. Somebody banned is answered like somebody unknown: only
    /// moderators see who is banned.
    ///
    /// The server keeps no list of people. It knows those who have a room, a role, a read position, or an address of the last day.
    async fn check(&self, NamedPerson { person, .. }: &NamedPerson) -> Result<(), MembershipError> {
        let (store, moderation) = (self.restriction_store, &self.restriction_store.moderation);
        let subject = Subject::Person(person.clone());
        let (rooms, restrictions, seen) = try_join!(
            self.membership.members.rooms_of(person, limits::ADDED_ROOMS),
            store.now(&subject),
            moderation.seen(person)
        )?;
        let is_configured = store.is_configured_moderator(person);
        if restrictions.banned_until.is_some() && !is_configured {
            return Err(MembershipError::DirectUnknown);
        }
        if rooms.len() >= limits::ADDED_ROOMS {
            return Err(MembershipError::TooManyRooms);
        }
        if !rooms.is_empty() || !seen.is_empty() || is_configured {
            return Ok(());
        }
        let (role, read) = try_join!(moderation.role(person), self.read_positions.positions(person))?;
        if role == Role::Member && read.is_empty() { Err(MembershipError::DirectUnknown) } else { Ok(()) }
    }
}

impl RoomMembership {
    /// Returns the title of a room for one of its people if it is a direct message. Costs one read then.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn direct_title(&self, room: &RoomName, viewer: &PersonId) -> PortResult<Option<RoomTitle>> {
        if !room.is_direct() {
            return Ok(None);
        }
        Ok(title_for(viewer, &self.members.members(room, limits::DIRECT_PEOPLE).await?))
    }

    /// Returns the same, and stores the name of the person, who is in the room now, if it has changed.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub(crate) async fn entered_direct_title(&self, room: &RoomName, person: &Person) -> PortResult<Option<RoomTitle>> {
        if !room.is_direct() {
            return Ok(None);
        }
        let members = self.members.members(room, limits::DIRECT_PEOPLE).await?;
        let is_renamed = |member: &RoomMember| member.person == person.id && member.name.as_ref() != Some(&person.name);
        if members.iter().any(is_renamed) {
            self.members.set_name(room, &person.id, &person.name).await?;
        }
        Ok(title_for(&person.id, &members))
    }

    /// Returns the titles of those of the rooms that are direct messages, for one of their people. Costs one read for each.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn direct_titles(&self, rooms: &[RoomName], viewer: &PersonId) -> PortResult<Vec<TitledRoom>> {
        let titles: Vec<_> = rooms
            .iter()
            .filter(|room| room.is_direct())
            .map(|room| async move {
                let title = self.direct_title(room, viewer).await?;
                Ok(title.map(|title| TitledRoom { room: room.clone(), title }))
            })
            .collect();
        let titles: Vec<Option<TitledRoom>> = stream::iter(titles).buffered(AT_ONCE).try_collect().await?;
        Ok(titles.into_iter().flatten().collect())
    }

    /// Stores a new name of a person in other direct messages that they have, at most [`limits::RENAMED_ROOMS`]. In the others it is stored
    /// when they come.
    pub(crate) async fn renamed(&self, person: &Person, current: &RoomName) -> PortResult<()> {
        let rooms = self.members.rooms_of(&person.id, limits::PRIVATE_ROOMS).await?;
        let others = rooms.iter().filter(|room| room.is_direct() && *room != current).take(limits::RENAMED_ROOMS);
        try_join_all(others.map(|room| self.members.set_name(room, &person.id, &person.name))).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> PersonId {
        text.parse().unwrap()
    }

    #[test]
    fn the_address_follows_from_the_people_in_any_order() {
        let [ann, bea, cy] = ["ann", "bea", "cy"].map(id);
        let both = direct_message_of([&ann, &bea]);
        assert!(both.is_direct(), "{both}");
        assert_eq!(both.as_str(), direct_message_of([&bea, &ann, &bea]).as_str());
        for other in [direct_message_of([&ann, &cy]), direct_message_of([&ann, &bea, &cy]), inbox_of(&ann)] {
            assert_ne!(other, both);
        }
        assert_ne!(direct_message_of([&id("ab"), &id("c")]), direct_message_of([&id("a"), &id("bc")]));
        assert_ne!(inbox_of(&ann), inbox_of(&bea));
    }

    #[test]
    fn addresses_of_conversations_never_change() {
        assert_eq!(direct_message_of([&id("ann"), &id("bea")]).as_str(), "p-9zehjkct5t4jgorja3zf");
    }

    fn check_title(names: &[&str], expected: &str) {
        let member = |(number, name): (usize, &&str)| RoomMember {
            person: id(&format!("p{number}")),
            name: name.parse().ok(),
            host: false,
            since: Timestamp(1),
            appearance: Appearance::NONE,
        };
        let members: Vec<RoomMember> = names.iter().enumerate().map(member).collect();
        assert_eq!(title_for(&id("p0"), &members).unwrap().as_str(), expected, "{names:?}");
    }

    #[test]
    fn a_title_has_the_names_of_the_others() {
        check_title(&["Me", "Bea"], "Bea");
        check_title(&["Me", "Cy", "Bea"], "Bea, Cy");
        check_title(&["Me", ""], "p1");
        check_title(&["Me"], "gone");
        let long = "x".repeat(64);
        check_title(&["Me", &long], &long);
        check_title(&["Me", "Ann", &long], &format!("Ann, {long}"));
        check_title(&["Me", "Ann and Bea", &long, "yyyy"], &format!("Ann and Bea, {long} +1"));
        check_title(&["Me", &long, &long, &long], &format!("{long} +2"));
    }
}
