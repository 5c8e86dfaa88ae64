//! The index template from the directory that trunk built.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;
use chat::ports::{Result, Unavailable, template_store::TemplateStore};

/// Reads `index.html` of a directory, and again when the file has changed, so that a new build needs no restart.
pub struct TemplateFile {
    path: PathBuf,
    last: Mutex<Option<(SystemTime, Arc<str>)>>,
}

impl TemplateFile {
    /// Returns the template of a directory.
    pub fn in_directory(directory: &Path) -> Self {
        Self { path: directory.join("index.html"), last: Mutex::new(None) }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(SystemTime, Arc<str>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TemplateStore for TemplateFile {
    async fn index_html(&self) -> Result<Arc<str>> {
        const DOING: &str = "reading the built page (make it with `cargo xtask run`)";
        let metadata = tokio::fs::metadata(&self.path).await.map_err(Unavailable::while_doing(DOING))?;
        let changed = metadata.modified().map_err(Unavailable::while_doing(DOING))?;
        if let Some((seen, text)) = self.last().as_ref()
            && *seen == changed
        {
            return Ok(text.clone());
        }
        let text = tokio::fs::read_to_string(&self.path).await.map_err(Unavailable::while_doing(DOING))?;
        let text: Arc<str> = text.into();
        *self.last() = Some((changed, text.clone()));
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write, time::Duration};

    use super::*;

    #[tokio::test]
    async fn the_template_is_shared_until_the_next_build() {
        let directory = tempfile::tempdir().unwrap();
        let built = |html: &str, hours: u64| {
            let mut file = File::create(directory.path().join("index.html")).unwrap();
            file.write_all(html.as_bytes()).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(hours * 60 * 60)).unwrap();
        };
        let templates = TemplateFile::in_directory(directory.path());
        let error = templates.index_html().await.unwrap_err().to_string();
        assert!(error.contains("cargo xtask run"), "{error}");

        built("one", 2);
        let one = templates.index_html().await.unwrap();
        assert_eq!(&*one, "one");
        assert!(Arc::ptr_eq(&one, &templates.index_html().await.unwrap()));
        // An older build that is restored has an earlier time.
        for (html, hours) in [("two", 3), ("three", 1)] {
            built(html, hours);
            let other = templates.index_html().await.unwrap();
            assert_eq!(&*other, html);
            assert!(Arc::ptr_eq(&other, &templates.index_html().await.unwrap()));
        }
    }
}
