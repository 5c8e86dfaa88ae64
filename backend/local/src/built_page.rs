//! The built page: embedded in this program, or in a directory.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use chat::ports::{Result, Unavailable, template_store::TemplateStore};
use embedded_page::{EmbeddedPage, INDEX_TEMPLATE};
use store_redb::template_file::TemplateFile;

/// The built page.
#[derive(Clone)]
pub enum BuiltPage {
    /// The files that are part of this program.
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
            Some(directory) if directory.join(INDEX_TEMPLATE).is_file() => Ok(Self::Directory(directory)),
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
            self.page.plain(INDEX_TEMPLATE).ok_or("index.html is missing").map_err(Unavailable::while_doing(DOING))?;
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
        std::fs::write(directory.path().join(INDEX_TEMPLATE), "").unwrap();
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
