//! What the composer is for: something new, an answer, or another text for a message.

use shared_types::{MessageText, Seq};

use crate::timeline::{Change, Quoted, Row};

/// What is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writing {
    /// A new message.
    New,
    /// A new message that answers this one.
    Reply(Quoted),
    /// Another text for this message.
    Edit(Edited),
}

/// A message of the visitor's own, as it was before they began to edit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// Its sequence number.
    pub seq: Seq,
    /// Its text before the edit.
    pub text: Option<MessageText>,
    /// Whether it has an image, which may stand without a text.
    pub illustrated: bool,
}

/// What is meant by what was written in an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The text is the same as before.
    Nothing,
    /// The text is to be replaced.
    Change(Change),
    /// Nothing would be left of the message: whoever means that is to be asked.
    Deletion,
}

impl Writing {
    /// An answer to a message.
    pub fn reply(row: Row) -> Option<Self> {
        let seq = row.seq.filter(|_| !row.deleted)?;
        Some(Self::Reply(Quoted { seq, author: row.author, text: row.text }))
    }

    /// An edit of a message, if it is the visitor's.
    pub fn edit(row: Row) -> Option<Self> {
        let seq = row.seq.filter(|_| row.mine && !row.deleted)?;
        Some(Self::Edit(Edited { seq, text: row.text, illustrated: row.image.is_some() }))
    }

    /// The message that is answered.
    pub fn answers(&self) -> Option<Seq> {
        if let Self::Reply(quoted) = self { Some(quoted.seq) } else { None }
    }
}

impl Edited {
    /// What is meant by this text.
    pub fn outcome(&self, text: Option<MessageText>) -> Outcome {
        if text.is_none() && !self.illustrated {
            Outcome::Deletion
        } else if text == self.text {
            Outcome::Nothing
        } else {
            Outcome::Change(Change::Text(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_changes_the_text_or_nothing_or_asks_whether_the_message_is_to_go() {
        let text = |text: &str| text.parse::<MessageText>().ok();
        let change = |text: Option<MessageText>| Outcome::Change(Change::Text(text));
        for (before, illustrated, after, outcome) in [
            ("hi", false, "ho", change(text("ho"))),
            ("hi", false, "hi \n", Outcome::Nothing),
            ("hi", false, " ", Outcome::Deletion),
            ("hi", true, "", change(None)),
            ("", true, "", Outcome::Nothing),
            ("", true, "hi", change(text("hi"))),
        ] {
            let edited = Edited { seq: Seq(1), text: text(before), illustrated };
            assert_eq!(edited.outcome(text(after)), outcome, "{before:?} to {after:?}");
        }
    }
}
