//! Handles requests of the front page, from an HTTP API with payload version 2.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chat_http::{
    answers::FrontAnswer,
    compression::{self, Brotli},
    form::{RequestError, read_form},
    front::{FETCH_SITE, FrontHandler, FrontRequest},
};
use embedded_page::EmbeddedPage;
use lambda_http::{
    aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    http::{
        HeaderMap, HeaderName, Method,
        header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE, USER_AGENT},
    },
};
use serde_json::value::RawValue;
use store_aws::images::S3Images;

use crate::{
    Error,
    cloudfront::{DirectRequest, ORIGIN_KEY, OriginKey},
    event::fault,
    page::stable_file,
    private_image,
    start::serve,
};

/// Answers requests that came through CloudFront, for pages, for images of private rooms, and for the files of `page` that are not in the asset bucket. Refuses others.
///
/// This uses the events of `lambda_http` and not its `run`, which builds a URI from the request and stops the process if that fails.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn front(
    route: FrontHandler,
    page: EmbeddedPage,
    images: Arc<S3Images>,
    origin_key: OriginKey,
) -> Result<(), Error> {
    let (route, page, images, origin_key) = (&route, &page, images.as_ref(), &origin_key);
    serve(|event| async move { answer(route, page, images, origin_key, &event).await }).await
}

async fn answer(
    route: &FrontHandler,
    page: &EmbeddedPage,
    images: &S3Images,
    origin_key: &OriginKey,
    event: &RawValue,
) -> ApiGatewayV2httpResponse {
    match read(event, origin_key) {
        Ok((request, brotli)) => match stable_file(page, &request, brotli) {
            Some(file) => file,
            None => match private_image::answer(route, images, &request).await {
                Some(Ok(image)) => image,
                Some(Err(refusal)) => response(refusal, brotli),
                None => response(route.handle(request).await, brotli),
            },
        },
        // API Gateway accepts HTTPS only.
        Err(why) => response(FrontAnswer::bad_request(why, true), Brotli::NotAccepted),
    }
}

/// Parses a request, or returns why it cannot be read.
pub(crate) fn read(event: &RawValue, origin_key: &OriginKey) -> Result<(FrontRequest, Brotli), RequestError> {
    let event: ApiGatewayV2httpRequest = serde_json::from_str(event.get()).map_err(|error| {
        tracing::error!(fault = fault(&error), "event refused: unexpected shape");
        RequestError::UnknownEvent
    })?;
    let Some(path) = event.raw_path else {
        tracing::error!("event refused: no rawPath");
        return Err(RequestError::UnknownEvent);
    };
    let text = |name: HeaderName| event.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let forwarded = event.headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let address = origin_key
        .client_address(
            text(HeaderName::from_static(ORIGIN_KEY)).as_deref(),
            forwarded,
            event.request_context.http.source_ip.as_deref(),
        )
        .map_err(|DirectRequest| RequestError::Direct)?;
    let form = match event.request_context.http.method {
        Method::GET | Method::HEAD => None,
        Method::POST => {
            let bytes = bytes(event.body.unwrap_or_default(), event.is_base64_encoded)?;
            Some(read_form(text(CONTENT_TYPE).as_deref(), bytes)?)
        }
        _ => return Err(RequestError::MethodNotAllowed),
    };
    let secure = event.headers.get("x-forwarded-proto").is_some_and(|protocol| protocol == "https");
    let brotli = Brotli::of(&event.headers);
    let cookie = cookies(&event.headers, event.cookies.unwrap_or_default());
    let query = event.raw_query_string.unwrap_or_default();
    let [accept_language, user_agent, host, origin, fetch_site] =
        [ACCEPT_LANGUAGE, USER_AGENT, HOST, ORIGIN, HeaderName::from_static(FETCH_SITE)].map(text);
    let request = FrontRequest {
        path,
        query,
        form,
        cookie,
        accept_language,
        user_agent,
        host,
        origin,
        fetch_site,
        address,
        secure,
    };
    Ok((request, brotli))
}

/// Returns the bytes of the body. API Gateway encodes bodies as base64 if their content type may be binary.
fn bytes(body: String, is_base64: bool) -> Result<Vec<u8>, RequestError> {
    if is_base64 { BASE64.decode(body).map_err(|_| RequestError::NotText) } else { Ok(body.into_bytes()) }
}

/// Returns the cookies. API Gateway moves them out of the headers; an emulator may leave them there.
fn cookies(headers: &HeaderMap, mut cookies: Vec<String>) -> Option<String> {
    let headers = headers.get_all(COOKIE).into_iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.extend(headers.map(str::to_owned));
    (!cookies.is_empty()).then(|| cookies.join("; "))
}

