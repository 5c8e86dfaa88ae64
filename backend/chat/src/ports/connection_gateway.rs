//! Sends frames to open sockets and reports the outcome.

use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use shared_types::{Rev, RoomName, ServerMessage, with_room};

use crate::ports::connections::ConnectionId;

/// How a `messages` frame begins.
const MESSAGES_BEGIN: &str = r#"{"type":"messages","messages":["#;

/// How a `message` frame begins.
const MESSAGE_BEGIN: &str = r#"{"type":"message","#;

/// A frame to clients, serialized once and shared by all sockets that get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    json: Bytes,
    rev: Option<Rev>,
    messages: u32,
}

impl Frame {
    /// Returns the frame of a JSON text that was serialized before, by another process. If it is a `message`, `rev` is its revision.
    pub fn from_json(json: String, rev: Option<Rev>) -> Self {
        Self { json: json.into(), rev, messages: rev.is_some().into() }
    }

    /// Returns one `messages` frame of several `message` frames of a room.
    pub(crate) fn of_messages<'a>(room: &RoomName, frames: impl IntoIterator<Item = &'a Self>) -> Self {
        let message_begin = with_room(MESSAGE_BEGIN, room);
        let (mut json, mut count, mut first) = (BytesMut::from(with_room(MESSAGES_BEGIN, room).as_bytes()), 0, None);
        for Self { json: message, rev, .. } in frames {
            if count > 0 {
                json.put_u8(b',');
            }
            // An element needs neither room nor type. One that is written otherwise keeps them, and readers ignore them.
            match message.strip_prefix(message_begin.as_bytes()) {
                Some(rest) => {
                    json.put_u8(b'{');
                    json.put_slice(rest);
                }
                None => json.put_slice(message),
            }
            first = first.or(*rev);
            count += 1;
        }
        json.put_slice(b"]}");
        Self { json: json.freeze(), rev: first, messages: count }
    }

    /// Returns the frame of a message to a connection in a room. It names the room, if the message is about one.
    pub fn of_room(room: &RoomName, message: &ServerMessage) -> Self {
        if message.is_of_room() { Self::from(message).with_room(room) } else { Self::from(message) }
    }

    /// Returns the same frame with the name of a room.
    #[must_use]
    pub fn with_room(self, room: &RoomName) -> Self {
        let json = String::from_utf8_lossy(&self.json);
        Self { json: with_room(&json, room).into(), ..self }
    }

    /// The JSON text of the frame. It is valid UTF-8.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// The revision of the message in the frame, if it is a `message`; of the first one, if it is a `messages`.
    pub fn rev(&self) -> Option<Rev> {
        self.rev
    }

    /// The number of messages that are told with it: 1 for a `message`, more for a `messages`, otherwise 0. The messages of an answer are
    /// not counted.
    pub fn messages(&self) -> u32 {
        self.messages
    }
}

impl From<&ServerMessage> for Frame {
    fn from(message: &ServerMessage) -> Self {
        let rev = if let ServerMessage::Message(message) = message { Some(message.rev) } else { None };
        Self { json: message.to_frame().into(), rev, messages: rev.is_some().into() }
    }
}

/// The outcome of an operation on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The socket received the frame.
    Delivered,
    /// The socket does not exist any more.
    Gone,
    /// The gateway is overloaded or failed (429, 5xx). A retry may succeed.
    Busy,
    /// The client does not read fast enough, and the frame was dropped. A retry is useless: once the client reads again, the
    /// gateway sends it `catchUp`.
    Behind,
}

/// Sends frames to open sockets, probes them and closes them.
#[async_trait]
pub trait ConnectionGateway: Send + Sync {
    /// Sends a frame to one socket, once. MUST NOT retry by itself. MUST NOT wait for a slow reader, but return
    /// [`DeliveryOutcome::Behind`].
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome;

    /// Sends frames to many sockets at once, if that needs no waiting. Each socket gets all of them, in order, or none. Returns the
    /// outcomes in the order of the sockets, or `None` if each post has to be waited for.
    fn post_to_many(
        &self,
        _to: &mut dyn Iterator<Item = &ConnectionId>,
        _frames: &[Frame],
    ) -> Option<Vec<DeliveryOutcome>> {
        None
    }

    /// Checks whether the socket is open. [`DeliveryOutcome::Busy`] means that this is unknown.
    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome;

    /// Closes the socket, once, whatever the client does: also when it does not read. [`DeliveryOutcome::Delivered`] means that this call closed it.
    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome;
}
