//! Serves the files of the built page.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path as RequestPath, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{self, MethodRouter},
};
use chat_http::compression::{self, Brotli};
use embedded_page::{EmbeddedFile, EmbeddedPage, SERVICE_WORKER, STABLE_FOLDER};
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

use crate::built_page::BuiltPage;

/// Cache control of files with a hash in their name: they never change.
pub(crate) const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Cache control of files without a hash: browsers revalidate them each time.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the files below `/assets/`, as brotli where the build made a `.br` file.
pub(crate) fn assets<S: Clone + Send + Sync + 'static>(page: &BuiltPage) -> Router<S> {
    Router::new()
        .nest("/assets/app", folder(page, STABLE_FOLDER).layer(kept(REVALIDATED)))
        .nest("/assets", folder(page, "").layer(kept(IMMUTABLE)))
}

/// Serves the service worker. Its scope is its own folder, so it is at the root.
pub(crate) fn worker<S: Clone + Send + Sync + 'static>(page: &BuiltPage) -> MethodRouter<S> {
    let file = match page {
        BuiltPage::Directory(directory) => routing::get_service(ServeFile::new(directory.join(SERVICE_WORKER))),
        BuiltPage::Embedded(page) => {
            let page = page.clone();
            routing::get(move |headers: HeaderMap| std::future::ready(answer(&page, SERVICE_WORKER, &headers)))
        }
    };
    file.layer(kept(REVALIDATED))
}

/// Serves the files of a folder of the page.
fn folder<S: Clone + Send + Sync + 'static>(page: &BuiltPage, folder: &'static str) -> Router<S> {
    match page {
        BuiltPage::Directory(directory) => Router::new().fallback_service(served_directory(&directory.join(folder))),
        BuiltPage::Embedded(page) => {
            let state = Arc::new((page.clone(), folder));
            let files = Router::new().route("/{*name}", routing::get(embedded).with_state(state));
            files.fallback(|| std::future::ready(StatusCode::NOT_FOUND))
        }
    }
}

fn served_directory(path: &Path) -> ServeDir {
    ServeDir::new(path).append_index_html_on_directories(false).precompressed_br()
}

