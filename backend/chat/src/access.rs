//! Access: the access policy, sessions, sign-in, and rate limits.

pub mod confusable_name;
mod device_names;
pub mod devices;
pub mod direct_messages;
pub mod guest_name;
mod joiners;
pub mod links;
pub mod oidc;
pub mod origin;
pub mod owner_link;
pub mod passkeys;
pub mod passphrase;
pub mod policy;
pub mod profiles;
pub mod rate_limit;
pub mod room_membership;
pub mod sessions;
pub mod token_secret;

#[cfg(test)]
pub(crate) mod fakes;
