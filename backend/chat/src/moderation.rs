//! Moderation: the actions of moderators, restrictions, and the posting policy.

pub mod actions;
pub mod posting_policy;
pub mod restrictions;
pub mod roles;
