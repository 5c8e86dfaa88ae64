//! Operating system services and settings of both deployments: clock, randomness, CPU pool, log, HTTP client and access settings.

pub mod cpu_pool;
pub mod identity_provider;
pub mod log;
pub mod settings;
pub mod system;
