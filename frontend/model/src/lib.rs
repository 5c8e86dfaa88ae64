//! The state of the chat page as plain types, tested natively.
//!
//! [`client::Client`] is the entry point: it joins the [`connection`] and the [`timeline`] of one room. It performs no I/O.
//! Every call takes the current time and returns the effects that the caller has to perform. The other modules hold the
//! state of one feature each. The crate `frontend` draws this state and connects it to the browser; the simulation in the
//! backend tests runs it without a browser.

pub mod albums;
pub mod audit;
pub mod calendar;
pub mod client;
pub mod composer_command;
pub mod composer_mode;
pub mod connection;
pub mod emoji_completion;
pub mod erasure;
pub mod followed_threads;
pub mod formatting;
pub mod image_file;
pub mod keys;
pub mod mention_completion;
pub mod notification_level;
pub mod paste;
pub mod profile_answers;
pub mod profile_times;
pub mod read_receipts;
pub mod read_sync;
pub mod rejected_image;
pub mod reply_drafts;
pub mod room_address;
mod room_cache;
pub mod room_directory;
pub mod room_list;
pub mod room_search;
pub mod room_titles;
pub mod search;
pub mod sorted;
pub mod text_links;
pub mod texts;
pub mod thread_reports;
pub mod timeline;
pub mod unread;
pub mod unsent_messages;
