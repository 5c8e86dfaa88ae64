//! What the server says.

use serde::{Deserialize, Serialize};

use crate::{
    ActionName, AuditEntry, ChatImage, HistoryRange, MessageText, Nonce, PersonId, PersonName, Reaction, Restrictions,
    Rev, RoomName, RoomRules, SearchText, Seq, Timestamp,
};

/// One frame from the server: `{"type": …}`. A client ignores types and fields it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "a frame is read, used and dropped: there is never more than one")]
pub enum ServerMessage {
    /// Who the client is to this room; the answer to `hello` and `rename`.
    Welcome {
        /// The client's own person.
        you: Person,
        /// The room the socket is in.
        room: RoomName,
        /// How many people are in the room, the client among them.
        online: u32,
        /// Who they are, by name; the first [`crate::limits::PEOPLE`] of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<Person>,
        /// What holds in the room; nothing special where it is absent.
        #[serde(default, skip_serializing_if = "RoomRules::is_default")]
        rules: RoomRules,
    },
    /// A message was said, or changed: then its `rev` is higher than before. For its author also the acknowledgement that
    /// it is stored.
    Message(ChatMessage),
    /// A stretch of the order, oldest first; the answer to `history` and to a `hello` without `since`.
    Page {
        /// Which stretch this is, as `history` asked for it; absent for the newest page.
        #[serde(flatten)]
        place: Option<HistoryRange>,
        /// The messages, by `seq`.
        messages: Vec<ChatMessage>,
        /// Whether there are older ones.
        more: bool,
        /// Whether there are newer ones.
        #[serde(default, skip_serializing_if = "is_false")]
        newer: bool,
        /// The revision up to which a client that shows the newest page has everything; absent for older pages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<Rev>,
    },
    /// What changed after a revision; the answer to `changes` and to a `hello` with `since`.
    Changes {
        /// The changed messages as they are now, by `rev`. When `truncated`, the newest page by `seq` instead.
        messages: Vec<ChatMessage>,
        /// The revision up to which the client now has everything.
        up_to: Rev,
        /// Whether the gap was too large to be told: the client drops what it shows and takes `messages` instead.
        truncated: bool,
    },
    /// Where to put the image of a message that is yet to be sent; the answer to `upload`.
    Upload {
        /// The nonce of the message.
        nonce: Nonce,
        /// The address for one `PUT` of just the bytes that were announced, with their type as `Content-Type`. A path
        /// alone means the page's own host. Good for [`crate::limits::UPLOAD_LIFE`].
        url: String,
    },
    /// Who is in the room, when that changed; the answer to `people`.
    Presence {
        /// How many people are in the room.
        online: u32,
        /// Who they are, by name; the first [`crate::limits::PEOPLE`] of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<Person>,
    },
    /// What was said last in some rooms; the answer to `rooms`. A room in which nothing was said is not among them.
    Rooms {
        /// The rooms, in the order in which they were asked for.
        rooms: Vec<RoomActivity>,
    },
    /// The messages with some words; the answer to `search`.
    Found {
        /// The words.
        text: SearchText,
        /// The messages, newest first; at most [`crate::limits::SEARCH_FOUND`].
        messages: Vec<ChatMessage>,
        /// Where to go on, for the answer is of a part of the room only; absent where its beginning is reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
    },
    /// Somebody is writing something.
    Typing {
        /// Who.
        person: Person,
    },
    /// What holds in the room from now on; told to everybody in it when a moderator changes it.
    Rules {
        /// All of it.
        rules: RoomRules,
    },
    /// What a person may not do; the answer to `mute`, `ban` and `standing`, and told to the person by the first two.
    #[serde(rename = "standing")]
    Restrictions {
        /// Who.
        person: PersonId,
        /// All of it.
        #[serde(rename = "standing")]
        restrictions: Restrictions,
    },
    /// What moderators did, newest first; the answer to `audit`.
    Audit {
        /// What was done.
        entries: Vec<AuditEntry>,
        /// Whether there is more before.
        more: bool,
    },
    /// What the speaker wrote is gone, or a part of it; the answer to `forget`.
    #[serde(rename = "forgotten")]
    DataErased {
        /// How many messages are gone by this.
        count: u32,
        /// Whether something is left: then it is to be asked again.
        more: bool,
    },
    /// What a person wrote is gone, or a part of it; the answer to `clear`.
    #[serde(rename = "cleared")]
    UserPurged {
        /// Who.
        person: PersonId,
        /// How many messages are gone by this.
        count: u32,
        /// Whether something is left: then it is to be asked again.
        more: bool,
    },
    /// The answer to `ping`.
    Pong,
    /// Something the client said could not be done. The socket stays open.
    Error {
        /// What kind of thing went wrong, for programs.
        code: ErrorCode,
        /// What went wrong and what to do, for people.
        message: String,
        /// The action it answers, where it could be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action: Option<ActionName>,
        /// The nonce of the message it answers, where it could be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// After how many seconds the same may be tried again, where trying again helps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
}

impl ServerMessage {
    /// The frame that says it.
    pub fn to_frame(&self) -> String {
        #[expect(clippy::expect_used, reason = "texts, numbers, flags and lists of them: all of that has its JSON")]
        serde_json::to_string(self).expect("a message of the server is JSON")
    }
}

/// One message as everyone sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// Its place in the room's order.
    pub seq: Seq,
    /// The revision of its last change; equal to `seq` until it is changed.
    pub rev: Rev,
    /// Who wrote it, as the server knows them, with the name they had then.
    pub author: Person,
    /// Its identity together with the author.
    pub nonce: Nonce,
    /// What was said; nothing where the image says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
    /// The same as HTML that can do nothing, where that shows more than the text. The server makes it of the text each time
    /// it says it, and never takes it from anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The image that belongs to it, found at [`crate::image_path`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ChatImage>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyRef>,
    /// Whom its text calls with `@name`, with the names they had then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Person>,
    /// When the server accepted it.
    pub sent_at: Timestamp,
    /// When its text was last changed by its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Whether its author took it back: its text, image and reactions are gone, its place stays.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// What others say about it with an emoji, in the order in which each emoji was first used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// The message that another one answers. What it says is not repeated, or it could not be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyRef {
    /// Its place.
    pub seq: Seq,
    /// Who wrote it.
    pub author: Person,
}

