//! Storage of the index template: the page as trunk built it.

use std::sync::Arc;

use async_trait::async_trait;

use crate::ports::Result;

/// The store of the index template.
#[async_trait]
pub trait TemplateStore: Send + Sync {
    /// Returns the built `index.html`. Returns the same `Arc` until there is a newer build, which MUST be returned within a
    /// minute.
    async fn index_html(&self) -> Result<Arc<str>>;
}
