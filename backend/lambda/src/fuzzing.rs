//! Entry points for the fuzz targets in `fuzz/`.

use std::collections::HashMap;

use chat_http::{answers::FrontAnswer, front::FrontRequest};
use serde_json::value::RawValue;

use crate::{
    cloudfront::OriginKey,
    event::{Kind, SocketEvent},
};

/// An event of a socket, as one of the three functions parses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The function: `connect`, `send` or `disconnect`.
    pub function: &'static str,
    /// The socket.
    pub connection: String,
    /// The query of the handshake.
    pub query: HashMap<String, String>,
    /// The frame.
    pub body: String,
}

/// Returns the functions that accept an event.
pub fn socket_event(event: &RawValue) -> Vec<Read> {
    [(Kind::Connect, "connect"), (Kind::Message, "send"), (Kind::Disconnect, "disconnect")]
        .into_iter()
        .filter_map(|(kind, function)| {
            let SocketEvent { connection, query, body, .. } = SocketEvent::read(kind, event)?;
            Some(Read { function, connection: connection.0, query, body })
        })
        .collect()
}

/// Parses a request of the front page, or returns the status of the refusal.
///
/// # Errors
///
/// That status.
pub fn visit(event: &RawValue) -> Result<FrontRequest, u16> {
    crate::front::read(event, &OriginKey::NoCloudFront)
        .map(|(request, _)| request)
        .map_err(|why| FrontAnswer::bad_request(why, true).status)
}
