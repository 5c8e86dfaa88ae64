//! Reads a secret from the Parameter Store of AWS Systems Manager.
//!
//! One signed request, made from the parts of the SDK that every function has already: the SDK of Systems Manager would be another crate with
//! 150 operations to build.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::{http::HttpConnector, orchestrator::HttpRequest},
    http::Headers,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use chat::ports::{Result, Unavailable};
use serde::Deserialize;
use serde_json::json;

use crate::{clients::Account, error_chain::chain};

const DOING: &str = "reading a parameter of Systems Manager";

/// Timeout of an attempt. A function that starts has 10 s for everything.
const ATTEMPT: Duration = Duration::from_millis(1500);

/// Number of attempts.
const ATTEMPTS: u32 = 2;

/// Returns the value of a parameter, decrypted. `name` is its name or ARN, and may end with a version, `/chat/passphrase:3`.
///
/// # Errors
///
/// `Unavailable` if there is no such parameter, the function must not read it, or Systems Manager does not answer. The error does not contain
/// the value.
pub async fn read_parameter(account: &Account, name: &str) -> Result<String> {
    let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)).build();
    let mut last = Unavailable { doing: DOING, cause: "no attempt was made".into() };
    for _ in 0..ATTEMPTS {
        let request = signed_request(account, name, SystemTime::now())?;
        match tokio::time::timeout(ATTEMPT, send(&connector, request)).await {
            Ok(Ok(Answer::Value(value))) => return Ok(value),
            // The same question has the same answer.
            Ok(Ok(Answer::Refused(error))) => return Err(error),
            Ok(Err(error)) => last = error,
            Err(elapsed) => last = Unavailable { doing: DOING, cause: elapsed.to_string() },
        }
    }
    Err(last)
}

/// What Systems Manager answered.
enum Answer {
    Value(String),
    Refused(Unavailable),
}

async fn send(connector: &Connector, request: HttpRequest) -> Result<Answer> {
    let response = connector.call(request).await.map_err(|error| Unavailable { doing: DOING, cause: chain(&error) })?;
    let status = response.status().as_u16();
    let body = ByteStream::new(response.into_body()).collect().await.map_err(Unavailable::while_doing(DOING))?;
    let body = body.into_bytes();
    if status == 200 {
        // The error of a JSON parser could quote the value.
        let answer: GetParameter = serde_json::from_slice(&body).map_err(|_| unexpected("its shape"))?;
        return Ok(Answer::Value(answer.parameter.value));
    }
    let kind = serde_json::from_slice(&body).map_or_else(|_| String::new(), |Failure { kind }| kind);
    let error = Unavailable { doing: DOING, cause: format!("status {status}: {kind}") };
    if status >= 500 || kind.ends_with("ThrottlingException") { Err(error) } else { Ok(Answer::Refused(error)) }
}

fn unexpected(what: &str) -> Unavailable {
    Unavailable { doing: DOING, cause: format!("the answer is not as expected: {what}") }
}

/// Returns the request `GetParameter`, signed at this time.
fn signed_request(account: &Account, name: &str, now: SystemTime) -> Result<HttpRequest> {
    let Account { region, access_key_id, secret_access_key, session_token, endpoint } = account;
    let credentials =
        Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "environment").into();
    let uri = endpoint.clone().unwrap_or_else(|| format!("https://ssm.{region}.{}/", suffix(region)));
    let body = json!({ "Name": name, "WithDecryption": true }).to_string();
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameter")];
    let params = SigningParams::builder()
        .identity(&credentials)
        .region(region)
        .name("ssm")
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .map_err(Unavailable::while_doing(DOING))?
        .into();
    let signable = SignableRequest::new("POST", &uri, headers.into_iter(), SignableBody::Bytes(body.as_bytes()));
    let signable = signable.map_err(Unavailable::while_doing(DOING))?;
    let (signature, _) = sign(signable, &params).map_err(Unavailable::while_doing(DOING))?.into_parts();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").map_err(Unavailable::while_doing(DOING))?;
    request.set_uri(uri).map_err(Unavailable::while_doing(DOING))?;
    let to: &mut Headers = request.headers_mut();
    headers.into_iter().for_each(|(name, value)| _ = to.insert(name, value));
    signature.headers().for_each(|(name, value)| _ = to.insert(name.to_owned(), value.to_owned()));
    Ok(request)
}

/// Returns the domain of AWS in a region's partition.
fn suffix(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "__type")]
    kind: String,
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    fn account(endpoint: Option<String>) -> Account {
        Account {
            region: "eu-central-1".into(),
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: Some("token".into()),
            endpoint,
        }
    }

    /// Answers one request after the other. Returns the address and the requests.
    async fn serve(answers: Vec<(u16, &'static str)>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let mut requests = Vec::new();
            for (status, body) in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"}") {
                    assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0);
                }
                requests.push(String::from_utf8(request).unwrap());
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
            requests
        });
        (address, served)
    }

    #[tokio::test]
    async fn a_parameter_is_read_with_a_signed_request() {
        let value = r#"{"Parameter":{"Name":"/chat/passphrase","Type":"SecureString","Value":"open sesame 1"}}"#;
        let (address, served) = serve(vec![(200, value)]).await;
        let read = read_parameter(&account(Some(address)), "/chat/passphrase:3").await.unwrap();
        assert_eq!(read, "open sesame 1");
        let request = &served.await.unwrap()[0].to_lowercase();
        for part in [
            "post / http/1.1",
            "x-amz-target: amazonssm.getparameter",
            "x-amz-security-token: token",
            "authorization: aws4-hmac-sha256 credential=akidexample/",
            "/eu-central-1/ssm/aws4_request",
            r#"{"name":"/chat/passphrase:3","withdecryption":true}"#,
        ] {
            assert!(request.contains(part), "{part}: {request}");
        }
    }

    #[tokio::test]
    async fn a_failed_attempt_is_repeated_and_a_refusal_is_not() {
        let value = r#"{"Parameter":{"Value":"open sesame 1"}}"#;
        let (address, served) = serve(vec![(500, "{}"), (200, value)]).await;
        assert_eq!(read_parameter(&account(Some(address)), "/p").await.unwrap(), "open sesame 1");
        assert_eq!(served.await.unwrap().len(), 2);
        let (address, served) = serve(vec![(400, r#"{"__type":"ParameterNotFound"}"#)]).await;
        let error = read_parameter(&account(Some(address)), "/p").await.unwrap_err().to_string();
        assert_eq!(error, "reading a parameter of Systems Manager: status 400: ParameterNotFound");
        assert_eq!(served.await.unwrap().len(), 1);
        let (address, _) = serve(vec![(200, r#"{"Parameter":"open sesame 1"}"#)]).await;
        let error = read_parameter(&account(Some(address)), "/p").await.unwrap_err().to_string();
        assert!(!error.contains("sesame"), "{error}");
    }

    #[test]
    fn a_request_goes_to_the_endpoint_of_its_region() {
        let request = signed_request(&account(None), "/p", UNIX_EPOCH).unwrap();
        assert_eq!(request.uri(), "https://ssm.eu-central-1.amazonaws.com/");
        assert_eq!(request.headers().get("x-amz-date"), Some("19700101T000000Z"));
    }
}
