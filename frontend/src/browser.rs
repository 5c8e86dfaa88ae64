//! The browser APIs that the page uses: sockets, storage, files, window events.
//!
//! [`session`] connects these modules with the state of `page-model` and with the components.

pub(crate) mod attachments;
pub(crate) mod clipboard;
pub(crate) mod cookies;
pub(crate) mod damage;
pub(crate) mod data_export;
pub(crate) mod draft;
pub(crate) mod events;
pub(crate) mod js;
pub(crate) mod local_time;
pub(crate) mod location;
pub(crate) mod notification;
pub(crate) mod offline;
pub(crate) mod other_tabs;
pub(crate) mod page_state;
pub(crate) mod picture;
pub(crate) mod random;
pub(crate) mod session;
pub(crate) mod sign_out;
pub(crate) mod socket;
pub(crate) mod storage;
mod style_sheet;
pub(crate) mod takeover;
pub(crate) mod time;
pub(crate) mod unread_badge;
pub(crate) mod upload;
pub(crate) mod viewport;
