//! The components of the page, by feature. They draw the signals in [`state`] and send the visitor's commands as
//! [`state::intent::Intent`]s. They contain no chat logic.

#![allow(unreachable_pub, reason = "the component macro writes `pub`")]

pub(crate) mod composer;
pub(crate) mod device_dialog;
pub(crate) mod devices_dialog;
pub(crate) mod direct_dialog;
pub(crate) mod header;
pub(crate) mod invite;
pub(crate) mod invite_dialog;
pub(crate) mod log;
pub(crate) mod members_dialog;
pub(crate) mod message;
pub(crate) mod message_lists;
pub(crate) mod moderation;
pub(crate) mod on_demand;
pub(crate) mod page;
pub(crate) mod parts;
pub(crate) mod passkeys;
pub(crate) mod people_dialog;
pub(crate) mod people_panel;
pub(crate) mod placeholder;
pub(crate) mod poll_dialog;
pub(crate) mod privacy_dialog;
pub(crate) mod profile;
pub(crate) mod receipts;
pub(crate) mod room_details_dialog;
pub(crate) mod rooms;
pub(crate) mod search_dialog;
pub(crate) mod shortcuts;
pub(crate) mod state;
pub(crate) mod threads;
