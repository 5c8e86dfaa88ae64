//! `profile`: replies with the profile of a person, or with those of the people in the room who have a status. Everybody may see a profile:
//! it says nothing about rooms.

use shared_types::{Action, PersonId, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection,
    presence::people::statuses,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Profile)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, person: Option<PersonId>) -> Reply {
    let profiles = match person {
        Some(person) => vec![handler.profiles.profiles.profile(&person).await?.shown(&person)],
        // Like presence, this may be some seconds old in a large room.
        None => statuses(handler.broadcast.connections.recently_in_room(&sender.room, Some(sender)).await?.iter()),
    };
    Ok(Some(ServerMessage::Profiles { profiles }))
}
