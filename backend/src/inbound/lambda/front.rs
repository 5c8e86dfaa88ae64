//! The front page, behind an HTTP API with payload version 2.

use std::{convert::Infallible, io::Write};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use lambda_http::{
    aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method,
        header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HOST, VARY},
    },
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

use super::Error;
use crate::routes::{Front, FrontAnswer, FrontRequest};

/// How hard the page is compressed, 0 to 11. A page of 100 messages takes a few milliseconds of a full processor at 5.
const QUALITY: u32 = 5;

/// Below this, in bytes, an answer fits one packet as it is.
const SMALL: usize = 1_200;

/// Answers page visits.
///
/// This uses the events of `lambda_http` and not its `run`, which makes a URI of what a visitor sent and stops the
/// process where that can't be done.
///
/// # Errors
///
/// When the Lambda runtime can't be spoken to any more.
pub async fn front(route: Front) -> Result<(), Error> {
    let route = &route;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        Ok::<_, Infallible>(answer(route, &event.payload).await)
    }))
    .await
}

async fn answer(route: &Front, event: &RawValue) -> ApiGatewayV2httpResponse {
    match read(event) {
        Ok((request, brotli)) => response(route.handle(request).await, brotli),
        Err(status) => {
            let sentence = "This address can only be looked at.\n".into();
            // API Gateway is never come to but by HTTPS.
            response(FrontAnswer::plain(status, sentence, true), Brotli::Unreadable)
        }
    }
}

/// Whether the visitor reads brotli.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brotli {
    Readable,
    Unreadable,
}

/// Reads a visit, or says with which status it is refused.
fn read(event: &RawValue) -> Result<(FrontRequest, Brotli), u16> {
    let event: ApiGatewayV2httpRequest = serde_json::from_str(event.get()).map_err(|error| {
        tracing::error!(%error, "an event of an unexpected shape");
        400_u16
    })?;
    let Some(path) = event.raw_path else {
        tracing::error!("an event of an unexpected shape: it has no rawPath");
        return Err(400);
    };
    if !matches!(event.request_context.http.method, Method::GET | Method::HEAD) {
        return Err(405);
    }
    let secure = event.headers.get("x-forwarded-proto").is_some_and(|protocol| protocol == "https");
    let brotli = if reads_brotli(&event.headers) { Brotli::Readable } else { Brotli::Unreadable };
    let cookie = cookies(&event.headers, event.cookies.unwrap_or_default());
    let accept_language =
        event.headers.get(ACCEPT_LANGUAGE).and_then(|languages| languages.to_str().ok()).map(str::to_owned);
    let host = event.headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    Ok((FrontRequest { path, cookie, accept_language, host, secure }, brotli))
}

/// Whether `br` is among the encodings, and not with a weight of 0.
fn reads_brotli(headers: &HeaderMap) -> bool {
    let headers = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|encodings| encodings.to_str().ok());
    headers.flat_map(|encodings| encodings.split(',')).any(|encoding| {
        let (name, weight) = encoding.split_once(';').unwrap_or((encoding, ""));
        name.trim().eq_ignore_ascii_case("br") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// API Gateway takes the cookies out of the headers; a stand-in may leave them there.
fn cookies(headers: &HeaderMap, mut cookies: Vec<String>) -> Option<String> {
    let headers = headers.get_all(COOKIE).into_iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.extend(headers.map(str::to_owned));
    (!cookies.is_empty()).then(|| cookies.join("; "))
}

/// Compressed here because CloudFront compresses only what it may cache, and a page is one visitor's own.
fn response(answer: FrontAnswer, brotli: Brotli) -> ApiGatewayV2httpResponse {
    let FrontAnswer { status, content_type, headers, set_cookie, body } = answer;
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = status.into();
    response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?)));
    response.headers.extend(headers);
    response.cookies.extend(set_cookie);
    response.headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    match compressed(&body, brotli) {
        Some(bytes) => {
            response.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            response.body = Some(BASE64.encode(bytes).into());
            response.is_base64_encoded = true;
        }
        None => response.body = Some(body.into()),
    }
    response
}

