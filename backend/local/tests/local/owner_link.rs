//! Tests of owner links: the command `owner-link`, and what the server prints when it starts.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::Command,
};

use chat_testing::local_server::{LocalServer, command, make_page};

use crate::LOCAL;

/// Runs `owner-link`. Returns what it prints.
fn owner_link(data: &Path) -> String {
    let output = Command::new(LOCAL).args(["owner-link", "--data"]).arg(data).env_remove("RUST_LOG").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Posts the token of a printed link. Returns the status of the answer.
fn claim(local: &LocalServer, printed: &str) -> u16 {
    let (_, token) = printed.trim().split_once("/claim#").unwrap();
    let form = format!("token={token}");
    let (status, _) = local.send_raw(&format!(
        "POST /claim HTTP/1.1\r\nHost: localhost:{0}\r\nOrigin: http://localhost:{0}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\r\n{form}",
        local.port,
        form.len()
    ));
    status
}

#[test]
fn the_command_makes_links_with_and_without_a_running_server() {
    let mut local = LocalServer::start(LOCAL, &[]);
    let data = local.directory.path().join("data");
    let link = owner_link(&data);
    assert!(link.contains(&format!("http://localhost:{}/claim#", local.port)), "{link}");
    assert_eq!((claim(&local, &link), claim(&local, &link)), (303, 403), "it works once");
    local.kill();
    let path = owner_link(&data);
    assert!(path.contains("this path of it within a day: /claim#"), "{path}");
    local.restart();
    assert_eq!(claim(&local, &path), 303);
    let token = path.trim().split_once("/claim#").unwrap().1.to_owned();
    assert!(!local.log().contains(&token), "no token is logged");
    let missing = tempfile::tempdir().unwrap();
    let output = Command::new(LOCAL).args(["owner-link", "--data"]).arg(missing.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_link_is_printed_until_the_chat_has_an_owner() {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let mut process = command(LOCAL, directory.path()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (address, link) = (lines.next().unwrap(), lines.next().unwrap());
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(address.starts_with("Serverless Chat Page") && link.contains("/claim#"), "{address} {link}");
    let local = LocalServer::start_in(LOCAL, directory, &[]);
    assert_eq!(claim(&local, &link), 303, "a link of an earlier start, too");
}
