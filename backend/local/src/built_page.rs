//! The built page: embedded in this program, or in a directory.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use axum::body::Bytes;
use chat::ports::{Result, Unavailable, template_store::TemplateStore};
use chat_http::compression;
use store_redb::template_file::TemplateFile;

/// The built page.
#[derive(Clone)]
pub enum BuiltPage {
    /// The files that `build.rs` found.
    Embedded(EmbeddedPage),
    /// The directory that `--page` names. Its files are read again when they change.
    Directory(PathBuf),
}

/// Why there is no page. `Display` is a sentence for the person who started the program.
#[derive(Debug, thiserror::Error)]
pub enum NoPage {
    /// `--page` names a directory without a page.
    #[error("there is no built page in {0}: `cargo xtask run` makes one in dist/, --page names another")]
    Missing(String),
    /// `dist/` had no page when this program was built.
    #[error(
        "this program was built without a page: `cargo xtask run` builds both, --page names the directory of a built page"
    )]
    NotEmbedded,
}

impl BuiltPage {
    /// Returns the page in the directory of `--page`, or else the embedded one.
    ///
    /// # Errors
    ///
    /// [`NoPage`] if there is no page.
    pub fn find(directory: Option<PathBuf>, embedded: Option<EmbeddedPage>) -> std::result::Result<Self, NoPage> {
        match directory {
            Some(directory) if directory.join(TEMPLATE).is_file() => Ok(Self::Directory(directory)),
            Some(directory) => Err(NoPage::Missing(directory.display().to_string())),
            None => embedded.map(Self::Embedded).ok_or(NoPage::NotEmbedded),
        }
    }

    /// Returns the store of the index template.
    pub fn templates(&self) -> Arc<dyn TemplateStore> {
        match self {
            Self::Embedded(page) => Arc::new(EmbeddedTemplate { page: page.clone(), read: OnceLock::new() }),
            Self::Directory(directory) => Arc::new(TemplateFile::in_directory(directory)),
        }
    }
}

/// Name of the index template.
const TEMPLATE: &str = "index.html";

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

    /// Returns the file with this name.
    pub(crate) fn file(&self, name: &str) -> Option<&'static EmbeddedFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Returns the plain content of a file; `None` if there is no such file. What was compressed is kept: a client without brotli is
    /// often one of several, because browsers accept brotli over HTTPS only.
    pub(crate) fn plain(&self, name: &str) -> Option<Bytes> {
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

/// The index template of an embedded page.
struct EmbeddedTemplate {
    page: EmbeddedPage,
    read: OnceLock<Arc<str>>,
}

#[async_trait]
impl TemplateStore for EmbeddedTemplate {
    async fn index_html(&self) -> Result<Arc<str>> {
        const DOING: &str = "reading the embedded page";
        if let Some(text) = self.read.get() {
            return Ok(text.clone());
        }
        let bytes =
            self.page.plain(TEMPLATE).ok_or("index.html is missing").map_err(Unavailable::while_doing(DOING))?;
        let text = std::str::from_utf8(&bytes).map_err(Unavailable::while_doing(DOING))?;
        Ok(self.read.get_or_init(|| text.into()).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_flag_replaces_the_embedded_one() {
        let directory = tempfile::tempdir().unwrap();
        let embedded = || Some(EmbeddedPage::of(&[]));
        let found = |page: Option<PathBuf>, embedded| BuiltPage::find(page, embedded);
        let missing = directory.path().join("nothing");
        std::fs::write(directory.path().join(TEMPLATE), "").unwrap();
        assert!(matches!(found(Some(directory.path().into()), embedded()), Ok(BuiltPage::Directory(_))));
        assert!(matches!(found(None, embedded()), Ok(BuiltPage::Embedded(_))));
        for (error, sentence) in [
            (found(Some(missing), embedded()).err().unwrap().to_string(), "no built page in"),
            (found(None, None).err().unwrap().to_string(), "built without a page"),
        ] {
            assert!(
                error.contains(sentence) && error.contains("cargo xtask run") && error.contains("--page"),
                "{error}"
            );
        }
    }
}
