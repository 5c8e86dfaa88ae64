//! The ports' implementations, one folder per home.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod provider;
pub mod system;
