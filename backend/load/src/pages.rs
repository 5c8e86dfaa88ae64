//! Page loads of one room: how many a second.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

use crate::{Target, process, socket::Socket};

/// The room whose page is loaded.
const ROOM: &str = "pages";

/// Time for which pages are loaded before the measurement.
const WARM_UP: Duration = Duration::from_millis(500);

/// How pages are loaded.
#[derive(Clone)]
pub(crate) struct Loads {
    /// Messages that the room gets before.
    pub(crate) messages: usize,
    /// Requests at the same time.
    pub(crate) clients: usize,
    /// Length of the measurement.
    pub(crate) time: Duration,
    /// The `Accept-Encoding` header.
    pub(crate) encoding: String,
}

/// Fills the room, loads its page again and again, and prints how often.
pub(crate) async fn measure(target: Target, loads: Loads) -> io::Result<()> {
    fill(target.address, loads.messages).await?;
    let (count, bytes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    for _ in 0..loads.clients {
        let (count, bytes, encoding) = (count.clone(), bytes.clone(), loads.encoding.clone());
        tokio::spawn(async move {
            if let Err(error) = load_for_ever(target.address, &encoding, &count, &bytes).await {
                eprintln!("loading the page failed: {error}");
            }
        });
    }
    tokio::time::sleep(WARM_UP).await;
    let (first, start, cpu) = (count.load(Ordering::Relaxed), Instant::now(), process::cpu_seconds(target.pid)?);
    tokio::time::sleep(loads.time).await;
    let loaded = (count.load(Ordering::Relaxed) - first) as f64;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), process::cpu_seconds(target.pid)? - cpu);
    let size = bytes.load(Ordering::Relaxed) / count.load(Ordering::Relaxed).max(1);
    println!(
        "{{\"pages_per_second\":{:.0},\"pages_per_cpu_second\":{:.0},\"bytes\":{size}}}",
        loaded / seconds,
        loaded / cpu
    );
    Ok(())
}

/// Sends the messages of the room, and waits until the last one has come back.
async fn fill(address: SocketAddr, messages: usize) -> io::Result<()> {
    let mut socket = Socket::open(address, ROOM, 0).await?;
    for number in 1..=messages {
        let text = format!("Line {number} of a **conversation** about boats, ropes and what to bring to eat.");
        socket.send(&format!(r#"{{"action":"send","text":"{text}"}}"#)).await?;
    }
    let (last, mut is_back) = (format!("Line {messages} of"), false);
    while !is_back {
        socket.read(|payload| is_back |= payload.windows(last.len()).any(|part| part == last.as_bytes())).await?;
    }
    Ok(())
}

async fn load_for_ever(address: SocketAddr, encoding: &str, count: &AtomicU64, bytes: &AtomicU64) -> io::Result<()> {
    let request = format!(
        "GET /r/{ROOM} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Encoding: {encoding}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        stream.write_all(request.as_bytes()).await?;
        let length = read_answer(&mut stream, &mut buffer).await?;
        count.fetch_add(1, Ordering::Relaxed);
        bytes.fetch_add(length as u64, Ordering::Relaxed);
    }
}

/// Reads one answer and returns the length of its body.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    loop {
        filled += match stream.read(&mut buffer[filled..]).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => count,
        };
        let Some(end) = buffer[..filled].windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
        if !head.starts_with("http/1.1 200") {
            return Err(io::Error::other(head));
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let length: usize = length.ok_or_else(|| io::Error::other("the answer has no length"))?;
        let rest = end + 4 + length - filled;
        stream.read_exact(&mut buffer[..rest]).await?;
        return Ok(length);
    }
}
