//! What happens: the rules of the chat ([`chat`]), the ports they need ([`ports`]), and the two homes they run in.
//!
//! Who may use whom, downward only: `bin -> config, inbound, outbound`, `inbound -> routes -> chat -> ports`,
//! `outbound -> ports`, and `routes::{front, answers} -> frontend::render`. `cargo xtask ci` checks these arrows.

pub mod chat;
pub mod config;
pub mod inbound;
pub mod outbound;
pub mod ports;
pub mod routes;
