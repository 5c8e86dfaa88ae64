//! What is drawn: the page of a room, rendered on the server and hydrated in the browser.
//!
//! What is true is kept in plain types without a DOM ([`timeline`], [`link`]), tested natively; the components only draw
//! it. [`render`] makes the server's HTML; `session` joins socket, timeline and view in the browser.

// Views are deep types: a component of a dozen elements is past the default depth.
#![recursion_limit = "256"]

mod app;
mod chat;
mod clock;
mod colour;
mod components;
pub mod link;
mod say;
mod scroll;
pub mod timeline;
mod words;

#[cfg(feature = "ssr")]
pub mod render;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod local_time;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
mod socket;
#[cfg(feature = "hydrate")]
pub mod start;

pub use app::App;
pub use clock::{Calendar, Utc};
