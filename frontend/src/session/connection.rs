//! The session's sockets: does what the connection's life asks for, and tells it what happens.

use shared_types::{ClientMessage, PageState};
use wasm_bindgen_futures::spawn_local;

use super::{Session, with};
use crate::{
    browser,
    link::{Order, SocketId},
    socket::{Socket, SocketEvent},
};

impl Session {
    /// Does what the connection's life asks for.
    pub(super) fn follow(&mut self, now: u64, order: Order) {
        match order {
            Order::Fetch => self.fetch(),
            Order::Open(id) => self.open(now, id),
            Order::Close(id) => self.drop_socket(id),
            Order::Ping(_) => self.say(&ClientMessage::Ping),
        }
    }

    fn fetch(&self) {
        let (home, room) = (self.home, self.page.room.clone());
        spawn_local(async move {
            let page = browser::fetch_state(&room).await;
            with(home, |session| session.fetched(page));
        });
    }

    fn fetched(&mut self, page: Option<PageState>) {
        let now = browser::now();
        let arrived = page.is_some();
        if let Some(page) = page {
            self.page = page;
        }
        if let Some(order) = self.link.fetched(now, arrived) {
            self.follow(now, order);
        }
    }

    fn open(&mut self, now: u64, id: SocketId) {
        let home = self.home;
        let address = browser::socket_address(&self.page, self.name.as_ref());
        let socket = Socket::open(address, move |event| with(home, |session| session.happened(id, event)));
        socket.say(&self.timeline.hello(now));
        self.sockets.push((id, socket));
    }

    fn happened(&mut self, id: SocketId, event: SocketEvent) {
        let now = browser::now();
        match event {
            // A type of message that only newer pages know is still a sign of life.
            SocketEvent::Heard(frame) => match serde_json::from_str(&frame) {
                Ok(message) => self.heard(now, id, message),
                Err(_) => _ = self.link.heard(now, id, false),
            },
            SocketEvent::Closed => {
                self.link.closed(now, id);
                self.drop_socket(id);
            }
        }
    }

    /// Says something on the live socket.
    pub(super) fn say(&self, message: &ClientMessage) {
        let live = self.link.live();
        if let Some((_, socket)) = self.sockets.iter().find(|(id, _)| Some(*id) == live) {
            socket.say(message);
        }
    }

    fn drop_socket(&mut self, id: SocketId) {
        self.sockets.retain(|(open, _)| *open != id);
        // Questions and messages that the dropped socket carried get no answer any more.
        self.timeline.disconnected();
        if self.link.live().is_some() {
            self.hand_over(browser::now());
        }
    }
}