/// What was said last in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomActivity {
    /// The room.
    pub room: RoomName,
    /// The place of its newest message.
    pub newest: Seq,
    /// Who wrote that.
    pub author: PersonId,
    /// When.
    pub sent_at: Timestamp,
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// A person as others see them. The colour is derived from the id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Who they are, made by the server.
    pub id: PersonId,
    /// What they want to be called.
    pub name: PersonName,
    /// Whether they keep order here. Only the server says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub moderator: bool,
}

impl Person {
    /// The id of nobody. A guest's id has 16 characters, and one from a provider more.
    pub const ERASED_ID: &str = "gone";

    /// Nobody: who has written what somebody asked to be forgotten. The page has a word of its own for them.
    pub fn erased() -> Self {
        Self { id: PersonId::nobody(), name: PersonName::nobody(), moderator: false }
    }

    /// Whether this is nobody.
    pub fn is_erased(&self) -> bool {
        self.id.as_str() == Self::ERASED_ID
    }
}

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The frame is not JSON.
    BadJson,
    /// The frame has no action.
    MissingAction,
    /// The action is none that this server knows.
    UnknownAction,
    /// A field is missing, of a wrong type, or over its limit.
    BadField,
    /// The frame is larger than [`crate::limits::FRAME_BYTES`].
    FrameTooLarge,
    /// The image is not what was announced, and is gone.
    BadImage,
    /// The image is not there (any more): upload it again.
    NoImage,
    /// There is no such message (any more).
    NoMessage,
    /// The message is somebody else's.
    NotYours,
    /// Only a moderator may do it, or nobody here.
    NotAllowed,
    /// Too much in too short a time: try again after `retryAfter` seconds.
    TooFast,
    /// The room can only be read at the moment.
    ReadOnly,
    /// A moderator muted the speaker, for `retryAfter` seconds more.
    Muted,
    /// The message has as many reactions as one can have.
    TooMany,
    /// The server does not know this socket (any more): connect again.
    NotConnected,
    /// The server could not do it now: try again.
    Unavailable,
}
