//! The page as it was built.

use std::sync::Arc;

use async_trait::async_trait;

use crate::ports::Result;

/// The page as trunk built it.
#[async_trait]
pub trait TemplateStore: Send + Sync {
    /// The built `index.html`. The same `Arc` is answered until a newer build is there; a newer one MUST be seen
    /// within a minute.
    async fn index_html(&self) -> Result<Arc<str>>;
}
