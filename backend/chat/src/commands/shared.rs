//! Steps that several commands share.

use futures::{
    TryStreamExt,
    future::{join_all, ready, try_join, try_join_all},
};
use shared_types::{
    ChatMessage, Nonce, PersonId, Profile, RoomDetails, RoomMember, RoomName, Seq, ServerMessage, limits,
};

use super::{FrameHandler, Reply, error::CommandError};
use crate::{
    access::{
        direct_messages::{inbox_of, title_for},
        room_membership::MembershipError,
    },
    messages::{
        erase::ErasedMessages,
        post::Posted,
        update::{Changed, MessageUpdate, UpdateError},
    },
    ports::{
        Result,
        connections::{Connection, SMALL_ROOM},
        moderation::RoomSettings,
        profiles::StoredProfile,
        watchers::Audience,
    },
    presence::people::{RoomPeople, Told},
};

/// Number of attempts to show a profile that other devices change at the same time.
const PROFILE_ATTEMPTS: usize = 5;

/// Which connections of a person get a profile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// All: an earlier attempt may have stored it in a part of one.
    Everywhere,
    /// Those that have another one, because it was removed; everybody in their rooms is told. If there are none, no room is told.
    Removed,
}

impl FrameHandler {
    /// Shows a stored profile everywhere: the connections of its person get it, and the rooms in which they are get `presence`. Returns the
    /// profile that is stored now.
    ///
    /// It reads all connections, and the profile again: if another device changed it meanwhile, whichever request ends last shows what is
    /// stored. A connection that is opened meanwhile reads the profile after it was stored.
    pub(super) async fn show_profile(&self, mut profile: Profile, who: Shown) -> Result<Profile> {
        let connections = &self.broadcast.connections;
        let told = match who {
            Shown::Everywhere => Told::Some,
            Shown::Removed => Told::Everybody,
        };
        for _ in 0..PROFILE_ATTEMPTS {
            let is_outdated =
                |one: &Connection| one.status != profile.status || one.person.appearance != profile.appearance;
            let is_own = |one: &Connection| {
                ready(one.person.id == profile.person && (who == Shown::Everywhere || is_outdated(one)))
            };
            let own: Vec<Connection> = connections.all().try_filter(is_own).try_collect().await?;
            let changes = own.iter().map(|one| connections.set_profile(&one.id, &profile));
            let changed: Vec<Connection> = try_join_all(changes).await?.into_iter().flatten().collect();
            let stored = self.profiles.profiles.profile(&profile.person).await?.shown(&profile.person);
            let is_shown = stored == profile;
            profile = stored;
            if is_shown {
                self.broadcast.profile_changed(&changed, told).await?;
                break;
            }
        }
        Ok(profile)
    }

    /// Removes the profile of a person, and shows that. Their messages are erased before, so that a repeated command comes here again.
    pub(super) async fn remove_profile(&self, person: &PersonId) -> std::result::Result<(), CommandError> {
        self.profiles.remove(person).await?;
        self.show_profile(StoredProfile::default().shown(person), Shown::Removed).await?;
        Ok(())
    }

    /// Updates a message and broadcasts it. `edit`, `delete`, `react` and `pin` share this.
    ///
    /// A retry broadcasts again, because the first attempt may have ended before its broadcast. If another change came after it, the
    /// sender is told as well, because the broadcast does not show theirs. An update that is not needed is answered to the sender alone.
    pub(super) async fn update(&self, sender: &Connection, seq: Seq, nonce: &Nonce, update: MessageUpdate) -> Reply {
        match self.updater.update(&sender.room, &sender.person, seq, nonce, update).await? {
            Changed::Now(message) | Changed::Before(message) => self.tell_room(sender, message).await?,
            Changed::Overtaken(message) => {
                self.tell_room(sender, message).await?;
                return Err(UpdateError::Outdated.into());
            }
            Changed::Unneeded(message) => {
                return Ok(Some(ServerMessage::Message(self.renderer.one(&sender.room, message))));
            }
        }
        Ok(None)
    }

    /// Erases a batch of a person's messages and broadcasts the changes. Returns the number of messages, and whether some are
    /// left.
    pub(super) async fn erase_batch(&self, person: &PersonId) -> Result<(u32, bool)> {
        let ErasedMessages { messages, more } = self.eraser.erase(person).await?;
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let changed = messages.into_iter().map(|(room, message)| {
            let message = ServerMessage::Message(self.renderer.one(&room, message));
            (room, message)
        });
        self.broadcast.to_rooms(changed.collect()).await?;
        Ok((count, more))
    }

    /// Broadcasts a message to the room of the connection that changed it. Watchers of the room are told of a deletion only.
    pub(super) async fn tell_room(&self, sender: &Connection, message: ChatMessage) -> Result<()> {
        if message.deleted {
            return self.tell_room_and_watchers(sender, Posted { message, participants: Vec::new() }).await;
        }
        let message = ServerMessage::Message(self.renderer.one(&sender.room, message));
        self.broadcast.to_room_of(sender, &message).await
    }

    /// Broadcasts a new or deleted message to the room of the connection that sent it, and news of it to the watchers of the room.
    pub(super) async fn tell_room_and_watchers(&self, sender: &Connection, posted: Posted) -> Result<()> {
        let Posted { message, participants } = posted;
        let message = ServerMessage::Message(self.renderer.one(&sender.room, message));
        self.broadcast.news_of(sender, &message, &participants, &self.membership).await
    }

