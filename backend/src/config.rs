//! The only reader of environment variables.

mod access;
#[cfg(feature = "aws")]
mod lambda;
#[cfg(feature = "embedded")]
mod local;

pub use access::BadSetting;
#[cfg(feature = "aws")]
pub use lambda::{Account, BadVariable, Connect, Cron, Disconnect, Front, Send};
#[cfg(feature = "embedded")]
pub use local::Local;

/// `RUST_LOG`: `error`, `warn`, `info`, `debug`, `trace` or `off`; `info` without it.
pub fn log_level() -> String {
    let set = std::env::var_os("RUST_LOG").map(|level| level.to_string_lossy().into_owned());
    // An empty value is none: that is how a template leaves something out.
    set.filter(|level| !level.trim().is_empty()).unwrap_or_else(|| "info".into())
}
