//! `upload`: replies with the address for the image of a message that is yet to be sent.

use shared_types::{ImageSize, ImageType, Nonce};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Upload) };

pub(super) async fn run(
    handler: &FrameHandler,
    speaker: &Connection,
    nonce: Nonce,
    kind: ImageType,
    size: ImageSize,
) -> Reply {
    Ok(Some(handler.poster.upload(speaker, nonce, kind, size).await?))
}
