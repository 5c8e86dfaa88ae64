//! `members`: replies with the members of the private room, and what they look like: those who are absent are drawn with their picture, too.

use std::collections::HashMap;

use shared_types::{Action, Appearance, PersonId, RoomMember, ServerMessage, limits};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Maximum size of an appearance in an answer: its field with two numbers, of 20 and 2 digits.
const APPEARANCE_BYTES: usize = 60;

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Members)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let mut people = handler.membership.list(&sender.room).await?;
    let ids: Vec<PersonId> = people.iter().map(|member| member.person.clone()).collect();
    match handler.profiles.profiles.appearances(&ids).await {
        Ok(appearances) => add_appearances(&mut people, &appearances),
        Err(error) => tracing::warn!(%error, "appearances of members not read; the list has none"),
    }
    Ok(Some(ServerMessage::Members { people }))
}

/// Adds what the members look like, from the first one on, as far as the answer has space: with 300 of the longest names it has for some 160.
fn add_appearances(people: &mut [RoomMember], appearances: &HashMap<PersonId, Appearance>) {
    let bytes: usize = people.iter().map(json_bytes).sum();
    let most = limits::ANSWER_BYTES.saturating_sub(bytes) / APPEARANCE_BYTES;
    let found = people.iter_mut().filter_map(|member| Some((appearances.get(&member.person)?, member)));
    for (appearance, member) in found.take(most) {
        member.appearance = *appearance;
    }
}

/// Returns the size of a member in an answer, with a comma. A member always serializes.
fn json_bytes(member: &RoomMember) -> usize {
    serde_json::to_string(member).map_or(0, |json| json.len() + 1)
}

#[cfg(test)]
mod tests {
    use shared_types::Timestamp;

    use super::*;

    /// Returns how many of the members of a full room have an appearance in the answer, and the bytes of the members.
    fn full_room(name: &str, appearance: Appearance) -> (usize, usize) {
        let member = |number: usize| RoomMember {
            person: format!("{number:0>64}").parse().unwrap(),
            name: name.parse().ok(),
            host: true,
            since: Timestamp(1_764_540_000_000),
            appearance: Appearance::NONE,
        };
        let mut people: Vec<_> = (0..limits::ROOM_MEMBERS).map(member).collect();
        let appearances = people.iter().map(|member| (member.person.clone(), appearance)).collect();
        add_appearances(&mut people, &appearances);
        let with = people.iter().filter(|member| !member.appearance.is_default()).count();
        (with, people.iter().map(json_bytes).sum())
    }

    #[test]
    fn the_members_of_a_full_room_fit_one_answer() {
        let longest = Appearance { picture: Some(Timestamp(u64::MAX)), colour: 11.try_into().ok() };
        let (with, bytes) = full_room(&"𠮷".repeat(limits::NAME_CHARS), longest);
        assert!(bytes <= limits::ANSWER_BYTES && (100..limits::ROOM_MEMBERS).contains(&with), "{with} {bytes}");
        let (with, bytes) = full_room("Ann", longest);
        assert!(bytes <= limits::ANSWER_BYTES && with == limits::ROOM_MEMBERS, "{with} {bytes}");
    }
}
