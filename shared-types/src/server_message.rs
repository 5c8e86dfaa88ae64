//! Frames from the server to a client.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    ActionName, Appearance, AuditEntry, ChatIdentity, ChatImage, DeviceId, DirectoryPosition, DirectoryRoom,
    HistoryRange, LastRead, ListedThread, MessageText, Nonce, PersonId, PersonName, Poll, PrivateRoom, Profile,
    Reaction, ReadReceipt, Restrictions, Rev, Role, RoleEntry, RoomDetails, RoomMember, RoomName, RoomRules, RoomTitle,
    SavedMessage, SavedPosition, SearchText, Seq, ThreadSummary, Timestamp, TitledRoom, Usage,
};

/// One frame from the server: `{"type": …}`. A client ignores types and fields it does not know.
///
/// What reads the variants with `#[json(late)]` is in the part of the page that is loaded on demand, with what asks for them.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "a frame is read, used and dropped: there is never more than one")]
pub enum ServerMessage {
    /// Start of the session; the answer to `hello` and `rename`.
    Welcome {
        /// The person of this client.
        you: Person,
        /// The room the socket is in.
        room: RoomName,
        /// Number of people in the room, including this client; 0 if the server could not count them.
        online: u32,
        /// The people in the room, sorted by name; at most [`crate::limits::PEOPLE`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<Person>,
        /// Those of them whose pages are all hidden.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        away: Vec<PersonId>,
        /// Rules of the room; no special ones if the field is absent.
        #[serde(default, skip_serializing_if = "RoomRules::is_default")]
        rules: RoomRules,
        /// Details of the room; none if the field is absent.
        #[serde(default, skip_serializing_if = "RoomDetails::is_default")]
        details: RoomDetails,
        /// The person's stored read position in the room. Absent if there is none, and in the answer to `rename`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<Seq>,
        /// Whether the name of `you` has a number, because somebody else in the room has the name that the person chose. Earlier servers do not
        /// tell it.
        #[serde(default, skip_serializing_if = "is_false")]
        numbered: bool,
    },
    /// New or changed message. A changed message has a higher `rev` than before. For the author of the change it is also the
    /// acknowledgement that it is stored.
    Message(ChatMessage),
    /// Several new or changed messages that waited together: the same as a `message` for each, in this order. There may be others before,
    /// between and after them. Only for a socket that asks for it when it connects (`frames=messages`).
    Messages {
        /// The messages; at least two.
        messages: Vec<ChatMessage>,
    },
    /// Range of messages in ascending order; the answer to `history` and to a `hello` without `since`.
    Page {
        /// The range that `history` requested; absent for the newest page.
        #[serde(flatten)]
        place: Option<HistoryRange>,
        /// The messages, by `seq`.
        messages: Vec<ChatMessage>,
        /// Whether there are older messages.
        more: bool,
        /// Whether there are newer messages.
        #[serde(default, skip_serializing_if = "is_false")]
        newer: bool,
        /// The revision up to which a client with the newest page has every change; absent for older pages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<Rev>,
    },
    /// Changes after a revision; the answer to `changes` and to a `hello` with `since`.
    Changes {
        /// The changed messages in their current state, by `rev`. If `truncated`, the newest page by `seq` instead.
        messages: Vec<ChatMessage>,
        /// The revision up to which the client now has every change.
        up_to: Rev,
        /// Whether there were too many changes for one answer. Then the client replaces its messages by `messages`.
        truncated: bool,
    },
    /// Upload address for the image of a message that is not sent yet; the answer to `upload`.
    Upload {
        /// The nonce of the message.
        nonce: Nonce,
        /// URL for one `PUT` of exactly the announced number of bytes, with the announced type as `Content-Type`. A path alone
        /// means the page's own host. Valid for [`crate::limits::UPLOAD_LIFE`].
        url: String,
        /// Whether a message can have several images: [`ChatImage::more`]. A server that does not say so drops all but the first.
        #[serde(default, skip_serializing_if = "is_false")]
        several: bool,
    },
    /// People in the room. The answer to `people`, and sent when they change.
    Presence {
        /// Number of people in the room.
        online: u32,
        /// The people in the room, sorted by name; at most [`crate::limits::PEOPLE`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<Person>,
        /// Those of them whose pages are all hidden.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        away: Vec<PersonId>,
    },
    /// Latest activity of some rooms; the answer to `rooms`. Rooms without messages are left out.
    #[json(late)]
    Rooms {
        /// The rooms, in the order of the request.
        rooms: Vec<RoomActivity>,
        /// The rooms that have a title, if the request asked for titles; also rooms without messages.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        titles: Vec<TitledRoom>,
    },
    /// Open rooms of this chat, the one that was active last first; the answer to `directory`.
    #[json(late)]
    Directory {
        /// The rooms; at most [`crate::limits::DIRECTORY_PAGE`]. There can be fewer before the last ones.
        rooms: Vec<DirectoryRoom>,
        /// Where the next request goes on; absent if there are no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<DirectoryPosition>,
    },
    /// A new message in another room, which this socket watches by `rooms`. Not sent for the recipient's own messages, edits and
    /// reactions.
    #[json(late)]
    News {
        /// The room.
        room: RoomName,
        /// Position of the message.
        seq: Seq,
        /// The author.
        author: Person,
        /// Time of the message.
        sent_at: Timestamp,
        /// Whether the message mentions the recipient.
        #[serde(default, skip_serializing_if = "is_false")]
        mentioned: bool,
        /// The beginning of the text, at most [`crate::limits::NEWS_CHARS`], if the message mentions the recipient.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<MessageText>,
        /// Whether the message was deleted: it is no news any more.
        #[serde(default, skip_serializing_if = "is_false")]
        deleted: bool,
        /// The names of the others, if the room is a direct message: the recipient may not know the room yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<RoomTitle>,
    },
    /// The recipient has read a room up to a message, perhaps on another device. Sent to all their sockets in a small room or watching
    /// it, if there are at least two.
    #[json(late)]
    Read {
        /// The room.
        room: RoomName,
        /// The newest message that was seen.
        seq: Seq,
    },
    /// Up to where people have read the room; the answer to `receipts`. Empty if the room does not show it.
    #[json(late)]
    Receipts {
        /// The people, the sender among them, in any order; at most [`crate::limits::RECEIPTS`].
        people: Vec<ReadReceipt>,
        /// Whether there are more of them.
        #[serde(default, skip_serializing_if = "is_false")]
        more: bool,
    },
    /// A person has read further in a small room that shows it. Sent to the others whose pages are not hidden.
    #[json(late)]
    Seen {
        /// The person.
        person: Person,
        /// The newest message that they have seen.
        seq: Seq,
    },
    /// Results of a search; the answer to `search`.
    #[json(late)]
    Found {
        /// The words of the search.
        text: SearchText,
        /// The messages, newest first; at most [`crate::limits::SEARCH_FOUND`].
        messages: Vec<ChatMessage>,
        /// Position at which the next search goes on, because one search covers only a part of the room. Absent if it reached
        /// the room's first message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
    },
    /// The pinned messages of the room; the answer to `pins`.
    #[json(late)]
    Pins {
        /// The messages, the one that was pinned last first; at most [`crate::limits::PINS`].
        messages: Vec<MessageExcerpt>,
    },
    /// A thread; the answer to `thread`.
    #[json(late)]
    Thread {
        /// The message that began it; it may be deleted since.
        root: ChatMessage,
        /// The replies in ascending order; at most [`crate::limits::THREAD_PAGE`].
        messages: Vec<ChatMessage>,
        /// Whether there are older replies.
        more: bool,
        /// The position before which the replies are; absent for the newest ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
    },
    /// Threads of the room; the answer to `threads`.
    #[json(late)]
    Threads {
        /// Those of the named messages that have replies, in the order in which they were named.
        threads: Vec<ListedThread>,
    },
    /// A message was saved or removed from what the recipient saved; the answer to `save`.
    #[json(late)]
    Save {
        /// The room of the message.
        message_room: RoomName,
        /// Its position.
        seq: Seq,
        /// Whether it is saved now.
        saved: bool,
    },
    /// Messages that the recipient saved, in all rooms; the answer to `saved`.
    #[json(late)]
    Saved {
        /// The messages, the one that was saved last first; at most [`crate::limits::SAVED_PAGE`].
        messages: Vec<SavedMessage>,
        /// Where the next request goes on; absent if there are no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<SavedPosition>,
    },
    /// A person is typing.
    Typing {
        /// The person.
        person: Person,
    },
    /// New rules of the room. The server sends them to everybody in the room when a moderator changes them.
    Rules {
        /// The complete new rules.
        rules: RoomRules,
    },
    /// New details of the room. The server sends them to everybody in the room when they change.
    Details {
        /// The complete new details.
        details: RoomDetails,
    },
    /// Restrictions of a person; the answer to `mute`, `ban` and `standing`. After `mute` and `ban` the person gets them, too.
    #[serde(rename = "standing")]
    Restrictions {
        /// The person.
        person: PersonId,
        /// The complete restrictions.
        #[serde(rename = "standing")]
        restrictions: Restrictions,
    },
    /// Audit entries, newest first; the answer to `audit`.
    #[json(late)]
    Audit {
        /// The entries.
        entries: Vec<AuditEntry>,
        /// Whether there are older entries.
        more: bool,
    },
    /// Role of a person in the whole chat; the answer to `role`. The person gets it, too.
    Role {
        /// The person.
        person: PersonId,
        /// The role.
        role: Role,
        /// Whether the person moderates now: by the role, by the configuration or by a provider's claim.
        #[serde(default, skip_serializing_if = "is_false")]
        moderator: bool,
    },
    /// The people who have a role; the answer to `roles`.
    #[json(late)]
    Roles {
        /// The people: owners first, then by name; at most [`crate::limits::ROLES`], and the configured moderators.
        people: Vec<RoleEntry>,
        /// Name and icon of the chat.
        #[serde(default, skip_serializing_if = "ChatIdentity::is_default")]
        chat: ChatIdentity,
        /// When the listed people last read something new. The server leaves out people whose last read it does not know.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        read: Vec<LastRead>,
    },
    /// Name and icon of the chat; the answer to `chat`. Other pages show them when they are loaded the next time.
    #[serde(rename = "chat")]
    #[json(late)]
    Identity {
        /// The complete name and icon.
        chat: ChatIdentity,
    },
    /// Usage figures of the chat; the answer to `usage`.
    #[json(late)]
    Usage {
        /// The figures.
        usage: Usage,
    },
    /// The sender's data is erased, or a part of it; the answer to `forget`.
    #[serde(rename = "forgotten")]
    #[json(late)]
    DataErased {
        /// Number of messages that this command erased.
        count: u32,
        /// Whether messages are left. Then the client repeats the command.
        more: bool,
    },
    /// A person's messages are erased, or a part of them; the answer to `clear`.
    #[serde(rename = "cleared")]
    #[json(late)]
    UserPurged {
        /// The person.
        person: PersonId,
        /// Number of messages that this command erased.
        count: u32,
        /// Whether messages are left. Then the client repeats the command.
        more: bool,
    },
    /// The client read too slowly, and the server dropped frames for it. The client asks for `changes` after the revision up to
    /// which it has everything. Only the local deployment sends this.
    CatchUp {
        /// The revision before the first dropped message. Absent if only frames without a revision were dropped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Rev>,
    },
    /// A private room to enter; the answer to `createRoom` and `direct`.
    #[json(late)]
    RoomCreated {
        /// The room. Its address tells nothing about it.
        room: RoomName,
        /// Its title; of a direct message, the names of the others.
        title: RoomTitle,
    },
    /// The private rooms of which the recipient is a member, sorted by title; the answer to `myRooms`.
    #[json(late)]
    MyRooms {
        /// The rooms; at most [`crate::limits::PRIVATE_ROOMS`].
        rooms: Vec<PrivateRoom>,
    },
    /// The members of the private room: hosts first, then by name; the answer to `members`, `addMember` and `removeMember`.
    #[json(late)]
    Members {
        /// The members; at most [`crate::limits::ROOM_MEMBERS`].
        people: Vec<RoomMember>,
    },
    /// A person is a member of another private room than the socket's now; the answer to `addMember` with `memberRoom`.
    #[json(late)]
    MemberAdded {
        /// The room.
        member_room: RoomName,
        /// The person.
        person: PersonId,
    },
    /// Another person made the recipient a member of a private room. Sent to their sockets that watch rooms.
    #[json(late)]
    RoomAdded {
        /// The room. It is not the room of the socket, so it has another name than that.
        member_room: RoomName,
        /// Its title, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<RoomTitle>,
    },
    /// The recipient is no member of a private room any more: the answer to `leaveRoom`, and sent to a person who was removed. The sockets
    /// that they have there are closed after it.
    #[json(late)]
    RoomLeft {
        /// The room.
        room: RoomName,
    },
    /// Devices of the recipient are signed out; the answer to `signOut`.
    #[json(late)]
    SignedOut {
        /// The device of the request; absent if it was for all but one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
    },
    /// Profiles of people; the answer to `profile` and `setProfile`. They say nothing about people who are not among them.
    #[json(late)]
    Profiles {
        /// The profiles, in any order; at most [`crate::limits::PEOPLE`].
        profiles: Vec<Profile>,
    },
    /// The answer to `ping`.
    Pong,
    /// The server rejected a frame or failed to execute it. The socket stays open.
    Error {
        /// The kind of error, for programs.
        code: ErrorCode,
        /// The error and what to do, for people.
        message: String,
        /// The action of the frame, if the server could read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action: Option<ActionName>,
        /// The nonce of the frame, if the server could read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// Number of seconds after which the client may retry, if a retry can help.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
}

impl ServerMessage {
    /// Returns whether the message is about one room. The server adds the room to such a frame ([`crate::with_room`]).
    pub fn is_of_room(&self) -> bool {
        match self {
            Self::Message(_)
            | Self::Messages { .. }
            | Self::Page { .. }
            | Self::Changes { .. }
            | Self::Presence { .. }
            | Self::Found { .. }
            | Self::Pins { .. }
            | Self::Thread { .. }
            | Self::Threads { .. }
            | Self::Receipts { .. }
            | Self::Seen { .. }
            | Self::Typing { .. }
            | Self::Rules { .. }
            | Self::Members { .. }
            | Self::Details { .. } => true,
            // `welcome`, `news`, `read`, `roomCreated` and `roomLeft` have their room anyway. An error has the room that the frame named which it
            // answers.
            Self::Welcome { .. }
            | Self::News { .. }
            | Self::Read { .. }
            | Self::Save { .. }
            | Self::Saved { .. }
            | Self::Upload { .. }
            | Self::Rooms { .. }
            | Self::Directory { .. }
            | Self::Restrictions { .. }
            | Self::Audit { .. }
            | Self::DataErased { .. }
            | Self::Role { .. }
            | Self::Roles { .. }
            | Self::Identity { .. }
            | Self::Usage { .. }
            | Self::UserPurged { .. }
            | Self::CatchUp { .. }
            | Self::RoomCreated { .. }
            | Self::MyRooms { .. }
            | Self::MemberAdded { .. }
            | Self::RoomAdded { .. }
            | Self::RoomLeft { .. }
            | Self::SignedOut { .. }
            | Self::Profiles { .. }
            | Self::Pong
            | Self::Error { .. } => false,
        }
    }
}

#[cfg(feature = "serde")]
impl ServerMessage {
    /// Returns the frame as JSON.
    pub fn to_frame(&self) -> String {
        #[expect(clippy::expect_used, reason = "texts, numbers, flags and lists of them: all of that has its JSON")]
        serde_json::to_string(self).expect("a message of the server is JSON")
    }
}

/// Message as everybody in the room sees it.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// Position in the room.
    pub seq: Seq,
    /// Revision of the last change; equal to `seq` until the first change.
    pub rev: Rev,
    /// The author as the server knows them, with the name they had when they sent the message.
    pub author: Person,
    /// Identifies the message together with the author.
    pub nonce: Nonce,
    /// The text; `None` if the message is only an image, or is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
    /// The text as safe HTML, if that shows more than the text. The server renders it from the text each time it sends the
    /// message, and never accepts it from a client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The image of the message, served at [`crate::image_path`], with its others, served at the same path with their number
    /// ([`crate::numbered`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ChatImage>,
    /// The message to which this one replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyRef>,
    /// The people that the text mentions with `@name`, with the names they had at that time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Person>,
    /// Time when the server accepted the message.
    pub sent_at: Timestamp,
    /// Time when the author last edited the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Whether the message is deleted: its text, image and reactions are removed, its position stays.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// Reactions, in the order in which each emoji was first used.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "crate::emoji::stored_reactions::deserialize"
    )]
    pub reactions: Vec<Reaction>,
    /// Who pinned the message to the room, if it is pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pin>,
    /// The poll, if the text is its question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// The message in whose thread this one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Seq>,
    /// Whether a message in a thread is also shown in the room.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_room: bool,
    /// The summary of the thread that this message began, if it has replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<ThreadSummary>,
}

