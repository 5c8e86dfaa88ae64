//! What the composer is used for: a new message, a reply, or an edit.

use shared_types::{MessageText, Seq, plain_text};

use crate::timeline::{Change, ReplyPreview, Row, Timeline};

/// What is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComposerMode {
    /// A new message.
    New,
    /// A reply to this message.
    Reply(ReplyPreview),
    /// An edit of this message.
    Edit(EditedMessage),
}

/// The visitor's message before the edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedMessage {
    /// Its sequence number.
    pub seq: Seq,
    /// Its text before the edit.
    pub text: Option<MessageText>,
    /// Whether it has an image, and may be without a text.
    pub has_image: bool,
}

/// The result of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditOutcome {
    /// The text is the same as before.
    Unchanged,
    /// The text is to be replaced.
    Change(Change),
    /// The message would be empty: the visitor is asked whether to delete it.
    Deletion,
}

impl ComposerMode {
    /// A reply to a message.
    pub fn reply(row: Row) -> Option<Self> {
        let seq = row.seq.filter(|_| !row.deleted)?;
        let text = plain_text(row.text.as_ref(), row.html.as_deref());
        Some(Self::Reply(ReplyPreview { seq, author: row.author, text }))
    }

    /// An edit of a message, if it is the visitor's own.
    pub fn edit(row: Row) -> Option<Self> {
        let seq = row.seq.filter(|_| row.mine && !row.deleted)?;
        Some(Self::Edit(EditedMessage { seq, text: row.text, has_image: row.image.is_some() }))
    }

    /// The mode after messages have changed, if it is another one: a quote disappears with its message, and shows its newest text.
    pub fn refreshed(&self, timeline: &Timeline) -> Option<Self> {
        let Self::Reply(preview) = self else { return None };
        match timeline.quote(preview) {
            None => Some(Self::New),
            Some(quote) => (quote != *preview).then_some(Self::Reply(quote)),
        }
    }

    /// The message that is replied to.
    pub fn reply_to(&self) -> Option<Seq> {
        if let Self::Reply(preview) = self { Some(preview.seq) } else { None }
    }

    /// The message that is edited.
    pub fn edited(&self) -> Option<Seq> {
        if let Self::Edit(edited) = self { Some(edited.seq) } else { None }
    }
}

impl EditedMessage {
    /// The result of an edit with this text.
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
    fn an_edit_changes_the_text_or_nothing_or_deletes() {
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
