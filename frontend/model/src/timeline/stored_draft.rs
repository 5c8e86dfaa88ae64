//! The form in which a device stores an unsent message.

use shared_types::json;

use crate::timeline::Draft;

impl Draft {
    /// Returns the message for storage: `[nonce, text, image, replyTo]`. Every version of the page reads and writes this form. A
    /// reply in a thread has a letter before it: `t`, or `r` if the room shows it, too. Versions that do not know threads leave it out.
    pub fn to_stored(&self) -> String {
        let draft = (&self.nonce, &self.text, &self.image, self.reply_to);
        match self.thread {
            None => json::to_string(&draft),
            Some(in_room) => [if in_room { "r" } else { "t" }, &json::to_string(&draft)].concat(),
        }
    }

    /// Reads a stored message.
    pub fn from_stored(stored: &str) -> Option<Self> {
        let in_thread = |letter| stored.strip_prefix(letter);
        let (draft, thread) = match (in_thread('t'), in_thread('r')) {
            (Some(draft), _) => (draft, Some(false)),
            (_, Some(draft)) => (draft, Some(true)),
            (None, None) => (stored, None),
        };
        let (nonce, text, image, reply_to) = json::from_str(draft).ok()?;
        Some(Self { nonce, text, image, reply_to, thread })
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{ChatImage, ImageType, MoreImages, Seq};

    use super::*;

    #[test]
    fn a_stored_message_keeps_its_form() {
        let image = ChatImage {
            kind: ImageType::Png,
            size: 5.try_into().unwrap(),
            width: 3.try_into().unwrap(),
            height: 2.try_into().unwrap(),
            preview: None,
            alt: "a cat".parse().ok(),
            more: MoreImages::default(),
        };
        let picture = || Draft {
            nonce: "n-2".parse().unwrap(),
            text: None,
            image: Some(image.clone()),
            reply_to: None,
            thread: None,
        };
        let text = Draft {
            nonce: "n-1".parse().unwrap(),
            text: "\"hi\" 😀\n\u{1}".parse().ok(),
            image: None,
            reply_to: Some(Seq(u64::MAX)),
            thread: None,
        };
        let album =
            Draft { image: Some(ChatImage { more: MoreImages(vec![image.clone()]), ..image.clone() }), ..picture() };
        let [in_thread, in_both] =
            [false, true].map(|in_room| Draft { thread: Some(in_room), reply_to: Some(Seq(7)), ..picture() });
        let picture = picture();
        for (draft, stored) in [
            (text, r#"["n-1","\"hi\" 😀\n\u0001",null,18446744073709551615]"#),
            (picture, r#"["n-2",null,{"type":"image/png","size":5,"width":3,"height":2,"alt":"a cat"},null]"#),
            (
                album,
                r#"["n-2",null,{"type":"image/png","size":5,"width":3,"height":2,"alt":"a cat","more":[{"type":"image/png","size":5,"width":3,"height":2,"alt":"a cat"}]},null]"#,
            ),
            (in_thread, r#"t["n-2",null,{"type":"image/png","size":5,"width":3,"height":2,"alt":"a cat"},7]"#),
            (in_both, r#"r["n-2",null,{"type":"image/png","size":5,"width":3,"height":2,"alt":"a cat"},7]"#),
        ] {
            assert_eq!(draft.to_stored(), stored);
            assert_eq!(Draft::from_stored(stored), Some(draft));
        }
    }

    #[test]
    fn an_invalid_stored_message_is_skipped() {
        for bad in [
            "",
            "null",
            r#"["n-1","hi",null]"#,
            r#"["n-1","hi",null,null,null]"#,
            r#"["not a nonce","hi",null,null]"#,
            r#"["n-1"," ",null,null]"#,
            r#"["n-1","hi",null,-1]"#,
            r#"{"nonce":"n-1"}"#,
        ] {
            assert_eq!(Draft::from_stored(bad), None, "{bad}");
        }
    }
}
