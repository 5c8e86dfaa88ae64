//! The passphrase, where it is in the Parameter Store.

use store_aws::clients::Account;

use super::{BadVariable, Variables, from_environment};

/// A passphrase in the Parameter Store: `PASSPHRASE_PARAMETER`.
pub struct StoredPassphrase {
    /// The account it is in.
    pub account: Account,
    /// The name of the parameter, `/chat/passphrase` or with a version `/chat/passphrase:3`
    pub parameter: String,
}

impl StoredPassphrase {
    /// Reads the environment of this process. Returns `None` if the passphrase is not in the Parameter Store.
    ///
    /// # Errors
    ///
    /// [`BadVariable`] names the first variable that is missing.
    pub fn from_environment() -> Result<Option<Self>, BadVariable> {
        Self::read(&Variables(&from_environment))
    }

    pub(super) fn read(variables: &Variables<'_>) -> Result<Option<Self>, BadVariable> {
        let Some(parameter) = variables.optional("PASSPHRASE_PARAMETER") else { return Ok(None) };
        Ok(Some(Self { account: variables.account()?, parameter }))
    }
}

/// Returns a variable of the environment, or the passphrase that was read from the Parameter Store.
pub(super) fn with_passphrase(name: &str, stored_passphrase: Option<&str>) -> Option<String> {
    match stored_passphrase {
        Some(passphrase) if name == "PASSPHRASE" => Some(passphrase.to_owned()),
        _ => from_environment(name),
    }
}
