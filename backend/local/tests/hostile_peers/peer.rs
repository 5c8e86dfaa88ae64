//! A peer without a WebSocket library, so that it can break every rule.

use std::time::Duration;

use chat_testing::local_server::Socket as WebSocket;
use socket2::{Domain, Socket, Type};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, client_async};

/// Maximum wait for the server, so that a test ends in every case.
const PATIENCE: Duration = Duration::from_secs(30);

/// Receive buffer of a peer, in bytes. A small one fills soon.
const RECEIVE_BUFFER: usize = 4096;

/// A raw connection to the server.
pub(crate) struct Peer(TcpStream);

impl Peer {
    pub(crate) async fn connect(port: u16) -> Self {
        Self(connect_with_small_buffer(port))
    }

    /// Opens a socket in the lobby as a guest.
    pub(crate) async fn open(port: u16) -> Self {
        Self::open_with(port, "").await
    }

    /// Opens a socket with a query string.
    pub(crate) async fn open_with(port: u16, query: &str) -> Self {
        let mut peer = Self::connect(port).await;
        peer.request_upgrade(query).await;
        assert!(peer.read_head().await.starts_with("HTTP/1.1 101"));
        peer
    }

    /// Sends the handshake of a socket and does not wait for the answer.
    pub(crate) async fn request_upgrade(&mut self, query: &str) {
        let request = format!(
            "GET /ws{query} HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        self.0.write_all(request.as_bytes()).await.unwrap();
    }

    /// Sends bytes. The server may have closed the connection before the last one.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        drop(self.0.write_all(bytes).await);
    }

    /// Sends bytes for ever, and reads and ignores what comes.
    pub(crate) async fn flood(self, bytes: Vec<u8>) {
        let (mut read, mut write) = self.0.into_split();
        let send = async { while write.write_all(&bytes).await.is_ok() {} };
        let receive = async {
            let mut part = vec![0; 64 * 1024];
            while read.read(&mut part).await.is_ok_and(|count| count > 0) {}
        };
        tokio::join!(send, receive);
    }

    /// Returns the head of the next answer.
    pub(crate) async fn read_head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            let count = timeout(PATIENCE, self.0.read(&mut byte)).await.unwrap().unwrap();
            assert!(count > 0, "the answer ends early: {}", String::from_utf8_lossy(&head));
            head.extend(byte);
        }
        String::from_utf8(head).unwrap()
    }

    /// Reads until the server closes the connection, and returns the close code of the socket, if it sent one. Answers nothing.
    pub(crate) async fn read_to_close(&mut self) -> Option<u16> {
        loop {
            let mut head = [0; 2];
            timeout(PATIENCE, self.0.read_exact(&mut head)).await.expect("the server closes the socket").ok()?;
            let length = match head[1] & 0x7f {
                126 => usize::from(self.0.read_u16().await.ok()?),
                127 => usize::try_from(self.0.read_u64().await.ok()?).unwrap(),
                short => usize::from(short),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await.ok()?;
            if head[0] & 0x0f == 0x8 {
                return Some(u16::from_be_bytes(payload[..2].try_into().unwrap()));
            }
        }
    }

    /// Reads until the server closes the connection.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        drop(timeout(PATIENCE, self.0.read_to_end(&mut rest)).await.expect("the server closes the connection"));
        rest
    }
}

/// Opens a socket that follows the protocol but whose kernel takes only a little of what it does not read.
pub(crate) async fn connect_slowly(port: u16) -> WebSocket {
    let stream = MaybeTlsStream::Plain(connect_with_small_buffer(port));
    client_async(format!("ws://127.0.0.1:{port}/ws"), stream).await.unwrap().0
}

fn connect_with_small_buffer(port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    socket.connect(&std::net::SocketAddr::from(([127, 0, 0, 1], port)).into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    TcpStream::from_std(socket.into()).unwrap()
}

/// Returns a frame of a client with an unmasked first byte and a payload. The mask is zero.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
        long => {
            frame.push(0x80 | 127);
            frame.extend(u64::try_from(long).unwrap().to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
