//! The page of a chat room, rendered on the server and hydrated in the browser.
//!
//! - the crate `page-model`: the state of the page, without Leptos and without a DOM
//! - the crate `page-view`: elements and texts that follow Leptos signals, as HTML and in the DOM
//! - `ui`: the components
//! - `browser`: sockets, storage, files and events, and the session that connects them with state and components
//! - `i18n`: the translations
//! - `ssr`: renders the page as HTML on the server
//! - `app`: the root component
//! - `start`: hydrates or mounts the root component in the browser
//! - `gallery`: every state of every component on one page

#![cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser draws and uses the dialogs"))]

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
