//! The only reader of environment variables.

#[cfg(feature = "aws")]
mod lambda;
#[cfg(feature = "embedded")]
mod local;

#[cfg(feature = "aws")]
pub use lambda::{Account, BadVariable, Connect, Cron, Disconnect, Front, Send, log_level};
#[cfg(feature = "embedded")]
pub use local::Local;
