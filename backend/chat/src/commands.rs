//! The commands that a client may send, one file each.
//!
//! A file states what the command is, the permission that it needs ([`Permission`]), the rate bucket that it counts against
//! ([`RateBucket`]), and what it does. [`FrameHandler`] parses a frame, checks both, runs the command and sends the reply.
//!
//! To add a command, add a variant to `Action` and to `ClientMessage` in `shared-types`, a file here, and a line to [`spec`] and
//! to `FrameHandler::run`. The compiler reports the places that are missing.

mod add_member;
mod audit;
mod ban;
mod changes;
mod checks;
mod close_poll;
mod create_room;
mod delete;
mod describe;
mod direct;
mod directory;
mod edit;
mod enter;
mod erase;
mod error;
mod hello;
mod history;
mod leave_room;
mod members;
mod mute;
mod my_rooms;
mod people;
mod pin;
mod ping;
mod pins;
pub mod pipeline;
mod profile;
mod purge_user;
mod react;
mod read;
mod read_thread;
mod receipts;
mod remove_member;
mod rename;
mod restrictions;
mod roles;
mod rooms;
mod rules;
mod save;
mod saved;
mod search;
mod send;
mod set_identity;
mod set_profile;
mod set_role;
mod shared;
mod sign_out;
mod thread;
mod threads;
mod typing;
mod upload;
mod usage;
mod vote;

use std::sync::Arc;

use shared_types::{AccessMode, Action, ClientMessage, Nonce, PersonId, RoomName, ServerMessage};

use crate::{
    access::{
        devices::DeviceRegistry,
        profiles::{ProfileRegistry, WantedPicture, WantedProfile},
        rate_limit::{RateBucket, RateLimiter},
        room_membership::RoomMembership,
    },
    commands::{
        error::{CommandError, FrameFailure, to_error},
        pipeline::ParsedFrame,
    },
    log_throttle::LogThrottle,
    messages::{
        catch_up::CatchUp,
        erase::DataEraser,
        post::{Draft, MessagePoster},
        renderer::MessageRenderer,
        room_activity::RoomActivityQuery,
        room_directory::{DirectoryQuery, NotedRooms, RoomList},
        saved::SavedList,
        search::MessageSearch,
        update::{MessageUpdate, MessageUpdater},
    },
    moderation::{
        actions::ModerationActions,
        posting_policy::{PendingRules, Permission, PostingPolicy},
        restrictions::RestrictionStore,
    },
    ports::{
        Result, Unavailable,
        connection_gateway::{ConnectionGateway, Frame},
        connections::{Connection, ConnectionId, Connections},
        devices::Devices,
        images::Images,
        messages::Messages,
        moderation::Moderation,
        passkeys::Passkeys,
        profiles::Profiles,
        rate_store::RateStore,
        read_positions::ReadPositions,
        room_directory::RoomDirectory,
        room_members::RoomMembers,
        saved_messages::SavedMessages,
        system::{Clock, Entropy},
        usage_store::UsageStore,
    },
    presence::{broadcast::Broadcast, large_rooms::LargeRooms, unique_names::UniqueNames},
    usage::UsageCounter,
};

/// The permission and the rate bucket of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// The permission that the sender needs.
    pub permission: Permission,
    /// The rate bucket that it counts against; `None` means no rate limit.
    pub rate_bucket: Option<RateBucket>,
}

