//! The commands that a client may send, one file each.
//!
//! A file says what the command is, whom it is for ([`Permission`]), which rate it counts against ([`RateBucket`]), and what it does.
//! [`FrameHandler`] reads a frame, checks both, runs the command and sends the reply.
//!
//! To add a command: a variant of `Action` and of `ClientMessage` in `shared-types`, a file here, and a line in [`spec`] and in
//! `FrameHandler::run`. The compiler finds the places that are missing.

mod audit;
mod ban;
mod changes;
mod delete;
mod edit;
mod erase;
mod error;
mod hello;
mod history;
mod mute;
mod people;
mod ping;
mod purge_user;
mod react;
mod rename;
mod restrictions;
mod rooms;
mod rules;
mod search;
mod send;
mod typing;
mod upload;

use std::sync::Arc;

use shared_types::{
    AccessMode, Action, ChatMessage, ClientMessage, Nonce, PersonId, RoomName, RoomRules, Seq, ServerMessage, limits,
};

use crate::{
    access::rate_limit::{RateBucket, RateLimiter},
    commands::error::{CommandError, FrameFailure, to_error},
    content::markdown::with_html,
    log_throttle::LogThrottle,
    messages::{
        catch_up::CatchUp,
        erase::{DataEraser, ErasedMessages},
        post::{Draft, MessagePoster},
        room_activity::RoomActivityQuery,
        search::MessageSearch,
        update::{MessageUpdate, MessageUpdater},
    },
    moderation::{
        actions::ModerationActions,
        posting_policy::{Permission, PostingPolicy},
        restrictions::RestrictionStore,
    },
    ports::{
        Result, Unavailable,
        connection_gateway::ConnectionGateway,
        connections::{Connection, ConnectionId, Connections},
        images::Images,
        messages::Messages,
        moderation::Moderation,
        rate_store::RateStore,
        system::{Clock, Entropy},
    },
    presence::{broadcast::Broadcast, people::RoomPeople},
};

/// What is known of a command before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// Whom it is for.
    pub permission: Permission,
    /// What it counts against; `None` costs nothing.
    pub rate_bucket: Option<RateBucket>,
}

/// Returns the permission and the rate of a command. The match has no default: a new command has to say both.
pub const fn spec(action: Action) -> CommandSpec {
    match action {
        Action::Hello => hello::SPEC,
        Action::Send => send::SPEC,
        Action::Upload => upload::SPEC,
        Action::Edit => edit::SPEC,
        Action::Delete => delete::SPEC,
        Action::React => react::SPEC,
        Action::History => history::SPEC,
        Action::Changes => changes::SPEC,
        Action::Rename => rename::SPEC,
        Action::People => people::SPEC,
        Action::Rooms => rooms::SPEC,
        Action::Search => search::SPEC,
        Action::Typing => typing::SPEC,
        Action::Mute => mute::SPEC,
        Action::Ban => ban::SPEC,
        Action::Restrictions => restrictions::SPEC,
        Action::PurgeUser => purge_user::SPEC,
        Action::Rules => rules::SPEC,
        Action::Audit => audit::SPEC,
        Action::EraseMyData => erase::SPEC,
        Action::Ping => ping::SPEC,
    }
}

/// What a command answers its sender with: a message, or nothing where the broadcast is the answer.
type Reply = std::result::Result<Option<ServerMessage>, CommandError>;

/// Handles the frames of all sockets: the `send` and the `$default` route.
pub struct FrameHandler {
    broadcast: Broadcast,
    poster: MessagePoster,
    updater: MessageUpdater,
    catch_up: CatchUp,
    search: MessageSearch,
    room_activity: RoomActivityQuery,
    rate: RateLimiter,
    refusals: LogThrottle,
    access: AccessMode,
    posting_policy: PostingPolicy,
    moderation: ModerationActions,
    eraser: DataEraser,
}

