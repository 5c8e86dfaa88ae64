//! What is drawn: the page of a room, rendered on the server and hydrated in the browser.
//!
//! What is true is kept in plain types without a DOM ([`timeline`], [`link`], [`client`]), tested natively; the components only draw
//! it. [`render`] makes the server's HTML; `session` joins them with sockets and view in the browser.

// Views are deep types: a component of a dozen elements is past the default depth.
#![recursion_limit = "256"]

mod app;
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody asks what moderators did"))]
mod audit;
mod chat;
pub mod client;
mod clock;
mod colour;
mod completion;
mod components;
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody asks for anything"))]
mod forgetting;
pub mod link;
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "nobody is told of anything by the server"))]
mod notices;
#[cfg(any(test, feature = "hydrate"))]
mod reading;
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser has been anywhere"))]
mod rooms;
mod scroll;
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody looks for anything"))]
mod search;
mod shortcuts;
pub mod timeline;
mod words;
mod writing;

#[cfg(feature = "gallery")]
pub mod gallery;
#[cfg(feature = "ssr")]
pub mod render;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod draft;
#[cfg(feature = "hydrate")]
mod export;
#[cfg(feature = "hydrate")]
mod local_time;
#[cfg(feature = "hydrate")]
mod notification;
#[cfg(feature = "hydrate")]
mod offline;
#[cfg(feature = "hydrate")]
mod picture;
#[cfg(feature = "hydrate")]
mod screen;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
mod socket;
#[cfg(feature = "hydrate")]
pub mod start;
#[cfg(feature = "hydrate")]
mod tray;
#[cfg(feature = "hydrate")]
mod unsent;
#[cfg(feature = "hydrate")]
mod upload;

pub use app::App;
pub use clock::{Calendar, Utc};
