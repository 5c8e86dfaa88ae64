//! The home of one process: messages in a file, images in files beside it, connections in memory.

mod connections;
mod images;
mod limiter;
mod messages;
mod moderation;
mod shell;
mod store;

pub use connections::EmbeddedConnections;
pub use images::EmbeddedImages;
pub use limiter::EmbeddedLimiter;
pub use messages::EmbeddedMessages;
pub use moderation::EmbeddedModeration;
pub use shell::ShellFile;
pub use store::{OpenError, Store};
