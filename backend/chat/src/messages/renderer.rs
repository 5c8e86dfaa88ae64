//! Renders messages for clients: the HTML that is kept, and the turns of the clients for which much has to be rendered.

use std::sync::Arc;

use shared_types::{ChatMessage, RoomName};

use crate::{
    content::html_cache::{CACHE_BYTES, HtmlCache},
    cpu::{CpuClient, CpuScheduler, CpuTurn},
    ports::Result,
};

/// Renders messages. Clones share the kept HTML.
#[derive(Clone)]
pub struct MessageRenderer {
    /// The turns of the clients.
    pub cpu: CpuScheduler,
    /// The kept HTML.
    pub html: Arc<HtmlCache>,
}

impl MessageRenderer {
    /// Creates a renderer with an empty cache.
    pub fn new(cpu: CpuScheduler) -> Self {
        Self { cpu, html: Arc::new(HtmlCache::new(CACHE_BYTES)) }
    }

    /// Renders one message at once. The slowest takes a millisecond, which is less than a turn may have to wait.
    pub(crate) fn one(&self, room: &RoomName, message: ChatMessage) -> ChatMessage {
        self.html.with_html(room, message)
    }

    /// Waits for a turn of a client: before its messages are read, because decoding many takes as long as rendering them.
    pub(crate) async fn turn(&self, client: &CpuClient) -> RenderTurn {
        RenderTurn { turn: self.cpu.turn(client).await, html: self.html.clone() }
    }
}

/// A turn to read and render messages.
pub(crate) struct RenderTurn {
    turn: CpuTurn,
    html: Arc<HtmlCache>,
}

impl RenderTurn {
    /// Runs work that renders messages.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the work could not be run.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        doing: &'static str,
        work: impl FnOnce(&HtmlCache) -> T + Send + 'static,
    ) -> Result<T> {
        let html = self.html;
        self.turn.run(doing, move || work(&html)).await
    }
}
