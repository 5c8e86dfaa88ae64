//! `send` and `$default`: a frame has arrived. Every answer goes back through the outbox, in both homes.

use std::sync::Arc;

use shared_types::{ClientMessage, Nonce, PersonName, Rev, Seq, ServerMessage, limits};

use super::answers::{Fault, NotDone, to_error};
use crate::{
    chat::{Amend, Amendment, Broadcast, CatchUp, Draft, Post, with_html},
    ports::{Clock, Connection, ConnectionId, Connections, Entropy, Images, Messages, Outbox, Result, Unavailable},
};

/// The route of every frame.
pub struct Send {
    broadcast: Broadcast,
    post: Post,
    amend: Amend,
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
            post: Post { messages: messages.clone(), images: images.clone(), clock: clock.clone() },
            amend: Amend { messages: messages.clone(), images, clock: clock.clone() },
            catch_up: CatchUp { messages, clock, page_size },
        }
    }

    /// Does what the frame says. What goes wrong is told to its client and, where it is our doing, to the log.
    pub async fn handle(&self, frame: FrameRequest) {
        let connection = frame.connection.clone();
        if let Err(fault) = self.answer(frame).await {
            match &fault {
                Fault::NotDone { why: NotDone::Unavailable(cause), action, .. } => {
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
        let nonce = message.nonce().cloned();

        let speaker = match self.broadcast.connections.find(&frame.connection).await {
            Ok(Some(speaker)) => speaker,
            Ok(None) => return Err(Fault::NotConnected),
            Err(cause) => return Err(Fault::NotDone { why: cause.into(), action, nonce }),
        };
        let room = &speaker.room;
        let done = async {
            // The same for every attempt at the frame, or at what its client means by it.
            let nonce = nonce.clone().map_or_else(|| nonce_of(&frame.request_id), Ok)?;
            let amend = |seq, amendment| self.amend(&speaker, seq, &nonce, amendment);
            match message {
                ClientMessage::Send { text, image, reply_to, .. } => {
                    let (room, author) = (room.clone(), speaker.person.clone());
                    self.send(Draft { room, author, nonce: nonce.clone(), text, image, reply_to }).await
                }
                ClientMessage::Edit { seq, text, .. } => amend(seq, Amendment::Text(text)).await,
                ClientMessage::Delete { seq, .. } => amend(seq, Amendment::Gone).await,
                ClientMessage::React { seq, emoji, on, .. } => amend(seq, Amendment::Reaction { emoji, on }).await,
                ClientMessage::Upload { nonce, kind, size } => {
                    self.tell(&speaker, self.post.upload(&speaker, nonce, kind, size).await?).await
                }
                ClientMessage::Hello { since } => Ok(self.hello(&speaker, since).await?),
                ClientMessage::History { before } => {
                    self.tell(&speaker, self.catch_up.before(room, before).await?).await
                }
                ClientMessage::Changes { after } => {
                    self.tell(&speaker, self.catch_up.changes(room, after).await?).await
                }
                ClientMessage::Rename { name } => Ok(self.rename(&speaker, &name).await?),
                ClientMessage::Typing => Ok(self.broadcast.typing(&speaker).await?),
                ClientMessage::Ping => self.tell(&speaker, ServerMessage::Pong).await,
            }
        };
        done.await.map_err(|why| Fault::NotDone { why, action, nonce })
    }

    async fn send(&self, draft: Draft) -> std::result::Result<(), NotDone> {
        let room = draft.room.clone();
        let message = self.post.post(draft).await?;
        // Listeners are read after the message is stored: whoever joins later reads it from the log. And a retry tells
        // everyone again, because the first attempt may have died before it told anybody.
        self.broadcast.to_room(&room, &ServerMessage::Message(with_html(message))).await?;
        Ok(())
    }

    async fn amend(
        &self,
        speaker: &Connection,
        seq: Seq,
        nonce: &Nonce,
        amendment: Amendment,
    ) -> std::result::Result<(), NotDone> {
        let message = self.amend.amend(&speaker.room, &speaker.person, seq, nonce, amendment).await?;
        self.broadcast.to_room(&speaker.room, &ServerMessage::Message(with_html(message))).await?;
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
        self.broadcast.to_one(&speaker.id, &missed?).await;
        Ok(())
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

    async fn tell(&self, to: &Connection, answer: ServerMessage) -> std::result::Result<(), NotDone> {
        self.broadcast.to_one(&to.id, &answer).await;
        Ok(())
    }
}

fn nonce_of(request_id: &str) -> Result<Nonce> {
    request_id.parse().map_err(Unavailable::while_doing("taking a request id as nonce"))
}
