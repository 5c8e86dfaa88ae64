//! Translations: three catalogues of texts for each language.
//!
//! Each catalogue is a value of one type, so a missing text does not compile. They contain data only: another language
//! adds no code to the page. A catalogue is in the first program if any code of the first program uses it, so the texts
//! that only the dialogs show are apart ([`DialogTexts`]).

pub(crate) mod administration;
#[cfg(feature = "ssr")]
pub(crate) mod administration_page;
#[cfg(feature = "ssr")]
pub(crate) mod claim;
pub(crate) mod devices;
mod dialogs;
pub(crate) mod directory;
mod en;
mod errors;
mod images;
mod ja;
pub(crate) mod links;
mod message;
pub(crate) mod message_lists;
mod moderation;
pub(crate) mod passkeys;
mod people;
pub(crate) mod private_rooms;
pub(crate) mod profile;
pub(crate) mod receipts;
mod room;
pub(crate) mod room_choices;
#[cfg(test)]
mod tests;
pub(crate) mod threads;
mod time;
pub(crate) mod unique_names;

pub(crate) use self::room::capped_count;

#[cfg(not(test))]
use std::fmt;

use page_model::calendar::Utc;
use shared_types::Language;

use crate::i18n::{dialogs::DialogTexts, images::ImageTexts};

