//! Tests of `/healthz` and `/readyz`, and of a data directory that is gone.

use std::fs;

use chat_testing::local_server::LocalServer;

use crate::{
    LOCAL,
    sockets::{next, next_of, send},
};

#[test]
fn a_serving_process_is_alive_and_ready_under_any_host() {
    let mut local = LocalServer::start(LOCAL, &[]);
    for host in ["localhost", "10.1.2.3:8080", "evil.example"] {
        for path in ["/healthz", "/readyz"] {
            let answer = local.get_at(host, path);
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("nosniff"), "{host}{path}: {answer}");
        }
    }
    local.interrupt();
    let (_, log) = local.wait();
    assert!(!log.contains("/healthz") && !log.contains("/readyz"), "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_without_its_data_directory_is_not_ready() {
    let local = LocalServer::start(LOCAL, &[]);
    let (data, away) = (local.directory.path().join("data"), local.directory.path().join("away"));
    let mut socket = local.socket("").await.unwrap();
    send(&mut socket, r#"{"action":"send","text":"before","nonce":"n-1"}"#).await;
    next(&mut socket, "message").await;

    fs::rename(&data, &away).unwrap();
    send(&mut socket, r#"{"action":"send","text":"during","nonce":"n-2"}"#).await;
    let error = next_of(&mut socket, &["error", "message"]).await;
    assert_eq!((&error["code"], &error["nonce"]), (&"unavailable".into(), &"n-2".into()), "{error}");
    let answer = local.get("/readyz", "");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("not ready: the database file is not in the data directory any more"), "{answer}");
    assert!(!answer.contains(data.to_str().unwrap()), "strangers do not learn paths: {answer}");
    assert!(local.get("/healthz", "").starts_with("HTTP/1.1 200"));
    assert!(local.log().contains("chat.redb was removed while it was open"), "{}", local.log());

    fs::rename(&away, &data).unwrap();
    send(&mut socket, r#"{"action":"send","text":"during","nonce":"n-2"}"#).await;
    next(&mut socket, "message").await;
    assert!(local.get("/readyz", "").starts_with("HTTP/1.1 200"));
}
