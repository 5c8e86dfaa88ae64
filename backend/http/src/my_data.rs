//! `GET /me/data`: what a visitor wrote, for themself.

use chat::{
    access::{rate_limit::RateLimiter, sessions::Sessions},
    messages::export::{DataExport, ExportPart},
    ports::{Result, messages::MessageKey},
};
use shared_types::PersonName;

use crate::{errors::not_now, front::answer::FrontAnswer};

/// The route of one's own data.
pub(crate) struct MyData {
    pub(crate) export: DataExport,
    pub(crate) rate: RateLimiter,
    pub(crate) sessions: Sessions,
}

/// Where an answer is to begin: after a message, or with the first.
pub(crate) struct Part(Option<(shared_types::RoomName, shared_types::Nonce)>);

/// The part that a path asks for: `/me/data`, or as an answer's `next` says it.
pub(crate) fn part(path: &str) -> Option<Part> {
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
    pub(crate) async fn give(
        &self,
        part: Part,
        cookie: Option<&str>,
        name: Option<PersonName>,
        secure: bool,
    ) -> Result<FrontAnswer> {
        let Some(visitor) = self.sessions.session(cookie).await else {
            return Ok(FrontAnswer::plain(401, "Nobody is known by this cookie.\n".into(), secure));
        };
        if let Err(why) = self.rate.export(&visitor.id).await {
            let (status, sentence, seconds) = not_now(why)?;
            let mut answer = FrontAnswer::plain(status, sentence, secure);
            answer.headers.push(("retry-after", seconds.to_string().into()));
            return Ok(answer);
        }
        let person = visitor.person(name);
        let after = part.0.map(|(room, nonce)| MessageKey { room, author: person.id.clone(), nonce });
        let exported: ExportPart = self.export.export(person, after).await?;
        let mut answer = FrontAnswer::json(200, &exported, secure)?;
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
