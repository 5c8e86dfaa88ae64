//! Frames that API Gateway sends itself.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// A frame that API Gateway sends in place of an answer, such as `{"message":"Too Many Requests","connectionId":"…","requestId":"…"}`.
/// It does not say which frame it is about.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct GatewayError {
    /// What went wrong.
    pub message: String,
    /// API Gateway's id of the socket.
    pub connection_id: String,
}

impl GatewayError {
    /// Whether too many requests came to the stage or the account. The frame was not handled.
    pub fn is_throttled(&self) -> bool {
        self.message == "Too Many Requests"
    }
}
