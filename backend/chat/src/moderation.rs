//! Moderation: the actions of moderators, restrictions, and the posting policy.

pub mod actions;
mod identity;
pub mod posting_policy;
pub mod restrictions;
pub mod roles;
