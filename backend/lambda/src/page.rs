//! The page that is part of the function `front`. A page and its function are one program, so they always have one version.
//!
//! Files with a hash in their name are uploaded to the asset bucket, where those of earlier versions stay for open pages. The
//! function itself answers with the files that keep their names: with another version of the function they change.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chat_http::{
    compression::{self, Brotli},
    front::FrontRequest,
    headers::{ALWAYS, of_https},
};
use embedded_page::{EmbeddedPage, INDEX_TEMPLATE, SERVICE_WORKER, STABLE_FOLDER};
use lambda_http::{
    aws_lambda_events::apigw::ApiGatewayV2httpResponse,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};
use store_aws::templates::{Asset, PageRelease};

/// Returns the index template and the files for the asset bucket; `None` if the template is missing or damaged.
pub fn release(page: &EmbeddedPage) -> Option<PageRelease> {
    let template = page.plain(INDEX_TEMPLATE)?;
    let files = page.files().iter().filter(|file| file.is_immutable());
    let mut hash = DefaultHasher::new();
    for file in files.clone() {
        (file.name, file.hash).hash(&mut hash);
    }
    let assets = files.map(|file| Asset {
        name: file.name,
        bytes: file.bytes,
        content_type: file.content_type(),
        is_brotli: file.is_brotli,
    });
    let index_html: Arc<str> = std::str::from_utf8(&template).ok()?.into();
    Some(PageRelease { index_html, assets: assets.collect(), name: format!("{:016x}", hash.finish()) })
}

/// Answers a request for the service worker, the manifest or an icon; `None` if the request is for something else.
pub(crate) fn stable_file(
    page: &EmbeddedPage,
    request: &FrontRequest,
    brotli: Brotli,
) -> Option<ApiGatewayV2httpResponse> {
    let name = request.path.strip_prefix("/assets/").unwrap_or(&request.path);
    let is_worker = request.path.strip_prefix('/') == Some(SERVICE_WORKER);
    let name = if is_worker { SERVICE_WORKER } else { name };
    let file =
        page.file(name).filter(|file| is_worker || file.name.starts_with(STABLE_FOLDER) && !file.is_immutable())?;
    if request.form.is_some() {
        return None;
    }
    let is_compressed = file.is_brotli && brotli == Brotli::Accepted;
    let bytes = if is_compressed { bytes::Bytes::from_static(file.bytes) } else { page.plain(name)? };
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = StatusCode::OK.as_u16().into();
    let headers = &mut response.headers;
    for (header, value) in ALWAYS.into_iter().chain(of_https(request.secure)) {
        headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    compression::set_headers(headers, is_compressed);
    response.body = Some(BASE64.encode(bytes).into());
    response.is_base64_encoded = true;
    Some(response)
}

#[cfg(test)]
mod tests {
    use embedded_page::EmbeddedFile;

    use super::*;

    fn page(program: &'static str) -> EmbeddedPage {
        let file = |name, bytes: &'static [u8]| EmbeddedFile { name, bytes, is_brotli: false, hash: 1 };
        let files = [
            file("app/icon.png", b"an icon"),
            file("index.html", b"<html></html>"),
            file(program, b"a program"),
            file("sw.js", b"a worker"),
        ];
        EmbeddedPage::of(Box::leak(Box::new(files)))
    }

    fn get(path: &str, form: Option<&str>) -> Option<serde_json::Value> {
        let request = FrontRequest {
            path: path.into(),
            query: String::new(),
            form: form.map(str::to_owned),
            cookie: None,
            accept_language: None,
            user_agent: None,
            host: None,
            origin: None,
            fetch_site: None,
            address: None,
            secure: true,
        };
        let answer = stable_file(&page("page-1.wasm"), &request, Brotli::Accepted)?;
        Some(serde_json::to_value(answer).unwrap())
    }

    #[test]
    fn the_function_answers_with_files_that_keep_their_names() {
        for (path, content, content_type) in
            [("/sw.js", "a worker", "text/javascript"), ("/assets/app/icon.png", "an icon", "image/png")]
        {
            let answer = get(path, None).unwrap();
            assert_eq!(answer["body"], BASE64.encode(content), "{path}");
            let headers = &answer["headers"];
            assert_eq!(
                (&headers["content-type"], &headers["cache-control"]),
                (&content_type.into(), &"no-cache".into())
            );
            assert!(headers["content-security-policy"].is_string() && headers["strict-transport-security"].is_string());
        }
        for path in [
            "/",
            "/index.html",
            "/assets/index.html",
            "/assets/sw.js",
            "/app/icon.png",
            "/assets/page-1.wasm",
            "/assets/app",
        ] {
            assert_eq!(get(path, None), None, "{path}");
        }
        assert_eq!(get("/sw.js", Some("a=1")), None, "a form is refused by the routes");
    }

    #[test]
    fn a_release_has_the_immutable_files_and_a_name_of_its_own() {
        let one = release(&page("page-1.wasm")).unwrap();
        assert_eq!(&*one.index_html, "<html></html>");
        assert_eq!(one.assets.iter().map(|asset| asset.name).collect::<Vec<_>>(), ["page-1.wasm"]);
        assert_eq!(one.name, release(&page("page-1.wasm")).unwrap().name);
        assert_ne!(one.name, release(&page("page-2.wasm")).unwrap().name);
    }
}
