//! Wire types: the messages between the page and the server, and their limits.
//!
//! The crate holds types and limits only: no I/O, no clock, no platform. It builds for `wasm32-unknown-unknown` and for the
//! server. `tests/wire_format.rs` pins the JSON of every variant.

mod access;
mod action;
mod client_message;
mod emoji;
mod image;
mod joiners;
mod language;
pub mod limits;
mod mentions;
mod moderation;
mod names;
mod page_state;
mod search_folding;
mod server_message;
mod timestamp;

pub use access::AccessMode;
pub use action::{Action, ActionName, UnknownAction};
pub use client_message::{ClientMessage, FrameError, HistoryRange};
pub use emoji::{Emoji, EmojiError, Reaction, merged_reactions};
pub use image::{
    AltText, AltTextError, ChatImage, ImageNumberError, ImagePreview, ImageSide, ImageSize, ImageType, PreviewError,
    image_path,
};
pub use joiners::is_joiner_or_selector;
pub use language::Language;
pub use mentions::{mentioned, mentions_in};
pub use moderation::{AuditEntry, ModerationAction, Restrictions, RoomRules, Seconds, SecondsError};
pub use names::{
    MessageText, NameError, Nonce, PersonId, PersonName, Rev, RoomName, SearchText, Seq, TextError, is_invisible,
};
pub use page_state::PageState;
pub use search_folding::{fold_letter, is_ignored_in_search};
pub use server_message::{ChatMessage, ErrorCode, Person, ReplyRef, RoomActivity, ServerMessage};
pub use timestamp::{Timestamp, whole_seconds};
