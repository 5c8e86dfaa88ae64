//! What comes in, one folder per home: Lambda events or local sockets become calls of the routes.

#[cfg(feature = "aws")]
pub mod lambda;
#[cfg(feature = "embedded")]
pub mod local;
mod log;
