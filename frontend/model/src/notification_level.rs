//! What the visitor wants to be told of while they do not look at the page.

use shared_types::{ChatMessage, PersonId};

/// A choice of the visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotificationLevel {
    #[default]
    /// No notifications.
    Never,
    /// When a message calls them.
    Mentions,
    /// Every message of somebody else.
    Always,
}

impl NotificationLevel {
    /// Every choice there is.
    pub const ALL: [Self; 3] = [Self::Never, Self::Mentions, Self::Always];

    /// As it is kept.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Mentions => "mentions",
            Self::Always => "always",
        }
    }

    /// The choice that is kept so.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.tag() == tag)
    }

    /// Whether the visitor wants to be told of a message of somebody else.
    pub fn applies_to(self, message: &ChatMessage, me: &PersonId) -> bool {
        match self {
            Self::Never => false,
            Self::Mentions => message.mentions.iter().any(|person| person.id == *me),
            Self::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{Person, Rev, Seq, Timestamp};

    use super::*;

    fn person(id: &str) -> Person {
        Person { id: id.parse().unwrap(), name: id.parse().unwrap(), moderator: false }
    }

    fn message(mentions: &[&str]) -> ChatMessage {
        ChatMessage {
            seq: Seq(1),
            rev: Rev(1),
            author: person("ann"),
            nonce: "n".parse().unwrap(),
            text: "hi".parse().ok(),
            html: None,
            image: None,
            reply_to: None,
            mentions: mentions.iter().copied().map(person).collect(),
            sent_at: Timestamp(1),
            edited_at: None,
            deleted: false,
            reactions: Vec::new(),
        }
    }

    #[test]
    fn the_visitor_is_told_of_nothing_of_what_calls_them_or_of_everything() {
        let me = person("me").id;
        for (choice, of_any, of_others, of_mine) in [
            (NotificationLevel::Never, false, false, false),
            (NotificationLevel::Mentions, false, false, true),
            (NotificationLevel::Always, true, true, true),
        ] {
            assert_eq!(choice.applies_to(&message(&[]), &me), of_any, "{choice:?}");
            assert_eq!(choice.applies_to(&message(&["ben"]), &me), of_others, "{choice:?}");
            assert_eq!(choice.applies_to(&message(&["ben", "me"]), &me), of_mine, "{choice:?}");
        }
    }

    #[test]
    fn a_choice_is_kept_and_whoever_never_chose_is_told_of_nothing() {
        for choice in NotificationLevel::ALL {
            assert_eq!(NotificationLevel::of_tag(choice.tag()), Some(choice));
        }
        assert_eq!(NotificationLevel::of_tag("sometimes").unwrap_or_default(), NotificationLevel::Never);
    }
}
