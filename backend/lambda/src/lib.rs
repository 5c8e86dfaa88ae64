//! Lambda events become calls of the routes. One file an event; each takes the event as it came, so that one of an
//! unexpected shape is logged and answered here, and never fails the invocation: a failed one may be tried again.

pub use lambda_runtime::Error;

mod answer;
pub mod connect;
pub mod cron;
pub mod disconnect;
mod event;
pub mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod send;
pub mod settings;
pub mod start;
