//! Reads the body of a request, within a size and a time.

use std::{error::Error, time::Duration};

use axum::body::{Body, Bytes, to_bytes};
use http_body_util::LengthLimitError;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is longer than the limit.
    TooLarge,
    /// The connection ended before the body did.
    Incomplete,
    /// It did not arrive in time. A client that sends slowly would occupy a connection.
    TimedOut,
}

/// Reads a body of at most `limit` bytes that arrives `within` a time.
pub(crate) async fn read(body: Body, limit: usize, within: Duration) -> Result<Bytes, BodyError> {
    let read = tokio::time::timeout(within, to_bytes(body, limit)).await;
    read.map_err(|_| BodyError::TimedOut)?.map_err(|error| {
        let is_too_large = error.source().is_some_and(|source| source.is::<LengthLimitError>());
        if is_too_large { BodyError::TooLarge } else { BodyError::Incomplete }
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::{StreamExt, stream};

    use super::*;

    const WITHIN: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_times_out() {
        let letters = stream::iter(["a"; 3].map(Ok::<_, Infallible>)).chain(stream::pending());
        assert_eq!(read(Body::from_stream(letters), 100, WITHIN).await, Err(BodyError::TimedOut));
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        assert_eq!(read(Body::from("abc"), 3, WITHIN).await.as_deref(), Ok(&b"abc"[..]));
        assert_eq!(read(Body::from("abcd"), 3, WITHIN).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn a_body_that_ends_early_is_incomplete() {
        let broken = stream::iter([Ok("a"), Err("reset")]);
        assert_eq!(read(Body::from_stream(broken), 3, WITHIN).await, Err(BodyError::Incomplete));
    }
}
