//! Operating system services and settings of both deployments: clock, randomness, log, HTTP client and access settings.

pub mod identity_provider;
pub mod log;
pub mod settings;
pub mod system;
