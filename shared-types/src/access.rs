//! Who may enter.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who may enter a chat: one setting for all of its rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// Everybody, as a guest.
    #[default]
    Open,
    /// Whoever knows the passphrase, as a guest.
    Passphrase,
    /// Whoever an OpenID Connect provider vouches for, under the name that it gives.
    Oidc,
}

impl AccessMode {
    /// Whether everybody may enter.
    pub fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

impl FromStr for AccessMode {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "open" => Ok(Self::Open),
            "passphrase" => Ok(Self::Passphrase),
            "oidc" => Ok(Self::Oidc),
            _ => Err("must be open, passphrase or oidc"),
        }
    }
}
