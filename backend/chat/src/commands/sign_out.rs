//! `signOut`: signs out a device of the sender, or all but one, and closes the sockets of those devices, this one included if it is of such
//! a device. Replies with `signedOut`.

use shared_types::{DeviceId, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command. It has a limit of its own, because it reads all connections.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Anyone, rate_bucket: None };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    device: Option<DeviceId>,
    keep: Option<DeviceId>,
) -> Reply {
    let person = &sender.person.id;
    handler.rate.sign_out(person, sender.address.as_ref()).await?;
    match (&device, keep) {
        (Some(device), _) => handler.devices.sign_out(person, device).await?,
        (None, Some(kept)) => handler.devices.sign_out_others(person, &kept).await?,
        (None, None) => return Err(CommandError::WhichDevice),
    }
    Ok(Some(ServerMessage::SignedOut { device }))
}
