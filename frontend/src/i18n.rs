//! Every sentence people read, in one place: a catalogue for each language. All are of one type, so a sentence that one of
//! them lacks does not compile. They are nothing but texts: a language costs the page its letters and no code.

mod en;
mod errors;
mod ja;
mod message;
#[cfg(any(test, feature = "hydrate"))]
mod moderation;
mod people;
mod room;
#[cfg(test)]
mod tests;
mod time;

use page_model::calendar::Utc;
use shared_types::Language;

/// What the page says in one language.
#[derive(Debug)]
pub(crate) struct Translations {
    pub(crate) language: Language,
    pub(crate) app: &'static str,

    pub(crate) message: &'static str,
    /// What is written in the empty composer of a room.
    pub(crate) placeholder: Template,
    pub(crate) send: &'static str,
    pub(crate) composer_keys: &'static str,
    pub(crate) no_script: &'static str,
    chars_left: Plural,
    chars_over: Plural,

    pub(crate) connecting: &'static str,
    pub(crate) connected: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) reconnect: &'static str,
    pub(crate) retrying_now: &'static str,
    retrying_in: Template,
    /// How many people are in the room.
    pub(crate) online: Plural,
    typing_one: Template,
    typing_two: Template,
    typing_many: &'static str,
    /// Between two names.
    and: &'static str,

    pub(crate) sending: &'static str,
    pub(crate) waiting: &'static str,
    /// What stands before the reason.
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

    /// What is heard when the server wants to wait.
    pub(crate) message_held: &'static str,
    pub(crate) sent_in: Template,
    pub(crate) next_message_in: Template,
    /// In a slow room; with a span of time.
    pub(crate) slow_mode_rule: Template,
    /// For those who need not wait in one.
    pub(crate) slow_mode_exempt: Template,
    pub(crate) read_only: &'static str,
    /// For those who may write all the same.
    pub(crate) only_moderators_write: &'static str,
    pub(crate) muted_until: Template,
    pub(crate) banned_until: Template,
    pub(crate) signed_out: &'static str,
    pub(crate) sign_in_again: &'static str,
    /// The same where a passphrase is asked for.
    pub(crate) passphrase_again: &'static str,
    pub(crate) enter: &'static str,
    pub(crate) try_again: &'static str,
    too_fast: &'static str,
    muted: &'static str,
    not_allowed: &'static str,
    /// Spans of time.
    seconds: Template,
    minutes: Template,
    hours: Template,
    days: Plural,

    /// What stands beside the name of one.
    pub(crate) moderator: &'static str,
    /// In the place of a name that is not there any more.
    erased_person: &'static str,
    /// The name of the button in the toolbar that opens the dialog about a person.
    pub(crate) restrict: &'static str,
    /// The same, where there is one for each, and the dialog's title.
    pub(crate) restrict_person: Template,
    pub(crate) mute: &'static str,
    pub(crate) mute_hint: &'static str,
    pub(crate) ban: &'static str,
    pub(crate) ban_hint: &'static str,
    pub(crate) how_long: &'static str,
    pub(crate) lift: &'static str,
    pub(crate) purge_user: &'static str,
    pub(crate) purge_user_hint: &'static str,
    /// What holds for a person.
    pub(crate) no_restrictions: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) restricted_muted_until: Template,
    #[cfg(feature = "hydrate")]
    pub(crate) restricted_banned_until: Template,
    #[cfg(feature = "hydrate")]
    user_purged: [&'static str; 3],
    /// What a moderator reads while there is no connection.
    pub(crate) moderation_offline: &'static str,
    pub(crate) room_rules: &'static str,
    pub(crate) room_rules_hint: &'static str,
    pub(crate) slow_mode: &'static str,
    pub(crate) off: &'static str,
    pub(crate) moderators_only: &'static str,
    pub(crate) audit: &'static str,
    pub(crate) audit_hint: &'static str,
    pub(crate) audit_loading: &'static str,
    pub(crate) audit_empty: &'static str,
    pub(crate) audit_failed: &'static str,
    pub(crate) audit_again: &'static str,
    pub(crate) audit_further: &'static str,
    #[cfg(feature = "hydrate")]
    restrictions_lifted: Template,
    #[cfg(feature = "hydrate")]
    person_muted: [&'static str; 3],
    #[cfg(feature = "hydrate")]
    person_banned: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    audit_deleted: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    audit_muted: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    audit_unmuted: Template,
    #[cfg(any(test, feature = "hydrate"))]
    audit_banned: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    audit_unbanned: Template,
    #[cfg(any(test, feature = "hydrate"))]
    audit_purged: Template,
    #[cfg(any(test, feature = "hydrate"))]
    audit_rules_changed: Template,
    #[cfg(any(test, feature = "hydrate"))]
    no_rules: &'static str,

    pub(crate) privacy: &'static str,
    pub(crate) your_id: &'static str,
    pub(crate) id_hint: &'static str,
    pub(crate) copy_id: &'static str,
    pub(crate) id_copied: &'static str,
    /// Where the page may not copy it.
    pub(crate) id_selected: &'static str,
    pub(crate) export: &'static str,
    pub(crate) export_hint: &'static str,
    pub(crate) exporting: &'static str,
    pub(crate) export_waits: Template,
    pub(crate) export_failed: &'static str,
    pub(crate) erase_my_data: &'static str,
    pub(crate) erase_hint: &'static str,
    pub(crate) erase_confirm: &'static str,
    pub(crate) erase_yes: &'static str,
    /// With the sentence about the ban before it.
    pub(crate) erase_banned: Template,
    pub(crate) erasing_started: &'static str,
    pub(crate) erasing: Plural,
    pub(crate) erasing_offline: &'static str,
    pub(crate) erase_failed: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) data_erased: &'static str,
    /// What follows that where the visitor has a new id.
    #[cfg(feature = "hydrate")]
    pub(crate) data_erased_new_id: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) sign_out_hint: &'static str,
    pub(crate) sign_out_sure: &'static str,
    pub(crate) name_given: &'static str,

    pub(crate) attach: &'static str,
    pub(crate) attached: &'static str,
    pub(crate) drop: &'static str,
    pub(crate) describe: &'static str,
    /// The name of the button that takes an image out of the tray, by its place.
    pub(crate) remove_image: Template,
    pub(crate) dismiss: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) too_many: &'static str,
    #[cfg(feature = "hydrate")]
    too_large: &'static str,
    #[cfg(feature = "hydrate")]
    not_an_image: &'static str,
    #[cfg(feature = "hydrate")]
    too_many_pixels: &'static str,
    #[cfg(feature = "hydrate")]
    large_gif: &'static str,
    #[cfg(feature = "hydrate")]
    too_dense: &'static str,

    pub(crate) image: &'static str,
    open_image: &'static str,
    open_described: Template,
    pub(crate) missing: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) download: &'static str,
    pub(crate) close: &'static str,

    pub(crate) edited: &'static str,
    /// What is left of a message that was taken back.
    pub(crate) message_deleted: &'static str,
    /// What stands in a quote for a text that is not known here.
    pub(crate) earlier_message: &'static str,
    pub(crate) actions: &'static str,
    /// The name of a button with an emoji.
    pub(crate) react: Template,
    pub(crate) more_reactions: &'static str,
    pub(crate) reply: &'static str,
    pub(crate) edit: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) delete_title: &'static str,
    pub(crate) delete_hint: &'static str,
    replying: Template,
    pub(crate) editing: &'static str,
    pub(crate) any_emoji: &'static str,
    pub(crate) not_an_emoji: &'static str,
    /// The names of the groups of emoji: faces, hands, hearts, things.
    pub(crate) emoji_groups: [&'static str; 4],
    pub(crate) add: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_changed: Template,
    no_message: &'static str,
    not_yours: &'static str,
    too_many_reactions: &'static str,

    /// The name of the link to a message.
    pub(crate) address: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_copied: &'static str,
    /// The name of the list of people that a message can mention.
    pub(crate) mention: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_found_message: &'static str,

    /// The name of the list of those who are here.
    pub(crate) people: &'static str,
    /// What stands behind the visitor's own name.
    pub(crate) yourself: &'static str,
    /// How many more are here than are named.
    pub(crate) more_people: Plural,

    /// What the line says that is drawn above what is new.
    pub(crate) new_line: &'static str,
    unread_messages: Plural,
    unread_messages_more: Template,
    pub(crate) to_newest: &'static str,
    /// The name of a room's log.
    pub(crate) log: Template,
    /// What stands before the first message of a room.
    pub(crate) beginning: Template,
    pub(crate) new_messages: &'static str,
    pub(crate) older: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) welcome: &'static str,

    pub(crate) rooms: &'static str,
    pub(crate) switch_rooms: &'static str,
    /// What is heard where a dot says that something new was said in another room.
    pub(crate) new_elsewhere: &'static str,
    pub(crate) open_room: &'static str,
    pub(crate) open: &'static str,
    pub(crate) room_name: &'static str,
    pub(crate) room_hint: &'static str,
    room_empty: &'static str,
    room_long: Template,
    room_character: &'static str,
    /// The name of the button that takes a room off the list.
    pub(crate) remove_room: Template,

    pub(crate) search: &'static str,
    pub(crate) search_field: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) searching: &'static str,
    pub(crate) search_offline: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) search_again: &'static str,
    /// How many messages were found.
    pub(crate) found: Plural,
    pub(crate) nothing_yet: &'static str,
    pub(crate) nothing_found: &'static str,
    pub(crate) further: &'static str,

    pub(crate) shortcuts: &'static str,
    pub(crate) anywhere: &'static str,
    pub(crate) while_writing: &'static str,
    pub(crate) among_messages: &'static str,
    pub(crate) at_an_image: &'static str,
    pub(crate) line_break: &'static str,
    pub(crate) edit_last: &'static str,
    pub(crate) stop_writing: &'static str,
    pub(crate) other_message: &'static str,
    pub(crate) first_or_last: &'static str,
    pub(crate) next_button: &'static str,
    pub(crate) react_to: &'static str,
    pub(crate) other_image: &'static str,

    pub(crate) about_you: &'static str,
    pub(crate) you: &'static str,
    pub(crate) name_hint: &'static str,
    pub(crate) your_name: &'static str,
    name_empty: &'static str,
    name_long: Template,
    name_character: &'static str,
    /// For those, too, who do not read the language that the page is in.
    pub(crate) choose_language: &'static str,
    pub(crate) notifications: &'static str,
    /// Never, when the visitor is mentioned, always.
    pub(crate) notify: [&'static str; 3],
    pub(crate) notify_hint: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) notify_denied: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) notify_unable: &'static str,
    pub(crate) save: &'static str,
    pub(crate) cancel: &'static str,

    #[cfg(feature = "hydrate")]
    pub(crate) unreachable: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) today: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) yesterday: &'static str,

    /// What a search engine, or somebody who is sent a link, reads of a room's page. It stands in an attribute.
    #[cfg(feature = "ssr")]
    pub(crate) description: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) reload: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) not_found: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) not_found_why: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) to_lobby: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) passphrase_title: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) passphrase_why: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) passphrase: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) wrong_passphrase: &'static str,
    #[cfg(feature = "ssr")]
    /// After how many seconds another passphrase is looked at.
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
    #[cfg(feature = "ssr")]
    pub(crate) banned: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) banned_why: &'static str,
    /// For how long, in a span of time, and behind that the moment.
    #[cfg(feature = "ssr")]
    pub(crate) banned_for: [&'static str; 3],

    /// A day, such as "Monday, 23 November 2026"; the weekday counts from Monday = 0, then day and month from 1, and the
    /// year.
    pub(crate) date: fn(usize, u32, usize, i64) -> String,
    comma: &'static str,
    colon: &'static str,
}

/// A sentence about something: what stands before it and after it.
#[derive(Debug)]
pub(crate) struct Template(&'static str, &'static str);

impl Template {
    pub(crate) fn with(&self, thing: &str) -> String {
        [self.0, thing, self.1].concat()
    }
}

/// A sentence with a number: for one, and for any other number.
#[derive(Debug)]
pub(crate) struct Plural {
    one: Template,
    other: Template,
}

impl Plural {
    pub(crate) fn of(&self, number: usize) -> String {
        let around = if number == 1 { &self.one } else { &self.other };
        around.with(&number.to_string())
    }
}

impl Translations {
    /// The calendar of the server in a language.
    pub(crate) fn utc(language: Language) -> Utc {
        Utc(Self::of(language).date)
    }

    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::TRANSLATIONS,
            Language::Japanese => &ja::TRANSLATIONS,
        }
    }
}
