//! The sentences that the state itself shows to people.

use shared_types::ErrorCode;

/// The sentences that [`Client`](crate::client::Client) attaches to messages that were not sent.
pub trait ClientTexts: std::fmt::Debug + Sync {
    /// The server did not confirm something in time.
    fn unconfirmed(&self) -> &'static str;
    /// The upload of an image failed.
    fn upload_failed(&self) -> &'static str;
    /// The bytes of an image are no longer available in this page.
    fn image_lost(&self) -> &'static str;
    /// The reason for an error code of the server, or `None` to show the server's own sentence.
    fn server_error(&self, code: ErrorCode) -> Option<&'static str>;
}

/// English sentences, for programs without a page.
#[derive(Clone, Copy, Debug)]
pub struct PlainTexts;

impl ClientTexts for PlainTexts {
    fn unconfirmed(&self) -> &'static str {
        "no confirmation"
    }

    fn upload_failed(&self) -> &'static str {
        "upload failed"
    }

    fn image_lost(&self) -> &'static str {
        "image lost"
    }

    fn server_error(&self, _: ErrorCode) -> Option<&'static str> {
        None
    }
}