/// Compresses a body. CloudFront compresses only cacheable answers, and a page belongs to one visitor.
fn response(answer: FrontAnswer, brotli: Brotli) -> ApiGatewayV2httpResponse {
    let (status, mut headers, body) = answer.into_parts();
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = status.into();
    // API Gateway has a separate field for cookies.
    let cookies = headers.get_all(SET_COOKIE).into_iter();
    response.cookies = cookies.map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned()).collect();
    headers.remove(SET_COOKIE);
    let compressed = if brotli.fits(&body) { compression::compressed(&body) } else { None };
    compression::set_headers(&mut headers, compressed.is_some());
    response.headers = headers;
    match compressed {
        Some(bytes) => {
            response.body = Some(BASE64.encode(bytes).into());
            response.is_base64_encoded = true;
        }
        None => response.body = Some(body.into()),
    }
    response
}

#[cfg(test)]
mod tests {
    use chat_http::form::{FORM_BYTES, FORM_TYPE};
    use serde_json::json;

    use super::*;

    fn read(json: &str) -> Result<FrontRequest, RequestError> {
        super::read(&RawValue::from_string(json.to_owned()).unwrap(), &OriginKey::NoCloudFront)
            .map(|(request, _)| request)
    }

    #[test]
    fn a_request_has_its_path_and_cookies() {
        let visit = read(include_str!("../tests/events/front.json")).ok().unwrap();
        assert_eq!((visit.path.as_str(), visit.cookie.as_deref()), ("/r/cats", Some("s=1; t=2")));
        assert!(!visit.secure);
        assert_eq!(visit.accept_language, None);
        let visit = read(include_str!("../tests/events/aws-front.json")).ok().unwrap();
        assert_eq!(
            (visit.path.as_str(), visit.cookie.as_deref()),
            ("/r/cats", Some("guest=abc.def; name=J%C3%BCrgen"))
        );
        assert!(visit.secure);
        assert_eq!(visit.accept_language.as_deref(), Some("ja-JP,ja;q=0.9"));
    }

