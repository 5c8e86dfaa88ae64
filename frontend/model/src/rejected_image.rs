//! Why a file cannot be sent as an image, and what happens to one that is sent.

/// Why a file cannot be sent as an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedImage {
    /// The file has too many bytes to be opened.
    TooLarge,
    /// The browser cannot show it, or it is a drawing that could contain a script.
    NotAnImage,
    /// It is a HEIC photo, and the browser cannot decode it.
    Heic,
    /// It has this format, and the browser cannot decode it.
    Foreign(&'static str),
    /// It is a video.
    Video,
    /// It has more pixels to be decoded than so many millions.
    TooManyPixels(u32),
    /// It has too many bytes at every size.
    TooDense,
    /// The browser gives the page false pixels, and the file cannot be sent as it is.
    FalsePixels,
}

/// What the visitor should know about an image before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageNote {
    /// The image moves, and is sent as a still image.
    Still,
    /// The image is long, and is sent so small that its text is hard to read.
    Small,
}