impl ChatMessage {
    /// Returns whether the room shows the message: all but the replies of a thread that were not also sent to the room.
    pub fn is_in_room(&self) -> bool {
        self.thread.is_none() || self.in_room
    }
}

/// Note that a message is pinned.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// The person who pinned it, with the name they had at that time.
    pub by: Person,
    /// When it was pinned.
    pub at: Timestamp,
}

/// The beginning of a message, for a list of messages.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct MessageExcerpt {
    /// Position in the room.
    pub seq: Seq,
    /// The author.
    pub author: Person,
    /// Time when the server accepted the message.
    pub sent_at: Timestamp,
    /// The beginning of the text, at most [`crate::limits::NEWS_CHARS`]; `None` if the message is only images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
    /// Who pinned the message to the room, if it is pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pin>,
    /// Number of images of the message, if it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<u32>,
}

/// Reference to the message to which another one replies. It does not repeat the text; otherwise a copy would survive the
/// deletion of the message.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ReplyRef {
    /// Position of the message.
    pub seq: Seq,
    /// Author of the message.
    pub author: Person,
}

/// Latest activity in a room.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct RoomActivity {
    /// The room.
    pub room: RoomName,
    /// Position of the newest message.
    pub newest: Seq,
    /// Author of the newest message.
    pub author: PersonId,
    /// Time of the newest message.
    pub sent_at: Timestamp,
    /// Number of messages of others after the read position; at most [`crate::limits::UNREAD_COUNT`]. Absent if the request has no read
    /// position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u32>,
    /// The recipient's stored read position, if the request has read positions. What is unread is counted after the larger of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Seq>,
    /// Whether one of the unread messages mentions the recipient.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mentioned: bool,
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// Person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Person {
    /// Id, generated by the server.
    pub id: PersonId,
    /// Name that the person chose.
    pub name: PersonName,
    /// Whether the person is a moderator. Only the server sets this.
    #[serde(default, skip_serializing_if = "is_false")]
    pub moderator: bool,
    /// Picture and colour. Copies that are kept beside a message (of its mentions, its reply reference, its pin and its reactions) and in the
    /// audit log do not have it.
    #[serde(default, skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
}

