//! The built page as part of a program: the files that were in `dist/` when it was built.
//!
//! So a program and its page have one version. The local binary serves the files; the function `front` uploads them.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chat_http::compression;

/// Name of the index template, which pages are rendered into.
pub const INDEX_TEMPLATE: &str = "index.html";

/// Name of the service worker. Its scope is its own folder, so it is served at the root.
pub const SERVICE_WORKER: &str = "sw.js";

/// Folder of the files without a hash in their name: the manifest and its icons, whose addresses phones remember.
pub const STABLE_FOLDER: &str = "app";

/// A file of the page as `build.rs` embeds it.
pub struct EmbeddedFile {
    /// Name in the directory of the page, such as `app/manifest.webmanifest`.
    pub name: &'static str,
    /// Content, or its compressed form.
    pub bytes: &'static [u8],
    /// Whether `bytes` is compressed with brotli.
    pub is_brotli: bool,
    /// Hash of `bytes`.
    pub hash: u64,
}

impl EmbeddedFile {
    /// Returns whether the name has a hash of the content. Such a file never changes: another content has another name.
    pub fn is_immutable(&self) -> bool {
        let is_stable = self.name.strip_prefix(STABLE_FOLDER).is_some_and(|rest| rest.starts_with('/'));
        !is_stable && self.name != INDEX_TEMPLATE && self.name != SERVICE_WORKER
    }

    /// Returns the media type, by the extension of the name.
    pub fn content_type(&self) -> &'static str {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "js" => "text/javascript",
            "css" => "text/css",
            "wasm" => "application/wasm",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "json" => "application/json",
            "webmanifest" => "application/manifest+json",
            "woff2" => "font/woff2",
            "txt" => "text/plain",
            "html" => "text/html",
            _ => "application/octet-stream",
        }
    }
}

/// The files that `build.rs` found when this program was built.
static FILES: &[EmbeddedFile] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// A page that is part of the program.
#[derive(Clone)]
pub struct EmbeddedPage {
    files: &'static [EmbeddedFile],
    /// The plain content of each compressed file that a client without brotli asked for.
    plain: Arc<Vec<OnceLock<Bytes>>>,
}

impl EmbeddedPage {
    /// Returns the page of this program; `None` if it was built without one.
    pub fn of_this_program() -> Option<Self> {
        (!FILES.is_empty()).then(|| Self::of(FILES))
    }

    /// Returns a page of these files.
    pub fn of(files: &'static [EmbeddedFile]) -> Self {
        Self { files, plain: Arc::new(files.iter().map(|_| OnceLock::new()).collect()) }
    }

    /// Returns all files, sorted by name.
    pub fn files(&self) -> &'static [EmbeddedFile] {
        self.files
    }

    /// Returns the file with this name.
    pub fn file(&self, name: &str) -> Option<&'static EmbeddedFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Returns the plain content of a file; `None` if there is no such file. What was compressed is kept: a client without brotli is
    /// often one of several, because browsers accept brotli over HTTPS only.
    pub fn plain(&self, name: &str) -> Option<Bytes> {
        let (file, plain) = self.files.iter().zip(self.plain.iter()).find(|(file, _)| file.name == name)?;
        if !file.is_brotli {
            return Some(Bytes::from_static(file.bytes));
        }
        if let Some(bytes) = plain.get() {
            return Some(bytes.clone());
        }
        let bytes = Bytes::from(compression::decompressed(file.bytes)?);
        Some(plain.get_or_init(|| bytes).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_a_hash_in_their_name_are_immutable() {
        for (name, expected) in [
            ("page-1a2b.js", true),
            ("on_demand-en-1a2b.wasm", true),
            ("application-1a2b.js", true),
            ("app/manifest.webmanifest", false),
            ("index.html", false),
            ("sw.js", false),
        ] {
            let file = EmbeddedFile { name, bytes: b"", is_brotli: false, hash: 0 };
            assert_eq!(file.is_immutable(), expected, "{name}");
        }
    }
}
