//! Tests of the process: errors at start, and the log.

#[cfg(target_os = "linux")]
use std::{fs, fs::Permissions, os::unix::fs::PermissionsExt};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

#[cfg(target_os = "linux")]
use chat_testing::local_server::launch;
use chat_testing::local_server::{LocalServer, command, make_page};
use embedded_page::EmbeddedPage;

use crate::LOCAL;

#[test]
fn a_data_directory_in_use_is_an_error() {
    let local = LocalServer::start(LOCAL, &[]);
    let second = command(LOCAL, local.directory.path()).output().unwrap();
    let error = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(error.contains("is in use by another process"), "{error}");
}

#[test]
fn a_page_that_is_not_built_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let output = command(LOCAL, directory.path()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("cargo xtask run") && error.contains("--page"), "{error}");
}

#[test]
fn a_binary_with_the_page_runs_in_an_empty_directory() {
    let directory = tempfile::tempdir().unwrap();
    let mut local = Command::new(LOCAL);
    local.current_dir(directory.path()).env_remove("CHAT_PAGE").args(["--port", "0", "--data", "data"]);
    if EmbeddedPage::of_this_program().is_none() {
        // `dist/` had no page when this test was built.
        let output = local.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(error.contains("built without a page") && error.contains("--page"), "{error}");
        return;
    }
    let log = File::create(directory.path().join("log")).unwrap();
    let mut process = local.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut first_line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    let port = first_line.trim().rsplit(':').next().unwrap().parse().unwrap();
    let local = LocalServer { binary: LOCAL, process, port, directory };
    let page = local.get("/", "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("id=\"page-state\""), "{page}");
    let script = page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js")).unwrap();
    let answer = local.get(script, "Accept-Encoding: br\r\n");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("immutable"), "{}", &answer[..200]);
}

#[test]
fn the_error_for_a_used_port_names_the_port() {
    let local = LocalServer::start(LOCAL, &[]);
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let second = command(LOCAL, directory.path()).args(["--port", &local.port.to_string()]).output().unwrap();
    let error = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(error.contains(&local.port.to_string()) && error.contains("--port"), "{error}");
}

#[test]
fn an_invalid_allowed_origin_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let output = command(LOCAL, directory.path()).args(["--allowed-origins", "chat.example"]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("--allowed-origins") && error.contains("\"chat.example\" is no origin"), "{error}");
}

#[test]
fn the_log_has_one_line_per_request_without_its_query() {
    let mut local = LocalServer::start(LOCAL, &[]);
    local.get("/r/cats?ticket=secret", "");
    local.interrupt();
    let (_, log) = local.wait();
    assert_eq!(log.matches("/r/cats").count(), 1, "{log}");
    assert!(!log.contains("secret"), "{log}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_limit_of_open_files_is_raised_for_all_connections() {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    for (limit, expected, is_warned) in [("-Sn 300", 1512, false), ("-n 300", 300, true)] {
        let script = directory.path().join("limited.sh");
        fs::write(&script, format!("#!/bin/sh\nulimit {limit}\nexec {LOCAL} \"$@\"\n")).unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
        let (mut process, _) = launch(script.to_str().unwrap(), directory.path(), &[]);
        let limits = fs::read_to_string(format!("/proc/{}/limits", process.id())).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        let open_files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
        assert_eq!(open_files.split_whitespace().next(), Some(expected.to_string().as_str()), "{limit}");
        let log = fs::read_to_string(directory.path().join("log")).unwrap();
        assert_eq!(log.contains("too few open files"), is_warned, "{limit}: {log}");
    }
}

#[test]
fn a_number_out_of_range_is_an_error_that_names_the_range() {
    // Without a page, so that a server that accepts a number ends, too.
    let directory = tempfile::tempdir().unwrap();
    for (flag, variable, range, values) in [
        (
            "--idle-seconds",
            "CHAT_IDLE_SECONDS",
            "1..=86400",
            ["0", "86401", "9300000000000000000", "18446744073709551615"],
        ),
        ("--behind-seconds", "CHAT_BEHIND_SECONDS", "1..=600", ["0", "601", "9300000000000000000", "x"]),
        ("--lifetime-seconds", "CHAT_LIFETIME_SECONDS", "1..=2592000", ["0", "2592001", "9300000000000000000", "-1"]),
        ("--limit-connection-count", "LIMIT_CONNECTION_COUNT", "1..=100000", ["0", "100001", "4294967296", "x"]),
        ("--limit-message-count", "LIMIT_MESSAGE_COUNT", "1 to 100", ["0", "101", "18446744073709551616", "-1"]),
        (
            "--message-retention-days",
            "MESSAGE_RETENTION_DAYS",
            "0..=36500",
            ["36501", "-1", "x", "9300000000000000000"],
        ),
        ("--limit-person-rate", "LIMIT_PERSON_RATE", "0..=", ["-1", "4294967295", "x", "4294967296"]),
        ("--limit-address-rate", "LIMIT_ADDRESS_RATE", "0..=", ["-1", "4294967295", "x", "4294967296"]),
        ("--port", "PORT", "0..=65535", ["-1", "65536", "x", "4294967296"]),
    ] {
        for value in values {
            // Not a flag and a variable at once: the flag would win.
            let mut by_variable = Command::new(LOCAL);
            by_variable.env(variable, value);
            let mut by_flag = Command::new(LOCAL);
            by_flag.arg(format!("{flag}={value}"));
            for mut command in [by_variable, by_flag] {
                let output = command.env("CHAT_PAGE", "none").current_dir(directory.path()).output().unwrap();
                let error = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{flag} {value}: {error}");
                assert!(error.contains(flag), "{flag} {value}: {error}");
                assert!(error.contains(range) || error.contains("invalid digit"), "{flag} {value}: {error}");
            }
        }
    }
}
