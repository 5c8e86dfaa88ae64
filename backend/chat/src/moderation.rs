//! What moderators decide, and who may post.

pub mod actions;
pub mod posting_policy;
pub mod restrictions;
