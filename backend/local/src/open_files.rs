//! The number of files that the process may open. A TCP connection counts as one.

/// Number of open files beside the TCP connections: the store, the log, and the images and assets that are being read.
const OTHER_FILES: u64 = 256;

/// Raises the limit of open files as far as `connections` need it, and logs a warning where that is not possible.
#[cfg(unix)]
pub fn raise_limit(connections: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let needed = connections.saturating_add(OTHER_FILES);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return;
    }
    // A process may raise its soft limit up to the hard one.
    let raised = limit.maximum.map_or(needed, |maximum| needed.min(maximum));
    let result = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum });
    if result.is_err() || raised < needed {
        tracing::warn!(
            allowed = if result.is_ok() { Some(raised) } else { limit.current },
            needed,
            "too few open files are allowed for all connections: raise the limit (ulimit -n), or lower --limit-connection-count"
        );
    }
}

/// Does nothing: other systems have no such limit.
#[cfg(not(unix))]
pub fn raise_limit(_connections: u64) {}
