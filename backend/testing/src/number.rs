//! Numbers that an environment variable can set for one run of a test.

/// Returns the number in an environment variable, or `default` if it is not set. Panics if the value is not a number.
pub fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")),
        Err(_) => default,
    }
}
