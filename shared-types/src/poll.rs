//! Polls: a message whose text is a question, with options to choose from.

use std::{collections::BTreeSet, fmt, str::FromStr};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    NameError, PersonId,
    checked::json_of_text,
    limits::{POLL_OPTION_CHARS, POLL_OPTIONS},
    names::{parse_line, text_newtype},
    server_message::is_false,
};

/// Text of an option: one line of 1 to [`POLL_OPTION_CHARS`] characters without invisible ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PollOptionText(String);

impl FromStr for PollOptionText {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        parse_line(text, POLL_OPTION_CHARS).map(Self)
    }
}

text_newtype!(PollOptionText);
json_of_text!(PollOptionText);

/// A poll as its author sends it.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct PollDraft {
    /// The options; 2 to [`POLL_OPTIONS`], each once.
    pub options: Vec<PollOptionText>,
    /// Whether a person can choose several options.
    #[serde(default, skip_serializing_if = "is_false")]
    pub several: bool,
}

/// Why a poll is rejected. Its `Display` is the end of a sentence about the poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollError {
    /// It has too few or too many options.
    Count,
    /// Two options have the same text.
    Repeated,
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => write!(f, "must have 2 to {POLL_OPTIONS} options"),
            Self::Repeated => f.write_str("must not have the same option twice"),
        }
    }
}

impl std::error::Error for PollError {}

impl PollDraft {
    /// Checks the number of the options, and that no two are the same.
    ///
    /// # Errors
    ///
    /// [`PollError`] says why the poll is rejected.
    pub fn check(&self) -> Result<(), PollError> {
        if !(2..=POLL_OPTIONS).contains(&self.options.len()) {
            return Err(PollError::Count);
        }
        let different: BTreeSet<_> = self.options.iter().collect();
        if different.len() == self.options.len() { Ok(()) } else { Err(PollError::Repeated) }
    }
}

/// The poll of a message, with its votes.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Poll {
    /// The options.
    pub options: Vec<PollOption>,
    /// Whether a person can choose several options.
    #[serde(default, skip_serializing_if = "is_false")]
    pub several: bool,
    /// Whether nobody can vote any more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub closed: bool,
}

/// An option of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct PollOption {
    /// The text.
    pub text: PollOptionText,
    /// The people who chose it, in the order of their votes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<PersonId>,
}

impl From<PollDraft> for Poll {
    fn from(PollDraft { options, several }: PollDraft) -> Self {
        let options = options.into_iter().map(|text| PollOption { text, votes: Vec::new() }).collect();
        Self { options, several, closed: false }
    }
}

impl Poll {
    /// Returns the number of votes for all options.
    pub fn count(&self) -> usize {
        self.options.iter().map(|option| option.votes.len()).sum()
    }

    /// Returns whether a person chose an option. `None` if there is no such option.
    pub fn has_vote(&self, option: u16, who: &PersonId) -> Option<bool> {
        Some(self.options.get(usize::from(option))?.votes.contains(who))
    }

    /// Adds the vote of a person for an option, or removes it. With one choice a new vote replaces the other one. Does nothing if it is so
    /// already, or there is no such option.
    pub fn vote(&mut self, option: u16, on: bool, who: &PersonId) {
        if self.has_vote(option, who) != Some(!on) {
            return;
        }
        for (place, of) in self.options.iter_mut().enumerate() {
            if place == usize::from(option) && on {
                of.votes.push(who.clone());
            } else if place == usize::from(option) || on && !self.several {
                of.votes.retain(|voter| voter != who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(options: &[&str]) -> PollDraft {
        PollDraft { options: options.iter().map(|option| option.parse().unwrap()).collect(), several: false }
    }

    #[test]
    fn a_poll_has_2_to_20_different_options() {
        let numbers: Vec<String> = (0..21).map(|number| number.to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        for (options, expected) in [
            (&numbers[..0], Err(PollError::Count)),
            (&numbers[..1], Err(PollError::Count)),
            (&numbers[..2], Ok(())),
            (&numbers[..20], Ok(())),
            (&numbers[..], Err(PollError::Count)),
            (&["a", "b", " a "], Err(PollError::Repeated)),
            (&["a", "A"], Ok(())),
        ] {
            assert_eq!(draft(options).check(), expected, "{options:?}");
        }
    }

    #[test]
    fn an_option_is_one_line_without_invisible_characters() {
        for (text, expected) in [
            (" yes \n no ", Ok("yes no")),
            ("はい", Ok("はい")),
            ("", Err(NameError::Empty)),
            (" \t", Err(NameError::Empty)),
            ("a\u{202e}b", Err(NameError::Character)),
            ("a\0", Err(NameError::Character)),
        ] {
            let parsed = text.parse::<PollOptionText>().map(|parsed| parsed.to_string());
            assert_eq!(parsed, expected.map(str::to_owned), "{}", text.escape_unicode());
        }
        assert!("x".repeat(POLL_OPTION_CHARS).parse::<PollOptionText>().is_ok());
        assert!("x".repeat(POLL_OPTION_CHARS + 1).parse::<PollOptionText>().is_err());
    }

    #[test]
    fn a_vote_replaces_another_one_if_there_is_one_choice() {
        let [ann, bea]: [PersonId; 2] = ["ann", "bea"].map(|id| id.parse().unwrap());
        for (several, expected) in [(false, [1, 1, 0]), (true, [2, 1, 1])] {
            let mut poll = Poll { several, ..draft(&["a", "b", "c"]).into() };
            for (option, on, who) in
                [(0, true, &ann), (0, true, &bea), (2, true, &ann), (1, true, &ann), (1, true, &ann), (9, true, &ann)]
            {
                poll.vote(option, on, who);
            }
            let counts: Vec<_> = poll.options.iter().map(|option| option.votes.len()).collect();
            assert_eq!(counts, expected);
            poll.vote(1, false, &ann);
            poll.vote(1, false, &bea);
            assert_eq!((poll.has_vote(1, &ann), poll.has_vote(0, &bea)), (Some(false), Some(true)));
        }
    }

    #[test]
    fn the_longest_message_with_a_poll_fits_a_frame() {
        // No allowed character of an option is escaped with more bytes than it has in UTF-8, which are four at most.
        let options: Vec<String> = (0..POLL_OPTIONS as u32)
            .map(|number| char::from_u32(0x20000 + number).unwrap().to_string().repeat(POLL_OPTION_CHARS))
            .collect();
        let poll = serde_json::json!({ "options": options, "several": true });
        assert!(poll.to_string().len() + r#""poll":,"#.len() < 6_000);
    }
}
