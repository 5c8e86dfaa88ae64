//! `send` and `$default`: a frame has arrived. Every answer goes back through the outbox, in both homes.

use std::sync::Arc;

use futures::future::{join, join_all};
use shared_types::{
    AccessMode, ClientMessage, Nonce, PersonId, PersonName, Restrictions, Rev, RoomRules, Seconds, Seq, ServerMessage,
    limits,
};

use super::{
    answers::{Fault, NotDone, to_error},
    seldom::Seldom,
};
use crate::{
    chat::{
        Amend, Amendment, Broadcast, CatchUp, Draft, Floor, Forget, Forgotten, Moderate, Paid, Post, Present, Rate,
        RestrictionStore, Rooms, Sanctioned, Search, undisguised, with_html,
    },
    ports::{
        Clock, Connection, ConnectionId, Connections, Entropy, Images, Limiter, Messages, Moderation, Outbox, Result,
        Unavailable,
    },
};

/// The route of every frame.
pub struct Send {
    broadcast: Broadcast,
    post: Post,
    amend: Amend,
    catch_up: CatchUp,
    search: Search,
    rooms: Rooms,
    rate: Rate,
    refusals: Seldom,
    access: AccessMode,
    floor: Floor,
    moderate: Moderate,
    forget: Forget,
}

/// The ports of a frame.
pub struct SendPorts {
    /// Who listens.
    pub connections: Arc<dyn Connections>,
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// What was uploaded.
    pub images: Arc<dyn Images>,
    /// The way to those who listen.
    pub outbox: Arc<dyn Outbox>,
    /// What moderators decided.
    pub moderation: Arc<dyn Moderation>,
    /// Whose turn it is in slow mode.
    pub limiter: Arc<dyn Limiter>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What a chat is told about its frames.
pub struct SendSettings {
    /// How often anybody may do what.
    pub rate: Rate,
    /// Who may enter, and so who says what people are called.
    pub access: AccessMode,
    /// The moderators whom the owner named.
    pub named: Vec<PersonId>,
    /// The most messages in one answer.
    pub page_size: usize,
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
    /// Wires the route.
    pub fn new(ports: SendPorts, settings: SendSettings) -> Self {
        let SendPorts { connections, messages, images, outbox, moderation, limiter, clock, entropy } = ports;
        let SendSettings { rate, access, named, page_size } = settings;
        let restriction_store = RestrictionStore { moderation: moderation.clone(), clock: clock.clone(), named };
        let amend = Amend { messages: messages.clone(), images: images.clone(), moderation, clock: clock.clone() };
        Self {
            floor: Floor { restriction_store: restriction_store.clone(), limiter },
            moderate: Moderate { restriction_store, connections: connections.clone() },
            forget: Forget { amend: amend.clone() },
            broadcast: Broadcast { connections, outbox, clock: clock.clone(), entropy },
            post: Post { messages: messages.clone(), images, clock: clock.clone() },
            amend,
            catch_up: CatchUp { messages: messages.clone(), clock, page_size },
            search: Search { messages: messages.clone() },
            rooms: Rooms { messages },
            rate,
            refusals: Seldom::default(),
            access,
        }
    }

    /// Does what the frame says. What goes wrong is told to its client and, where it is our doing, to the log.
    pub async fn handle(&self, frame: FrameRequest) {
        let connection = frame.connection.clone();
        if let Err(fault) = self.answer(frame).await {
            match &fault {
                Fault::NotDone { why: NotDone::Unavailable(cause), action, .. } => {
                    tracing::error!(%connection, %action, %cause, "a frame could not be answered");
                }
                // A flood of them is one line a second.
                fault => {
                    if let Some(silent) = self.refusals.speak(self.broadcast.clock.now()) {
                        tracing::info!(%connection, fault = fault.kind(), silent, "a frame was refused");
                    }
                }
            }
            self.broadcast.to_one(&connection, &to_error(fault)).await;
        }
    }

    async fn answer(&self, frame: FrameRequest) -> std::result::Result<(), Fault> {
        if frame.body.len() > limits::FRAME_BYTES {
            return Err(Fault::TooLarge);
        }
        let message = ClientMessage::parse(&frame.body).map_err(Fault::FrameError)?;
        let action = message.action();
        let nonce = message.nonce().cloned();

        let speaker = match self.broadcast.connections.find(&frame.connection).await {
            Ok(Some(speaker)) => speaker,
            Ok(None) => return Err(Fault::NotConnected),
            Err(cause) => return Err(Fault::NotDone { why: cause.into(), action, nonce }),
        };
        // The same for every attempt at the frame, or at what its client means by it.
        let named = nonce.clone().map_or_else(|| nonce_of(&frame.request_id), Ok);
        let done = async { self.act(&speaker, message, named?).await };
        done.await.map_err(|why| Fault::NotDone { why, action, nonce })
    }

