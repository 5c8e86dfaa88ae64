//! The index template in the asset bucket.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_sdk_s3::{Client, error::SdkError, operation::get_object::GetObjectError};
use chat::ports::{Result, Unavailable, system::Clock, template_store::TemplateStore};
use shared_types::Timestamp;
use tokio::sync::Mutex;

use crate::error_chain::chain;

const DOING: &str = "reading index.html of the asset bucket";

/// How long a cached template is served without a check. A newer build must be served within a minute, and the check may take some
/// seconds.
const CACHE_LIFE: Duration = Duration::from_secs(50);

/// [`TemplateStore`] in an S3 bucket.
pub struct S3Templates {
    client: Client,
    bucket: String,
    clock: Arc<dyn Clock>,
    cached: Mutex<Option<CachedTemplate>>,
}

/// The last template that was read.
struct CachedTemplate {
    html: Arc<str>,
    etag: Option<String>,
    read_at: Timestamp,
}

#[async_trait]
impl TemplateStore for S3Templates {
    async fn index_html(&self) -> Result<Arc<str>> {
        let mut cached = self.cached.lock().await;
        let now = self.clock.now();
        if let Some(cached) = cached.as_ref().filter(|cached| now.since(cached.read_at) < CACHE_LIFE) {
            return Ok(cached.html.clone());
        }
        match self.read(cached.as_ref(), now).await {
            Ok(newer) => Ok(cached.insert(newer).html.clone()),
            // A template that is a minute old is better than none.
            Err(error) => match cached.as_ref() {
                Some(old) => {
                    tracing::warn!(%error, "reading the template failed; serving the cached one");
                    Ok(old.html.clone())
                }
                None => Err(error),
            },
        }
    }
}

impl S3Templates {
    pub(crate) fn new(client: Client, bucket: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, bucket: bucket.to_owned(), clock, cached: Mutex::new(None) }
    }

    /// Reads the template when a function starts. A failure is only logged: the first visit reports it to its client.
    pub async fn warm(&self) {
        if let Err(error) = self.index_html().await {
            tracing::error!(%error, "warm-up failed; the first visit reads the template");
        }
    }

    /// Reads the template, or returns the cached one if it is unchanged.
    async fn read(&self, old: Option<&CachedTemplate>, now: Timestamp) -> Result<CachedTemplate> {
        let get = self.client.get_object().bucket(&self.bucket).key("index.html");
        let get = get.set_if_none_match(old.and_then(|cached| cached.etag.clone()));
        match (get.send().await, old) {
            (Ok(object), _) => {
                let etag = object.e_tag;
                let bytes = object.body.collect().await.map_err(|error| self.failed(chain(&error)))?.into_bytes();
                let html = std::str::from_utf8(&bytes).map_err(|error| self.failed(error.to_string()))?;
                Ok(CachedTemplate { html: html.into(), etag, read_at: now })
            }
            (Err(error), Some(old)) if is_unchanged(&error) => {
                Ok(CachedTemplate { html: old.html.clone(), etag: old.etag.clone(), read_at: now })
            }
            (Err(error), _) => Err(self.failed(chain(&error))),
        }
    }

    fn failed(&self, cause: String) -> Unavailable {
        Unavailable { doing: DOING, cause: format!("bucket {}: {cause}", self.bucket) }
    }
}

/// Returns whether the answer is 304 (not modified), which the SDK reports as an error.
fn is_unchanged(error: &SdkError<GetObjectError>) -> bool {
    error.raw_response().is_some_and(|response| response.status().as_u16() == 304)
}
