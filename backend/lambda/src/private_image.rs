//! Images of private rooms, which CloudFront cannot read: the function reads them for members.
//!
//! CloudFront sends requests for images here whose room has the form of a private one. The longest image is 2 MB, 2.8 MB as base64: a
//! function answers with 6 MB at most.

use std::pin::Pin;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chat::{content::images::image_type, ports::Result};
use chat_http::{
    answers::FrontAnswer,
    front::{
        FrontHandler, FrontRequest,
        private_image::{CACHE_CONTROL, ImageAccess},
    },
    headers::{ALWAYS, of_https},
};
use lambda_http::{
    aws_lambda_events::apigw::ApiGatewayV2httpResponse,
    http::{HeaderName, HeaderValue, header},
};
use store_aws::images::S3Images;

/// Headers of images: an image cannot be taken for a page, and a page made of it could do nothing. As `ImageHeaders` in `template.yml`.
const HARMLESS: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// Answers a request for an image; `None` if the request is for something else.
pub(crate) async fn answer(
    route: &FrontHandler,
    images: &S3Images,
    request: &FrontRequest,
) -> Option<std::result::Result<ApiGatewayV2httpResponse, FrontAnswer>> {
    if !request.path.starts_with("/images/") || request.form.is_some() {
        return None;
    }
    Some(match read(route, images, request).await {
        Ok(Some(bytes)) => match image(&bytes, request.secure) {
            Some(image) => Ok(image),
            None => Err(missing(request.secure)),
        },
        Ok(None) => Err(missing(request.secure)),
        Err(cause) => {
            tracing::error!(%cause, "reading an image failed; answering with 503");
            let why = "The image can't be read right now. Try again.\n";
            Err(FrontAnswer::plain(503, why.into(), request.secure))
        }
    })
}

async fn read(route: &FrontHandler, images: &S3Images, request: &FrontRequest) -> Result<Option<Vec<u8>>> {
    match route.image_access(request).await? {
        // An open room whose name only looks private to CloudFront.
        ImageAccess::Open(key) | ImageAccess::Member(key) => {
            // In a box: the future of a call to S3 is deeply nested.
            let content: Pin<Box<dyn Future<Output = _> + Send + '_>> = Box::pin(images.content(&key));
            content.await
        }
        ImageAccess::Missing => Ok(None),
    }
}

fn missing(secure: bool) -> FrontAnswer {
    FrontAnswer::plain(404, "There is no such image.\n".into(), secure)
}

/// Returns the answer with these bytes; `None` if they are no image.
fn image(bytes: &[u8], secure: bool) -> Option<ApiGatewayV2httpResponse> {
    let kind = image_type(bytes)?;
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = 200;
    let headers = &mut response.headers;
    for (name, value) in ALWAYS.into_iter().chain(of_https(secure)) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(HARMLESS));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL));
    if let Ok(disposition) = format!("inline; filename=\"image.{}\"", kind.extension()).parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response.body = Some(BASE64.encode(bytes).into());
    response.is_base64_encoded = true;
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_answered_as_its_bytes_and_kept_by_the_browser_only() {
        let gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";
        let answer = serde_json::to_value(image(gif, true).unwrap()).unwrap();
        assert_eq!(answer["body"], BASE64.encode(gif));
        let headers = &answer["headers"];
        assert_eq!((&headers["content-type"], &headers["cache-control"]), (&"image/gif".into(), &CACHE_CONTROL.into()));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(image(b"<html>", true).is_none());
    }
}
