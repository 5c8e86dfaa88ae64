//! `upload`: replies with the upload address for the image of a message that the client sends next, or for a picture of the sender. So it is
//! allowed in a read-only room, too, whose rules apply to the message.

use shared_types::{ImageSize, ImageType, Nonce};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Upload) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    nonce: Nonce,
    kind: ImageType,
    size: ImageSize,
) -> Reply {
    Ok(Some(handler.poster.upload(sender, nonce, kind, size).await?))
}