    /// Returns whether a person who is no moderator changes a private room as its host, which the audit log does not record.
    pub(super) async fn acts_as_host(&self, sender: &Connection) -> std::result::Result<bool, CommandError> {
        // Neither members nor moderators change a direct message.
        if sender.room.is_direct() {
            return Err(MembershipError::Direct.into());
        }
        if !sender.room.is_private() || sender.person.moderator {
            return Ok(false);
        }
        self.membership.check_host(&sender.room, &sender.person.id).await?;
        Ok(true)
    }

    /// Returns whether a room shows who has read messages. Costs one read.
    pub(super) async fn shows_receipts(&self, room: &RoomName) -> Result<bool> {
        Ok(self.posting_policy.restriction_store.settings(room).await?.details.receipts)
    }

    /// Returns the rules and the details of the room of a connection, for its person. The title of a direct message has the names of the
    /// others, and the person's own name is stored there if it has changed.
    pub(super) async fn settings_for(&self, sender: &Connection) -> Result<RoomSettings> {
        let (mut settings, title) = try_join(
            self.posting_policy.restriction_store.settings(&sender.room),
            self.membership.entered_direct_title(&sender.room, &sender.person),
        )
        .await?;
        settings.details.title = title.or(settings.details.title);
        Ok(settings)
    }

    /// Stores a new name in the direct messages of its person, except in the one where they are, which [`Self::settings_for`] does, and
    /// shows it to the others there.
    pub(super) async fn rename_in_direct_messages(&self, renamed: &Connection) -> Result<()> {
        let room = &renamed.room;
        let renaming = self.membership.renamed(&renamed.person, room);
        try_join(renaming, self.tell_direct_name(renamed)).await.map(drop)
    }

    /// Shows the new name of a person to the others in the direct message in which their connection is. In another room it does nothing.
    pub(super) async fn tell_direct_name(&self, renamed: &Connection) -> Result<()> {
        let room = &renamed.room;
        if !room.is_direct() {
            return Ok(());
        }
        let members = self.membership.members.members(room, limits::DIRECT_PEOPLE);
        let (mut members, receipts) = try_join(members, self.shows_receipts(room)).await?;
        for member in members.iter_mut().filter(|member| member.person == renamed.person.id) {
            member.name = Some(renamed.person.name.clone());
        }
        self.tell_direct_details(room, &members, receipts, Some(&renamed.person.id)).await
    }

    /// Tells the people who are in a direct message its details, except one person. Its title is another one for each of them.
    pub(super) async fn tell_direct_details(
        &self,
        room: &RoomName,
        members: &[RoomMember],
        receipts: bool,
        except: Option<&PersonId>,
    ) -> Result<()> {
        let listeners = self.broadcast.connections.in_room(room).await?;
        let told = listeners.iter().filter(|listener| Some(&listener.person.id) != except);
        join_all(told.map(|listener| async {
            let title = title_for(&listener.person.id, members);
            let details = RoomDetails { title, receipts, ..RoomDetails::default() };
            self.broadcast.reply(listener, &ServerMessage::Details { details }).await;
        }))
        .await;
        Ok(())
    }

    /// Tells the sockets of a person that somebody made them a member of a private room: those that watch the inbox of the person, as pages
    /// do. Costs two reads at once, and a post for each socket. A failure fails nothing: the next answer to `rooms` has the room.
    pub(super) async fn tell_added(&self, room: &RoomName, person: &PersonId) {
        let inbox = inbox_of(person);
        let inbox = self.broadcast.connections.audience(&inbox, SMALL_ROOM);
        let (inbox, settings) = match try_join(inbox, self.posting_policy.restriction_store.settings(room)).await {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "telling a new member failed; their next request for rooms finds the room");
                return;
            }
        };
        let added = ServerMessage::RoomAdded { member_room: room.clone(), title: settings.details.title };
        join_all(inbox.watchers.iter().map(|watcher| self.broadcast.to_one(&watcher.id, &added))).await;
    }

    /// Ends what a person who is no member any more still has of a private room: their sockets there are closed, and their sockets in
    /// other rooms watch it no longer. They are told before. The caller has ended the membership.
    pub(super) async fn shut_out(&self, room: &RoomName, person: &PersonId) -> Result<()> {
        let Audience { listeners, watchers, .. } =
            self.broadcast.connections.audience(room, limits::CONNECTIONS).await?;
        let listeners: Vec<Connection> =
            listeners.iter().filter(|listener| listener.person.id == *person).cloned().collect();
        let watchers: Vec<_> = watchers.iter().filter(|watcher| watcher.person == *person).collect();
        try_join_all(watchers.iter().map(|watcher| self.broadcast.connections.unwatch(room, &watcher.id))).await?;
        let notice = ServerMessage::RoomLeft { room: room.clone() };
        join_all(watchers.iter().map(|watcher| self.broadcast.to_one(&watcher.id, &notice))).await;
        self.broadcast.to_connections(&listeners, &notice).await;
        self.broadcast.close(&listeners).await
    }

    /// Sends `welcome`: the person, the people in the room, its rules and its details, and where the person has read.
    pub(super) async fn welcome(&self, to: &Connection, people: RoomPeople, settings: RoomSettings, read: Option<Seq>) {
        let (RoomPeople { online, people, away }, RoomSettings { rules, details }) = (people, settings);
        let (you, room, numbered) = (to.person.clone(), to.room.clone(), to.chosen.is_some());
        let welcome = ServerMessage::Welcome { you, room, online, people, away, rules, details, read, numbered };
        self.broadcast.to_one(&to.id, &welcome).await;
    }
}
