//! Serves pages.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chat_http::{
    answers::FrontAnswer,
    compression::{self, Brotli},
    form::{FORM_BYTES, RequestError, read_form},
    front::{FETCH_SITE, FrontRequest},
    headers::ALWAYS,
    routes::{is_beside_a_page, logged_path},
};

use super::{body, visitor};
use crate::{
    body::BodyError,
    server::{REQUEST_TIMEOUT, Shared},
};

/// Delay of an answer 429. The 314 connections that one address can have get 628 of them a second.
const REFUSAL_DELAY: Duration = Duration::from_millis(500);

/// Adds the headers that every answer has unless it sets its own.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in ALWAYS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(value);
    }
    response
}

/// Delays the answers to clients that exceed a limit of theirs. Such a client often tries again at once, and its connections are
/// bounded, so this bounds how many requests it makes.
pub(crate) async fn delay_refusals(request: Request, next: Next) -> Response {
    delayed_if_refused(next.run(request).await).await
}

async fn delayed_if_refused(response: Response) -> Response {
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        tokio::time::sleep(REFUSAL_DELAY).await;
    }
    response
}

/// Passes a request to the front page, if the address has not loaded too many pages.
pub(crate) async fn front(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let secure = visitor::is_secure(&shared, &head.headers);
    let address = visitor::address(&shared, &head.headers, peer);
    // Forms have limits of their own.
    let load = match head.method {
        Method::POST => Ok(None),
        _ if is_beside_a_page(head.uri.path()) => Ok(None),
        _ => shared.server.page_loads.begin(address).await,
    };
    let _load = match load {
        Ok(load) => load,
        Err(error) => return written(FrontAnswer::page_load_refused(error, secure)),
    };
    let form = match form(&head, body).await {
        Ok(form) => form,
        Err(why) => return written(FrontAnswer::bad_request(why, secure)),
    };
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let request = FrontRequest {
        path: head.uri.path().into(),
        query: head.uri.query().unwrap_or_default().into(),
        form,
        cookie: visitor::cookies(&head.headers),
        accept_language: text(header::ACCEPT_LANGUAGE),
        user_agent: text(header::USER_AGENT),
        host: visitor::host(&head.headers),
        origin: visitor::origin(&head.headers),
        fetch_site: text(HeaderName::from_static(FETCH_SITE)),
        address: Some(address),
        secure,
    };
    let answer = shared.server.front.handle(request).await;
    compressed(&shared, answer, Brotli::of(&head.headers), address).await
}

/// Reads the posted form; `None` for a request without one.
async fn form(head: &Parts, body: Body) -> Result<Option<String>, RequestError> {
    if head.method != Method::POST {
        return Ok(None);
    }
    let bytes = body::read(body, FORM_BYTES, REQUEST_TIMEOUT).await.map_err(|error| match error {
        BodyError::TooLarge => RequestError::TooLarge,
        BodyError::Incomplete => RequestError::Incomplete,
        BodyError::TimedOut => RequestError::TimedOut,
    })?;
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    read_form(content_type, bytes.into()).map(Some)
}

/// Compresses an answer in a turn of its client: a page belongs to one visitor, so it is compressed for each request.
async fn compressed(shared: &Shared, answer: FrontAnswer, brotli: Brotli, address: IpAddr) -> Response {
    if !brotli.fits(&answer.body) {
        return written(answer);
    }
    let (status, mut headers, body) = answer.into_parts();
    let turn = shared.server.cpu.turn(&shared.server.page_loads.client(address)).await;
    let compress = move || compression::compressed(&body).ok_or(body);
    match turn.run("compressing a page", compress).await {
        Ok(body) => {
            compression::set_headers(&mut headers, body.is_ok());
            response(status, headers, body.map_or_else(Body::from, Body::from))
        }
        Err(cause) => {
            tracing::error!(%cause, "compressing a page failed; answering with 503");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn written(answer: FrontAnswer) -> Response {
    let (status, mut headers, body) = answer.into_parts();
    compression::set_headers(&mut headers, false);
    response(status, headers, body.into())
}

fn response(status: u16, headers: HeaderMap, body: Body) -> Response {
    (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), headers, body).into_response()
}

/// The methods that the log names. A client can invent others.
const METHODS: [Method; 5] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS];

/// Logs one line a request. It leaves out queries, because a ticket is a secret, and what a client can invent.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let method = METHODS.iter().find(|method| *method == request.method()).map_or("other", Method::as_str);
    let path = logged_path(request.uri().path()).to_owned();
    let start = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    tracing::info!(method, path, status, ms = start.elapsed().as_millis(), "request");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_answers_to_clients_above_a_limit_are_delayed() {
        for (status, delay) in [(StatusCode::TOO_MANY_REQUESTS, REFUSAL_DELAY), (StatusCode::OK, Duration::ZERO)] {
            let start = tokio::time::Instant::now();
            assert_eq!(delayed_if_refused(status.into_response()).await.status(), status);
            assert_eq!(start.elapsed(), delay);
        }
    }
}
