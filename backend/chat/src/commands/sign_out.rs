//! `signOut`: signs out a device of the sender, or all but one, and closes all sockets of the sender but this one. Replies with `signedOut`.
//!
//! A connection does not say which device it is from, so those of the devices that stay signed in are closed, too: their pages connect
//! again at once, and a signed-out device is refused. The connections are read after the sign-out is stored. One that is opened meanwhile is
//! found here, or it finds the sign-out ([`ConnectRule`](crate::presence::connect::ConnectRule)).

use futures::TryStreamExt;
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
    handler.rate.sign_out(person).await?;
    match (&device, keep) {
        (Some(device), _) => handler.devices.sign_out(person, device).await?,
        (None, Some(kept)) => handler.devices.sign_out_others(person, &kept).await?,
        (None, None) => return Err(CommandError::WhichDevice),
    }
    let all = handler.broadcast.connections.all().try_collect::<Vec<_>>().await?.into_iter();
    let others: Vec<_> = all.filter(|one| one.person.id == *person && one.id != sender.id).collect();
    handler.broadcast.close(&others).await?;
    Ok(Some(ServerMessage::SignedOut { device }))
}
