//! The only reader of environment variables.

mod access;
#[cfg(feature = "aws")]
mod lambda;
#[cfg(feature = "embedded")]
mod local;

pub use access::BadSetting;
#[cfg(feature = "aws")]
pub use lambda::{Account, BadVariable, Connect, Cron, Disconnect, Front, Send, log_level};
#[cfg(feature = "embedded")]
pub use local::Local;