/// The ports of [`FrameHandler`].
pub struct FramePorts {
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// Uploaded images.
    pub images: Arc<dyn Images>,
    /// Sends frames to sockets.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// Restrictions, room rules and the audit log.
    pub moderation: Arc<dyn Moderation>,
    /// Slow mode slots.
    pub rate_store: Arc<dyn RateStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The settings of [`FrameHandler`].
pub struct FrameSettings {
    /// The rate limits.
    pub rate: RateLimiter,
    /// How people are let in; with `oidc` the provider says what they are called.
    pub access: AccessMode,
    /// The moderators from the settings.
    pub configured_moderators: Vec<PersonId>,
    /// Maximum number of messages in one answer.
    pub page_size: usize,
}

/// One frame from a client.
pub struct FrameRequest {
    /// The socket it came through.
    pub connection: ConnectionId,
    /// Identifies the frame through every retry of its delivery; the nonce of a message that has none.
    pub request_id: String,
    /// The frame's text.
    pub body: String,
}

impl FrameHandler {
    /// Connects the rules with their ports.
    pub fn new(ports: FramePorts, settings: FrameSettings) -> Self {
        let FramePorts { connections, messages, images, gateway, moderation, rate_store, clock, entropy } = ports;
        let FrameSettings { rate, access, configured_moderators, page_size } = settings;
        let restriction_store =
            RestrictionStore { moderation: moderation.clone(), clock: clock.clone(), configured_moderators };
        let updater =
            MessageUpdater { messages: messages.clone(), images: images.clone(), moderation, clock: clock.clone() };
        Self {
            posting_policy: PostingPolicy { restriction_store: restriction_store.clone(), rate_store },
            moderation: ModerationActions { restriction_store, connections: connections.clone() },
            eraser: DataEraser { updater: updater.clone() },
            broadcast: Broadcast { connections, gateway, clock: clock.clone(), entropy },
            poster: MessagePoster { messages: messages.clone(), images, clock: clock.clone() },
            updater,
            catch_up: CatchUp { messages: messages.clone(), clock, page_size },
            search: MessageSearch { messages: messages.clone() },
            room_activity: RoomActivityQuery { messages },
            rate,
            refusals: LogThrottle::default(),
            access,
        }
    }

    /// Runs the command in a frame. Errors are sent to the client; those that the server caused are logged as well.
    pub async fn handle(&self, frame: FrameRequest) {
        let connection = frame.connection.clone();
        let Err(failure) = self.answer(frame).await else { return };
        match &failure {
            FrameFailure::Command { error: CommandError::Unavailable(cause), action, .. } => {
                tracing::error!(%connection, %action, %cause, "command failed");
            }
            // One line a second, however many there are.
            failure => {
                if let Some(suppressed) = self.refusals.allow(self.broadcast.clock.now()) {
                    tracing::info!(%connection, reason = failure.kind(), suppressed, "frame refused");
                }
            }
        }
        self.broadcast.to_one(&connection, &to_error(failure)).await;
    }

    async fn answer(&self, frame: FrameRequest) -> std::result::Result<(), FrameFailure> {
        if frame.body.len() > limits::FRAME_BYTES {
            return Err(FrameFailure::TooLarge);
        }
        let message = ClientMessage::parse(&frame.body).map_err(FrameFailure::Invalid)?;
        let action = message.action();
        let nonce = message.nonce().cloned();

        let speaker = match self.broadcast.connections.find(&frame.connection).await {
            Ok(Some(speaker)) => speaker,
            Ok(None) => return Err(FrameFailure::NotConnected),
            Err(cause) => return Err(FrameFailure::Command { error: cause.into(), action, nonce }),
        };
        // The same through every retry: the client's nonce, or else the id of the request.
        let named = nonce.clone().map_or_else(|| nonce_of(&frame.request_id), Ok);
        let done = async { self.execute(&speaker, message, named?).await };
        done.await.map_err(|error| FrameFailure::Command { error, action, nonce })
    }

    /// Checks a command, runs it and sends the reply. `nonce` identifies the command through every retry.
    async fn execute(
        &self,
        speaker: &Connection,
        message: ClientMessage,
        nonce: Nonce,
    ) -> std::result::Result<(), CommandError> {
        let action = message.action();
        if let Err(why) = self.check(speaker, action, &nonce).await {
            // Typing by somebody who is muted or too fast is dropped without an error.
            let is_refused = matches!(why, CommandError::TooFast(_) | CommandError::PostingDenied(_));
            return if is_refused && action == Action::Typing { Ok(()) } else { Err(why) };
        }
        if let Some(reply) = self.run(speaker, message, nonce).await? {
            self.broadcast.to_one(&speaker.id, &reply).await;
        }
        Ok(())
    }

