//! A WebSocket of the load.

use std::{cell::RefCell, io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::frames::{self, Frames};

/// Sockets that one source address opens, below the 28,000 ports that Linux gives to an address.
const PER_SOURCE: usize = 20_000;

thread_local! {
    /// What is read goes through one buffer: a socket needs no memory of its own.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// An open WebSocket.
pub(crate) struct Socket {
    stream: TcpStream,
    frames: Frames,
}

impl Socket {
    /// Opens the socket `number` in a room and says hello, as the page does.
    pub(crate) async fn open(address: SocketAddr, room: &str, number: usize) -> io::Result<Self> {
        let source = u8::try_from(1 + number / PER_SOURCE).map_err(io::Error::other)?;
        let tcp = TcpSocket::new_v4()?;
        tcp.bind(SocketAddr::from(([127, 0, 0, source], 0)))?;
        let mut stream = tcp.connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /ws?room={room}&name=Guest{number} HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
        }
        let mut socket = Self { stream, frames: Frames::default() };
        socket.send(r#"{"action":"hello"}"#).await?;
        Ok(socket)
    }

    /// Sends a text frame.
    pub(crate) async fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(&frames::text(text)).await
    }

    /// Waits for bytes, and calls `each` with the payload of each frame that is complete.
    pub(crate) async fn read(&mut self, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            self.stream.readable().await?;
            let read = BUFFER.with_borrow_mut(|buffer| match self.stream.try_read(buffer) {
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    self.frames.split(&buffer[..count], &mut each);
                    Ok(true)
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
                Err(error) => Err(error),
            });
            if read? {
                return Ok(());
            }
        }
    }
}
