//! The ports' implementations: a folder for each home, and beside them what both share, the system's clock and randomness and
//! the way to a provider.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod provider;
pub mod system;
