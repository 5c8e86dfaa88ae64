//! One file per event: decode, call the rules, encode. Both homes speak to the rules through here, so that the same
//! word gets the same answer in both.

mod answers;
mod connect;
mod cron;
mod disconnect;
mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
mod headers;
mod images;
mod my_data;
mod seldom;
mod send;

pub use connect::{Connect, Refusal};
pub use cron::Cron;
pub use disconnect::Disconnect;
pub use front::{
    FETCH_SITE, FORM_BYTES, FORM_TYPE, Front, FrontAnswer, FrontPorts, FrontRequest, FrontSettings, NotRead, form,
};
pub use headers::{ALWAYS, Headers};
pub use images::Images;
pub use send::{FrameRequest, Send, SendPorts, SendSettings};
