//! Why a file cannot be sent as an image.

/// Why a file cannot be sent as an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedImage {
    /// The file has too many bytes to be opened.
    TooLarge,
    /// The browser cannot show it, or it is a drawing that could contain a script.
    NotAnImage,
    /// It has too many pixels to be decoded.
    TooManyPixels,
    /// It is a GIF with more bytes or pixels than an image may have.
    LargeGif,
    /// It has too many bytes at every size.
    TooDense,
}