    /// Does what a message asks for. `nonce` is the speaker's name for it, or ours.
    async fn act(
        &self,
        speaker: &Connection,
        message: ClientMessage,
        nonce: Nonce,
    ) -> std::result::Result<(), NotDone> {
        if let Err(why) = self.allowed(speaker, &message, &nonce).await {
            // Somebody types who is muted, or too fast to be told of: nobody has to know, they themselves least of all.
            let is_refused = matches!(why, NotDone::TooFast(_) | NotDone::Silenced(_));
            let is_typing = is_refused && matches!(message, ClientMessage::Typing);
            return if is_typing { Ok(()) } else { Err(why) };
        }
        let room = &speaker.room;
        let amend = |seq, amendment| self.amend(speaker, seq, &nonce, amendment);
        let answer = match message {
            ClientMessage::Send { text, image, reply_to, mentions, .. } => {
                let (room, author) = (room.clone(), speaker.person.clone());
                return self.send(Draft { room, author, nonce, text, image, reply_to, mentions }).await;
            }
            ClientMessage::Edit { seq, text, mentions, .. } => {
                return amend(seq, Amendment::Text { text, mentions }).await;
            }
            ClientMessage::Delete { seq, .. } => return amend(seq, Amendment::Gone).await,
            ClientMessage::React { seq, emoji, on, .. } => return amend(seq, Amendment::Reaction { emoji, on }).await,
            ClientMessage::Hello { since } => return Ok(self.hello(speaker, since).await?),
            // What people are called is their provider's to say.
            ClientMessage::Rename { .. } if self.access == AccessMode::Oidc => return Err(NotDone::NotAllowed),
            ClientMessage::Rename { name } => return self.rename(speaker, &name).await,
            ClientMessage::Typing => return Ok(self.broadcast.typing(speaker).await?),
            ClientMessage::Upload { nonce, kind, size } => self.post.upload(speaker, nonce, kind, size).await?,
            ClientMessage::History { place } => self.catch_up.history(room, place).await?,
            ClientMessage::Changes { after } => self.catch_up.changes(room, after).await?,
            ClientMessage::People => self.broadcast.present(room).await?.into(),
            ClientMessage::Rooms { rooms } => self.rooms.news(rooms).await?,
            ClientMessage::Search { text, before } => self.search.search(room, text, before).await?,
            ClientMessage::Mute { person, seconds } => self.mute(speaker, person, seconds).await?,
            ClientMessage::Ban { person, seconds } => self.ban(speaker, person, seconds).await?,
            ClientMessage::Restrictions { person } => self.moderate.restrictions(&speaker.person, person).await?,
            ClientMessage::PurgeUser { person } => self.clear(speaker, person).await?,
            ClientMessage::Rules { rules } => return self.change_rules(speaker, rules).await,
            ClientMessage::Audit { before } => self.moderate.audit(&speaker.person, before).await?,
            ClientMessage::EraseMyData => {
                let (count, more) = self.forget(&speaker.person.id).await?;
                ServerMessage::DataErased { count, more }
            }
            ClientMessage::Ping => ServerMessage::Pong,
        };
        self.broadcast.to_one(&speaker.id, &answer).await;
        Ok(())
    }

