//! Lambda events become calls of the routes. One file an event; each takes the event as it came, so that one of an
//! unexpected shape is logged and answered here, and never fails the invocation: a failed one may be tried again.

mod answer;
mod connect;
mod cron;
mod disconnect;
mod event;
mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
mod send;
mod start;

pub use connect::connect;
pub use cron::cron;
pub use disconnect::disconnect;
pub use front::front;
/// What ends a function.
pub use lambda_runtime::Error;
pub use send::send;
pub use start::start;