async fn embedded(
    State(place): State<Arc<(EmbeddedPage, &'static str)>>,
    RequestPath(name): RequestPath<String>,
    headers: HeaderMap,
) -> Response {
    let (page, folder) = &*place;
    let name = if folder.is_empty() { name } else { [folder, "/", &name].concat() };
    answer(page, &name, &headers)
}

/// Answers with a file of the embedded page.
fn answer(page: &EmbeddedPage, name: &str, request: &HeaderMap) -> Response {
    let Some(file) = page.file(name) else { return StatusCode::NOT_FOUND.into_response() };
    let is_compressed = file.is_brotli && Brotli::of(request) == Brotli::Accepted;
    let mut headers = HeaderMap::new();
    compression::set_headers(&mut headers, is_compressed);
    let tag = tag(file, is_compressed);
    let is_known =
        tag.as_ref().is_some_and(|tag| request.get_all(header::IF_NONE_MATCH).iter().any(|known| known == tag));
    headers.extend(tag.map(|tag| (header::ETAG, tag)));
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
    let body = if is_compressed { Some(Body::from(file.bytes)) } else { page.plain(name).map(Body::from) };
    let Some(body) = body else {
        tracing::error!(name, "embedded file cannot be decompressed; build the program again");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (headers, body).into_response()
}

/// Returns the tag that browsers revalidate a file with. A compressed file is another one.
fn tag(file: &EmbeddedFile, is_compressed: bool) -> Option<HeaderValue> {
    let encoding = if is_compressed { "-br" } else { "" };
    HeaderValue::try_from(format!("\"{:016x}{encoding}\"", file.hash)).ok()
}

/// Sets the cache control of an answer that was found.
fn kept(how_long: HeaderValue) -> SetResponseHeaderLayer<impl Fn(&Response) -> Option<HeaderValue> + Clone> {
    let found = move |response: &Response| response.status().is_success().then(|| how_long.clone());
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::http::{Method, Request};
    use http_body_util::BodyExt;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;
    use tempfile::TempDir;

    use super::*;

    /// The files of a page: name, content, and whether the build compresses it.
    const FILES: [(&str, &str, bool); 6] = [
        ("app/icon.png", "an icon", false),
        ("app/manifest.webmanifest", "{ \"name\": \"chat\" }", true),
        ("index.html", "<html></html>", false),
        ("page-1a2b.css", "p { margin: 0 }", false),
        ("page-1a2b.js", "export const chat = 1;", true),
        ("sw.js", "skipWaiting()", false),
    ];

    /// Returns the same page twice: in a directory, and as files of the program.
    fn pages() -> (TempDir, [BuiltPage; 2]) {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("app")).unwrap();
        let embedded = FILES.map(|(name, content, is_brotli)| {
            fs::write(directory.path().join(name), content).unwrap();
            let compressed = compression::compressed(content).unwrap();
            if is_brotli {
                fs::write(directory.path().join(format!("{name}.br")), &compressed).unwrap();
            }
            let bytes = if is_brotli { compressed } else { content.into() };
            EmbeddedFile { name, bytes: bytes.leak(), is_brotli, hash: 7 }
        });
        let pages = [
            BuiltPage::Directory(directory.path().to_owned()),
            BuiltPage::Embedded(EmbeddedPage::of(Box::leak(Box::new(embedded)))),
        ];
        (directory, pages)
    }

    async fn answer_to(page: &BuiltPage, method: &Method, path: &str, header: (&str, &str)) -> Response {
        let app: Router = assets(page).route("/sw.js", worker(page));
        let request = Request::builder().method(method).uri(path).header(header.0, header.1);
        TowerToHyperService::new(app).call(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn an_embedded_page_is_served_as_one_in_a_directory() {
        let (_directory, [directory, embedded]) = pages();
        let paths = ["/sw.js", "/assets/page-1a2b.js", "/assets/page-1a2b.css", "/assets/app/icon.png"];
        let missing =
            ["/assets/", "/assets/app/", "/assets/x", "/assets/app/x", "/assets/../Cargo.toml", "/assets/app"];
        for path in paths.into_iter().chain(["/assets/app/manifest.webmanifest"]).chain(missing) {
            for method in [Method::GET, Method::HEAD, Method::POST] {
                for encoding in ["br", "gzip, deflate, br;q=0.5", "identity", "br;q=0"] {
                    let mut seen = Vec::new();
                    for page in [&directory, &embedded] {
                        let answer = answer_to(page, &method, path, ("accept-encoding", encoding)).await;
                        let (head, body) = answer.into_parts();
                        let names = ["content-type", "content-length", "content-encoding", "cache-control"];
                        let headers = names.map(|name| head.headers.get(name).cloned());
                        let is_found = head.status.is_success();
                        seen.push((
                            head.status,
                            is_found.then_some((headers, body.collect().await.unwrap().to_bytes())),
                        ));
                    }
                    assert_eq!(seen[0], seen[1], "{method} {path} {encoding}");
                }
            }
        }
    }

    #[tokio::test]
    async fn an_embedded_file_is_sent_once_until_the_next_build() {
        let (_directory, [_, embedded]) = pages();
        let first = answer_to(&embedded, &Method::GET, "/sw.js", ("accept", "*/*")).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let again = answer_to(&embedded, &Method::GET, "/sw.js", ("if-none-match", &tag)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let other = answer_to(&embedded, &Method::GET, "/sw.js", ("if-none-match", "\"8\"")).await;
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn both_pages_have_the_index_template() {
        let (_directory, pages) = pages();
        for page in pages {
            assert_eq!(&*page.templates().index_html().await.unwrap(), "<html></html>");
        }
    }
}
