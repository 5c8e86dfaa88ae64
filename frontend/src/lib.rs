//! The page of a chat room: Leptos components, rendered on the server and hydrated in the browser.
//!
//! The state that the components draw is in the crate `page-model`. [`render`] makes the server's HTML; `session` connects
//! the state with sockets, storage and components in the browser.

// Views are deep types: a component of a dozen elements is past the default depth.
#![recursion_limit = "256"]

mod app;
mod chat;
mod colour;
mod components;
mod scroll;
mod shortcuts;
mod words;

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
