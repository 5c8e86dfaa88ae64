//! Log filters of both deployments. Each deployment formats its own lines.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, Registry, filter::Targets, prelude::*};

/// Returns the value of `RUST_LOG`: `error`, `warn`, `info`, `debug`, `trace` or `off`. The default is `info`.
fn level_from_environment() -> String {
    let set = std::env::var_os("RUST_LOG").map(|level| level.to_string_lossy().into_owned());
    // An empty value counts as not set, because templates set variables that they leave out to an empty value.
    set.filter(|level| !level.trim().is_empty()).unwrap_or_else(|| "info".into())
}

/// Starts logging in this process, at the level of `RUST_LOG`. An invalid level is replaced by `info` and logged.
pub fn open(lines: impl Layer<Registry> + Send + Sync) {
    let level = level_from_environment();
    let parsed = level.parse().ok();
    let targets = targets(parsed.unwrap_or(LevelFilter::INFO));
    tracing_subscriber::registry().with(lines.with_filter(targets)).init();
    if parsed.is_none() {
        tracing::warn!(value = level, "the environment variable RUST_LOG is no level; logging at info");
    }
}

/// Prefixes of the names of this project's crates: `chat` also covers `chat_http` and so on, `store` covers the stores, and
/// `local` is the local server.
const OWN_CRATES: [&str; 4] = ["chat", "local", "platform", "store"];

/// Returns the log filter. Only this project's crates use the level. At lower levels the runtime, the SDK and the server log
/// whole events, frames and items, and the texts of messages must not be in a log.
///
/// `webauthn_rs` and the crates below it log errors, with parts of the answer, for what a client sends. The rules log each refusal once.
fn targets(level: LevelFilter) -> Targets {
    let own = OWN_CRATES.into_iter().map(|name| (name, level));
    let others = Targets::new().with_default(LevelFilter::WARN);
    let others = others.with_target("lambda_runtime", LevelFilter::INFO).with_target("webauthn", LevelFilter::OFF);
    others.with_targets(own)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn only_own_crates_follow_the_level() {
        for (level, enabled, disabled) in [
            (LevelFilter::DEBUG, Some(Level::DEBUG), Some(Level::TRACE)),
            (LevelFilter::WARN, Some(Level::WARN), Some(Level::INFO)),
            (LevelFilter::TRACE, Some(Level::TRACE), None),
            (LevelFilter::OFF, None, Some(Level::ERROR)),
        ] {
            let targets = targets(level);
            for own in ["chat::commands", "chat_http::front", "store_redb::store", "platform::log", "local"] {
                assert!(enabled.is_none_or(|enabled| targets.would_enable(own, &enabled)), "{own} {level}");
                assert!(!disabled.is_some_and(|disabled| targets.would_enable(own, &disabled)), "{own} {level}");
            }
            assert!(targets.would_enable("hyper::proto", &Level::WARN), "{level}");
            assert!(!targets.would_enable("hyper::proto", &Level::INFO), "{level}");
            assert!(!targets.would_enable("webauthn_rs_core::core", &Level::ERROR), "{level}");
        }
    }
}
