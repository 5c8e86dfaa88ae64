//! The names of the commands on the wire.

use std::{convert::Infallible, fmt, str::FromStr};

use crate::checked::json_of_text;

/// Defines [`Action`] from one table of variants and their names on the wire.
macro_rules! actions {
    ($($variant:ident = $name:literal,)*) => {
        /// A command that a client may send: the `action` of a frame.
        ///
        /// Adding a command starts here: the compiler then asks for it in every exhaustive match.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "each is documented at its variant of `ClientMessage`")]
        pub enum Action {
            $($variant,)*
        }

        impl Action {
            /// All commands.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

actions! {
    Hello = "hello",
    Send = "send",
    Upload = "upload",
    Edit = "edit",
    Delete = "delete",
    React = "react",
    Pin = "pin",
    Vote = "vote",
    ClosePoll = "closePoll",
    History = "history",
    Changes = "changes",
    Rename = "rename",
    People = "people",
    Rooms = "rooms",
    Directory = "directory",
    Search = "search",
    Pins = "pins",
    Thread = "thread",
    Threads = "threads",
    Save = "save",
    Saved = "saved",
    Typing = "typing",
    Mute = "mute",
    Ban = "ban",
    Restrictions = "standing",
    PurgeUser = "clear",
    Rules = "rules",
    Describe = "describe",
    Audit = "audit",
    SetRole = "role",
    Roles = "roles",
    SetIdentity = "chat",
    Usage = "usage",
    EraseMyData = "forget",
    Ping = "ping",
    Enter = "enter",
    Read = "read",
    ReadThread = "readThread",
    Receipts = "receipts",
    CreateRoom = "createRoom",
    MyRooms = "myRooms",
    Members = "members",
    AddMember = "addMember",
    RemoveMember = "removeMember",
    LeaveRoom = "leaveRoom",
    Direct = "direct",
    Profile = "profile",
    SetProfile = "setProfile",
    SignOut = "signOut",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name).ok_or(UnknownAction)
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

impl FromStr for ActionName {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(Self::from(name))
    }
}

json_of_text!(ActionName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_unique_name() {
        for &action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
            assert_eq!(ActionName::from(action.as_str()), ActionName::Known(action));
        }
        assert_eq!("shout".parse::<Action>(), Err(UnknownAction));
        assert_eq!(ActionName::from("shout"), ActionName::Unknown("shout".into()));
    }
}
