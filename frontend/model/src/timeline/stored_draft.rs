//! The form in which a device stores an unsent message.

use shared_types::json;

use crate::timeline::Draft;

impl Draft {
    /// Returns the message for storage: `[nonce, text, image, replyTo]`. Every version of the page reads and writes this form.
    pub fn to_stored(&self) -> String {
        json::to_string(&(&self.nonce, &self.text, &self.image, self.reply_to))
    }

    /// Reads a stored message.
    pub fn from_stored(stored: &str) -> Option<Self> {
        let (nonce, text, image, reply_to) = json::from_str(stored).ok()?;
        Some(Self { nonce, text, image, reply_to })
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{ChatImage, ImageType, Seq};

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
        };
        let text = Draft {
            nonce: "n-1".parse().unwrap(),
            text: "\"hi\" 😀\n\u{1}".parse().ok(),
            image: None,
            reply_to: Some(Seq(u64::MAX)),
        };
        let picture = Draft { nonce: "n-2".parse().unwrap(), text: None, image: Some(image), reply_to: None };
        for (draft, stored) in [
            (text, r#"["n-1","\"hi\" 😀\n\u0001",null,18446744073709551615]"#),
            (picture, r#"["n-2",null,{"type":"image/png","size":5,"width":3,"height":2,"alt":"a cat"},null]"#),
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