/// Returns the permission and the rate bucket of a command. The match has no default, so a new command has to declare both.
pub const fn spec(action: Action) -> CommandSpec {
    match action {
        Action::Hello => hello::SPEC,
        Action::Send => send::SPEC,
        Action::Upload => upload::SPEC,
        Action::Edit => edit::SPEC,
        Action::Delete => delete::SPEC,
        Action::React => react::SPEC,
        Action::Pin => pin::SPEC,
        Action::Vote => vote::SPEC,
        Action::ClosePoll => close_poll::SPEC,
        Action::History => history::SPEC,
        Action::Changes => changes::SPEC,
        Action::Rename => rename::SPEC,
        Action::People => people::SPEC,
        Action::Rooms => rooms::SPEC,
        Action::Directory => directory::SPEC,
        Action::Search => search::SPEC,
        Action::Pins => pins::SPEC,
        Action::Thread => thread::SPEC,
        Action::Threads => threads::SPEC,
        Action::Save => save::SPEC,
        Action::Saved => saved::SPEC,
        Action::Typing => typing::SPEC,
        Action::Mute => mute::SPEC,
        Action::Ban => ban::SPEC,
        Action::Restrictions => restrictions::SPEC,
        Action::PurgeUser => purge_user::SPEC,
        Action::Rules => rules::SPEC,
        Action::Describe => describe::SPEC,
        Action::Audit => audit::SPEC,
        Action::SetRole => set_role::SPEC,
        Action::Roles => roles::SPEC,
        Action::SetIdentity => set_identity::SPEC,
        Action::Usage => usage::SPEC,
        Action::EraseMyData => erase::SPEC,
        Action::Ping => ping::SPEC,
        Action::Enter => enter::SPEC,
        Action::Read => read::SPEC,
        Action::ReadThread => read_thread::SPEC,
        Action::Receipts => receipts::SPEC,
        Action::CreateRoom => create_room::SPEC,
        Action::MyRooms => my_rooms::SPEC,
        Action::Members => members::SPEC,
        Action::AddMember => add_member::SPEC,
        Action::RemoveMember => remove_member::SPEC,
        Action::LeaveRoom => leave_room::SPEC,
        Action::Direct => direct::SPEC,
        Action::SignOut => sign_out::SPEC,
        Action::Profile => profile::SPEC,
        Action::SetProfile => set_profile::SPEC,
    }
}

/// The reply to the sender: a message, or `None` where the broadcast is the answer.
type Reply = std::result::Result<Option<ServerMessage>, CommandError>;

/// Handles the frames of all sockets: the `send` and the `$default` route. A clone shares the ports.
#[derive(Clone)]
pub struct FrameHandler {
    broadcast: Broadcast,
    poster: MessagePoster,
    updater: MessageUpdater,
    catch_up: CatchUp,
    search: MessageSearch,
    renderer: MessageRenderer,
    room_activity: RoomActivityQuery,
    room_list: RoomList,
    read_positions: Arc<dyn ReadPositions>,
    rate: RateLimiter,
    rejection_log: Arc<LogThrottle>,
    access: AccessMode,
    posting_policy: PostingPolicy,
    moderation: ModerationActions,
    eraser: DataEraser,
    membership: RoomMembership,
    devices: DeviceRegistry,
    profiles: ProfileRegistry,
    passkeys: Arc<dyn Passkeys>,
    saved: SavedList,
    usage: UsageCounter,
}

