//! What the composer is for: something new, an answer, or another text for a message.

use shared_types::{MessageText, Seq};

use crate::timeline::{Change, ReplyPreview, Row};

/// What is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComposerMode {
    /// A new message.
    New,
    /// A new message that answers this one.
    Reply(ReplyPreview),
    /// Another text for this message.
    Edit(EditedMessage),
}

/// A message of the visitor's own, as it was before they began to edit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedMessage {
    /// Its sequence number.
    pub seq: Seq,
    /// Its text before the edit.
    pub text: Option<MessageText>,
    /// Whether it has an image, which may stand without a text.
    pub has_image: bool,
}

/// What is meant by what was written in an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditOutcome {
    /// The text is the same as before.
    Unchanged,
    /// The text is to be replaced.
    Change(Change),
    /// Nothing would be left of the message: whoever means that is to be asked.
    Deletion,
}

impl ComposerMode {
    /// An answer to a message.
    pub fn reply(row: Row) -> Option<Self> {
        let seq = row.seq.filter(|_| !row.deleted)?;
        Some(Self::Reply(ReplyPreview { seq, author: row.author, text: row.text }))
    }

    /// An edit of a message, if it is the visitor's.
    pub fn edit(row: Row) -> Option<Self> {
        let seq = row.seq.filter(|_| row.mine && !row.deleted)?;
        Some(Self::Edit(EditedMessage { seq, text: row.text, has_image: row.image.is_some() }))
    }

    /// The message that is answered.
    pub fn reply_to(&self) -> Option<Seq> {
        if let Self::Reply(preview) = self { Some(preview.seq) } else { None }
    }
}

impl EditedMessage {
    /// What is meant by this text.
    pub fn outcome(&self, text: Option<MessageText>) -> EditOutcome {
        if text.is_none() && !self.has_image {
            EditOutcome::Deletion
        } else if text == self.text {
            EditOutcome::Unchanged
        } else {
            EditOutcome::Change(Change::Text(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_changes_the_text_or_nothing_or_asks_whether_the_message_is_to_go() {
        let text = |text: &str| text.parse::<MessageText>().ok();
        let change = |text: Option<MessageText>| EditOutcome::Change(Change::Text(text));
        for (before, has_image, after, outcome) in [
            ("hi", false, "ho", change(text("ho"))),
            ("hi", false, "hi \n", EditOutcome::Unchanged),
            ("hi", false, " ", EditOutcome::Deletion),
            ("hi", true, "", change(None)),
            ("", true, "", EditOutcome::Unchanged),
            ("", true, "hi", change(text("hi"))),
        ] {
            let edited = EditedMessage { seq: Seq(1), text: text(before), has_image };
            assert_eq!(edited.outcome(text(after)), outcome, "{before:?} to {after:?}");
        }
    }
}
