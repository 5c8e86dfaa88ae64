//! The codes that the server closes sockets with (RFC 6455 §7.4.1). Those that the page knows are in `shared_types::limits`.

use shared_types::limits;
use tungstenite::error::ProtocolError;

/// "Going away" (RFC 6455 §7.4.1): API Gateway sends it when a socket is idle or too old; this server also when it stops.
pub(crate) const CLOSE_GOING_AWAY: u16 = 1001;

/// "Protocol error" (RFC 6455 §7.4.1).
const CLOSE_PROTOCOL_ERROR: u16 = 1002;

/// "Invalid payload data" (RFC 6455 §7.4.1): text that is not UTF-8.
const CLOSE_INVALID_PAYLOAD: u16 = 1007;

/// "Policy violation" (RFC 6455 §7.4.1): the client reads too slowly.
pub(crate) const CLOSE_TOO_SLOW: u16 = 1008;

/// Returns the close code for an error of a client (RFC 6455 §7.4.1); `None` if the connection is broken.
pub(crate) fn close_code(error: &tungstenite::Error) -> Option<u16> {
    match error {
        tungstenite::Error::Capacity(_) => Some(limits::CLOSE_TOO_BIG),
        tungstenite::Error::Utf8(_) => Some(CLOSE_INVALID_PAYLOAD),
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        tungstenite::Error::Protocol(_) => Some(CLOSE_PROTOCOL_ERROR),
        _ => None,
    }
}
