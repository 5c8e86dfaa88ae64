//! The message log of a room: storing, updating, reading and removing messages.

pub mod catch_up;
pub mod deadlines;
pub mod erase;
pub(crate) mod excerpt;
pub mod expire;
pub mod export;
pub mod page;
pub mod pins;
pub mod post;
pub mod renderer;
pub mod retention;
pub mod room_activity;
pub mod room_directory;
pub mod saved;
pub mod search;
pub mod threads;
pub mod update;
