//! What both homes log. How a line looks is each home's own.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, Registry, filter::Targets, prelude::*};

/// `RUST_LOG`: `error`, `warn`, `info`, `debug`, `trace` or `off`; `info` without it.
pub fn level_from_environment() -> String {
    let set = std::env::var_os("RUST_LOG").map(|level| level.to_string_lossy().into_owned());
    // An empty value is none: that is how a template leaves something out.
    set.filter(|level| !level.trim().is_empty()).unwrap_or_else(|| "info".into())
}

/// Opens the log of this process. A level that is none is `info`, and the log says so.
pub fn open(level: &str, lines: impl Layer<Registry> + Send + Sync) {
    let parsed = level.parse().ok();
    let targets = targets(parsed.unwrap_or(LevelFilter::INFO));
    tracing_subscriber::registry().with(lines.with_filter(targets)).init();
    if parsed.is_none() {
        tracing::warn!(value = level, "the environment variable RUST_LOG is no level, so it is info");
    }
}

/// The crates of this project, by the beginnings of their names: `chat` is also `chat_http` and so on, `store` the stores, `local` the
/// program of the local server.
const OWN_CRATES: [&str; 4] = ["chat", "local", "platform", "store"];

/// Only our own code follows the level. What the runtime, the SDK and the server log below it holds whole events, frames and
/// items, and what people say is not for a log.
fn targets(level: LevelFilter) -> Targets {
    let own = OWN_CRATES.into_iter().map(|name| (name, level));
    Targets::new().with_default(LevelFilter::WARN).with_target("lambda_runtime", LevelFilter::INFO).with_targets(own)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn our_own_code_follows_the_level_and_nothing_else_says_more_than_what_is_wrong() {
        for (set, said, unsaid) in [
            (LevelFilter::DEBUG, Some(Level::DEBUG), Some(Level::TRACE)),
            (LevelFilter::WARN, Some(Level::WARN), Some(Level::INFO)),
            (LevelFilter::TRACE, Some(Level::TRACE), None),
            (LevelFilter::OFF, None, Some(Level::ERROR)),
        ] {
            let targets = targets(set);
            for own in ["chat::commands", "chat_http::front", "store_redb::store", "platform::log", "local"] {
                assert!(said.is_none_or(|level| targets.would_enable(own, &level)), "{own} {set}");
                assert!(!unsaid.is_some_and(|level| targets.would_enable(own, &level)), "{own} {set}");
            }
            assert!(targets.would_enable("hyper::proto", &Level::WARN), "{set}");
            assert!(!targets.would_enable("hyper::proto", &Level::INFO), "{set}");
        }
    }
}
