//! `send` and `$default`: a frame has arrived. Every answer goes back through the outbox, in both homes.

use std::sync::Arc;

use shared_types::{ChatImage, ClientMessage, MessageText, Nonce, PersonName, Rev, ServerMessage, limits};

use super::answers::{Fault, to_error};
use crate::{
    chat::{Broadcast, CatchUp, Draft, NotPosted, Post},
    ports::{Clock, Connection, ConnectionId, Connections, Entropy, Images, Messages, Outbox, Result, Unavailable},
};

/// The route of every frame.
pub struct Send {
    broadcast: Broadcast,
    post: Post,
    catch_up: CatchUp,
}

/// One frame from a client.
pub struct FrameRequest {
    /// The socket it came through.
    pub connection: ConnectionId,
    /// The same for every attempt at this frame; the nonce of a message that has none.
    pub request_id: String,
    /// The frame's text.
    pub body: String,
}

impl Send {
    /// Wires the route. `page_size` is the most messages in one answer.
    pub fn new(
        connections: Arc<dyn Connections>,
        messages: Arc<dyn Messages>,
        images: Arc<dyn Images>,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        page_size: usize,
    ) -> Self {
        Self {
            broadcast: Broadcast { connections, outbox, clock: clock.clone(), entropy },
            post: Post { messages: messages.clone(), images, clock: clock.clone() },
            catch_up: CatchUp { messages, clock, page_size },
        }
    }

    /// Does what the frame says. What goes wrong is told to its client and, where it is our doing, to the log.
    pub async fn handle(&self, frame: FrameRequest) {
        let connection = frame.connection.clone();
        if let Err(fault) = self.answer(frame).await {
            match &fault {
                Fault::Unavailable { cause, action, .. } => {
                    tracing::error!(%connection, action, %cause, "a frame could not be answered");
                }
                fault => tracing::info!(%connection, ?fault, "a frame was refused"),
            }
            self.broadcast.to_one(&connection, &to_error(fault)).await;
        }
    }

    async fn answer(&self, frame: FrameRequest) -> std::result::Result<(), Fault> {
        if frame.body.len() > limits::FRAME_BYTES {
            return Err(Fault::TooLarge);
        }
        let message = ClientMessage::parse(&frame.body).map_err(Fault::Malformed)?;
        let action = message.action();
        let nonce = match &message {
            ClientMessage::Send { nonce, .. } => nonce.clone(),
            ClientMessage::Upload { nonce, .. } => Some(nonce.clone()),
            _ => None,
        };
        let unavailable = |cause| Fault::Unavailable { cause, action, nonce: nonce.clone() };

        let speaker = match self.broadcast.connections.find(&frame.connection).await {
            Ok(Some(speaker)) => speaker,
            Ok(None) => return Err(Fault::NotConnected),
            Err(cause) => return Err(unavailable(cause)),
        };
        let room = &speaker.room;
        let done = match message {
            ClientMessage::Send { text, nonce: given, image } => {
                match self.send(&speaker, text, image, given, &frame.request_id).await {
                    Err(NotPosted::Image(fault)) => return Err(Fault::Image { fault, action, nonce }),
                    Err(NotPosted::Unavailable(cause)) => Err(cause),
                    Ok(()) => Ok(()),
                }
            }
            ClientMessage::Upload { nonce, kind, size } => {
                self.tell(&speaker, self.post.upload(&speaker, nonce, kind, size).await).await
            }
            ClientMessage::Hello { since } => self.hello(&speaker, since).await,
            ClientMessage::History { before } => self.tell(&speaker, self.catch_up.before(room, before).await).await,
            ClientMessage::Changes { after } => self.tell(&speaker, self.catch_up.changes(room, after).await).await,
            ClientMessage::Rename { name } => self.rename(&speaker, &name).await,
            ClientMessage::Ping => self.tell(&speaker, Ok(ServerMessage::Pong)).await,
        };
        done.map_err(unavailable)
    }

    async fn send(
        &self,
        speaker: &Connection,
        text: Option<MessageText>,
        image: Option<ChatImage>,
        nonce: Option<Nonce>,
        request_id: &str,
    ) -> std::result::Result<(), NotPosted> {
        let nonce = match nonce {
            Some(nonce) => nonce,
            None => nonce_of(request_id)?,
        };
        let (room, author) = (&speaker.room, speaker.person.clone());
        let message = self.post.post(Draft { room: room.clone(), author, nonce, text, image }).await?;
        // Listeners are read after the message is stored: whoever joins later reads it from the log. And a retry tells
        // everyone again, because the first attempt may have died before it told anybody.
        self.broadcast.to_room(room, &ServerMessage::Message(message)).await?;
        Ok(())
    }

    async fn hello(&self, speaker: &Connection, since: Option<Rev>) -> Result<()> {
        let missed = async {
            match since {
                Some(since) => self.catch_up.changes(&speaker.room, since).await,
                None => self.catch_up.newest(&speaker.room).await,
            }
        };
        let (missed, listeners) = futures::join!(missed, self.broadcast.presence(&speaker.room, Some(&speaker.id)));
        self.welcome(speaker, listeners?).await;
        self.tell(speaker, missed).await
    }

    async fn rename(&self, speaker: &Connection, name: &PersonName) -> Result<()> {
        let Some(renamed) = self.broadcast.connections.rename(&speaker.id, name).await? else {
            // It closed in between, so nobody is left to be told.
            return Ok(());
        };
        let online = self.broadcast.online(&renamed.room).await?;
        self.welcome(&renamed, online).await;
        Ok(())
    }

    async fn welcome(&self, to: &Connection, online: u32) {
        let welcome = ServerMessage::Welcome { you: to.person.clone(), room: to.room.clone(), online };
        self.broadcast.to_one(&to.id, &welcome).await;
    }

    async fn tell(&self, to: &Connection, answer: Result<ServerMessage>) -> Result<()> {
        self.broadcast.to_one(&to.id, &answer?).await;
        Ok(())
    }
}

fn nonce_of(request_id: &str) -> Result<Nonce> {
    request_id.parse().map_err(Unavailable::while_doing("taking a request id as nonce"))
}
