//! What both load generators need.

pub mod process;
