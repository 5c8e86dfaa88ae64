//! HTTP handlers of uploads and images, as S3 and CloudFront do it on AWS.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chat::{
    content::images::image_type,
    ports::{
        Unavailable,
        images::{Images, Upload},
    },
};
use chat_http::front::{
    FrontRequest,
    private_image::{self, ImageAccess},
};
use futures::stream;
use http_body_util::BodyExt;
use shared_types::limits;
use store_redb::images::{FileImages, IncomingUpload, StoredImage, UploadError, UploadRefusal};
use tokio::{
    fs::File,
    io::AsyncReadExt,
    time::{Instant, timeout_at},
};

use super::visitor;
use crate::{assets::IMMUTABLE, server::Shared, tcp_limits::network};

/// Headers of images: an image cannot be taken for a page, and a page made of it could do nothing. The styles allow the frame that browsers
/// draw around an image. `http::guard` adds the headers of every answer.
const HARMLESS: [(HeaderName, &str); 1] = [(
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
)];

/// Cache control of pictures, which are replaced. A page asks for a new one with another query.
const PICTURE_CACHE: &str = "public, max-age=3600";

/// How long an upload may send nothing. It holds room that others could use.
const SILENCE: Duration = Duration::from_secs(30);

/// Bytes of an image that are read at once, so that a reader that is slow holds no more.
const READ_BYTES: usize = 64 * 1024;

/// `PUT /uploads/…`: stores the bytes of an image at a signed address.
pub(crate) async fn put(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let images = &shared.server.images;
    let Some(upload) = admitted(images, &request) else {
        let why = "This address is not for these bytes, or not any more. Ask for a new one.\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    };
    let address = network(visitor::address(&shared, request.headers(), peer));
    let address = shared.server.is_limited_per_address.then_some(address);
    let incoming = match images.receive(&upload, address).await {
        Ok(incoming) => incoming,
        Err(UploadError::Refused(refusal)) => return refused(refusal),
        Err(UploadError::Unavailable(cause)) => return unavailable(&cause),
    };
    match receive(incoming, request.into_body()).await {
        Ok(true) => StatusCode::OK.into_response(),
        // Nothing is stored.
        Ok(false) => (StatusCode::BAD_REQUEST, "The image did not arrive whole. Try again.\n").into_response(),
        Err(cause) => unavailable(&cause),
    }
}

/// Returns the upload of a signed address, if the address is valid for the type and the size of the request.
fn admitted(images: &FileImages, request: &Request) -> Option<Upload> {
    let text = |name| request.headers().get(name)?.to_str().ok();
    let size = text(header::CONTENT_LENGTH)?.parse().ok()?;
    images.admit(request.uri().path(), text(header::CONTENT_TYPE)?, size)
}

/// Stores a body as it arrives. Returns whether it was complete and in time.
async fn receive(mut incoming: IncomingUpload, mut body: Body) -> Result<bool, Unavailable> {
    let end = Instant::now() + limits::UPLOAD_LIFE;
    loop {
        let Ok(frame) = timeout_at(end.min(Instant::now() + SILENCE), body.frame()).await else { return Ok(false) };
        match frame {
            None => return incoming.finish().await,
            Some(Err(_)) => return Ok(false),
            Some(Ok(frame)) => {
                let Ok(bytes) = frame.into_data() else { continue };
                if !incoming.write(&bytes).await? {
                    return Ok(false);
                }
            }
        }
    }
}

fn refused(refusal: UploadRefusal) -> Response {
    let status = match refusal {
        UploadRefusal::InProgress => StatusCode::CONFLICT,
        UploadRefusal::AddressFull => StatusCode::TOO_MANY_REQUESTS,
        UploadRefusal::Full => StatusCode::SERVICE_UNAVAILABLE,
        UploadRefusal::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
    };
    tracing::warn!(%refusal, "upload refused");
    (status, format!("{refusal}\n")).into_response()
}

/// `GET /images/…`: serves the image of a message.
pub(crate) async fn get(State(shared): State<Arc<Shared>>, headers: HeaderMap, path: Uri) -> Response {
    let request = FrontRequest {
        path: path.path().into(),
        cookie: visitor::cookies(&headers),
        secure: visitor::is_secure(&shared, &headers),
        ..FrontRequest::default()
    };
    let (key, cache_control) = match shared.server.front.image_access(&request).await {
        Ok(ImageAccess::Open(key)) => (Some(key), IMMUTABLE),
        Ok(ImageAccess::Member(key)) => (Some(key), HeaderValue::from_static(private_image::CACHE_CONTROL)),
        Ok(ImageAccess::Missing) => (None, IMMUTABLE),
        Err(cause) => return unavailable(&cause),
    };
    let stored = match key {
        Some(message_key) => shared.server.images.image(&message_key).await,
        None => Ok(None),
    };
    let image = match stored {
        Ok(image) => image,
        Err(cause) => return unavailable(&cause),
    };
    // The type comes from the bytes; an image that is not there has none.
    let Some((image, kind)) = image.and_then(|image| image_type(&image.head).map(|kind| (image, kind))) else {
        return (StatusCode::NOT_FOUND, HARMLESS, "There is no such image.\n").into_response();
    };
    let mut headers = HeaderMap::from_iter(HARMLESS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CONTENT_LENGTH, image.length.into());
    headers.insert(header::CACHE_CONTROL, cache_control);
    if let Ok(disposition) = format!("inline; filename=\"image.{}\"", kind.extension()).parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    (headers, body(image)).into_response()
}

/// `GET /pictures/…`: serves the picture of a person.
pub(crate) async fn get_picture(State(shared): State<Arc<Shared>>, person: axum::extract::Path<String>) -> Response {
    let stored = match person.parse() {
        Ok(person) => shared.server.images.picture(&person).await,
        Err(_) => Ok(None),
    };
    let bytes = match stored {
        Ok(bytes) => bytes,
        Err(cause) => return unavailable(&cause),
    };
    let Some((bytes, kind)) = bytes.and_then(|bytes| image_type(&bytes).map(|kind| (bytes, kind))) else {
        return (StatusCode::NOT_FOUND, HARMLESS, "There is no such picture.\n").into_response();
    };
    let disposition = format!("inline; filename=\"picture.{}\"", kind.extension());
    let own = [
        (header::CONTENT_TYPE, kind.media_type()),
        (header::CACHE_CONTROL, PICTURE_CACHE),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
    ];
    (HARMLESS, own, bytes).into_response()
}

/// Returns the body of an image, which is read from its file as the client takes it.
fn body(StoredImage { file, length, .. }: StoredImage) -> Body {
    let state = (File::from_std(file).take(length), vec![0; READ_BYTES]);
    Body::from_stream(stream::try_unfold(state, |(mut file, mut buffer)| async move {
        let count = file.read(&mut buffer).await?;
        let bytes = Bytes::copy_from_slice(&buffer[..count]);
        Ok::<_, io::Error>((count > 0).then_some((bytes, (file, buffer))))
    }))
}

fn unavailable(cause: &Unavailable) -> Response {
    tracing::error!(%cause, "storing or reading an image failed; answering with 503");
    (StatusCode::SERVICE_UNAVAILABLE, "The image can't be stored or read right now. Try again.\n").into_response()
}