    #[test]
    fn a_path_that_is_no_valid_uri_is_accepted() {
        let odd = include_str!("../tests/events/aws-front.json")
            .replace("/r/cats", r"/r/a b|\u65e5<>")
            .replace("x=1&y=a%20b", r#"q=<a b>^{\""#);
        assert_eq!(read(&odd).ok().unwrap().path, "/r/a b|日<>");
    }

    /// Reads a request with this method and body.
    fn posted(method: &str, content_type: &str, body: &str, is_base64: bool) -> Result<FrontRequest, RequestError> {
        let mut event: serde_json::Value =
            serde_json::from_str(include_str!("../tests/events/aws-front.json")).unwrap();
        event["requestContext"]["http"]["method"] = json!(method);
        event["headers"]["content-type"] = json!(content_type);
        (event["body"], event["isBase64Encoded"]) = (json!(body), json!(is_base64));
        read(&event.to_string())
    }

    #[test]
    fn a_form_is_read_from_text_and_from_base64() {
        for (body, is_base64) in [("to=%2F&x=1", false), ("dG89JTJGJng9MQ==", true)] {
            let request = posted("POST", "application/x-www-form-urlencoded; charset=UTF-8", body, is_base64);
            assert_eq!(request.ok().unwrap().form.as_deref(), Some("to=%2F&x=1"));
        }
        assert_eq!(posted("GET", FORM_TYPE, "to=%2F", false).ok().unwrap().form, None);
    }

    #[test]
    fn only_small_forms_are_accepted() {
        let long = "x".repeat(FORM_BYTES + 1);
        for (method, content_type, body, is_base64, why) in [
            ("PUT", FORM_TYPE, "x", false, RequestError::MethodNotAllowed),
            ("DELETE", FORM_TYPE, "", false, RequestError::MethodNotAllowed),
            ("POST", "application/json", "{}", false, RequestError::NotAForm),
            ("POST", "multipart/form-data", "x", false, RequestError::NotAForm),
            ("POST", FORM_TYPE, &long, false, RequestError::TooLarge),
            ("POST", FORM_TYPE, &BASE64.encode(&long), true, RequestError::TooLarge),
            ("POST", FORM_TYPE, "not base64!", true, RequestError::NotText),
            ("POST", FORM_TYPE, "/w==", true, RequestError::NotText),
        ] {
            assert_eq!(posted(method, content_type, body, is_base64).err(), Some(why), "{method} {content_type}");
        }
    }

    #[test]
    fn only_requests_through_cloudfront_are_answered() {
        let event = |key: &str| {
            json!({
                "rawPath": "/", "headers": { "x-forwarded-for": "192.0.2.7, 130.176.0.1", "x-origin-key": key },
                "requestContext": { "http": { "method": "GET", "sourceIp": "130.176.0.1" } },
            })
        };
        let key = OriginKey::Required(vec!["key".into()]);
        let read = |sent: &str| super::read(&RawValue::from_string(event(sent).to_string()).unwrap(), &key);
        assert_eq!(read("key").ok().unwrap().0.address, "192.0.2.7".parse().ok());
        for sent in ["another", ""] {
            assert_eq!(read(sent).err(), Some(RequestError::Direct), "{sent}");
        }
    }

    #[test]
    fn an_event_with_an_unexpected_shape_is_rejected() {
        for event in ["null", "7", "[]", "{}", include_str!("../tests/events/send.json")] {
            assert_eq!(read(event).err(), Some(RequestError::UnknownEvent), "{event}");
        }
    }

    #[test]
    fn the_log_does_not_quote_an_unreadable_event() {
        let get = json!({ "http": { "method": "GET" } });
        let wrong = [
            json!({ "rawPath": "/", "headers": { "cookie": "guest=xyzzy\n" }, "requestContext": get }),
            json!({ "rawPath": "/", "headers": { "x-xyzzy\n": "a" }, "requestContext": get }),
            json!({ "rawPath": "/", "isBase64Encoded": "xyzzy", "requestContext": get }),
            json!({ "rawPath": "/", "requestContext": { "http": { "method": "xyzzy\n" } } }),
        ];
        let lines = tempfile::NamedTempFile::new().unwrap();
        let writer = std::sync::Arc::new(lines.reopen().unwrap());
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
        tracing::subscriber::with_default(subscriber, || {
            for event in &wrong {
                assert_eq!(read(&event.to_string()).err(), Some(RequestError::UnknownEvent), "{event}");
            }
            let frame = r#"{ "requestContext": { "connectionId": "c", "eventType": "xyzzy", "requestId": "r" } }"#;
            let event = RawValue::from_string(frame.into()).unwrap();
            assert_eq!(crate::event::SocketEvent::read(crate::event::Kind::Message, &event), None);
        });
        let log = std::fs::read_to_string(lines.path()).unwrap();
        assert_eq!(log.matches("event refused: unexpected shape").count(), wrong.len() + 1, "{log}");
        assert!(!log.contains("xyzzy"), "{log}");
    }

    #[test]
    fn an_answer_has_the_format_of_payload_version_2() {
        let answer = FrontAnswer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            headers: vec![("cache-control", "no-store".into()), ("referrer-policy", "same-origin".into())],
            location: Some("/r/cats".into()),
            set_cookies: vec!["guest=x; Path=/".into(), "name=; Path=/".into()],
            body: "<p>日</p>".into(),
        };
        let written = serde_json::to_value(response(answer, Brotli::Accepted)).unwrap();
        assert_eq!(written["statusCode"], json!(200));
        let expected = json!({
            "content-type": "text/html; charset=utf-8", "vary": "accept-encoding", "location": "/r/cats",
            "cache-control": "no-store", "referrer-policy": "same-origin",
        });
        assert_eq!(written["headers"], expected);
        assert_eq!(written["cookies"], json!(["guest=x; Path=/", "name=; Path=/"]));
        assert_eq!((&written["body"], &written["isBase64Encoded"]), (&json!("<p>日</p>"), &json!(false)));
    }

    #[test]
    fn a_page_is_compressed_if_the_client_accepts_brotli() {
        let page = || FrontAnswer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            headers: Vec::new(),
            location: None,
            set_cookies: Vec::new(),
            body: "<p>a page</p>".repeat(1_000),
        };
        let plain = serde_json::to_value(response(page(), Brotli::NotAccepted)).unwrap();
        assert_eq!((&plain["body"], &plain["isBase64Encoded"]), (&json!(page().body), &json!(false)));
        let compressed = serde_json::to_value(response(page(), Brotli::Accepted)).unwrap();
        assert_eq!(
            (&compressed["headers"]["content-encoding"], &compressed["isBase64Encoded"]),
            (&json!("br"), &json!(true))
        );
        let bytes = BASE64.decode(compressed["body"].as_str().unwrap()).unwrap();
        assert!(bytes.len() < 200, "{} bytes", bytes.len());
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut bytes.as_slice(), &mut read).unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), page().body);
    }
}
