//! A WebSocket that reports events and closes when it is dropped. No other module uses WebSocket.

use std::{cell::RefCell, rc::Rc};

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, WebSocket};

use crate::browser::js;

/// Event of the window: this instance of the program has failed (`Trunk.toml`). No code of it runs any more.
const FAILED: &str = "programfailed";

/// The close code of a socket that nobody needs any more.
const NORMAL_CLOSURE: u16 = 1000;

/// An event of a socket.
pub(crate) enum SocketEvent {
    /// A text frame arrived.
    Frame(String),
    /// The socket was closed or could not be opened. This is the last event.
    Closed,
}

/// A socket that is open or opening. Messages are queued until it is open.
pub(crate) struct Socket(Option<Connection>);

struct Connection {
    socket: WebSocket,
    /// Frames until the socket is open.
    queue: Rc<RefCell<Vec<String>>>,
    /// Closes the socket without the help of the program.
    close: Option<Function>,
    _listeners: [Closure<dyn FnMut(MessageEvent)>; 3],
}

impl Socket {
    /// Opens a socket. Calls `report` for its events, after this function has returned.
    pub(crate) fn open(address: &str, report: impl Fn(SocketEvent) + 'static) -> Self {
        match WebSocket::new(address) {
            Ok(socket) => Self(Some(Connection::of(socket, Rc::new(report)))),
            Err(_) => {
                spawn_local(async move { report(SocketEvent::Closed) });
                Self(None)
            }
        }
    }

    /// Sends a frame. A closed socket drops it and reports `Closed`.
    pub(crate) fn send(&self, frame: String) {
        let Some(Connection { socket, queue, .. }) = &self.0 else { return };
        if socket.ready_state() == WebSocket::CONNECTING {
            queue.borrow_mut().push(frame);
        } else {
            _ = socket.send_with_str(&frame);
        }
    }
}

impl Connection {
    fn of(socket: WebSocket, report: Rc<impl Fn(SocketEvent) + 'static>) -> Self {
        let queue = Rc::new(RefCell::new(Vec::<String>::new()));
        let (queued, opened) = (queue.clone(), socket.clone());
        let on_open = listener(move |_| {
            for frame in queued.take() {
                _ = opened.send_with_str(&frame);
            }
        });
        let on_frame = report.clone();
        let on_message = listener(move |event| {
            // The server sends no binary frames.
            if let Some(frame) = event.data().as_string() {
                on_frame(SocketEvent::Frame(frame));
            }
        });
        let on_close = listener(move |_| report(SocketEvent::Closed));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        let close = closing_function(&socket);
        if let Some(close) = &close {
            _ = window().add_event_listener_with_callback(FAILED, close);
        }
        Self { socket, queue, close, _listeners: [on_open, on_message, on_close] }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        _ = self.socket.close_with_code(NORMAL_CLOSURE);
        if let Some(close) = &self.close {
            _ = window().remove_event_listener_with_callback(FAILED, close);
        }
    }
}

/// Returns `socket.close.bind(socket, code, reason)`, which is no code of the program.
fn closing_function(socket: &WebSocket) -> Option<Function> {
    let close = js::property(socket, "close");
    js::call(&close, "bind", &[socket.into(), NORMAL_CLOSURE.into(), "".into()])?.dyn_into().ok()
}

fn listener(act: impl FnMut(MessageEvent) + 'static) -> Closure<dyn FnMut(MessageEvent)> {
    Closure::new(act)
}
