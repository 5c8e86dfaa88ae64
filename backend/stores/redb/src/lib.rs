//! The ports of the local server: messages in one database file, images in files beside it, connections and rate counters in memory.

pub mod connections;
pub mod devices;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod passkeys;
pub mod profiles;
pub mod rate_store;
pub mod read_positions;
pub mod room_directory;
pub mod room_members;
pub mod store;
pub mod template_file;
pub mod tokens;
pub mod usage_store;
