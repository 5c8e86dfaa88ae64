//! The home of one process: messages in a file, connections in memory.

mod connections;
mod messages;
mod shell;
mod store;

pub use connections::EmbeddedConnections;
pub use messages::EmbeddedMessages;
pub use shell::ShellFile;
pub use store::{OpenError, Store};
