//! The index template, and the assets that it names, which are uploaded to the asset bucket.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_sdk_s3::{Client, operation::put_object::builders::PutObjectFluentBuilder};
use chat::ports::{Result, Unavailable, system::Clock, template_store::TemplateStore};
use futures::future::try_join_all;
use shared_types::Timestamp;
use tokio::sync::OnceCell;

use crate::error_chain::chain;

/// A page as a function has it.
pub struct PageRelease {
    /// The index template.
    pub index_html: Arc<str>,
    /// The files that the template names below `/assets/`, each with a hash of its content in its name.
    pub assets: Vec<Asset>,
    /// Name of this set of files: another set has another name.
    pub name: String,
}

/// A file of the page.
pub struct Asset {
    /// Name below `/assets/`.
    pub name: &'static str,
    /// Content, or its compressed form.
    pub bytes: &'static [u8],
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// Whether `bytes` is compressed with brotli.
    pub is_brotli: bool,
}

/// Age after which the files are written again, so that the bucket does not delete them. The bucket deletes a file 90 days after it was
/// written (`template.yml`). A function that has just started finds files of at most 30 days, and Lambda replaces it within hours.
const REWRITE_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// [`TemplateStore`] with the template of this program. The template is returned once the files that it names are in the bucket, so no page
/// names a missing file, whatever the order of deployments.
pub struct PublishedTemplate {
    client: Client,
    bucket: String,
    page: PageRelease,
    clock: Arc<dyn Clock>,
    published: OnceCell<()>,
}

#[async_trait]
impl TemplateStore for PublishedTemplate {
    async fn index_html(&self) -> Result<Arc<str>> {
        self.published.get_or_try_init(|| self.publish()).await?;
        Ok(self.page.index_html.clone())
    }
}

impl PublishedTemplate {
    pub(crate) fn new(client: Client, bucket: &str, page: PageRelease, clock: Arc<dyn Clock>) -> Self {
        Self { client, bucket: bucket.to_owned(), page, clock, published: OnceCell::new() }
    }

    /// Publishes the files when a function starts. A failure is only logged: the first visit tries again and reports it to its client.
    pub async fn warm(&self) {
        if let Err(error) = self.index_html().await {
            tracing::error!(%error, "warm-up failed; the first visit uploads the page's files");
        }
    }

    /// Writes the files, unless a marker says that this was done. The marker is written last, so it stands for all files.
    async fn publish(&self) -> Result<()> {
        let marker = format!("releases/{}", self.page.name);
        if self.is_published(&marker).await {
            return Ok(());
        }
        try_join_all(self.page.assets.iter().map(|asset| self.upload(asset))).await?;
        self.put(&marker, b"", "text/plain").send().await.map_err(|error| self.failed(&marker, chain(&error)))?;
        tracing::info!(release = self.page.name, files = self.page.assets.len(), "the page's files were uploaded");
        Ok(())
    }

    /// Returns whether there is a marker that is young enough. A marker that cannot be read counts as missing: without the permission to list
    /// the bucket, S3 answers 403 for a missing object.
    async fn is_published(&self, marker: &str) -> bool {
        let head = self.client.head_object().bucket(&self.bucket).key(marker).send().await;
        let written = head.ok().and_then(|object| object.last_modified).and_then(|at| at.to_millis().ok());
        let written = written.and_then(|at| u64::try_from(at).ok()).map(Timestamp);
        written.is_some_and(|written| self.clock.now().since(written) < REWRITE_AGE)
    }

    async fn upload(&self, asset: &Asset) -> Result<()> {
        let key = format!("assets/{}", asset.name);
        let put = self.put(&key, asset.bytes, asset.content_type);
        let put = put.cache_control("public, max-age=31536000, immutable");
        let put = put.set_content_encoding(asset.is_brotli.then(|| "br".to_owned()));
        put.send().await.map_err(|error| self.failed(&key, chain(&error)))?;
        Ok(())
    }

    fn put(&self, key: &str, bytes: &'static [u8], content_type: &str) -> PutObjectFluentBuilder {
        let body = aws_sdk_s3::primitives::ByteStream::from_static(bytes);
        self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type).body(body)
    }

    fn failed(&self, key: &str, cause: String) -> Unavailable {
        Unavailable { doing: "uploading the page's files", cause: format!("bucket {}, {key}: {cause}", self.bucket) }
    }
}