impl Person {
    /// Id of an erased author. It cannot be a real id: a guest's id has 16 characters, and one from a provider more.
    pub const ERASED_ID: &str = "gone";

    /// Returns the placeholder for the author of an erased message. The page shows a translated name for it.
    pub fn erased() -> Self {
        Self { id: PersonId::erased(), name: PersonName::erased(), moderator: false, appearance: Appearance::NONE }
    }

    /// Returns the person without their [`Appearance`], for copies that should stay small.
    #[must_use]
    pub fn without_appearance(self) -> Self {
        Self { appearance: Appearance::NONE, ..self }
    }

    /// Returns whether this is the placeholder for an erased author.
    pub fn is_erased(&self) -> bool {
        self.id.as_str() == Self::ERASED_ID
    }
}

/// Kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The frame is not JSON.
    BadJson,
    /// The frame has no action.
    MissingAction,
    /// The server does not know the action.
    UnknownAction,
    /// A field is missing, has a wrong type, or is over its limit.
    BadField,
    /// The frame is larger than [`crate::limits::FRAME_BYTES`].
    FrameTooLarge,
    /// The image differs from its announcement; the server deleted it.
    BadImage,
    /// The image does not exist (any more). Upload it again.
    NoImage,
    /// The message does not exist (any more), or nobody can reply in its thread any more.
    NoMessage,
    /// The message belongs to another person.
    NotYours,
    /// The text was edited after the revision that the edit is based on.
    Outdated,
    /// Only a moderator may do this, or the deployment does not offer it. The answer to `enter`, if the room is private or does not exist.
    NotAllowed,
    /// The rate limit is reached. Retry after `retryAfter` seconds.
    TooFast,
    /// The room is read-only at the moment, or archived.
    ReadOnly,
    /// A moderator muted the sender, for `retryAfter` more seconds.
    Muted,
    /// A maximum number is reached: of reactions or votes on the message, of pinned messages in the room, of saved ones, of people with a
    /// role, of members of the room, or of a person's private rooms.
    TooMany,
    /// The person is the last owner. Make another person an owner first.
    LastOwner,
    /// The server does not know this socket (any more). Reconnect.
    NotConnected,
    /// The server could not do this now. Retry.
    Unavailable,
    /// The frame names a room in which the socket is not (any more). Nothing was done.
    OtherRoom,
    /// A code of a newer server. The error's sentence says what it is.
    #[serde(other)]
    Other,
}
