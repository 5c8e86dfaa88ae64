//! The built page, from the directory trunk wrote it to.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;

use crate::ports::{Result, Shells, Unavailable};

/// `index.html` of a directory, read again when it has changed, so that a new build shows without a restart.
pub struct ShellFile {
    path: PathBuf,
    last: Mutex<Option<(SystemTime, Arc<str>)>>,
}

impl ShellFile {
    /// The shell in a directory.
    pub fn in_directory(directory: &Path) -> Self {
        Self { path: directory.join("index.html"), last: Mutex::new(None) }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(SystemTime, Arc<str>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Shells for ShellFile {
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
