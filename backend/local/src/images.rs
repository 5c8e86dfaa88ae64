//! HTTP handlers of uploads and images, as S3 and CloudFront do it on AWS.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chat::ports::{Unavailable, images::Upload};
use shared_types::limits;

use super::body;
use crate::{body::Unread, http::IMMUTABLE, image_route::Images, server::Shared};

/// Headers of images: an image cannot be taken for a page, and a page made of it could do nothing. The styles allow the frame that browsers
/// draw around an image. `http::guard` adds the headers of every answer.
const HARMLESS: [(HeaderName, &str); 1] = [(
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
)];

/// `PUT /uploads/…`: stores the bytes of an image at a signed address.
pub(crate) async fn put(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let images = &shared.server.images;
    let Some(upload) = admitted(images, &request) else {
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
    match images.put(&upload, bytes.into()).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(cause) => unavailable(&cause),
    }
}

fn admitted(images: &Images, request: &Request) -> Option<Upload> {
    let text = |name| request.headers().get(name)?.to_str().ok();
    let size = text(header::CONTENT_LENGTH)?.parse().ok()?;
    images.admit(request.uri().path(), text(header::CONTENT_TYPE)?, size)
}

/// `GET /images/…`: serves the image of a message.
pub(crate) async fn get(State(shared): State<Arc<Shared>>, path: Uri) -> Response {
    let (kind, bytes) = match shared.server.images.get(path.path()).await {
        Ok(Some(image)) => image,
        Ok(None) => return (StatusCode::NOT_FOUND, HARMLESS, "There is no such image.\n").into_response(),
        Err(cause) => return unavailable(&cause),
    };
    let mut headers = HeaderMap::from_iter(HARMLESS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CACHE_CONTROL, IMMUTABLE);
    if let Ok(disposition) = format!("inline; filename=\"image.{}\"", kind.extension()).parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    (headers, Body::from(bytes)).into_response()
}

fn unavailable(cause: &Unavailable) -> Response {
    tracing::error!(%cause, "an image could not be stored or read");
    (StatusCode::SERVICE_UNAVAILABLE, "The image can't be stored or read right now. Try again.\n").into_response()
}
