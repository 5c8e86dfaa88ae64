//! What is posted: a small form, or nothing that is read.

/// What browsers call a form without files.
pub const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// The largest form, in bytes: a passphrase of 300 characters, each of them three bytes and each of those written as three,
/// and the path of a room.
pub const FORM_BYTES: usize = 4 * 1024;

/// Why nobody looks at what a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// It is none that a home knows.
    Unknown,
    /// It wants something to be done that is done nowhere here.
    Method,
    /// What was posted is no form.
    NoForm,
    /// It is a form with more than [`FORM_BYTES`].
    TooLarge,
    /// It is a form that is no text.
    NoText,
    /// It broke off.
    Broken,
    /// It did not come to its end in time.
    Late,
}

/// Reads a form that was posted.
///
/// # Errors
///
/// [`NotRead`] says why it is none; [`FrontAnswer::not_read`](super::FrontAnswer::not_read) tells its sender.
pub fn form(content_type: Option<&str>, bytes: Vec<u8>) -> Result<String, NotRead> {
    if !content_type.is_some_and(|content_type| content_type.starts_with(FORM_TYPE)) {
        return Err(NotRead::NoForm);
    }
    if bytes.len() > FORM_BYTES {
        return Err(NotRead::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| NotRead::NoText)
}

/// A field of a form or of a query: of several the first.
pub(crate) fn field(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes()).find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_posted_is_a_small_form_or_is_not_read() {
        let of = |content_type, bytes: &[u8]| form(content_type, bytes.to_vec());
        assert_eq!(of(Some(FORM_TYPE), b"to=%2F&x=1"), Ok("to=%2F&x=1".into()));
        assert_eq!(of(Some("application/x-www-form-urlencoded; charset=UTF-8"), b""), Ok(String::new()));
        assert_eq!(of(Some(FORM_TYPE), &[b'x'; FORM_BYTES]), Ok("x".repeat(FORM_BYTES)));
        assert_eq!(of(Some(FORM_TYPE), &[b'x'; FORM_BYTES + 1]), Err(NotRead::TooLarge));
        assert_eq!(of(Some(FORM_TYPE), b"\xff"), Err(NotRead::NoText));
        for content_type in [None, Some("application/json"), Some("multipart/form-data")] {
            assert_eq!(of(content_type, b"x"), Err(NotRead::NoForm), "{content_type:?}");
        }
    }

    #[test]
    fn a_field_is_read_as_browsers_write_it() {
        let form = "passphrase=open+sesame%21%E9%96%8B&to=%2Fr%2Fcats&to=%2Fr%2Fdogs&empty=";
        assert_eq!(field(form, "passphrase").as_deref(), Some("open sesame!開"));
        assert_eq!(field(form, "to").as_deref(), Some("/r/cats"));
        assert_eq!(field(form, "empty").as_deref(), Some(""));
        assert_eq!(field(form, "pass"), None);
    }
}