/// The ports of [`FrameHandler`].
pub struct FramePorts {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// The message log.
    pub messages: Arc<dyn Messages>,
    /// What people saved.
    pub saved: Arc<dyn SavedMessages>,
    /// Uploaded images.
    pub images: Arc<dyn Images>,
    /// Sends frames to sockets.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// Restrictions, room rules and the audit log.
    pub moderation: Arc<dyn Moderation>,
    /// The directory of open rooms.
    pub room_directory: Arc<dyn RoomDirectory>,
    /// The members of private rooms.
    pub members: Arc<dyn RoomMembers>,
    /// The devices of people.
    pub devices: Arc<dyn Devices>,
    /// The profiles of people.
    pub profiles: Arc<dyn Profiles>,
    /// The passkeys of people.
    pub passkeys: Arc<dyn Passkeys>,
    /// Slow mode slots.
    pub rate_store: Arc<dyn RateStore>,
    /// Up to where people have read.
    pub read_positions: Arc<dyn ReadPositions>,
    /// Usage figures.
    pub usage: Arc<dyn UsageStore>,
    /// Renders messages, in turns of the clients.
    pub renderer: MessageRenderer,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The settings of [`FrameHandler`].
pub struct FrameSettings {
    /// The rate limits.
    pub rate: RateLimiter,
    /// The access mode; with `oidc` the provider sets the names of people.
    pub access: AccessMode,
    /// The configured moderators.
    pub configured_moderators: Vec<PersonId>,
    /// Maximum number of messages in one reply.
    pub page_size: usize,
}

/// One frame from a client.
pub struct FrameRequest {
    /// The socket it came through.
    pub connection: ConnectionId,
    /// Identifies the frame through every retry of its delivery. It is the nonce of a message that has none.
    pub request_id: String,
    /// The text of the frame.
    pub body: String,
}

impl FrameHandler {
    /// Connects the handler with its ports.
    pub fn new(ports: FramePorts, settings: FrameSettings) -> Self {
        let FramePorts {
            connections,
            messages,
            saved,
            images,
            gateway,
            moderation,
            rate_store,
            read_positions,
            room_directory,
            members,
            devices,
            profiles,
            passkeys,
            usage,
            renderer,
            clock,
            entropy,
        } = ports;
        let FrameSettings { rate, access, configured_moderators, page_size } = settings;
        let restriction_store =
            RestrictionStore { moderation: moderation.clone(), clock: clock.clone(), configured_moderators };
        let membership = RoomMembership { members };
        let updater = MessageUpdater {
            messages: messages.clone(),
            images: images.clone(),
            moderation: moderation.clone(),
            clock: clock.clone(),
        };
        let room_activity = RoomActivityQuery {
            messages: messages.clone(),
            read_positions: read_positions.clone(),
            renderer: renderer.clone(),
        };
        let usage = UsageCounter {
            store: usage,
            directory: room_directory.clone(),
            connections: connections.clone(),
            messages: messages.clone(),
            clock: clock.clone(),
        };
        let room_list = RoomList {
            directory: room_directory,
            moderation,
            connections: connections.clone(),
            activity: room_activity.clone(),
            renderer: renderer.clone(),
            rate: rate.clone(),
            clock: clock.clone(),
            noted: Arc::new(NotedRooms::default()),
        };
        let broadcast = Broadcast {
            connections: connections.clone(),
            gateway,
            clock: clock.clone(),
            entropy,
            deadline: None,
            large_rooms: None,
        };
        Self {
            passkeys,
            devices: DeviceRegistry {
                devices,
                restriction_store: restriction_store.clone(),
                sockets: broadcast.clone(),
            },
            profiles: ProfileRegistry { profiles, images: images.clone(), clock: clock.clone() },
            posting_policy: PostingPolicy { restriction_store: restriction_store.clone(), rate_store },
            moderation: ModerationActions { restriction_store, connections },
            eraser: DataEraser { updater: updater.clone() },
            saved: SavedList {
                saved,
                messages: messages.clone(),
                membership: membership.clone(),
                renderer: renderer.clone(),
                clock: clock.clone(),
            },
            membership,
            usage,
            broadcast,
            poster: MessagePoster { messages: messages.clone(), images, clock: clock.clone() },
            updater,
            catch_up: CatchUp { messages: messages.clone(), clock, renderer: renderer.clone(), page_size },
            search: MessageSearch { messages, renderer: renderer.clone() },
            renderer,
            room_activity,
            room_list,
            read_positions,
            rate,
            rejection_log: Arc::default(),
            access,
        }
    }

    /// Returns the same handler, which hands frames for large rooms to workers.
    #[must_use]
    pub fn with_large_rooms(mut self, large_rooms: LargeRooms) -> Self {
        self.devices.sockets.large_rooms = Some(large_rooms.clone());
        self.broadcast.large_rooms = Some(large_rooms);
        self
    }

    /// Runs the command in a frame. Errors are sent to the client; those that the server caused are logged as well.
    pub async fn handle(&self, frame: FrameRequest) {
        self.handle_parsed(ParsedFrame::from(frame)).await;
    }

    /// Does the same for a frame that is parsed already. Returns the action of a command that succeeded.
    pub async fn handle_parsed(&self, frame: ParsedFrame) -> Option<Action> {
        // All posts of the command, to the room and to other people, have one deadline. The reply is sent in any case.
        let handler = Self { broadcast: self.broadcast.for_request(), ..self.clone() };
        let (connection, room) = (frame.connection.clone(), frame.room.clone());
        match handler.answer(frame).await {
            Ok(action) => Some(action),
            Err(failure) => {
                handler.report(&connection, room.as_ref(), failure).await;
                None
            }
        }
    }

