//! The `@connections` API: every socket is open and takes every frame.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use bytes::Bytes;
use hyper::http::request::Parts;
use serde_json::Value;

use crate::http::{Answer, Handler, answer};

/// The sockets of all listeners.
pub(crate) struct Sockets {
    /// Time that a post takes.
    delay: Duration,
    waits: Cell<bool>,
    posts: RefCell<Vec<Post>>,
}

/// A frame for a socket.
pub(crate) struct Post {
    frame: Bytes,
}

impl Post {
    /// Returns the frame as JSON, `null` if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.frame).unwrap_or_default()
    }
}

impl Sockets {
    pub(crate) fn new(delay: Duration) -> Self {
        Self { delay, waits: Cell::default(), posts: RefCell::default() }
    }

    /// Answers posts after the delay from now on, or at once.
    pub(crate) fn wait(&self, waits: bool) {
        self.waits.set(waits);
    }

    /// Returns the posts since the last time.
    pub(crate) fn take(&self) -> Vec<Post> {
        self.posts.take()
    }
}

impl Handler for Sockets {
    async fn handle(&self, _: Parts, frame: Bytes) -> Answer {
        self.posts.borrow_mut().push(Post { frame });
        if self.waits.get() {
            tokio::time::sleep(self.delay).await;
        }
        answer(200, "")
    }
}
