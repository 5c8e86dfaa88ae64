//! `GET /me/data`: lets people download their own messages.

use chat::{
    access::{rate_limit::RateLimiter, sessions::Session},
    messages::export::{DataExport, ExportPart},
    ports::{Result, messages::MessageKey},
};
use shared_types::{Nonce, RoomName};

use crate::{answers::FrontAnswer, cookies, front::FrontRequest};

/// Exports people's own messages.
pub(crate) struct MyData {
    pub(crate) export: DataExport,
    pub(crate) rate: RateLimiter,
}

/// Where a part of an export starts: with the first message, or after this one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ExportStart(Option<(RoomName, Nonce)>);

impl ExportStart {
    /// Returns the start that a path names: `/me/data`, or `/me/data/{room}/{nonce}` as in the field `next` of an answer.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/me/data")?;
        if rest.is_empty() {
            return Some(Self(None));
        }
        let (room, nonce) = rest.strip_prefix('/')?.split_once('/')?;
        Some(Self(Some((room.parse().ok()?, nonce.parse().ok()?))))
    }
}

impl MyData {
    /// Answers with a file. Without a session the answer is 401; if the rate limit is exceeded, it is 429.
    pub(crate) async fn answer(
        &self,
        start: ExportStart,
        session: Option<Session>,
        request: &FrontRequest,
    ) -> Result<FrontAnswer> {
        let secure = request.secure;
        let Some(session) = session else { return Ok(FrontAnswer::no_session(secure)) };
        if let Err(error) = self.rate.export(&session.id).await {
            return FrontAnswer::export_refused(error, secure);
        }
        let person = session.person(cookies::person_name(request.cookies()));
        let after = start.0.map(|(room, nonce)| MessageKey { room, author: person.id.clone(), nonce });
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
    fn an_export_path_names_where_to_start() {
        let read = |path| {
            let start = ExportStart::of_path(path);
            start.map(|ExportStart(after)| after.map(|(room, nonce)| format!("{room} {}", nonce.as_str())))
        };
        assert_eq!(read("/me/data"), Some(None));
        assert_eq!(read("/me/data/cats/n-1"), Some(Some("cats n-1".into())));
        for path in ["/me", "/me/data/", "/me/data/cats", "/me/data/Cats/n", "/me/data/cats/n/m", "/me/datax"] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
