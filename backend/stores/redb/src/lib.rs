//! The home of one process: messages in a file, images in files beside it, connections in memory.

pub mod connections;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod rate_store;
pub mod store;
pub mod template_file;