    /// Returns the rule of unique names.
    fn unique_names(&self) -> UniqueNames {
        UniqueNames {
            moderation: self.posting_policy.restriction_store.moderation.clone(),
            connections: self.broadcast.connections.clone(),
            access: self.access,
        }
    }

    /// Logs a failure and sends it to the client, with the room that the frame named.
    async fn report(&self, connection: &ConnectionId, room: Option<&RoomName>, failure: FrameFailure) {
        match &failure {
            FrameFailure::Command { error: CommandError::Unavailable(cause), action, .. } => {
                tracing::error!(%connection, %action, %cause, "command failed");
            }
            // At most one line a second.
            failure => {
                if let Some(suppressed) = self.rejection_log.allow(self.broadcast.clock.now()) {
                    tracing::info!(%connection, reason = failure.kind(), suppressed, "frame refused");
                }
            }
        }
        let error = Frame::from(&to_error(failure));
        let error = if let Some(room) = room { error.with_room(room) } else { error };
        self.broadcast.frame_to_one(connection, &error).await;
    }

    async fn answer(&self, frame: ParsedFrame) -> std::result::Result<Action, FrameFailure> {
        let ParsedFrame { connection, request_id, room, message } = frame;
        let message = message?;
        let (action, nonce) = (message.action(), message.nonce().cloned());
        let failed = |error| FrameFailure::Command { error, action, nonce: nonce.clone() };
        let retry_key = retry_key(nonce.clone(), &request_id).map_err(|cause| failed(cause.into()))?;
        let found = self.checked_sender(&connection, room.as_ref(), action, &retry_key).await;
        let found = found.map_err(|cause| failed(cause.into()))?;
        let (sender, checked) = found.ok_or(FrameFailure::NotConnected)?;
        let pending = match checked {
            Ok(pending) => pending,
            // `typing` from a muted or rate-limited person is dropped without an error.
            Err(CommandError::TooFast(_) | CommandError::PostingDenied(_)) if action == Action::Typing => {
                return Ok(action);
            }
            Err(error) => return Err(failed(error)),
        };
        if let Some(reply) = self.run(&sender, message, retry_key, pending).await.map_err(failed)? {
            self.broadcast.reply(&sender, &reply).await;
        }
        Ok(action)
    }

