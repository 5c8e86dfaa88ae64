//! Reads posted forms.

/// The content type of a form without files.
pub const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Maximum size of a form in bytes. A passphrase has at most 300 characters of 3 bytes, each percent-encoded as 3 characters:
/// 2,700 bytes. The rest is for the path of a room.
pub const FORM_BYTES: usize = 4 * 1024;

/// Why a request could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The Lambda event is not an HTTP request.
    UnknownEvent,
    /// The request did not come through CloudFront.
    Direct,
    /// The method is not GET, HEAD or POST.
    MethodNotAllowed,
    /// The content type is not [`FORM_TYPE`].
    NotAForm,
    /// The form has more than [`FORM_BYTES`].
    TooLarge,
    /// The form is not UTF-8.
    NotText,
    /// The body ended early.
    Incomplete,
    /// The body did not arrive in time.
    TimedOut,
}

/// Reads a posted form.
///
/// # Errors
///
/// [`RequestError`] for another content type, too many bytes, or bytes that are not UTF-8. The answer is
/// [`FrontAnswer::bad_request`](crate::answers::FrontAnswer::bad_request).
pub fn read_form(content_type: Option<&str>, bytes: Vec<u8>) -> Result<String, RequestError> {
    if !content_type.is_some_and(|content_type| content_type.starts_with(FORM_TYPE)) {
        return Err(RequestError::NotAForm);
    }
    if bytes.len() > FORM_BYTES {
        return Err(RequestError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| RequestError::NotText)
}

/// Returns the value of a field of a form or of a query; of several with one name the first.
pub(crate) fn field(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes()).find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_forms_of_utf_8_are_read() {
        let of = |content_type, bytes: &[u8]| read_form(content_type, bytes.to_vec());
        assert_eq!(of(Some(FORM_TYPE), b"to=%2F&x=1"), Ok("to=%2F&x=1".into()));
        assert_eq!(of(Some("application/x-www-form-urlencoded; charset=UTF-8"), b""), Ok(String::new()));
        assert_eq!(of(Some(FORM_TYPE), &[b'x'; FORM_BYTES]), Ok("x".repeat(FORM_BYTES)));
        assert_eq!(of(Some(FORM_TYPE), &[b'x'; FORM_BYTES + 1]), Err(RequestError::TooLarge));
        assert_eq!(of(Some(FORM_TYPE), b"\xff"), Err(RequestError::NotText));
        for content_type in [None, Some("application/json"), Some("multipart/form-data")] {
            assert_eq!(of(content_type, b"x"), Err(RequestError::NotAForm), "{content_type:?}");
        }
    }

    #[test]
    fn a_field_is_decoded_as_browsers_encode_it() {
        let form = "passphrase=open+sesame%21%E9%96%8B&to=%2Fr%2Fcats&to=%2Fr%2Fdogs&empty=";
        assert_eq!(field(form, "passphrase").as_deref(), Some("open sesame!開"));
        assert_eq!(field(form, "to").as_deref(), Some("/r/cats"));
        assert_eq!(field(form, "empty").as_deref(), Some(""));
        assert_eq!(field(form, "pass"), None);
    }
}
