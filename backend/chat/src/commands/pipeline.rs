//! Messages of one socket that are stored at the same time: a client that sends the next message before the last one has come back
//! need not wait for a commit of its own, because those that wait share one.
//!
//! The socket checks one frame after the other and begins to store each message, in order. What was stored is then sent to the room, in
//! order and in one pass. All other commands wait until the messages before them are sent.

use std::collections::VecDeque;

use futures::future::{BoxFuture, FutureExt, ready};
use shared_types::{Action, ChatMessage, ClientMessage, Nonce, RoomName, ServerMessage, limits};

use super::{FrameHandler, FrameRequest, retry_key, send};
use crate::{
    commands::error::{CommandError, FrameFailure},
    messages::post::Draft,
    moderation::posting_policy::PendingRules,
    ports::{Unavailable, connections::ConnectionId},
};

/// A frame from a client after parsing.
pub struct ParsedFrame {
    pub(super) connection: ConnectionId,
    pub(super) request_id: String,
    /// The room that it names.
    pub(super) room: Option<RoomName>,
    pub(super) message: std::result::Result<ClientMessage, FrameFailure>,
}

/// A message that is being stored. It resolves when it is, or has failed.
pub type Storing = BoxFuture<'static, SendOutcome>;

/// The result of storing a message, which [`FrameHandler::finish_sends`] sends to the room or to its sender.
pub struct SendOutcome {
    connection: ConnectionId,
    room: RoomName,
    nonce: Option<Nonce>,
    result: std::result::Result<ChatMessage, CommandError>,
}

impl From<FrameRequest> for ParsedFrame {
    fn from(FrameRequest { connection, request_id, body }: FrameRequest) -> Self {
        let parsed = if body.len() > limits::FRAME_BYTES {
            Err(FrameFailure::TooLarge)
        } else {
            ClientMessage::parse_with_room(&body).map_err(FrameFailure::Invalid)
        };
        let (message, room) = match parsed {
            Ok((message, room)) => (Ok(message), room),
            Err(failure) => (Err(failure), None),
        };
        Self { connection, request_id, room, message }
    }
}

impl ParsedFrame {
    /// Returns whether it sends a message that needs nothing from the store but to be stored. An image has to be checked, and the
    /// message that another replies to has to be read, which could change the order.
    pub fn is_plain_send(&self) -> bool {
        matches!(self.message, Ok(ClientMessage::Send { image: None, reply_to: None, thread: None, .. }))
    }
}

impl FrameHandler {
    /// Checks a [plain send](ParsedFrame::is_plain_send) and begins to store its message. Returns `None` if it was refused; its sender
    /// knows it then. Messages are stored in the order of the calls.
    pub async fn begin_send(&self, frame: ParsedFrame) -> Option<Storing> {
        let (connection, named) = (frame.connection.clone(), frame.room.clone());
        match self.checked_send(frame).await {
            Ok((draft, nonce, pending)) => {
                let (poster, room) = (self.poster.clone(), draft.room.clone());
                let mut storing = async move {
                    // A plain send is in no thread.
                    let result = send::store(&poster, draft, pending).await.map(|posted| posted.message);
                    SendOutcome { connection, room, nonce, result }
                }
                .boxed();
                // The first poll gives the message its place in the order.
                match futures::poll!(&mut storing) {
                    std::task::Poll::Ready(outcome) => Some(ready(outcome).boxed()),
                    std::task::Poll::Pending => Some(storing),
                }
            }
            Err(failure) => {
                self.report(&connection, named.as_ref(), failure).await;
                None
            }
        }
    }

    /// Sends the messages that were stored to their room, in one pass, and errors to their senders. The outcomes are those of one socket,
    /// in order.
    pub async fn finish_sends(&self, outcomes: Vec<SendOutcome>) {
        let broadcast = self.broadcast.for_request();
        let mut outcomes = VecDeque::from(outcomes);
        while let Some(first) = outcomes.pop_front() {
            let (room, mut stored) = (first.room.clone(), Vec::new());
            let mut next = Some(first);
            while let Some(SendOutcome { connection, nonce, result, .. }) = next.take() {
                match result {
                    Ok(message) => stored.push((connection, nonce, message)),
                    Err(error) => self.report(&connection, Some(&room), failed_send(error, nonce)).await,
                }
                next = outcomes.pop_front_if(|next| next.room == room);
            }
            let messages = stored.iter().map(|(.., message)| message.clone());
            let messages = messages.map(|message| ServerMessage::Message(self.renderer.one(&room, message)));
            let messages = messages.collect::<Vec<_>>();
            let told = broadcast.news_of_all(&room, &messages, &self.membership);
            let noted = async {
                if let Some((sender, ..)) = stored.first() {
                    self.room_list.note_message_of(&room, sender).await;
                }
            };
            let (told, ()) = futures::join!(told, noted);
            if let Err(Unavailable { doing, cause }) = told {
                for (connection, nonce, _) in stored {
                    let error = Unavailable { doing, cause: cause.clone() }.into();
                    self.report(&connection, Some(&room), failed_send(error, nonce)).await;
                }
            }
        }
    }

    async fn checked_send(
        &self,
        frame: ParsedFrame,
    ) -> std::result::Result<(Draft, Option<Nonce>, Option<PendingRules>), FrameFailure> {
        let ParsedFrame { connection, request_id, room, message } = frame;
        let message = message?;
        let nonce = message.nonce().cloned();
        let failed = |cause: Unavailable| failed_send(cause.into(), nonce.clone());
        let retry_key = retry_key(nonce.clone(), &request_id).map_err(failed)?;
        let found = self.checked_sender(&connection, room.as_ref(), Action::Send, &retry_key).await.map_err(failed)?;
        let (sender, checked) = found.ok_or(FrameFailure::NotConnected)?;
        let pending = checked.map_err(|error| failed_send(error, nonce.clone()))?;
        let ClientMessage::Send { text, image, reply_to, mentions, poll, thread, in_room, .. } = message else {
            return Err(failed_send(Unavailable::while_doing("sending a message")("not a message").into(), nonce));
        };
        let (room, author) = (sender.room, sender.person);
        Ok((
            Draft { room, author, nonce: retry_key, text, image, reply_to, mentions, poll, thread, in_room },
            nonce,
            pending,
        ))
    }
}

fn failed_send(error: CommandError, nonce: Option<Nonce>) -> FrameFailure {
    FrameFailure::Command { error, action: Action::Send, nonce }
}
