//! The page of a chat room: Leptos components, rendered on the server and hydrated in the browser.
//!
//! - the crate `page-model`: the state that is drawn, without Leptos and without a DOM
//! - `ui`: the components
//! - `browser`: sockets, storage, files and events, and the session that connects them with state and components
//! - `i18n`: every sentence that people read
//! - [`ssr`]: the server's HTML
//! - `app`: the component `App`, which puts them together

// Views are deep types: a component of a dozen elements is past the default depth.
#![recursion_limit = "256"]

mod app;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "gallery")]
pub mod gallery;
mod i18n;
#[cfg(feature = "ssr")]
pub mod ssr;
#[cfg(feature = "hydrate")]
pub mod start;
mod ui;

pub use app::App;