fn compressed(body: &str, brotli: Brotli) -> Option<Vec<u8>> {
    if brotli == Brotli::Unreadable || body.len() < SMALL {
        return None;
    }
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, 22);
    writer.write_all(body.as_bytes()).ok()?;
    Some(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: &str) -> Result<FrontRequest, u16> {
        super::read(&RawValue::from_string(json.to_owned()).unwrap()).map(|(request, _)| request)
    }

    #[test]
    fn a_visit_has_its_path_and_its_cookies() {
        let visit = read(include_str!("../../../tests/events/front.json")).ok().unwrap();
        assert_eq!((visit.path.as_str(), visit.cookie.as_deref()), ("/r/cats", Some("s=1; t=2")));
        assert!(!visit.secure);
        assert_eq!(visit.accept_language, None);
        let visit = read(include_str!("../../../tests/events/aws-front.json")).ok().unwrap();
        assert_eq!(
            (visit.path.as_str(), visit.cookie.as_deref()),
            ("/r/cats", Some("guest=abc.def; name=J%C3%BCrgen"))
        );
        assert!(visit.secure);
        assert_eq!(visit.accept_language.as_deref(), Some("ja-JP,ja;q=0.9"));
    }

    #[test]
    fn a_visit_whose_address_is_no_uri_is_a_visit() {
        let odd = include_str!("../../../tests/events/aws-front.json")
            .replace("/r/cats", r"/r/a b|\u65e5<>")
            .replace("x=1&y=a%20b", r#"q=<a b>^{\""#);
        assert_eq!(read(&odd).ok().unwrap().path, "/r/a b|日<>");
    }

    #[test]
    fn a_page_can_only_be_looked_at() {
        let post = include_str!("../../../tests/events/aws-front.json").replace("\"GET\"", "\"POST\"");
        assert_eq!(read(&post).err(), Some(405));
    }

    #[test]
    fn an_event_of_an_unexpected_shape_is_refused() {
        for event in ["null", "7", "[]", "{}", include_str!("../../../tests/events/send.json")] {
            assert_eq!(read(event).err(), Some(400), "{event}");
        }
    }

    #[test]
    fn an_answer_is_written_as_payload_version_2_wants_it() {
        let answer = FrontAnswer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            headers: vec![("cache-control", "no-store".into()), ("referrer-policy", "same-origin".into())],
            set_cookie: Some("guest=x; Path=/".into()),
            body: "<p>日</p>".into(),
        };
        let written = serde_json::to_value(response(answer, Brotli::Readable)).unwrap();
        assert_eq!(written["statusCode"], json!(200));
        let expected = json!({
            "content-type": "text/html; charset=utf-8", "vary": "accept-encoding",
            "cache-control": "no-store", "referrer-policy": "same-origin",
        });
        assert_eq!(written["headers"], expected);
        assert_eq!(written["cookies"], json!(["guest=x; Path=/"]));
        assert_eq!((&written["body"], &written["isBase64Encoded"]), (&json!("<p>日</p>"), &json!(false)));
    }
    #[test]
    fn a_page_is_compressed_for_those_who_can_read_it() {
        let page = || FrontAnswer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            headers: Vec::new(),
            set_cookie: None,
            body: "<p>a page</p>".repeat(1_000),
        };
        let plain = serde_json::to_value(response(page(), Brotli::Unreadable)).unwrap();
        assert_eq!((&plain["body"], &plain["isBase64Encoded"]), (&json!(page().body), &json!(false)));
        let pressed = serde_json::to_value(response(page(), Brotli::Readable)).unwrap();
        assert_eq!(
            (&pressed["headers"]["content-encoding"], &pressed["isBase64Encoded"]),
            (&json!("br"), &json!(true))
        );
        let bytes = BASE64.decode(pressed["body"].as_str().unwrap()).unwrap();
        assert!(bytes.len() < 200, "{} bytes", bytes.len());
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut bytes.as_slice(), &mut read).unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), page().body);
    }

    #[test]
    fn brotli_is_readable_where_the_visitor_says_so() {
        for (encodings, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("BR;q=1.0", true),
            ("br;q=0", false),
            ("gzip", false),
            ("brotli", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encodings));
            assert_eq!(reads_brotli(&headers), expected, "{encodings}");
        }
        assert!(!reads_brotli(&HeaderMap::new()));
    }
}
