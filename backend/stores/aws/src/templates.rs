//! The built page, in the asset bucket.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_sdk_s3::{Client, error::SdkError, operation::get_object::GetObjectError};
use chat::ports::{Result, Unavailable, system::Clock, template_store::TemplateStore};
use shared_types::Timestamp;
use tokio::sync::Mutex;

use crate::error_chain::chain;

const DOING: &str = "reading index.html of the asset bucket";

/// How long a copy is good, in milliseconds. A newer build has to be seen within a minute, and to look for it may take
/// some seconds.
const FRESH: Duration = Duration::from_secs(50);

/// [`TemplateStore`] in an S3 bucket.
pub struct S3Templates {
    client: Client,
    bucket: String,
    clock: Arc<dyn Clock>,
    copy: Mutex<Option<Copy>>,
}

struct Copy {
    html: Arc<str>,
    etag: Option<String>,
    read_at: Timestamp,
}

#[async_trait]
impl TemplateStore for S3Templates {
    async fn index_html(&self) -> Result<Arc<str>> {
        let mut copy = self.copy.lock().await;
        let now = self.clock.now();
        if let Some(copy) = copy.as_ref().filter(|copy| now.since(copy.read_at) < FRESH) {
            return Ok(copy.html.clone());
        }
        match self.read(copy.as_ref(), now).await {
            Ok(newer) => Ok(copy.insert(newer).html.clone()),
            // The page of a minute ago is better than none.
            Err(error) => match copy.as_ref() {
                Some(old) => {
                    tracing::warn!(%error, "going on with an old page");
                    Ok(old.html.clone())
                }
                None => Err(error),
            },
        }
    }
}

impl S3Templates {
    pub(crate) fn new(client: Client, bucket: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, bucket: bucket.to_owned(), clock, copy: Mutex::new(None) }
    }

    /// Reads the page ahead, for the start of a function. A failure is logged and no more: the first visit will meet it
    /// and answer properly.
    pub async fn warm(&self) {
        if let Err(error) = self.index_html().await {
            tracing::error!(%error, "not warm");
        }
    }

    /// Reads the page, or learns that the old copy still is the page.
    async fn read(&self, old: Option<&Copy>, now: Timestamp) -> Result<Copy> {
        let get = self.client.get_object().bucket(&self.bucket).key("index.html");
        let get = get.set_if_none_match(old.and_then(|copy| copy.etag.clone()));
        match (get.send().await, old) {
            (Ok(object), _) => {
                let etag = object.e_tag;
                let bytes = object.body.collect().await.map_err(|error| self.failed(chain(&error)))?.into_bytes();
                let html = std::str::from_utf8(&bytes).map_err(|error| self.failed(error.to_string()))?;
                Ok(Copy { html: html.into(), etag, read_at: now })
            }
            (Err(error), Some(old)) if is_unchanged(&error) => {
                Ok(Copy { html: old.html.clone(), etag: old.etag.clone(), read_at: now })
            }
            (Err(error), _) => Err(self.failed(chain(&error))),
        }
    }

    fn failed(&self, cause: String) -> Unavailable {
        Unavailable { doing: DOING, cause: format!("bucket {}: {cause}", self.bucket) }
    }
}

/// The SDK takes 304 for an error.
fn is_unchanged(error: &SdkError<GetObjectError>) -> bool {
    error.raw_response().is_some_and(|response| response.status().as_u16() == 304)
}
