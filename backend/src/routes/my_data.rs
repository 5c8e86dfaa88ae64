//! `GET /me/data`: what a visitor wrote, for themself.

use shared_types::{Person, PersonName};

use super::{answers::not_now, front::FrontAnswer};
use crate::{
    chat::{Export, Exported, Identities, Rate, guest_name},
    ports::{Identity, Result, Unavailable},
};

/// The route of one's own data.
pub(super) struct MyData {
    pub(super) export: Export,
    pub(super) rate: Rate,
    pub(super) identities: Identities,
}

/// Where an answer is to begin: after a message, or with the first.
pub(super) struct Part(Option<(shared_types::RoomName, shared_types::Nonce)>);

/// The part that a path asks for: `/me/data`, or as an answer's `next` says it.
pub(super) fn part(path: &str) -> Option<Part> {
    let rest = path.strip_prefix("/me/data")?;
    if rest.is_empty() {
        return Some(Part(None));
    }
    let (room, nonce) = rest.strip_prefix('/')?.split_once('/')?;
    Some(Part(Some((room.parse().ok()?, nonce.parse().ok()?))))
}

impl MyData {
    /// Answers with a file for whoever has a cookie; 401 without, and 429 for who asks again and again. `secure` is whether
    /// they came by HTTPS.
    pub(super) async fn give(
        &self,
        part: Part,
        cookie: Option<&str>,
        name: Option<PersonName>,
        secure: bool,
    ) -> Result<FrontAnswer> {
        let visitor = match cookie {
            Some(cookie) => self.identities.read_cookie(cookie).await.ok(),
            None => None,
        };
        let Some(visitor) = visitor else {
            return Ok(FrontAnswer::plain(401, "Nobody is known by this cookie.\n".into(), secure));
        };
        if let Err(why) = self.rate.export(&visitor.id).await {
            let (status, sentence, seconds) = not_now(why)?;
            let mut answer = FrontAnswer::plain(status, sentence, secure);
            answer.headers.push(("retry-after", seconds.to_string().into()));
            return Ok(answer);
        }
        let name = visitor.name.or(name).unwrap_or_else(|| guest_name(&visitor.id));
        let person = Person { id: visitor.id, name, moderator: visitor.moderator };
        let after = part.0.map(|(room, nonce)| Identity { room, author: person.id.clone(), nonce });
        let exported: Exported = self.export.export(person, after).await?;
        let body = serde_json::to_string(&exported).map_err(Unavailable::while_doing("writing what somebody wrote"))?;
        let mut answer = FrontAnswer { content_type: "application/json", ..FrontAnswer::plain(200, body, secure) };
        answer.headers.push(("content-disposition", "attachment; filename=my-messages.json".into()));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_beginning_a_part_or_nothing() {
        let read = |path| part(path).map(|Part(after)| after.map(|(room, nonce)| format!("{room} {}", nonce.as_str())));
        assert_eq!(read("/me/data"), Some(None));
        assert_eq!(read("/me/data/cats/n-1"), Some(Some("cats n-1".into())));
        for path in ["/me", "/me/data/", "/me/data/cats", "/me/data/Cats/n", "/me/data/cats/n/m", "/me/datax"] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
