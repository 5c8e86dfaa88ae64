//! What the five functions wire alike.

use backend::{
    config,
    outbound::aws::{Account, Clients},
};

/// The clients of the account that the environment names.
pub(crate) fn clients(account: config::Account) -> Clients {
    let config::Account { region, access_key_id, secret_access_key, session_token, endpoint } = account;
    Clients::new(Account { region, access_key_id, secret_access_key, session_token, endpoint })
}
