//! Access mode of a chat.

use std::str::FromStr;

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// Who may enter a chat. One setting applies to all of its rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// Everybody, as a guest.
    #[default]
    Open,
    /// Everybody who knows the passphrase, as a guest.
    Passphrase,
    /// Everybody that an OpenID Connect provider authenticates, under the name that it supplies.
    Oidc,
}

impl AccessMode {
    /// Returns whether everybody may enter.
    pub fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

impl FromStr for AccessMode {
    type Err = &'static str;

    fn from_str(mode: &str) -> Result<Self, Self::Err> {
        match mode {
            "open" => Ok(Self::Open),
            "passphrase" => Ok(Self::Passphrase),
            "oidc" => Ok(Self::Oidc),
            _ => Err("must be open, passphrase or oidc"),
        }
    }
}