    async fn run(
        &self,
        sender: &Connection,
        message: ClientMessage,
        nonce: Nonce,
        pending: Option<PendingRules>,
    ) -> Reply {
        match message {
            ClientMessage::Hello { since } => hello::run(self, sender, since).await,
            ClientMessage::Send { text, image, reply_to, mentions, poll, thread, in_room, .. } => {
                let (room, author) = (sender.room.clone(), sender.person.clone());
                let draft = Draft { room, author, nonce, text, image, reply_to, mentions, poll, thread, in_room };
                send::run(self, sender, draft, pending).await
            }
            ClientMessage::Upload { nonce, kind, size } => upload::run(self, sender, nonce, kind, size).await,
            ClientMessage::Edit { seq, text, mentions, based_on, .. } => {
                edit::run(self, sender, seq, &nonce, MessageUpdate::Text { text, mentions, based_on }).await
            }
            ClientMessage::Delete { seq, .. } => delete::run(self, sender, seq, &nonce).await,
            ClientMessage::React { seq, emoji, on, based_on, .. } => {
                react::run(self, sender, seq, &nonce, react::Wanted { emoji, on, based_on }).await
            }
            ClientMessage::Pin { seq, pinned, based_on, .. } => {
                pin::run(self, sender, seq, &nonce, MessageUpdate::Pinned { pinned, based_on }).await
            }
            ClientMessage::Vote { seq, option, on, based_on, .. } => {
                vote::run(self, sender, seq, &nonce, MessageUpdate::Vote { option, on, based_on }).await
            }
            ClientMessage::ClosePoll { seq, .. } => close_poll::run(self, sender, seq, &nonce).await,
            ClientMessage::History { place } => history::run(self, sender, place).await,
            ClientMessage::Changes { after, hidden } => changes::run(self, sender, after, hidden).await,
            ClientMessage::Rename { name } => rename::run(self, sender, &name).await,
            ClientMessage::People => people::run(self, sender).await,
            ClientMessage::Rooms { rooms, titles, watch, read } => {
                rooms::run(self, sender, rooms::Wanted { rooms, titles, watch, read }).await
            }
            ClientMessage::Directory { text, archived, after, rules } => {
                directory::run(self, sender, DirectoryQuery { text, archived, after, rules }).await
            }
            ClientMessage::Search { text, before } => search::run(self, sender, text, before).await,
            ClientMessage::Pins => pins::run(self, sender).await,
            ClientMessage::Thread { seq, before } => thread::run(self, sender, seq, before).await,
            ClientMessage::Threads { roots } => threads::run(self, sender, roots).await,
            ClientMessage::Save { seq, saved, message_room } => save::run(self, sender, message_room, seq, saved).await,
            ClientMessage::Saved { before } => saved::run(self, sender, before).await,
            ClientMessage::Typing => typing::run(self, sender).await,
            ClientMessage::Mute { person, seconds } => mute::run(self, sender, person, seconds).await,
            ClientMessage::Ban { person, seconds } => ban::run(self, sender, person, seconds).await,
            ClientMessage::Restrictions { person } => restrictions::run(self, sender, person).await,
            ClientMessage::PurgeUser { person } => purge_user::run(self, sender, person).await,
            ClientMessage::Rules { rules } => rules::run(self, sender, rules).await,
            ClientMessage::Describe { details } => describe::run(self, sender, details).await,
            ClientMessage::Audit { before } => audit::run(self, sender, before).await,
            ClientMessage::SetRole { person, role } => set_role::run(self, sender, person, role).await,
            ClientMessage::Roles => roles::run(self, sender).await,
            ClientMessage::SetIdentity { chat } => set_identity::run(self, sender, chat).await,
            ClientMessage::Usage => usage::run(self, sender).await,
            ClientMessage::EraseMyData => erase::run(self, sender).await,
            ClientMessage::Ping => ping::run(),
            ClientMessage::Enter { room, since } => enter::run(self, sender, room, since).await,
            ClientMessage::Read { room, seq, receipt } => read::run(self, sender, room, seq, receipt).await,
            ClientMessage::ReadThread { root, seq } => read_thread::run(self, sender, root, seq).await,
            ClientMessage::Receipts => receipts::run(self, sender).await,
            ClientMessage::CreateRoom { title } => create_room::run(self, sender, title).await,
            ClientMessage::MyRooms => my_rooms::run(self, sender).await,
            ClientMessage::Members => members::run(self, sender).await,
            ClientMessage::AddMember { person, name, member_room } => {
                add_member::run(self, sender, person, name, member_room).await
            }
            ClientMessage::RemoveMember { person } => remove_member::run(self, sender, person).await,
            ClientMessage::LeaveRoom => leave_room::run(self, sender).await,
            ClientMessage::Direct { people } => direct::run(self, sender, people).await,
            ClientMessage::SignOut { device, keep } => sign_out::run(self, sender, device, keep).await,
            ClientMessage::Profile { person } => profile::run(self, sender, person).await,
            ClientMessage::SetProfile { status, colour, picture, keep_picture } => {
                let picture = match picture {
                    Some(picture) => WantedPicture::New(picture),
                    None if keep_picture => WantedPicture::Kept,
                    None => WantedPicture::None,
                };
                set_profile::run(self, sender, WantedProfile { status, colour, picture }).await
            }
        }
    }
}

/// Returns what is the same through every retry of a command: the client's nonce, or else the request id.
fn retry_key(nonce: Option<Nonce>, request_id: &str) -> Result<Nonce> {
    nonce.map_or_else(|| request_id.parse().map_err(Unavailable::while_doing("taking a request id as nonce")), Ok)
}
