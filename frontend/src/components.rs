//! The parts of the page. They draw what is in the signals and say what people want; they decide nothing.

#![allow(unreachable_pub, reason = "the component macro writes `pub`")]

mod avatar;
mod composer;
mod connection;
mod header;
mod log;
mod message;
mod name_dialog;

pub(crate) use avatar::avatar;
pub(crate) use composer::Composer;
pub(crate) use connection::Connection;
pub(crate) use header::Header;
pub(crate) use log::Log;
pub(crate) use message::message;
pub(crate) use name_dialog::NameDialog;
