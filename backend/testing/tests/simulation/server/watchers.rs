//! Sockets in another room that watch the room of the windows: they are sent news and nothing else, and disturb nobody.

use std::{sync::Arc, time::Duration};

use chat::ports::connections::{Admission, Connection, ConnectionId, ConnectionLimits, Connections};
use shared_types::{Appearance, Person, RoomName, ServerMessage, Timestamp};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::Server;

/// Time between two watchers that come.
const PAUSE: Duration = Duration::from_secs(5);

const NO_LIMITS: ConnectionLimits = ConnectionLimits { all: u32::MAX, per_address: None, first_of_address: 0 };

impl Server {
    /// Lets watchers come until a time. Every second one has no socket any more: a post to it finds it gone, and removes it. Returns
    /// how much news the others got.
    pub(crate) async fn run_watchers(self: &Arc<Self>, until: Instant) -> usize {
        let mut sockets = Vec::new();
        for number in 0.. {
            if Instant::now() >= until {
                break;
            }
            let watcher = self.watcher(number);
            assert_eq!(self.connections.admit(&watcher, NO_LIMITS).await.unwrap(), Admission::Admitted);
            self.connections.watch(&watcher, &[RoomName::lobby()]).await.unwrap();
            if number % 2 == 0 {
                let (socket, frames) = mpsc::unbounded_channel();
                self.sockets().insert(watcher.id, socket);
                sockets.push(frames);
            }
            sleep(PAUSE).await;
        }
        let mut news = 0;
        for mut frames in sockets {
            while let Ok(frame) = frames.try_recv() {
                match serde_json::from_str(&frame.json).unwrap() {
                    ServerMessage::News { room, .. } => {
                        assert_eq!(room, RoomName::lobby());
                        news += 1;
                    }
                    // The client is behind, and is told so.
                    ServerMessage::CatchUp { .. } => {}
                    other => panic!("a watcher was sent {other:?}"),
                }
            }
        }
        news
    }

    fn watcher(&self, number: u64) -> Connection {
        let id = format!("watcher-{number}");
        Connection {
            id: ConnectionId(id.clone()),
            // A room of its own: a watcher that leaves is nobody's presence.
            room: format!("elsewhere-{number}").parse().unwrap(),
            person: Person {
                id: id.parse().unwrap(),
                name: "Watcher".parse().unwrap(),
                moderator: false,
                appearance: Appearance::NONE,
            },
            address: None,
            is_first_of_address: false,
            opened_at: Timestamp(self.now()),
            hidden: false,
            accepts_batches: false,
            device: None,
            status: None,
            chosen: None,
        }
    }
}
