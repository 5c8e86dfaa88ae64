//! Compresses answers with brotli, for both deployments. A page belongs to one visitor, so no cache in front can do it.

use std::io::{Read, Write};

use chat::cpu::yield_processor;
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, VARY};

/// Brotli quality, 0 to 11. At 5 a page of 100 messages takes a few milliseconds of a full processor.
const QUALITY: u32 = 5;

/// Size in bytes below which an answer fits one packet uncompressed.
const SMALL: usize = 1_200;

/// Number of bytes that are compressed in about 100 microseconds.
const PART: usize = 4096;

/// Whether the client accepts brotli.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brotli {
    /// It does.
    Accepted,
    /// It does not.
    NotAccepted,
}

impl Brotli {
    /// Returns whether `br` is among the accepted encodings with a weight above 0.
    pub fn of(headers: &HeaderMap) -> Self {
        let headers = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|encodings| encodings.to_str().ok());
        let accepted = headers.flat_map(|encodings| encodings.split(',')).any(|encoding| {
            let (name, weight) = encoding.split_once(';').unwrap_or((encoding, ""));
            name.trim().eq_ignore_ascii_case("br") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        });
        if accepted { Self::Accepted } else { Self::NotAccepted }
    }

    /// Returns whether a body is to be compressed for this client.
    pub fn fits(self, body: &str) -> bool {
        self == Self::Accepted && body.len() >= SMALL
    }
}

/// Compresses a body; `None` if that fails.
pub fn compressed(body: &str) -> Option<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, 22);
    for part in body.as_bytes().chunks(PART) {
        yield_processor();
        writer.write_all(part).ok()?;
    }
    Some(writer.into_inner())
}

/// Decompresses bytes; `None` if they are no brotli.
pub fn decompressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).ok()?;
    Some(plain)
}

/// Sets the headers of an answer that may be compressed, or is.
pub fn set_headers(headers: &mut HeaderMap, is_compressed: bool) {
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_accepted_where_the_client_says_so() {
        for (encodings, expected) in [
            ("gzip, deflate, br, zstd", Brotli::Accepted),
            ("BR;q=1.0", Brotli::Accepted),
            ("br;q=0", Brotli::NotAccepted),
            ("gzip", Brotli::NotAccepted),
            ("brotli", Brotli::NotAccepted),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encodings));
            assert_eq!(Brotli::of(&headers), expected, "{encodings}");
        }
        assert_eq!(Brotli::of(&HeaderMap::new()), Brotli::NotAccepted);
    }
}
