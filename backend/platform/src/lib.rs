//! What both deployments take from the operating system: clock, randomness, log, outgoing HTTP and shared settings.

pub mod identity_provider;
pub mod log;
pub mod settings;
pub mod system;
