//! Tests of the chat's rules, one module per topic.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod access;
mod audit;
mod bad_input;
mod bans;
mod catch_up;
mod changes;
mod connect;
mod connection_limits;
mod connections_fake;
mod cpu;
mod delivery;
mod enter;
mod erase;
mod hidden_pages;
mod history;
mod images;
mod large_rooms;
mod links;
mod mentions;
mod moderation;
mod moderation_fake;
mod news;
mod passphrase;
mod permissions;
mod pins;
mod polls;
mod posting;
mod presence;
mod rate_limit;
mod rate_limiter;
mod reactions;
mod reconnects;
mod roles;
mod room_details;
mod room_rules;
mod rooms;
mod saved;
mod search;
mod shard_worker;
mod store;
mod sweep;
mod typing;
