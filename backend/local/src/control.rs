//! The control socket: a Unix socket in the data directory, through which the command `backup` asks the running server for a backup, and
//! `owner-link` for an owner link.
//!
//! A request is one line of JSON, and so is the answer. Only the owner of the data directory can open the socket.

use std::{
    error::Error,
    fs::{self, Permissions},
    io::{self, BufRead, BufReader, Write},
    os::unix::{fs::PermissionsExt, net},
    path::{Path, PathBuf},
    time::Duration,
};

use chat_backup::Summary;
use serde::{Deserialize, Serialize};
use store_redb::store::Store;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
    time::timeout,
};

use crate::{backup, owner_link};

/// Name of the socket in the data directory.
const NAME: &str = "control.sock";

/// Maximum length of a request, in bytes. Linux limits a path to 4 KiB, and JSON escapes some characters with 6.
const REQUEST_BYTES: u64 = 32 * 1024;

/// Timeout for a request, so that a client that sends nothing does not block the next one.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The sentence of an answer to another request.
const UNEXPECTED: &str = "the server answered something else: stop it and start this version";

/// Pause after an error of `accept`.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    /// Make a backup in an absolute directory.
    Backup { to: PathBuf },
    /// Make an owner link.
    OwnerLink,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Copied(Summary),
    OwnerLink(String),
    Error(String),
}

/// The control socket of a running server. Dropping it removes it.
pub struct ControlSocket {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        self.task.abort();
        // If it stays, the next server removes it.
        drop(fs::remove_file(&self.path));
    }
}

impl ControlSocket {
    /// Opens the control socket of a data directory whose store is open. `address` is that of the chat, for links. Without a socket the
    /// server runs all the same, and `None` is returned.
    pub fn listen(directory: &Path, store: Store, address: String) -> Option<Self> {
        let path = directory.join(NAME);
        match bind(&path) {
            Ok(listener) => {
                let task = tokio::spawn(serve(listener, store, directory.to_owned(), address));
                Some(Self { path, task })
            }
            Err(error) => {
                // A path of more than some 100 bytes is the usual cause.
                tracing::warn!(%error, path = %path.display(), "control socket not opened; backups need a stopped server");
                None
            }
        }
    }
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    // A killed server leaves its socket. The store is open, so no other server uses it.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers one request after the other.
async fn serve(listener: UnixListener, store: Store, directory: PathBuf, address: String) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if let Err(error) = answer(stream, &store, &directory, &address).await {
                    tracing::warn!(%error, "control request not answered");
                }
            }
            Err(error) => {
                tracing::error!(%error, "accept on the control socket failed; retrying in 1 s");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn answer(mut stream: UnixStream, store: &Store, directory: &Path, address: &str) -> io::Result<()> {
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new((&mut stream).take(REQUEST_BYTES));
    timeout(REQUEST_TIMEOUT, reader.read_line(&mut line)).await??;
    let answer = match serde_json::from_str(&line) {
        Ok(Request::Backup { to }) => back_up(store.clone(), directory.to_owned(), to).await,
        Ok(Request::OwnerLink) => match owner_link::of_store(store.clone()).create().await {
            Ok(path) => Answer::OwnerLink(format!("{address}{path}")),
            Err(error) => Answer::Error(error.to_string()),
        },
        Err(error) => Answer::Error(format!("bad request: {error}")),
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    stream.write_all(&line).await
}

async fn back_up(store: Store, directory: PathBuf, to: PathBuf) -> Answer {
    tracing::info!(to = %to.display(), "backup started");
    // Reading and writing files blocks the thread, and no other.
    let runtime = tokio::runtime::Handle::current();
    let copy = move || runtime.block_on(backup::of_store(&store, &directory, &to)).map_err(|error| error.to_string());
    match tokio::task::spawn_blocking(copy).await.unwrap_or_else(|_| Err("the backup panicked".to_owned())) {
        Ok(summary) => {
            tracing::info!(?summary, "backup complete");
            Answer::Copied(summary)
        }
        Err(error) => {
            tracing::error!(%error, "backup failed");
            Answer::Error(error)
        }
    }
}

/// Asks the server of a data directory for a backup in an absolute directory. Returns `None` if no server runs.
///
/// # Errors
///
/// The server's sentence if the backup failed, or an error of the socket.
pub fn ask_for_backup(data: &Path, to: &Path) -> Result<Option<Summary>, Box<dyn Error>> {
    match ask(data, &Request::Backup { to: to.to_owned() })? {
        Some(Answer::Copied(summary)) => Ok(Some(summary)),
        Some(Answer::Error(error)) => Err(error.into()),
        Some(Answer::OwnerLink(_)) => Err(UNEXPECTED.into()),
        None => Ok(None),
    }
}

/// Asks the server of a data directory for an owner link. Returns `None` if no server runs.
///
/// # Errors
///
/// The server's sentence if no link was made, or an error of the socket.
pub fn ask_for_owner_link(data: &Path) -> Result<Option<String>, Box<dyn Error>> {
    match ask(data, &Request::OwnerLink)? {
        Some(Answer::OwnerLink(link)) => Ok(Some(link)),
        Some(Answer::Error(error)) => Err(error.into()),
        Some(Answer::Copied(_)) => Err(UNEXPECTED.into()),
        None => Ok(None),
    }
}

/// Sends a request to the server of a data directory. Returns `None` if no server runs.
fn ask(data: &Path, request: &Request) -> Result<Option<Answer>, Box<dyn Error>> {
    let mut stream = match net::UnixStream::connect(data.join(NAME)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied) => return Err(error.into()),
        // No socket, one that a killed server left, or a path that is too long for one. The lock of the store tells whether a server runs.
        Err(_) => return Ok(None),
    };
    let mut request = serde_json::to_vec(request)?;
    request.push(b'\n');
    stream.write_all(&request)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    if line.is_empty() {
        return Err("the server stopped before the answer was complete".into());
    }
    Ok(Some(serde_json::from_str(&line)?))
}
