//! The page of a chat room: Leptos components, rendered on the server and hydrated in the browser.
//!
//! - the crate `page-model`: the state of the page, without Leptos and without a DOM
//! - `ui`: the components
//! - `browser`: sockets, storage, files and events, and the session that connects them with state and components
//! - `i18n`: the translations
//! - `ssr`: renders the page as HTML on the server
//! - `app`: the root component `App`
//! - `start`: hydrates or mounts `App` in the browser
//! - `shape`: tells whether the server's HTML was changed before hydration
//! - `gallery`: every state of every component on one page

// Views are deeply nested types: a component of a dozen elements exceeds the default limit.
#![recursion_limit = "256"]

mod app;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "gallery")]
pub mod gallery;
mod i18n;
mod shape;
#[cfg(feature = "ssr")]
pub mod ssr;
#[cfg(feature = "hydrate")]
pub mod start;
mod ui;

pub use app::App;