/// The texts of the page in one language, without those that only the dialogs show.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Translations {
    pub(crate) language: Language,
    pub(crate) app: &'static str,

    pub(crate) message: &'static str,
    /// Placeholder of the composer; takes the title or the name of the room.
    pub(crate) placeholder: Template,
    pub(crate) send: &'static str,
    pub(crate) composer_keys: &'static str,
    pub(crate) composer_keys_touch: &'static str,
    pub(crate) no_script: &'static str,
    chars_left: Plural,
    chars_over: Plural,

    pub(crate) connecting: &'static str,
    pub(crate) connected: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) blocked: &'static str,
    pub(crate) reconnect: &'static str,
    pub(crate) retrying_now: &'static str,
    retrying_in: Template,
    /// Number of people in the room.
    pub(crate) online: Plural,
    typing_one: Template,
    typing_two: Template,
    typing_many: &'static str,
    /// Separator between two names.
    and: &'static str,

    pub(crate) sending: &'static str,
    pub(crate) waiting: &'static str,
    /// Takes the reason.
    pub(crate) not_sent: Template,
    pub(crate) unconfirmed: &'static str,
    message_rejected: &'static str,
    pub(crate) unavailable: &'static str,
    bad_image: &'static str,
    pub(crate) upload_broken: &'static str,
    pub(crate) image_lost: &'static str,
    pub(crate) uploading: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) discard: &'static str,

    /// Shown while a message waits for the rate limit.
    pub(crate) message_held: &'static str,
    pub(crate) sent_in: Template,
    pub(crate) next_message_in: Template,
    /// Slow mode for members; takes the interval.
    pub(crate) slow_mode_rule: Template,
    /// Slow mode for moderators; takes the interval.
    pub(crate) slow_mode_exempt: Template,
    pub(crate) read_only: &'static str,
    /// The room is archived.
    pub(crate) archived: &'static str,
    /// Read-only mode for moderators.
    pub(crate) only_moderators_write: &'static str,
    pub(crate) muted_until: Template,
    pub(crate) banned_until: Template,
    pub(crate) signed_out: &'static str,
    pub(crate) sign_in_again: &'static str,
    /// Replaces `signed_out` in a chat with a passphrase.
    pub(crate) passphrase_again: &'static str,
    pub(crate) enter: &'static str,
    pub(crate) try_again: &'static str,
    /// Title of the placeholder of a dialog that is being loaded.
    pub(crate) loading_part: &'static str,
    /// Title above `part_not_loaded`.
    pub(crate) not_loaded: &'static str,
    pub(crate) part_not_loaded: &'static str,
    too_fast: &'static str,
    muted: &'static str,
    not_allowed: &'static str,
    /// Durations; each takes a number.
    seconds: Template,
    minutes: Template,
    hours: Template,
    days: Plural,

    /// Badge beside the name of a moderator.
    pub(crate) moderator: &'static str,
    /// Replaces the name of a person whose data was erased.
    pub(crate) erased_person: &'static str,

    pub(crate) data_erased: &'static str,
    /// Follows `data_erased` if the visitor has a new id.
    #[cfg(feature = "hydrate")]
    pub(crate) data_erased_new_id: &'static str,

    pub(crate) attach: &'static str,
    pub(crate) drop: &'static str,
    pub(crate) dismiss: &'static str,

    pub(crate) image: &'static str,
    open_image: &'static str,
    open_described: Template,
    pub(crate) missing: &'static str,
    pub(crate) close: &'static str,

    /// Number of replies in a thread.
    pub(crate) replies: Plural,
    pub(crate) edited: &'static str,
    /// Replaces the content of a deleted message.
    pub(crate) message_deleted: &'static str,
    /// Replaces the text of a reply preview if the message is not loaded.
    pub(crate) earlier_message: &'static str,
    /// Unfolds a long message.
    pub(crate) show_more: &'static str,
    /// Folds it again.
    pub(crate) show_less: &'static str,
    pub(crate) actions: &'static str,
    /// Button that adds a reaction; takes the emoji.
    pub(crate) react: Template,
    /// Below a message that is pinned to the room.
    pub(crate) pinned: &'static str,
    /// Number of votes in a poll.
    pub(crate) votes: Plural,
    pub(crate) several_choices: &'static str,
    pub(crate) poll_closed: &'static str,
    replying: Template,
    pub(crate) editing: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_changed: Template,
    no_message: &'static str,
    outdated: &'static str,
    not_yours: &'static str,
    too_many: &'static str,

    /// Label of the link to a message.
    pub(crate) address: &'static str,
    /// Button that opens the emoji for the composer, and the label of the list of emoji that match a name.
    pub(crate) emoji: &'static str,
    /// Button that shows the buttons that format a text, and the label of these.
    pub(crate) formatting: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_found_message: &'static str,

    /// Label of the list of people in the room.
    pub(crate) people: &'static str,

    /// Label of the line above the first unread message.
    pub(crate) new_line: &'static str,
    unread_messages: Plural,
    unread_messages_more: Template,
    pub(crate) to_newest: &'static str,
    /// Label of the log; takes the title or the name of the room.
    pub(crate) log: Template,
    /// Title above the first message of a room; takes the title or the name of the room.
    pub(crate) beginning: Template,
    pub(crate) new_messages: &'static str,
    pub(crate) older: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) welcome: &'static str,

    pub(crate) rooms: &'static str,
    pub(crate) switch_rooms: &'static str,
    /// Screen reader text for the dot that shows unread messages in another room.
    pub(crate) new_elsewhere: &'static str,
    /// Follows the number of unread messages of a room.
    pub(crate) mentions_you: &'static str,
    pub(crate) mentioned_elsewhere: &'static str,
    pub(crate) open_room: &'static str,

    /// Button that opens the dialog with the link to the room.
    pub(crate) invite: &'static str,

    pub(crate) search: &'static str,

    pub(crate) about_you: &'static str,
    pub(crate) save: &'static str,
    pub(crate) cancel: &'static str,

    #[cfg(feature = "hydrate")]
    pub(crate) unreachable: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) today: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) yesterday: &'static str,

    /// Description of the page for search engines and link previews. It is written into an attribute without escaping.
    #[cfg(feature = "ssr")]
    pub(crate) description: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) reload: &'static str,
    /// The program has failed and cannot be started again.
    #[cfg(feature = "ssr")]
    pub(crate) failed: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) reload_page: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) not_found: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) not_found_why: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) to_lobby: &'static str,
    /// Name of the mark of a private room.
    pub(crate) private: &'static str,
    /// Title of the page for somebody who is no member of a private room, whether or not it exists.
    #[cfg(feature = "ssr")]
    pub(crate) private_room: &'static str,
    /// What they can do.
    #[cfg(feature = "ssr")]
    pub(crate) private_room_why: &'static str,
    /// Title of the page of an invitation to a private room.
    #[cfg(feature = "ssr")]
    pub(crate) join_title: &'static str,
    /// What the invitation does.
    #[cfg(feature = "ssr")]
    pub(crate) join_why: &'static str,
    /// Button: join the private room.
    #[cfg(feature = "ssr")]
    pub(crate) join: &'static str,
    /// The visitor of such an invitation has to enter the chat first.
    #[cfg(feature = "ssr")]
    pub(crate) enter_first: &'static str,
    /// Said on the sign-in page of a device that was signed out from another one.
    #[cfg(feature = "ssr")]
    pub(crate) was_signed_out: &'static str,
    /// What follows it in a chat with a passphrase.
    #[cfg(feature = "ssr")]
    pub(crate) passphrase_guest: &'static str,
    /// The private room, or the visitor's list of private rooms, is full.
    #[cfg(feature = "ssr")]
    pub(crate) room_full: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) passphrase_title: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) passphrase_why: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) passphrase: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) wrong_passphrase: &'static str,
    #[cfg(feature = "ssr")]
    /// Takes the number of seconds until the next attempt is allowed.
    pub(crate) too_many_attempts: Plural,
    #[cfg(feature = "ssr")]
    pub(crate) sign_in_title: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) sign_in_why: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) sign_in: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) sign_in_refused: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) sign_in_failed: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) sign_in_expired: &'static str,
    /// Title of the page that an invitation leads to.
    #[cfg(feature = "ssr")]
    pub(crate) invited: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) invited_why: &'static str,
    /// Label of the field for the token of a link, without scripts, and its hint.
    #[cfg(feature = "ssr")]
    pub(crate) link_code: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) link_code_hint: &'static str,
    /// Why an invitation lets nobody in: unknown, used up, expired, revoked.
    #[cfg(feature = "ssr")]
    pub(crate) invitation_problems: [&'static str; 4],
    #[cfg(feature = "ssr")]
    pub(crate) to_passphrase: &'static str,
    /// Title of the page that a link to another device leads to.
    #[cfg(feature = "ssr")]
    pub(crate) device: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) device_why: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) go_on: &'static str,
    /// Title and button; takes the name.
    #[cfg(feature = "ssr")]
    pub(crate) continue_as: Template,
    /// Takes the name.
    #[cfg(feature = "ssr")]
    pub(crate) device_confirm: Template,
    /// Takes the name that the visitor has in this browser.
    #[cfg(feature = "ssr")]
    pub(crate) device_replaces: Template,
    /// Why a link to another device signs nobody in: unknown, used up, expired, revoked.
    #[cfg(feature = "ssr")]
    pub(crate) device_problems: [&'static str; 4],
    #[cfg(feature = "ssr")]
    pub(crate) banned: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) banned_why: &'static str,
    /// The text around the remaining time and the end of the ban.
    #[cfg(feature = "ssr")]
    pub(crate) banned_for: [&'static str; 3],

    /// Formats a date, such as "Monday, 23 November 2026". Takes the weekday (0 is Monday), the day and the month (from
    /// 1), and the year.
    pub(crate) date: fn(usize, u32, usize, i64) -> String,
    comma: &'static str,
    colon: &'static str,
}

/// Only the language: `ClientTexts` has to be `Debug`, and the names of all fields would be in the program of the page. Tests
/// read all texts.
#[cfg(not(test))]
impl fmt::Debug for Translations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.language.tag())
    }
}

/// A text with one placeholder: the text before it and the text after it.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Template(&'static str, &'static str);

impl Template {
    pub(crate) fn with(&self, value: &str) -> String {
        [self.0, value, self.1].concat()
    }
}

/// A text with a number: the form for 1, and the form for all other numbers.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Plural {
    one: Template,
    other: Template,
}

impl Plural {
    pub(crate) fn of(&self, number: usize) -> String {
        let template = if number == 1 { &self.one } else { &self.other };
        template.with(&number.to_string())
    }
}

impl Translations {
    /// Returns the server's calendar, in UTC, with the date format of a language.
    pub(crate) fn utc(language: Language) -> Utc {
        Utc(Self::of(language).date)
    }

    /// Returns the catalogue of a language. It is not inlined, and nor are the functions that return the other catalogues: otherwise
    /// the compiler refers to single texts, and `frontend/split/src/languages.rs` could not tell their language.
    #[inline(never)]
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::TRANSLATIONS,
            Language::Japanese => &ja::TRANSLATIONS,
        }
    }
}
