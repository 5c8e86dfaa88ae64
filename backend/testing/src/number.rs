//! Numbers that the one who runs a test may choose.

/// The number in an environment variable, or the one for the normal run.
pub fn number(name: &str, normal: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")),
        Err(_) => normal,
    }
}
