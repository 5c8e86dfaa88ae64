//! The template of all pages: the built `index.html`, parsed once.

use std::sync::{Arc, Mutex, PoisonError};

use chat::ports::{Result, Unavailable, template_store::TemplateStore};
use frontend::ssr::index_template::IndexTemplate;

use crate::headers;

/// A parsed `index.html`.
pub(crate) struct PageTemplate {
    pub(crate) index: IndexTemplate,
    /// The hashes of its inline scripts, as the content security policy lists them.
    pub(crate) script_hashes: String,
}

/// Parses the built `index.html` again only when it has changed.
pub(crate) struct TemplateCache {
    store: Arc<dyn TemplateStore>,
    /// The last template, with the text that it was parsed from.
    last: Mutex<Option<(Arc<str>, Arc<PageTemplate>)>>,
}

impl TemplateCache {
    pub(crate) fn new(store: Arc<dyn TemplateStore>) -> Self {
        Self { store, last: Mutex::new(None) }
    }

    /// Returns the current template.
    ///
    /// # Errors
    ///
    /// `Unavailable` when it cannot be loaded or is not a built page.
    pub(crate) async fn current(&self) -> Result<Arc<PageTemplate>> {
        let index_html = self.store.index_html().await?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((text, template)) = last.as_ref()
            && Arc::ptr_eq(text, &index_html)
        {
            return Ok(template.clone());
        }
        let index =
            IndexTemplate::parse(&index_html).map_err(Unavailable::while_doing("reading the built index.html"))?;
        let template = Arc::new(PageTemplate { index, script_hashes: headers::hashes(&index_html) });
        *last = Some((index_html, template.clone()));
        Ok(template)
    }
}
