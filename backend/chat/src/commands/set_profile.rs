//! `setProfile`: replaces the profile of the sender, and shows it in all rooms in which they are. Replies with `profiles`.

use shared_types::ServerMessage;

use super::{CommandSpec, FrameHandler, Reply, shared::Shown};
use crate::{access::profiles::WantedProfile, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command. It has a limit of its own, because it reads all connections.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::NotMuted, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, wanted: WantedProfile) -> Reply {
    let person = &sender.person.id;
    handler.rate.profile_change(person, sender.address.as_ref()).await?;
    let profile = handler.profiles.set(sender, wanted).await?.shown(person);
    let profile = handler.show_profile(profile, Shown::Everywhere).await?;
    Ok(Some(ServerMessage::Profiles { profiles: vec![profile] }))
}
