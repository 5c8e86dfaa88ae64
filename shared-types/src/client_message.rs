//! Frames from a client to the server.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    Action, ChatIdentity, ChatImage, DeviceId, DirectoryPosition, Emoji, Hue, ImageSize, ImageType, MessageText,
    NamedPerson, Nonce, Person, PersonId, PersonName, PollDraft, Rev, Role, RoomDetailsChange, RoomName, RoomRules,
    RoomTitle, SavedPosition, SearchText, Seconds, Seq, StatusText, Timestamp, UploadedPicture,
    server_message::is_false,
};

/// One frame from a client: `{"action": …}`. The server ignores unknown fields, so that a newer client can send more.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClientMessage {
    /// Starts the session; the first frame after the socket opened. The server answers with `welcome`, and then with the
    /// messages that the client misses.
    Hello {
        /// The revision up to which the client has every change. Without it the answer is the newest page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Rev>,
    },
    /// Sends a message. The sender gets the broadcast of the message as the answer.
    Send {
        /// The text. It is optional only if there is an image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<MessageText>,
        /// Identifies the message across retries. Without it the server generates one, and a retry is a new message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// The image that was uploaded with the nonce, with the others of the message, which were uploaded with [`Nonce::of_image`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<ChatImage>,
        /// The message to which this one replies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
        /// The people that the text mentions with `@name`; at most [`crate::limits::MENTIONS`]. The server drops people that the text does not
        /// mention.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Person>,
        /// The options, if the text is the question of a poll. A message with a poll has no image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        poll: Option<PollDraft>,
        /// The message in whose thread this one is. If that is a reply in a thread itself, this one is in the same thread. A client that
        /// also sends `replyTo` is understood by servers that do not know threads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<Seq>,
        /// Whether a message in a thread is also shown in the room.
        #[serde(default, skip_serializing_if = "is_false")]
        in_room: bool,
    },
    /// Replaces the text of one of the sender's own messages. The server answers with the message's broadcast.
    Edit {
        /// The message to change.
        seq: Seq,
        /// The new text. It is optional only if there is an image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<MessageText>,
        /// The people that the new text mentions with `@name`; at most [`crate::limits::MENTIONS`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Person>,
        /// The revision of the message that its author saw when they edited it. If the text was edited after it, the edit is refused
        /// with `outdated`. Without it the edit always wins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        based_on: Option<Rev>,
        /// Repeated in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Deletes one of the sender's own messages, or as a moderator anybody's. The server answers with the broadcast of the
    /// deleted message.
    Delete {
        /// The message to change.
        seq: Seq,
        /// Repeated in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Adds or removes a reaction to a message. The server answers with the message's broadcast.
    React {
        /// The message to change.
        seq: Seq,
        /// The emoji.
        emoji: Emoji,
        /// Whether to add or to remove the reaction. Repeating the command changes nothing.
        on: bool,
        /// The revision of the message that the sender saw when they reacted. If they changed this reaction after it, in another window
        /// or by a later command, the command is late: it is refused with `outdated`. Without it the nonce alone tells a late attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        based_on: Option<Rev>,
        /// Repeated in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Pins a message to the room, or unpins it. For moderators, and for everybody if the rules of the room say so. The server answers with
    /// the message's broadcast.
    #[json(late)]
    Pin {
        /// The message to change.
        seq: Seq,
        /// Whether to pin or to unpin it. Repeating the command changes nothing.
        pinned: bool,
        /// The revision of the message that the sender saw. If somebody pinned or unpinned it after that, the command is late: it is
        /// refused with `outdated`. Without it the nonce alone tells a late attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        based_on: Option<Rev>,
        /// Repeated in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Votes for an option of a poll, or takes the vote back. The server answers with the message's broadcast.
    Vote {
        /// The message with the poll.
        seq: Seq,
        /// The option: its place in the list, from 0.
        option: u16,
        /// Whether to vote for it or not. Repeating the command changes nothing. With one choice a vote replaces the other one.
        on: bool,
        /// The revision of the message that the sender saw. If they changed this vote after it, the command is late: it is refused with
        /// `outdated`. Without it the nonce alone tells a late attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        based_on: Option<Rev>,
        /// Repeated in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Ends a poll of the sender, or as a moderator anybody's. The server answers with the message's broadcast.
    #[json(late)]
    ClosePoll {
        /// The message with the poll.
        seq: Seq,
        /// Repeated in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Requests an upload address for the image of a message that is not sent yet. Answered with `upload`.
    Upload {
        /// The nonce of the message.
        nonce: Nonce,
        /// The type of the image.
        #[serde(rename = "type")]
        kind: ImageType,
        /// The size of the image.
        size: ImageSize,
    },
    /// Requests the messages around a position in the room: for scrolling, and for a link to a message. Answered with `page`.
    History {
        /// The range.
        #[serde(flatten)]
        place: HistoryRange,
    },
    /// Requests the changes after a revision. Answered with `changes`.
    Changes {
        /// The revision up to which the client has every change.
        after: Rev,
        /// Whether the client's page is hidden: then the server sends it neither `typing` nor `presence`, until the client reports that
        /// it is visible, which is also answered with `presence`. Without it nothing changes; a new socket is visible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hidden: Option<bool>,
    },
    /// Changes the sender's name. Answered with `welcome`.
    Rename {
        /// The new name.
        name: PersonName,
    },
    /// Requests the people in the room. Answered with `presence`.
    People,
    /// Requests the latest activity of some rooms. Answered with `rooms`.
    #[json(late)]
    Rooms {
        /// The rooms; at most [`crate::limits::ROOMS`].
        rooms: Vec<RoomName>,
        /// Whether the answer has the titles of the rooms, too.
        #[serde(default, skip_serializing_if = "is_false")]
        titles: bool,
        /// Whether the server sends `news` of these rooms from now on, through this socket: of the first
        /// [`crate::limits::WATCHED_ROOMS`], and of no room that an earlier request named. Without it nothing changes.
        #[serde(default, skip_serializing_if = "is_false")]
        watch: bool,
        /// The read positions in these rooms, in the same order. The answer counts the unread messages of rooms that have one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        read: Vec<Seq>,
    },
    /// Requests open rooms of this chat in which something was written, also those that the sender has never visited. Answered with
    /// `directory`.
    #[json(late)]
    Directory {
        /// Words that the title, the topic and the address of a room contain together. Without them the answer has all rooms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<SearchText>,
        /// Whether the sender wants the archived rooms, and otherwise the others.
        #[serde(default, skip_serializing_if = "is_false")]
        archived: bool,
        /// Where to go on, from an earlier answer. Without it the answer starts at the room that was active last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<DirectoryPosition>,
        /// Whether the sender wants the rules of the rooms. Only moderators get them.
        #[serde(default, skip_serializing_if = "is_false")]
        rules: bool,
    },
    /// Searches the room for messages that contain all words. Answered with `found`.
    #[json(late)]
    Search {
        /// The words.
        text: SearchText,
        /// The position at which to go on, from an earlier answer. Without it the search starts at the newest message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
    },
    /// Requests the pinned messages of the room. Answered with `pins`.
    #[json(late)]
    Pins,
    /// Requests a thread: its first message and replies. Answered with `thread`.
    #[json(late)]
    Thread {
        /// The message that began the thread, or a reply in it.
        seq: Seq,
        /// The position before which the replies are. Without it the answer has the newest ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
    },
    /// Requests threads of the room for a list. Answered with `threads`.
    #[json(late)]
    Threads {
        /// The messages that began them; at most [`crate::limits::THREADS_PAGE`].
        roots: Vec<Seq>,
    },
    /// Saves a message for the sender, or removes it from what they saved. Only they see it. Answered with `save`.
    #[json(late)]
    Save {
        /// The message.
        seq: Seq,
        /// Whether to save or to remove it. Repeating the command changes nothing.
        saved: bool,
        /// The room of the message, if it is not the room of the socket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_room: Option<RoomName>,
    },
    /// Requests the messages that the sender saved, in all rooms. Answered with `saved`.
    #[json(late)]
    Saved {
        /// Where to go on, from an earlier answer. Without it the answer starts at the message that was saved last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<SavedPosition>,
    },
    /// Reports that the sender is typing. The server tells the others in a small room, and sends no answer.
    Typing,
    /// Mutes a person in every room for a time. Only for moderators. Answered with `standing`.
    ///
    /// A mute applies to the person's id alone: others at the same address may send messages, and a guest who returns without
    /// the cookie is a new person.
    #[json(late)]
    Mute {
        /// The person.
        person: PersonId,
        /// Duration from now; 0 lifts the restriction.
        seconds: Seconds,
    },
    /// Bans a person for a time, together with their addresses and everybody at these addresses except moderators. Only for
    /// moderators. Answered with `standing`.
    #[json(late)]
    Ban {
        /// The person.
        person: PersonId,
        /// Duration from now; 0 lifts the restriction.
        seconds: Seconds,
    },
    /// Requests a person's restrictions. Only for moderators. Answered with `standing`.
    #[serde(rename = "standing")]
    #[json(late)]
    Restrictions {
        /// The person.
        person: PersonId,
    },
    /// Erases a person's messages and images in every room, and their name from the messages. Only for moderators. It does not
    /// ban the person. Answered with `cleared`.
    #[serde(rename = "clear")]
    #[json(late)]
    PurgeUser {
        /// The person.
        person: PersonId,
    },
    /// Replaces the rules of the room. Only for moderators. Answered with the broadcast of `rules`.
    #[json(late)]
    Rules {
        /// The complete new rules.
        rules: RoomRules,
    },
    /// Replaces the details of the room. For moderators; for everybody while the room has neither details nor messages. Answered with
    /// the broadcast of `details`.
    #[json(late)]
    Describe {
        /// The new details.
        details: RoomDetailsChange,
    },
    /// Requests the audit entries of moderators' actions. Only for moderators. Answered with `audit`.
    #[json(late)]
    Audit {
        /// The time of the last entry that the client has. Without it the answer starts at the newest entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Timestamp>,
    },
    /// Gives a person a role in the whole chat, or takes it. Only for owners. Answered with `role`.
    #[serde(rename = "role")]
    #[json(late)]
    SetRole {
        /// The person.
        person: PersonId,
        /// The new role.
        role: Role,
    },
    /// Requests the people who have a role. Only for owners. Answered with `roles`.
    #[json(late)]
    Roles,
    /// Replaces name and icon of the chat. Only for owners. Answered with `chat`.
    #[serde(rename = "chat")]
    #[json(late)]
    SetIdentity {
        /// The complete new name and icon.
        chat: ChatIdentity,
    },
    /// Requests usage figures of the chat. Only for owners. Answered with `usage`.
    #[json(late)]
    Usage,
    /// Erases the sender's messages and images in every room. Answered with `forgotten`.
    #[serde(rename = "forget")]
    #[json(late)]
    EraseMyData,
    /// Keeps the socket open. Answered with `pong`.
    Ping,
    /// Moves the socket to another room, as a new handshake and `hello` would. The server answers with `welcome`, and then with the
    /// messages of that room that the client misses. Until then the client sends nothing.
    #[json(late)]
    Enter {
        /// The room.
        room: RoomName,
        /// The revision of that room up to which the client has every change. Without it the answer is the newest page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Rev>,
    },
    /// Advances the sender's read position in a room, which may be another one than the socket's. The server stores it and tells the other
    /// sockets of this person in a small room; there is no answer. A position never goes back: an older one changes nothing.
    #[json(late)]
    Read {
        /// The room.
        room: RoomName,
        /// The newest message that the sender has seen.
        seq: Seq,
        /// Whether the room may see it. The server shows the position if it advances, the socket is in the room, and the room
        /// [shows who has read](crate::RoomDetails::receipts). Without this field nothing more is read or written.
        #[serde(default, skip_serializing_if = "is_false")]
        receipt: bool,
    },
    /// Advances the sender's read position in a thread of the room. The server stores it; there is no answer. A position never goes back: an
    /// older one changes nothing. It is no field of `read`, because an older server would take it for the position of the room.
    #[json(late)]
    ReadThread {
        /// The message that began the thread.
        root: Seq,
        /// The newest reply that the sender has seen.
        seq: Seq,
    },
    /// Requests up to where people have read the room, if it shows that. Answered with `receipts`.
    #[json(late)]
    Receipts,
    /// Makes a private room, whose only member and host is the sender. Answered with `roomCreated`. A repeated command makes another room.
    #[json(late)]
    CreateRoom {
        /// The title of the room.
        title: RoomTitle,
    },
    /// Requests the private rooms of which the sender is a member. Answered with `myRooms`.
    #[json(late)]
    MyRooms,
    /// Requests the members of the private room. Answered with `members`.
    #[json(late)]
    Members,
    /// Adds a person to a private room. Every member may. Answered with `members`, and with `memberAdded` for another room than the
    /// socket's.
    #[json(late)]
    AddMember {
        /// The person.
        person: PersonId,
        /// The name that the members see until the person comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// The room, if it is not the room of the socket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member_room: Option<RoomName>,
    },
    /// Removes a person from the private room, and closes their sockets there. Only for hosts of the room. Answered with `members`.
    #[json(late)]
    RemoveMember {
        /// The person.
        person: PersonId,
    },
    /// Ends the sender's membership of the private room. Answered with `roomLeft`, and then the sender's sockets there are closed.
    #[json(late)]
    LeaveRoom,
    /// Opens the direct message of the sender and these people: a private room with exactly these members, whose address follows from
    /// them. It is made if it does not exist. Answered with `roomCreated`, whose title has the names of the others.
    #[json(late)]
    Direct {
        /// The others: one to [`crate::limits::DIRECT_PEOPLE`] less one.
        people: Vec<NamedPerson>,
    },
    /// Signs out a device of the sender, or all but one, and closes all sockets of the sender but this one. The pages of the devices that
    /// stay signed in connect again. Answered with `signedOut`.
    #[json(late)]
    SignOut {
        /// The device to sign out. Without it, all but `keep`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
        /// The only device that stays signed in; ignored with `device`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<DeviceId>,
    },
    /// Requests the profile of a person, who need not be present; without `person`, the profiles of those in the room who have a status.
    /// Answered with `profiles`.
    #[json(late)]
    Profile {
        /// The person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    },
    /// Replaces the profile of the sender. Answered with `profiles`; the rooms in which the sender is get `presence`.
    #[json(late)]
    SetProfile {
        /// The new status; absent removes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<StatusText>,
        /// The new colour; absent lets the page choose one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        colour: Option<Hue>,
        /// The new picture. A repeated command with the same nonce changes nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<UploadedPicture>,
        /// Whether the picture stays as it is, if there is no new one. Otherwise it is removed.
        #[serde(default, skip_serializing_if = "is_false")]
        keep_picture: bool,
    },
}

impl ClientMessage {
    /// Returns the name of the command.
    pub fn action(&self) -> Action {
        match self {
            Self::Hello { .. } => Action::Hello,
            Self::Send { .. } => Action::Send,
            Self::Upload { .. } => Action::Upload,
            Self::Edit { .. } => Action::Edit,
            Self::Delete { .. } => Action::Delete,
            Self::React { .. } => Action::React,
            Self::Pin { .. } => Action::Pin,
            Self::Vote { .. } => Action::Vote,
            Self::ClosePoll { .. } => Action::ClosePoll,
            Self::History { .. } => Action::History,
            Self::Changes { .. } => Action::Changes,
            Self::Rename { .. } => Action::Rename,
            Self::People => Action::People,
            Self::Rooms { .. } => Action::Rooms,
            Self::Directory { .. } => Action::Directory,
            Self::Search { .. } => Action::Search,
            Self::Pins => Action::Pins,
            Self::Thread { .. } => Action::Thread,
            Self::Threads { .. } => Action::Threads,
            Self::Save { .. } => Action::Save,
            Self::Saved { .. } => Action::Saved,
            Self::Typing => Action::Typing,
            Self::Mute { .. } => Action::Mute,
            Self::Ban { .. } => Action::Ban,
            Self::Restrictions { .. } => Action::Restrictions,
            Self::PurgeUser { .. } => Action::PurgeUser,
            Self::Rules { .. } => Action::Rules,
            Self::Describe { .. } => Action::Describe,
            Self::Audit { .. } => Action::Audit,
            Self::SetRole { .. } => Action::SetRole,
            Self::Roles => Action::Roles,
            Self::SetIdentity { .. } => Action::SetIdentity,
            Self::Usage => Action::Usage,
            Self::EraseMyData => Action::EraseMyData,
            Self::Ping => Action::Ping,
            Self::Enter { .. } => Action::Enter,
            Self::Read { .. } => Action::Read,
            Self::ReadThread { .. } => Action::ReadThread,
            Self::Receipts => Action::Receipts,
            Self::CreateRoom { .. } => Action::CreateRoom,
            Self::MyRooms => Action::MyRooms,
            Self::Members => Action::Members,
            Self::AddMember { .. } => Action::AddMember,
            Self::RemoveMember { .. } => Action::RemoveMember,
            Self::LeaveRoom => Action::LeaveRoom,
            Self::Direct { .. } => Action::Direct,
            Self::SignOut { .. } => Action::SignOut,
            Self::Profile { .. } => Action::Profile,
            Self::SetProfile { .. } => Action::SetProfile,
        }
    }

    /// Returns the nonce by which the client identifies the message.
    pub fn nonce(&self) -> Option<&Nonce> {
        match self {
            Self::Send { nonce, .. }
            | Self::Edit { nonce, .. }
            | Self::Delete { nonce, .. }
            | Self::React { nonce, .. }
            | Self::Pin { nonce, .. }
            | Self::Vote { nonce, .. }
            | Self::ClosePoll { nonce, .. } => nonce.as_ref(),
            Self::Upload { nonce, .. } => Some(nonce),
            Self::SetProfile { picture, .. } => picture.as_ref().map(|picture| &picture.nonce),
            Self::Hello { .. }
            | Self::History { .. }
            | Self::Changes { .. }
            | Self::Rename { .. }
            | Self::People
            | Self::Rooms { .. }
            | Self::Directory { .. }
            | Self::Search { .. }
            | Self::Pins
            | Self::Thread { .. }
            | Self::Threads { .. }
            | Self::Save { .. }
            | Self::Saved { .. }
            | Self::Typing
            | Self::Mute { .. }
            | Self::Ban { .. }
            | Self::Restrictions { .. }
            | Self::PurgeUser { .. }
            | Self::Rules { .. }
            | Self::Describe { .. }
            | Self::Audit { .. }
            | Self::SetRole { .. }
            | Self::Roles
            | Self::SetIdentity { .. }
            | Self::Usage
            | Self::EraseMyData
            | Self::Ping
            | Self::Enter { .. }
            | Self::Read { .. }
            | Self::ReadThread { .. }
            | Self::Receipts
            | Self::CreateRoom { .. }
            | Self::MyRooms
            | Self::Members
            | Self::AddMember { .. }
            | Self::RemoveMember { .. }
            | Self::LeaveRoom
            | Self::Direct { .. }
            | Self::SignOut { .. }
            | Self::Profile { .. } => None,
        }
    }
}

/// Range of a room's messages, relative to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub enum HistoryRange {
    /// The messages directly before this one.
    Before(Seq),
    /// The messages directly after this one.
    After(Seq),
    /// This message, with as many before it as after it.
    Around(Seq),
}
