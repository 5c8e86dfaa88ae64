//! `upload`: replies with the upload address for the image of a message that the client sends next, or for a picture of the sender. A file
//! that can be a picture is allowed in a read-only room, too, whose rules apply to the message. Others need the permission to post.

use shared_types::{ImageSize, ImageType, Nonce, Restrictions, limits};

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
    let can_be_picture = size.get() <= limits::PICTURE_BYTES && kind != ImageType::Gif;
    if !can_be_picture {
        let policy = &handler.posting_policy;
        let rules = policy.rules(sender, Permission::Post).await?;
        // The restrictions of the sender are checked already.
        policy.check(sender, Permission::Post, Some(Restrictions::default()), rules).await?;
    }
    Ok(Some(handler.poster.upload(sender, nonce, kind, size).await?))
}
