//! Which messages cause a notification.

use shared_types::{ChatMessage, PersonId, RoomName};

/// Which messages cause a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotificationLevel {
    #[default]
    /// No notifications.
    Never,
    /// Messages that mention the visitor.
    Mentions,
    /// Every message of somebody else.
    Always,
}

impl NotificationLevel {
    /// All levels.
    pub const ALL: [Self; 3] = [Self::Never, Self::Mentions, Self::Always];

    /// The stored form.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Mentions => "mentions",
            Self::Always => "always",
        }
    }

    /// The level for its stored form.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.tag() == tag)
    }

    /// Whether a message of somebody else causes a notification. Each one of a direct message counts as a mention.
    pub fn applies_to(self, message: &ChatMessage, me: &PersonId, room: &RoomName) -> bool {
        match self {
            Self::Never => false,
            Self::Mentions => room.is_direct() || message.mentions.iter().any(|person| person.id == *me),
            Self::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{Person, Rev, Seq, Timestamp};

    use super::*;

    fn person(id: &str) -> Person {
        Person { id: id.parse().unwrap(), name: id.parse().unwrap(), moderator: false, appearance: Default::default() }
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
            pinned: None,
            poll: None,
            thread: None,
            in_room: false,
            replies: None,
        }
    }

    #[test]
    fn the_level_decides_which_messages_notify() {
        let (me, room, direct) = (person("me").id, RoomName::lobby(), RoomName::of_direct_message(&[7; 32]));
        for (level, without_mentions, mentions_others, mentions_me) in [
            (NotificationLevel::Never, false, false, false),
            (NotificationLevel::Mentions, false, false, true),
            (NotificationLevel::Always, true, true, true),
        ] {
            assert_eq!(level.applies_to(&message(&[]), &me, &room), without_mentions, "{level:?}");
            assert_eq!(level.applies_to(&message(&["ben"]), &me, &room), mentions_others, "{level:?}");
            assert_eq!(level.applies_to(&message(&["ben", "me"]), &me, &room), mentions_me, "{level:?}");
            let notifies = level != NotificationLevel::Never;
            assert_eq!(level.applies_to(&message(&[]), &me, &direct), notifies, "{level:?}");
        }
    }

    #[test]
    fn a_stored_level_is_restored_and_defaults_to_never() {
        for level in NotificationLevel::ALL {
            assert_eq!(NotificationLevel::of_tag(level.tag()), Some(level));
        }
        assert_eq!(NotificationLevel::of_tag("sometimes").unwrap_or_default(), NotificationLevel::Never);
    }
}
