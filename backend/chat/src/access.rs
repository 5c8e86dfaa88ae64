//! Who may enter, who a visitor is, and how often they may act.

pub mod confusable_name;
pub mod guest_name;
pub mod oidc;
pub mod origin;
pub mod passphrase;
pub mod policy;
pub mod rate_limit;
pub mod sessions;

#[cfg(test)]
pub(crate) mod fakes;
