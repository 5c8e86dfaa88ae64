//! The stream of a socket: receiving, and sending what is left at its end.

use std::{cell::RefCell, future::pending, io};

use tokio::net::TcpStream;
use tungstenite::Message;

use crate::{close_code::close_code, frame_reader::FrameReader, send_queue::SendQueue};

/// Size of the buffer that the sockets of a thread read into, in bytes.
const READ_BYTES: usize = 16 * 1024;

thread_local! {
    /// A socket needs no buffer of its own while it waits.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// Who ended a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndedBy {
    /// The server has to send a close frame, and the client to answer it.
    Server,
    /// The client has closed it, or the connection is broken.
    Client,
}

/// Receives bytes, once there are some. After an error there are none, as at the end of the connection.
pub(crate) async fn receive(stream: &TcpStream, reader: &mut FrameReader) {
    let is_readable = stream.readable().await.is_ok();
    READ_BUFFER.with_borrow_mut(|buffer| match stream.try_read(buffer) {
        Ok(count) if is_readable => reader.receive(&buffer[..count]),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        _ => reader.receive(&[]),
    });
}

/// Waits until the connection takes more. If it is broken, writing to it says so.
pub(crate) async fn writable(stream: &TcpStream) {
    drop(stream.writable().await);
}

/// Sends what is queued and the close frame.
pub(crate) async fn send_rest(stream: &TcpStream, queue: &SendQueue) {
    loop {
        queue.flush();
        let status = queue.status();
        if status.has_ended {
            return;
        }
        tokio::select! {
            () = writable(stream), if status.is_blocked => {}
            () = queue.changed() => {}
        }
    }
}

/// Waits until the client has answered the close frame, or has closed the connection.
pub(crate) async fn wait_for_close(stream: &TcpStream, reader: &mut FrameReader) {
    loop {
        // The rest of a broken frame is not read. Closing the connection with it would reset it, and the client might not get the
        // close code. It has the time that is left.
        if reader.has_failed() {
            return pending().await;
        }
        match reader.next() {
            Ok(Some(Message::Close(_))) => return,
            // Pings are not answered any more.
            Ok(Some(_)) => drop(reader.take_replies()),
            Ok(None) => receive(stream, reader).await,
            Err(error) if close_code(&error).is_none() => return,
            Err(_) => {}
        }
    }
}
