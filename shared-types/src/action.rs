//! The names of the commands on the wire.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A command that a client may send: the `action` of a frame.
///
/// Adding a command starts here: the compiler then asks for it in every exhaustive match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is documented at its variant of `ClientMessage`")]
pub enum Action {
    Hello,
    Send,
    Upload,
    Edit,
    Delete,
    React,
    History,
    Changes,
    Rename,
    People,
    Rooms,
    Search,
    Typing,
    Mute,
    Ban,
    Restrictions,
    PurgeUser,
    Rules,
    Audit,
    EraseMyData,
    Ping,
}

impl Action {
    /// Every command.
    pub const ALL: [Self; 21] = [
        Self::Hello,
        Self::Send,
        Self::Upload,
        Self::Edit,
        Self::Delete,
        Self::React,
        Self::History,
        Self::Changes,
        Self::Rename,
        Self::People,
        Self::Rooms,
        Self::Search,
        Self::Typing,
        Self::Mute,
        Self::Ban,
        Self::Restrictions,
        Self::PurgeUser,
        Self::Rules,
        Self::Audit,
        Self::EraseMyData,
        Self::Ping,
    ];

    /// Returns the name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Send => "send",
            Self::Upload => "upload",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::React => "react",
            Self::History => "history",
            Self::Changes => "changes",
            Self::Rename => "rename",
            Self::People => "people",
            Self::Rooms => "rooms",
            Self::Search => "search",
            Self::Typing => "typing",
            Self::Mute => "mute",
            Self::Ban => "ban",
            Self::Restrictions => "standing",
            Self::PurgeUser => "clear",
            Self::Rules => "rules",
            Self::Audit => "audit",
            Self::EraseMyData => "forget",
            Self::Ping => "ping",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        Self::ALL.into_iter().find(|action| action.as_str() == name).ok_or(UnknownAction)
    }
}

/// Error: the name belongs to no [`Action`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownAction;

/// The action that an `error` frame answers: a name that the client sent, known or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionName {
    /// A command of this version of the wire.
    Known(Action),
    /// A name that this version does not know.
    Unknown(String),
}

impl ActionName {
    /// Returns the name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(action) => action.as_str(),
            Self::Unknown(name) => name,
        }
    }

    /// Returns the command, if this version knows it.
    pub fn known(&self) -> Option<Action> {
        match self {
            Self::Known(action) => Some(*action),
            Self::Unknown(_) => None,
        }
    }
}

impl From<Action> for ActionName {
    fn from(action: Action) -> Self {
        Self::Known(action)
    }
}

impl From<&str> for ActionName {
    fn from(name: &str) -> Self {
        name.parse().map_or_else(|_| Self::Unknown(name.into()), Self::Known)
    }
}

impl Serialize for ActionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ActionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self::from(name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_unique_name() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
            assert_eq!(ActionName::from(action.as_str()), ActionName::Known(action));
        }
        assert_eq!("shout".parse::<Action>(), Err(UnknownAction));
        assert_eq!(ActionName::from("shout"), ActionName::Unknown("shout".into()));
    }
}