    /// Whether the speaker may do this now; if so, it counts. It stands before anything is written or taken, so that what is
    /// refused leaves no hole.
    async fn allowed(
        &self,
        speaker: &Connection,
        message: &ClientMessage,
        nonce: &Nonce,
    ) -> std::result::Result<(), NotDone> {
        let has_the_floor = async { self.floor.grant(speaker, message).await.map_err(NotDone::from) };
        let in_time = async {
            let Some(paid) = Paid::of(message) else { return Ok(()) };
            Ok(self.rate.take(paid, &speaker.person, speaker.address.as_ref()).await?)
        };
        // At the same time: neither costs the sender a wait of its own. The rate is first, for it knows at once who has to
        // wait, and then the floor is not asked.
        let ((), pace) = futures::try_join!(in_time, has_the_floor)?;
        Ok(self.floor.take_turn(speaker, pace, nonce).await?)
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
        let restriction_store = &self.floor.restriction_store;
        let (missed, present, rules, restrictions) = futures::join!(
            missed,
            self.broadcast.arrived(speaker),
            restriction_store.rules(&speaker.room),
            restriction_store.of_visitor(&speaker.person, speaker.address.as_slice())
        );
        let restrictions = restrictions?;
        if restrictions.banned_until.is_some() {
            // They came in while they were being sent away.
            return self.broadcast.close(std::slice::from_ref(speaker)).await;
        }
        self.welcome(speaker, present?, rules?).await;
        if !restrictions.is_default() {
            let person = speaker.person.id.clone();
            self.broadcast.to_one(&speaker.id, &ServerMessage::Restrictions { person, restrictions }).await;
        }
        self.broadcast.to_one(&speaker.id, &missed?).await;
        Ok(())
    }

    async fn mute(
        &self,
        by: &Connection,
        person: PersonId,
        seconds: Seconds,
    ) -> std::result::Result<ServerMessage, NotDone> {
        let sanctioned = self.moderate.mute(&by.person, person.clone(), seconds).await?;
        let Sanctioned { restrictions, connections, .. } = sanctioned;
        let told = ServerMessage::Restrictions { person, restrictions };
        self.broadcast.to_these(&connections, &told).await;
        Ok(told)
    }

    async fn ban(
        &self,
        by: &Connection,
        person: PersonId,
        seconds: Seconds,
    ) -> std::result::Result<ServerMessage, NotDone> {
        let sanctioned = self.moderate.ban(&by.person, person.clone(), seconds).await?;
        let Sanctioned { restrictions, mut connections, neighbours } = sanctioned;
        let told = ServerMessage::Restrictions { person, restrictions };
        let of_neighbour = Restrictions { muted_until: None, ..restrictions };
        let neighbours_told = neighbours.iter().map(|Connection { id, person, .. }| async move {
            let told = ServerMessage::Restrictions { person: person.id.clone(), restrictions: of_neighbour };
            self.broadcast.to_one(id, &told).await;
        });
        join(self.broadcast.to_these(&connections, &told), join_all(neighbours_told)).await;
        if restrictions.banned_until.is_some() {
            connections.extend(neighbours);
            self.broadcast.close(&connections).await?;
        }
        Ok(told)
    }

    async fn change_rules(&self, by: &Connection, rules: RoomRules) -> std::result::Result<(), NotDone> {
        self.moderate.rules(&by.person, &by.room, rules).await?;
        self.broadcast.to_room(&by.room, &ServerMessage::Rules { rules }).await?;
        Ok(())
    }

    async fn clear(&self, by: &Connection, person: PersonId) -> std::result::Result<ServerMessage, NotDone> {
        self.moderate.clear(&by.person, &person).await?;
        let (count, more) = self.forget(&person).await?;
        Ok(ServerMessage::UserPurged { person, count, more })
    }

    /// Forgets a part of what somebody wrote; answers with how many messages that were, and whether there are more.
    async fn forget(&self, who: &PersonId) -> Result<(u32, bool)> {
        let Forgotten { messages, more } = self.forget.forget(who).await?;
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let told = messages.into_iter().map(|(room, message)| (room, ServerMessage::Message(with_html(message))));
        self.broadcast.to_rooms(told.collect()).await?;
        Ok((count, more))
    }

    async fn rename(&self, speaker: &Connection, name: &PersonName) -> std::result::Result<(), NotDone> {
        undisguised(name)?;
        let Some(renamed) = self.broadcast.connections.rename(&speaker.id, name).await? else {
            // It closed in between, so nobody is left to be told.
            return Ok(());
        };
        let (present, rules) = futures::try_join!(
            self.broadcast.renamed(&renamed, &speaker.person.name),
            self.floor.restriction_store.rules(&speaker.room)
        )?;
        self.welcome(&renamed, present, rules).await;
        Ok(())
    }

    async fn welcome(&self, to: &Connection, Present { online, people }: Present, rules: RoomRules) {
        let (you, room) = (to.person.clone(), to.room.clone());
        let welcome = ServerMessage::Welcome { you, room, online, people, rules };
        self.broadcast.to_one(&to.id, &welcome).await;
    }
}

fn nonce_of(request_id: &str) -> Result<Nonce> {
    request_id.parse().map_err(Unavailable::while_doing("taking a request id as nonce"))
}