    /// Checks rate and permission, and counts the command. This comes before anything is written, so that a refusal leaves no gap in
    /// the order of messages.
    async fn check(
        &self,
        speaker: &Connection,
        action: Action,
        nonce: &Nonce,
    ) -> std::result::Result<(), CommandError> {
        let CommandSpec { permission, rate_bucket } = spec(action);
        let permitted = async { self.posting_policy.check(speaker, permission).await.map_err(CommandError::from) };
        let in_time = async {
            let Some(bucket) = rate_bucket else { return Ok(()) };
            Ok(self.rate.take(bucket, &speaker.person, speaker.address.as_ref()).await?)
        };
        // Both at once, so that the sender waits for one round trip. The rate comes first: it knows without asking the store who has
        // to wait, and then the policy is not asked.
        let ((), slow_mode) = futures::try_join!(in_time, permitted)?;
        Ok(self.posting_policy.acquire_slow_mode_slot(speaker, slow_mode, nonce).await?)
    }

    async fn run(&self, speaker: &Connection, message: ClientMessage, nonce: Nonce) -> Reply {
        match message {
            ClientMessage::Hello { since } => hello::run(self, speaker, since).await,
            ClientMessage::Send { text, image, reply_to, mentions, .. } => {
                let (room, author) = (speaker.room.clone(), speaker.person.clone());
                send::run(self, Draft { room, author, nonce, text, image, reply_to, mentions }).await
            }
            ClientMessage::Upload { nonce, kind, size } => upload::run(self, speaker, nonce, kind, size).await,
            ClientMessage::Edit { seq, text, mentions, .. } => {
                edit::run(self, speaker, seq, &nonce, text, mentions).await
            }
            ClientMessage::Delete { seq, .. } => delete::run(self, speaker, seq, &nonce).await,
            ClientMessage::React { seq, emoji, on, .. } => react::run(self, speaker, seq, &nonce, emoji, on).await,
            ClientMessage::History { place } => history::run(self, speaker, place).await,
            ClientMessage::Changes { after } => changes::run(self, speaker, after).await,
            ClientMessage::Rename { name } => rename::run(self, speaker, &name).await,
            ClientMessage::People => people::run(self, speaker).await,
            ClientMessage::Rooms { rooms } => rooms::run(self, rooms).await,
            ClientMessage::Search { text, before } => search::run(self, speaker, text, before).await,
            ClientMessage::Typing => typing::run(self, speaker).await,
            ClientMessage::Mute { person, seconds } => mute::run(self, speaker, person, seconds).await,
            ClientMessage::Ban { person, seconds } => ban::run(self, speaker, person, seconds).await,
            ClientMessage::Restrictions { person } => restrictions::run(self, speaker, person).await,
            ClientMessage::PurgeUser { person } => purge_user::run(self, speaker, person).await,
            ClientMessage::Rules { rules } => rules::run(self, speaker, rules).await,
            ClientMessage::Audit { before } => audit::run(self, speaker, before).await,
            ClientMessage::EraseMyData => erase::run(self, speaker).await,
            ClientMessage::Ping => ping::run(),
        }
    }

    /// Changes a message and tells the room: what `edit`, `delete` and `react` have in common.
    async fn update(&self, speaker: &Connection, seq: Seq, nonce: &Nonce, update: MessageUpdate) -> Reply {
        let message = self.updater.update(&speaker.room, &speaker.person, seq, nonce, update).await?;
        self.tell_room(&speaker.room, message).await?;
        Ok(None)
    }

    /// Erases a batch of what a person wrote and tells the rooms. Returns the number of messages, and whether some are left.
    async fn erase_batch(&self, person: &PersonId) -> Result<(u32, bool)> {
        let ErasedMessages { messages, more } = self.eraser.erase(person).await?;
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let changed = messages.into_iter().map(|(room, message)| (room, ServerMessage::Message(with_html(message))));
        self.broadcast.to_rooms(changed.collect()).await?;
        Ok((count, more))
    }

    async fn tell_room(&self, room: &RoomName, message: ChatMessage) -> Result<()> {
        self.broadcast.to_room(room, &ServerMessage::Message(with_html(message))).await
    }

    async fn welcome(&self, to: &Connection, RoomPeople { online, people }: RoomPeople, rules: RoomRules) {
        let (you, room) = (to.person.clone(), to.room.clone());
        let welcome = ServerMessage::Welcome { you, room, online, people, rules };
        self.broadcast.to_one(&to.id, &welcome).await;
    }
}

fn nonce_of(request_id: &str) -> Result<Nonce> {
    request_id.parse().map_err(Unavailable::while_doing("taking a request id as nonce"))
}
