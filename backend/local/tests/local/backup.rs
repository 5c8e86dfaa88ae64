//! Tests of the commands `backup` and `restore`.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use chat_testing::{
    guest::whole_log,
    local_server::{LocalServer, connect, make_page},
};
use serde_json::json;
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    LOCAL,
    sockets::{next, send},
};

const SENDERS: usize = 4;

fn local(arguments: &[&str], paths: [(&str, &Path); 2]) -> Output {
    let mut command = Command::new(LOCAL);
    command.args(arguments).env_remove("RUST_LOG");
    for (flag, path) in paths {
        command.arg(flag).arg(path);
    }
    command.output().unwrap()
}

fn back_up(data: &Path, to: &Path) -> Output {
    local(&["backup"], [("--data", data), ("--to", to)])
}

fn restore(from: &Path, data: &Path) -> Output {
    local(&["restore"], [("--from", from), ("--data", data)])
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Makes a directory in which the server can start with a restored `data` directory.
fn restored(backup: &Path) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    succeeded(&restore(backup, &directory.path().join("data")));
    directory
}

/// Sends an image, and returns its path on the server.
async fn send_image(local: &LocalServer) -> String {
    let chunk = [&13_u32.to_be_bytes()[..], b"IHDR", &3_u32.to_be_bytes(), &2_u32.to_be_bytes(), &[8, 6, 0, 0, 0]];
    let png = [b"\x89PNG\r\n\x1a\n", chunk.concat().as_slice(), &[0; 16]].concat();
    let mut socket = local.socket("").await.unwrap();
    let upload = json!({ "action": "upload", "nonce": "image", "type": "image/png", "size": png.len() });
    send(&mut socket, &upload.to_string()).await;
    let url = next(&mut socket, "upload").await["url"].as_str().unwrap().to_owned();
    let put = local.put(&url, "image/png", &png);
    assert!(put.starts_with("HTTP/1.1 200"), "{put}");
    let image = json!({ "type": "image/png", "size": png.len(), "width": 3, "height": 2 });
    send(&mut socket, &json!({ "action": "send", "nonce": "image", "image": image }).to_string()).await;
    let message = next(&mut socket, "message").await;
    format!("/images/{}/lobby/image", message["author"]["id"].as_str().unwrap())
}

/// People who send one message after the other until they are stopped.
struct Senders {
    stop: Arc<AtomicBool>,
    /// The acknowledged texts.
    acknowledged: Arc<Mutex<Vec<String>>>,
    one_more: mpsc::UnboundedReceiver<()>,
    tasks: Vec<JoinHandle<()>>,
}

impl Senders {
    fn start(port: u16) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<Vec<String>>>::default());
        let (tell, one_more) = mpsc::unbounded_channel();
        let tasks = (0..SENDERS).map(|sender| {
            let (stop, acknowledged, tell) = (stop.clone(), acknowledged.clone(), tell.clone());
            tokio::spawn(async move {
                let mut socket = connect(port, "").await.unwrap();
                for number in 0.. {
                    let text = format!("{number} of {sender}");
                    send(
                        &mut socket,
                        &json!({ "action": "send", "text": text, "nonce": format!("n-{number}") }).to_string(),
                    )
                    .await;
                    while next(&mut socket, "message").await["text"] != text.as_str() {}
                    acknowledged.lock().unwrap().push(text);
                    // The test counts only until its backup is complete.
                    let _ = tell.send(());
                    if stop.load(Relaxed) {
                        return;
                    }
                }
            })
        });
        let tasks = tasks.collect();
        Self { stop, acknowledged, one_more, tasks }
    }

    async fn wait_for(&mut self, messages: usize) {
        for _ in 0..messages {
            self.one_more.recv().await.unwrap();
        }
    }

    fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    async fn stop(self) {
        self.stop.store(true, Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_every_message_acknowledged_before() {
    let server = LocalServer::start(LOCAL, &[]);
    let image = send_image(&server).await;
    let (data, copy) = (server.directory.path().join("data"), server.directory.path().join("copy"));
    let mut senders = Senders::start(server.port);
    senders.wait_for(100).await;
    let before = senders.acknowledged();
    let backup = tokio::task::spawn_blocking({
        let copy = copy.clone();
        move || back_up(&data, &copy)
    });
    let printed = succeeded(&backup.await.unwrap());
    assert!(printed.contains("backup complete") && printed.contains("1 images"), "{printed}");
    senders.wait_for(20).await;
    senders.stop().await;

    let restored = LocalServer::start_in(LOCAL, restored(&copy), &[]);
    let log = whole_log(restored.port).await;
    let stored: Vec<&str> = log.iter().filter_map(|message| Some(message.text.as_ref()?.as_str())).collect();
    let missing: Vec<&String> = before.iter().filter(|text| !stored.contains(&text.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let answer = restored.get(&image, "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("image/png"), "{answer}");
}

#[tokio::test]
async fn a_backup_needs_no_running_server() {
    let mut server = LocalServer::start(LOCAL, &[]);
    send_image(&server).await;
    server.kill();
    let (data, copy) = (server.directory.path().join("data"), server.directory.path().join("copy"));
    let printed = succeeded(&back_up(&data, &copy));
    assert!(printed.contains("backup complete: 1 messages and 1 images"), "{printed}");
    let directory = restored(&copy);
    assert_eq!(fs::read_dir(directory.path().join("data/images")).unwrap().count(), 1);
}

#[test]
fn a_used_directory_is_no_target() {
    let server = LocalServer::start(LOCAL, &[]);
    let (data, copy) = (server.directory.path().join("data"), server.directory.path().join("copy"));
    succeeded(&back_up(&data, &copy));
    let error = failed(&back_up(&data, &copy));
    assert!(error.contains("backup failed") && error.contains("is not empty"), "{error}");
    let error = failed(&restore(&copy, &data));
    assert!(error.contains("restore failed") && error.contains("is not empty"), "{error}");
    assert!(server.get("/readyz", "").starts_with("HTTP/1.1 200"));
}

#[test]
fn what_is_no_backup_is_refused_and_the_target_stays_empty() {
    let directory = tempfile::tempdir().unwrap();
    let (nothing, data) = (directory.path().join("nothing"), directory.path().join("data"));
    let error = failed(&back_up(&nothing, &data));
    assert!(error.contains("there is no chat in") && error.contains("--data"), "{error}");
    assert!(!nothing.exists() && !data.exists(), "a wrong name creates nothing");
    let error = failed(&restore(&nothing, &data));
    assert!(error.contains("holds no complete backup"), "{error}");

    fs::create_dir(&nothing).unwrap();
    for content in ["", "somebody's own"] {
        fs::write(nothing.join("chat.redb"), content).unwrap();
        let error = failed(&restore(&nothing, &data));
        assert!(error.contains("nothing/chat.redb is damaged"), "{error}");
        assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_copy_of_a_data_directory_is_a_backup_too() {
    let mut server = LocalServer::start(LOCAL, &[]);
    send_image(&server).await;
    server.kill();
    let (data, copy) = (server.directory.path().join("data"), server.directory.path().join("copy"));
    fs::create_dir_all(copy.join("images")).unwrap();
    fs::copy(data.join("chat.redb"), copy.join("chat.redb")).unwrap();
    for image in fs::read_dir(data.join("images")).unwrap() {
        let image = image.unwrap();
        fs::copy(image.path(), copy.join("images").join(image.file_name())).unwrap();
    }
    let printed = succeeded(&restore(&copy, &server.directory.path().join("new")));
    assert!(printed.contains("restore complete: 1 messages and 1 images"), "{printed}");
}
