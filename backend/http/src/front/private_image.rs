//! `GET /images/…` of private rooms: only members see them.
//!
//! Images of open rooms belong to everybody who knows their address, and are served without the front page: on AWS by CloudFront from the
//! bucket. Each deployment target asks here first whether an image is one of a private room.

use chat::ports::{Result, messages::MessageKey};

use crate::front::{FrontHandler, FrontRequest};

/// How long a browser keeps an image of a private room. It asks again then, so that a deleted image disappears, and one of a room that its
/// person has left. No other cache keeps it.
pub const CACHE_CONTROL: &str = "private, max-age=3600";

/// Who may see the image of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum ImageAccess {
    /// It is an image of an open room.
    Open(MessageKey),
    /// It is an image of a private room of which the visitor is a member, if it exists.
    Member(MessageKey),
    /// The path is that of no image, or the visitor is no member of the private room. The answer is the same as for a missing image.
    Missing,
}

impl FrontHandler {
    /// Returns who may see the image of a request. Costs two reads for an image of a private room, and nothing for another one.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn image_access(&self, request: &FrontRequest) -> Result<ImageAccess> {
        let Some(key) = message_key(&request.path) else { return Ok(ImageAccess::Missing) };
        if !key.room.is_private() {
            return Ok(ImageAccess::Open(key));
        }
        let Some(session) = self.session(request).await? else { return Ok(ImageAccess::Missing) };
        let is_member = self.front_page.membership.may_enter(&key.room, &session.id).await?;
        Ok(if is_member { ImageAccess::Member(key) } else { ImageAccess::Missing })
    }
}

/// Returns the message of a path, as [`image_path`](shared_types::image_path) writes it.
fn message_key(path: &str) -> Option<MessageKey> {
    let mut parts = path.strip_prefix("/images/")?.split('/');
    let (author, room, nonce) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(MessageKey { room, author, nonce })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_an_image_has_three_parts() {
        let read = |path| message_key(path).map(|key| format!("{} {} {}", key.author, key.room, key.nonce));
        assert_eq!(read("/images/ann/cats/n-1"), Some("ann cats n-1".into()));
        for path in [
            "/images/",
            "/images/ann/cats",
            "/images/ann/cats/n/m",
            "/images/ann/Cats/n",
            "/images/ann/%63ats/n",
            "/r/cats",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
