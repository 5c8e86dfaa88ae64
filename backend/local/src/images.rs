//! HTTP handlers of uploads and images, as S3 and CloudFront do it on AWS.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chat::{
    content::images::image_type,
    ports::{
        Unavailable,
        images::{Storage, Upload},
        messages::MessageKey,
    },
};
use shared_types::limits;

use super::body;
use crate::{body::Unread, http::IMMUTABLE, server::Shared};

/// Headers of images: an image cannot be taken for a page, and a page made of it could do nothing. The styles allow the frame that browsers
/// draw around an image. `http::guard` adds the headers of every answer.
const HARMLESS: [(HeaderName, &str); 1] = [(
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
)];

/// `PUT /uploads/…`: stores the bytes of an image at a signed address.
pub(crate) async fn put(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let storage = &shared.server.storage;
    let Some(upload) = admitted(storage.as_ref(), &request) else {
        let why = "This address is not for these bytes, or not any more. Ask for a new one.\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    };
    let limit = usize::try_from(upload.size.get()).unwrap_or(usize::MAX);
    let bytes = match body::read(request.into_body(), limit, limits::UPLOAD_LIFE).await {
        Ok(bytes) => bytes,
        // Nothing is stored.
        Err(Unread::TooLarge | Unread::Broken | Unread::Late) => {
            return (StatusCode::BAD_REQUEST, "The image did not arrive whole. Try again.\n").into_response();
        }
    };
    match storage.put(&upload, bytes.into()).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(cause) => unavailable(&cause),
    }
}

/// Returns the upload of a signed address, if the address is valid for the type and the size of the request.
fn admitted(storage: &dyn Storage, request: &Request) -> Option<Upload> {
    let text = |name| request.headers().get(name)?.to_str().ok();
    let size = text(header::CONTENT_LENGTH)?.parse().ok()?;
    storage.admit(request.uri().path(), text(header::CONTENT_TYPE)?, size)
}

/// `GET /images/…`: serves the image of a message.
pub(crate) async fn get(State(shared): State<Arc<Shared>>, path: Uri) -> Response {
    let stored = match message_key(path.path()) {
        Some(message_key) => shared.server.storage.get(&message_key).await,
        None => Ok(None),
    };
    let bytes = match stored {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(cause) => return unavailable(&cause),
    };
    // The type comes from the bytes; an image that is not there has none.
    let Some(kind) = image_type(&bytes) else {
        return (StatusCode::NOT_FOUND, HARMLESS, "There is no such image.\n").into_response();
    };
    let mut headers = HeaderMap::from_iter(HARMLESS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CACHE_CONTROL, IMMUTABLE);
    if let Ok(disposition) = format!("inline; filename=\"image.{}\"", kind.extension()).parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    (headers, Body::from(bytes)).into_response()
}

/// Returns the message of a path, as [`image_path`](shared_types::image_path) writes it.
fn message_key(path: &str) -> Option<MessageKey> {
    let mut parts = path.strip_prefix("/images/")?.split('/');
    let (author, room, nonce) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(MessageKey { room, author, nonce })
}

fn unavailable(cause: &Unavailable) -> Response {
    tracing::error!(%cause, "storing or reading an image failed; answering with 503");
    (StatusCode::SERVICE_UNAVAILABLE, "The image can't be stored or read right now. Try again.\n").into_response()
}
