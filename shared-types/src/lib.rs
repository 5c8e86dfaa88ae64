//! Wire types: the messages between the page and the server, and their limits.
//!
//! The crate holds types and limits only: no I/O, no clock, no platform. It builds for `wasm32-unknown-unknown` and for the
//! server. `tests/wire_format/` pins the JSON of every variant.
//!
//! Types are declared once and have their JSON in two forms with the same result: serde's for the server (feature `serde`), and
//! [`json`] for the page, where serde would make the program a sixth larger.

/// JSON of the wire types without serde. The page uses it, because it is small in WebAssembly.
pub use light_json as json;

mod access;
mod action;
mod chat_identity;
mod checked;
#[cfg(feature = "serde")]
mod client_frame;
mod client_message;
mod device;
mod emoji;
mod gateway_error;
mod image;
mod invitation;
mod joiners;
mod language;
pub mod limits;
mod mentions;
mod moderation;
mod names;
mod page_state;
mod plain_text;
mod poll;
mod profile;
mod read_receipt;
mod roles;
mod room_details;
mod room_directory;
mod room_members;
mod room_tag;
mod saved;
mod search_folding;
mod server_message;
mod thread;
mod timestamp;
mod usage;

pub use access::AccessMode;
pub use action::{Action, ActionName, UnknownAction};
pub use chat_identity::{CHAT_ICON_PATH, ChatIdentity};
#[cfg(feature = "serde")]
pub use client_frame::FrameError;
pub use client_message::{ClientMessage, HistoryRange};
pub use device::{DeviceList, SignedInDevice};
pub use emoji::{Emoji, EmojiError, Reaction, merged_reactions};
pub use gateway_error::GatewayError;
pub use image::{
    AltText, AltTextError, ChatImage, ImageNumberError, ImagePreview, ImageSide, ImageSize, ImageType, MoreImages,
    PreviewError, image_path, numbered,
};
pub use invitation::{
    DeviceLink, Invitation, InvitationError, InvitationId, InvitationList, InvitationSeconds, InvitationUses,
};
pub use joiners::is_joiner_or_selector;
pub use language::Language;
pub use mentions::{mentioned, mentions_in};
pub use moderation::{AuditEntry, ModerationAction, Restrictions, RoomRules, Seconds, SecondsError};
pub use names::{
    DeviceId, MessageText, NameError, Nonce, PersonId, PersonName, Rev, RoomName, SearchText, Seq, TextError,
    is_invisible,
};
pub use page_state::PageState;
pub use plain_text::plain_text;
pub use poll::{Poll, PollDraft, PollError, PollOption, PollOptionText};
pub use profile::{Appearance, Hue, HueError, Profile, StatusText, UploadedPicture, picture_path};
pub use read_receipt::ReadReceipt;
pub use roles::{LastRead, Role, RoleEntry};
pub use room_details::{RoomDescription, RoomDetails, RoomDetailsChange, RoomTitle, RoomTopic, TitledRoom};
pub use room_directory::{DirectoryPosition, DirectoryRoom};
pub use room_members::{NamedPerson, PrivateRoom, RoomMember};
pub use room_tag::{RoomTag, with_room};
pub use saved::{SavedMessage, SavedPosition};
pub use search_folding::{fold_letter, is_ignored_in_search};
pub use server_message::{ChatMessage, ErrorCode, MessageExcerpt, Person, Pin, ReplyRef, RoomActivity, ServerMessage};
pub use thread::{ListedThread, ThreadSummary};
pub use timestamp::{Timestamp, whole_seconds};
pub use usage::{StorageSize, Usage, UsageDay};
