//! The parts of the page. They draw what is in the signals and say what people want; they decide nothing.

#![allow(unreachable_pub, reason = "the component macro writes `pub`")]

mod action;
mod actions;
mod attach;
mod avatar;
mod choice;
mod composer;
mod connection;
mod deletion;
mod element;
#[cfg(feature = "hydrate")]
pub(crate) mod gestures;
mod header;
mod icon_button;
pub(crate) mod image;
#[cfg(feature = "hydrate")]
pub(crate) mod keys;
mod language;
mod lightbox;
mod log;
mod mentions;
mod message;
mod name_dialog;
mod note;
mod notify;
pub(crate) mod order;
mod people;
mod picker;
#[cfg(feature = "hydrate")]
mod press;
pub(crate) mod privacy;
pub(crate) mod rooms;
pub(crate) mod sanction;
pub(crate) mod search;
pub(crate) mod sheet;
pub(crate) mod shortcuts;
mod silence;
mod tray;
mod typing;
mod writing_bar;

#[cfg(feature = "gallery")]
pub(crate) use actions::Actions;
pub(crate) use avatar::avatar;
pub(crate) use composer::Composer;
pub(crate) use connection::Connection;
pub(crate) use deletion::Deletion;
pub(crate) use header::Header;
pub(crate) use lightbox::Lightbox;
pub(crate) use log::Log;
pub(crate) use message::message;
#[cfg(feature = "hydrate")]
pub(crate) use message::message_id;
pub(crate) use name_dialog::NameDialog;
pub(crate) use note::note;
pub(crate) use people::People;
pub(crate) use picker::Picker;
pub(crate) use typing::typing;
