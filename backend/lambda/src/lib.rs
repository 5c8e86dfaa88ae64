//! The six Lambda functions. One file per event turns the event into a call of a handler. Each takes the raw event, so that one of an
//! unexpected shape is logged and answered, and never fails the invocation: Lambda may retry a failed one.

pub use lambda_runtime::Error;

mod answer;
pub mod cloudfront;
pub mod connect;
pub mod cron;
pub mod deliver;
pub mod disconnect;
mod event;
pub mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod metrics;
pub mod page;
mod private_image;
pub mod send;
pub mod settings;
pub mod start;
