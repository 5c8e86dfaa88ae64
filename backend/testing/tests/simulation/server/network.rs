//! Simulated network: frames that are lost, doubled and late, and sockets that break.

use std::{sync::Arc, time::Duration};

use chat::{commands::FrameRequest, ports::connections::ConnectionId, presence::disconnect::DisconnectHandler};
use shared_types::{GatewayError, Rev, ServerMessage};
use tokio::time::sleep;

use super::{Server, ports::Ports};

/// A frame on its way to a client.
pub(crate) struct SentFrame {
    pub(crate) json: String,
    /// Number of deletions that its handler had to respect.
    pub(crate) deletions: usize,
}

impl Server {
    /// Sends a frame of a client. It arrives later: once, twice or not at all.
    pub(crate) fn send_frame(self: &Arc<Self>, id: &ConnectionId, body: String) {
        if self.happens(|faults| faults.cut) {
            self.cut(id);
        }
        if self.happens(|faults| faults.loss) || self.is_half_open(id) {
            return;
        }
        if self.happens(|faults| faults.throttled) {
            return self.refuse(id);
        }
        let times = if self.happens(|faults| faults.twice) { 2 } else { 1 };
        let request_id = format!("r{}", self.pick(0..u64::MAX));
        for _ in 0..times {
            let frame = FrameRequest { connection: id.clone(), request_id: request_id.clone(), body: body.clone() };
            let (server, delay) = (self.clone(), self.delay());
            tokio::spawn(async move {
                sleep(delay).await;
                server.handle(frame).await;
            });
        }
    }

    /// Answers a frame as API Gateway does when too many came.
    fn refuse(self: &Arc<Self>, id: &ConnectionId) {
        let (message, connection_id) = ("Too Many Requests".into(), id.0.clone());
        let json = serde_json::to_string(&GatewayError { message, connection_id }).unwrap();
        let (server, id, delay) = (self.clone(), id.clone(), self.delay());
        tokio::spawn(async move {
            sleep(delay).await;
            if let Some(socket) = server.sockets().get(&id) {
                drop(socket.send(SentFrame { json, deletions: 0 }));
            }
        });
    }

    /// Cuts a socket. `$disconnect` is best effort, so the server may not receive it.
    pub(crate) fn cut(self: &Arc<Self>, id: &ConnectionId) {
        if self.sockets().remove(id).is_none() || self.pick(0..4) == 0 {
            return;
        }
        let (server, id, delay) = (self.clone(), id.clone(), self.delay());
        tokio::spawn(async move {
            sleep(delay).await;
            let ports = Arc::new(Ports(server.clone()));
            let disconnect = DisconnectHandler::new(ports.clone(), ports.clone(), ports.clone(), ports);
            server.run(disconnect.handle(&id)).await;
        });
    }

    /// Returns whether a frame for this client is dropped because it is behind. It may fall behind with this frame.
    pub(super) fn drops_frame(self: &Arc<Self>, id: &ConnectionId, rev: Option<Rev>) -> bool {
        let mut behind = self.behind.lock().unwrap();
        if let Some(first) = behind.get_mut(id) {
            *first = [*first, rev].into_iter().flatten().min();
            return true;
        }
        if !self.happens(|faults| faults.behind) {
            return false;
        }
        behind.insert(id.clone(), rev);
        let (server, id, time) = (self.clone(), id.clone(), Duration::from_millis(self.pick(0..30_000)));
        tokio::spawn(async move {
            sleep(time).await;
            let first = server.behind.lock().unwrap().remove(&id).flatten();
            if server.pick(0..4) == 0 {
                return server.cut(&id);
            }
            let frame = ServerMessage::CatchUp { after: first.map(|rev| Rev(rev.0 - 1)) }.to_frame();
            if let Some(socket) = server.sockets().get(&id) {
                drop(socket.send(SentFrame { json: frame, deletions: 0 }));
            }
        });
        true
    }

    /// Returns whether a socket carries nothing any more. It may break with this frame.
    pub(super) fn is_half_open(&self, id: &ConnectionId) -> bool {
        let breaks = self.happens(|faults| faults.half_open);
        let mut half_open = self.half_open.lock().unwrap();
        if breaks {
            half_open.insert(id.clone());
        }
        half_open.contains(id)
    }
}
