//! The front page, behind an HTTP API with payload version 2.

use std::convert::Infallible;

use lambda_http::{
    aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE},
    },
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

use super::Error;
use crate::routes::{Front, FrontAnswer, FrontRequest};

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
        Ok(request) => response(route.handle(request).await),
        Err(status) => response(FrontAnswer {
            status,
            content_type: "text/plain; charset=utf-8",
            set_cookie: None,
            body: "This address can only be looked at.\n".into(),
        }),
    }
}

/// Reads a visit, or says with which status it is refused.
fn read(event: &RawValue) -> Result<FrontRequest, u16> {
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
    Ok(FrontRequest { path, cookie: cookies(&event.headers, event.cookies.unwrap_or_default()), secure })
}

/// API Gateway takes the cookies out of the headers; a stand-in may leave them there.
fn cookies(headers: &HeaderMap, mut cookies: Vec<String>) -> Option<String> {
    let headers = headers.get_all(COOKIE).into_iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.extend(headers.map(str::to_owned));
    (!cookies.is_empty()).then(|| cookies.join("; "))
}

fn response(answer: FrontAnswer) -> ApiGatewayV2httpResponse {
    let FrontAnswer { status, content_type, set_cookie, body } = answer;
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = status.into();
    response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.cookies.extend(set_cookie);
    response.body = Some(body.into());
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: &str) -> Result<FrontRequest, u16> {
        super::read(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn a_visit_has_its_path_and_its_cookies() {
        let visit = read(include_str!("../../../tests/events/front.json")).ok().unwrap();
        assert_eq!((visit.path.as_str(), visit.cookie.as_deref()), ("/r/cats", Some("s=1; t=2")));
        assert!(!visit.secure);
        let visit = read(include_str!("../../../tests/events/aws-front.json")).ok().unwrap();
        assert_eq!(
            (visit.path.as_str(), visit.cookie.as_deref()),
            ("/r/cats", Some("guest=abc.def; name=J%C3%BCrgen"))
        );
        assert!(visit.secure);
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
            set_cookie: Some("guest=x; Path=/".into()),
            body: "<p>日</p>".into(),
        };
        let written = serde_json::to_value(response(answer)).unwrap();
        assert_eq!(written["statusCode"], json!(200));
        assert_eq!(
            written["headers"],
            json!({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
        );
        assert_eq!(written["cookies"], json!(["guest=x; Path=/"]));
        assert_eq!((&written["body"], &written["isBase64Encoded"]), (&json!("<p>日</p>"), &json!(false)));
    }
}
