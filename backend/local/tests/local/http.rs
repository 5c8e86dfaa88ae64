//! Tests of the HTTP answers: assets, pages, cookies and headers.

use std::fs;

use chat_testing::local_server::LocalServer;
use serde_json::Value;

use crate::LOCAL;

#[test]
fn assets_are_immutable_and_compressed_on_request() {
    let local = LocalServer::start(LOCAL, &[]);
    let plain = local.get("/assets/page-1a2b.js", "");
    assert!(plain.contains("immutable") && plain.ends_with("export {}"), "{plain}");
    let compressed = local.get("/assets/page-1a2b.js", "Accept-Encoding: br\r\n");
    assert!(compressed.contains("content-encoding: br") && compressed.ends_with("pressed"), "{compressed}");
    let missing = local.get("/assets/../data/chat.redb", "");
    assert!(missing.starts_with("HTTP/1.1 404") && !missing.contains("immutable"), "{missing}");
}

#[test]
fn a_proxy_that_passes_no_upgrade_on_is_named() {
    let local = LocalServer::start(LOCAL, &[]);
    let answer = local.get("/ws?room=lobby", "");
    assert!(answer.starts_with("HTTP/1.1 426") && answer.contains("proxy in front"), "{answer}");
    assert!(local.log().contains("a proxy in front must pass on `Upgrade`"), "{}", local.log());
}

#[test]
fn files_without_a_hash_are_revalidated() {
    let local = LocalServer::start(LOCAL, &[]);
    for (path, kind, content) in [
        ("/sw.js", "text/javascript", "skipWaiting()"),
        ("/assets/app/manifest.webmanifest", "application/manifest+json", "{}"),
    ] {
        let answer = local.get(path, "");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(content), "{answer}");
        assert!(answer.contains("cache-control: no-cache") && answer.contains(kind), "{answer}");
    }
    let missing = local.get("/assets/app/nothing", "");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
}

#[test]
fn a_page_is_private_and_its_cookie_keeps_the_guest() {
    let local = LocalServer::start(LOCAL, &[]);
    let first = local.get("/r/cats", "");
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("cache-control: no-store"), "{first}");
    let cookie = first.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let guest = cookie.split(';').next().unwrap();
    let state = |headers: &str| -> Value {
        let answer = local.get("/state/cats", headers);
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let cookies = format!("Cookie: {guest}; name=Ann%20B\r\n");
    assert_eq!(state(&cookies)["you"]["id"], state(&cookies)["you"]["id"]);
    assert_eq!(state(&cookies)["you"]["name"], "Ann B");
    assert_ne!(state("")["you"]["id"], state("")["you"]["id"]);
    assert!(local.get("/r/Bad_Room", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn an_https_guest_has_a_host_only_cookie() {
    let local = LocalServer::start(LOCAL, &["--behind-proxy"]);
    let https = "X-Forwarded-Proto: https\r\n";
    let first = local.get("/state/lobby", https);
    let cookie = first.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(
        cookie.starts_with("__Host-guest=") && cookie.contains("; Path=/; ") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let (_, guest) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    let id = |answer: &str| answer.split_once(r#""you":{"id":""#).unwrap().1.split('"').next().unwrap().to_owned();
    // An attacker on the network could have set a cookie without the prefix.
    for (sent, same) in [("__Host-guest", true), ("guest", false)] {
        let again = local.get("/state/lobby", &format!("{https}Cookie: {sent}={guest}\r\n"));
        assert_eq!(id(&again) == id(&first), same, "{sent}");
    }
}

#[test]
fn every_answer_has_the_security_headers() {
    let local = LocalServer::start(LOCAL, &[]);
    fs::remove_file(local.directory.path().join("dist/index.html")).unwrap();
    for (path, status) in
        [("/", 503), ("/state/cats", 200), ("/assets/nothing", 404), ("/images/nothing", 404), ("/uploads/x", 405)]
    {
        let answer = local.get(path, "Origin: https://evil.example\r\n");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
        assert!(!answer.contains("access-control-"), "no other site may read it: {answer}");
        for header in [
            "content-security-policy: default-src 'none'; ",
            "x-content-type-options: nosniff\r\n",
            "referrer-policy: same-origin\r\n",
            "cross-origin-resource-policy: same-origin\r\n",
        ] {
            assert_eq!(answer.matches(header).count(), 1, "{path}: {header} in {answer}");
        }
    }
}

#[test]
fn forwarded_proto_counts_only_behind_a_proxy() {
    for (flags, secure) in [(&[][..], false), (&["--behind-proxy"], true)] {
        let local = LocalServer::start(LOCAL, flags);
        let answer = local.get("/", "X-Forwarded-Proto: https\r\n");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(answer.contains("; Secure"), secure, "{flags:?}");
        assert!(!local.get("/", "X-Forwarded-Proto: http\r\n").contains("; Secure"), "{flags:?}");
    }
}

#[test]
fn an_unknown_host_is_misdirected_and_hints_at_the_flag() {
    let local = LocalServer::start(LOCAL, &["--allowed-origins", "https://chat.example"]);
    for path in ["/", "/state/lobby", "/ws", "/assets/page-1a2b.js", "/images/a/lobby/n", "/sw.js"] {
        let (status, answer) =
            local.send_raw(&format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"));
        assert_eq!(status, 421, "{path}");
        assert!(!answer.contains("set-cookie"), "{answer}");
    }
    let all = local.get_at("evil.example", "/");
    assert!(all.contains("--allowed-origins"), "{all}");
    for host in ["localhost", "127.0.0.1:1", "[::1]:8080", "chat.example"] {
        assert!(local.get_at(host, "/").starts_with("HTTP/1.1 200"), "{host}");
    }
}

#[test]
fn too_many_page_loads_of_an_address_get_retry_after() {
    let local = LocalServer::start(LOCAL, &["--limit-address-rate", "3"]);
    // One page load is allowed in a window of ten seconds, and of three at least two are in the same window.
    for path in ["/", "/r/cats", "/state/lobby", "/nothing"] {
        let answers: Vec<_> = (0..3).map(|_| local.get(path, "")).collect();
        let refused = answers.iter().find(|answer| answer.starts_with("HTTP/1.1 429")).unwrap();
        let seconds = refused.lines().find_map(|line| line.strip_prefix("retry-after: ")).unwrap();
        assert!((1..=60).contains(&seconds.parse::<u32>().unwrap()), "{refused}");
        assert!(refused.contains("text/plain") && refused.contains("Too many page loads"), "{refused}");
    }
    for path in ["/sw.js", "/assets/page-1a2b.js"] {
        assert!(local.get(path, "").starts_with("HTTP/1.1 200"), "assets are not counted");
    }
}

#[test]
fn a_page_is_compressed_for_clients_that_accept_brotli() {
    let local = LocalServer::start(LOCAL, &[]);
    let plain = local.get("/", "");
    assert!(plain.contains("vary: accept-encoding") && plain.contains("</html>"), "{plain}");
    let compressed = local.get("/", "Accept-Encoding: gzip, br\r\n");
    assert!(compressed.contains("content-encoding: br") && !compressed.contains("</html>"), "{compressed}");
    let body_size = |answer: &str| {
        let size = answer.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        size.parse::<usize>().unwrap()
    };
    assert!(body_size(&compressed) < body_size(&plain) / 2, "{compressed} {plain}");
}
