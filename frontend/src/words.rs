//! Every sentence people read, in one place: a catalogue for each language. All are of one type, so a sentence that one of
//! them lacks does not compile. They are nothing but texts: a language costs the page its letters and no code.

mod en;
mod ja;

use shared_types::{ErrorCode, Language, NameError, Person, Timestamp, limits};

#[cfg(feature = "hydrate")]
use shared_types::Standing;
#[cfg(any(test, feature = "hydrate"))]
use shared_types::{Act, PersonId, PersonName, RoomRules};

use crate::{
    clock::Calendar,
    timeline::{News, Quoted},
};

#[cfg(feature = "hydrate")]
use crate::picture::Unfit;

/// So much of a message stands where another one answers it: more than a line has room for, in characters.
const EXCERPT_CHARS: usize = 120;

/// What the page says in one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) language: Language,
    pub(crate) app: &'static str,

    pub(crate) message: &'static str,
    /// What is written in the empty composer of a room.
    pub(crate) placeholder: Around,
    pub(crate) send: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) no_script: &'static str,
    left: Count,
    over: Count,

    pub(crate) connecting: &'static str,
    pub(crate) connected: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) reconnect: &'static str,
    trying: &'static str,
    trying_in: Around,
    /// How many people are in the room.
    pub(crate) online: Count,
    typing_one: Around,
    typing_two: Around,
    typing_many: &'static str,
    /// Between two names.
    and: &'static str,

    pub(crate) sending: &'static str,
    pub(crate) waiting: &'static str,
    /// What stands before the reason.
    pub(crate) not_sent: Around,
    pub(crate) unconfirmed: &'static str,
    refused: &'static str,
    pub(crate) unavailable: &'static str,
    bad_image: &'static str,
    pub(crate) upload_broken: &'static str,
    pub(crate) image_lost: &'static str,
    pub(crate) uploading: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) discard: &'static str,

    /// What is heard when the server wants to wait.
    pub(crate) held: &'static str,
    pub(crate) goes_out_in: Around,
    pub(crate) again_in: Around,
    /// In a slow room; with a span of time.
    pub(crate) slow: Around,
    pub(crate) read_only: &'static str,
    /// For those who may write all the same.
    pub(crate) reserved: &'static str,
    pub(crate) muted_until: Around,
    pub(crate) banned_until: Around,
    pub(crate) signed_out: &'static str,
    pub(crate) sign_in_again: &'static str,
    too_fast: &'static str,
    muted: &'static str,
    not_allowed: &'static str,
    /// Spans of time.
    seconds: Around,
    minutes: Around,
    hours: Around,
    days: Count,

    /// What stands beside the name of one.
    pub(crate) moderator: &'static str,
    /// In the place of a name that is not there any more.
    departed: &'static str,
    /// The name of the button that opens the dialog about a person.
    pub(crate) sanction: &'static str,
    /// The same, where there is one for each.
    pub(crate) sanction_of: Around,
    pub(crate) mute: &'static str,
    pub(crate) mute_hint: &'static str,
    pub(crate) ban: &'static str,
    pub(crate) ban_hint: &'static str,
    pub(crate) how_long: &'static str,
    pub(crate) lift: &'static str,
    pub(crate) lift_mute_hint: &'static str,
    pub(crate) lift_ban_hint: &'static str,
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
    stands_free: Around,
    #[cfg(feature = "hydrate")]
    stands_muted: [&'static str; 3],
    #[cfg(feature = "hydrate")]
    stands_banned: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    did_delete: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    did_mute: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    did_unmute: Around,
    #[cfg(any(test, feature = "hydrate"))]
    did_ban: [&'static str; 3],
    #[cfg(any(test, feature = "hydrate"))]
    did_unban: Around,
    #[cfg(any(test, feature = "hydrate"))]
    did_rule: Around,
    #[cfg(any(test, feature = "hydrate"))]
    no_rules: &'static str,

    pub(crate) privacy: &'static str,
    pub(crate) your_id: &'static str,
    pub(crate) id_hint: &'static str,
    pub(crate) copy_id: &'static str,
    pub(crate) id_copied: &'static str,
    pub(crate) export: &'static str,
    pub(crate) export_hint: &'static str,
    pub(crate) forget_me: &'static str,
    pub(crate) forget_me_hint: &'static str,
    pub(crate) forget_me_sure: &'static str,
    pub(crate) forget_me_yes: &'static str,
    pub(crate) forgetting: Count,
    pub(crate) forget_failed: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) sign_out_hint: &'static str,
    pub(crate) name_given: &'static str,

    pub(crate) attach: &'static str,
    pub(crate) attached: &'static str,
    pub(crate) drop: &'static str,
    pub(crate) describe: &'static str,
    /// The name of the button that takes an image out of the tray, by its place.
    pub(crate) remove_image: Around,
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
    open_described: Around,
    pub(crate) missing: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) download: &'static str,
    pub(crate) close: &'static str,

    pub(crate) edited: &'static str,
    /// What is left of a message that was taken back.
    pub(crate) gone: &'static str,
    /// What stands in a quote for a text that is not known here.
    pub(crate) earlier: &'static str,
    pub(crate) actions: &'static str,
    /// The name of a button with an emoji.
    pub(crate) react: Around,
    pub(crate) more_reactions: &'static str,
    pub(crate) reply: &'static str,
    pub(crate) edit: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) delete_title: &'static str,
    pub(crate) delete_hint: &'static str,
    replying: Around,
    pub(crate) editing: &'static str,
    pub(crate) any_emoji: &'static str,
    pub(crate) not_an_emoji: &'static str,
    /// The names of the groups of emoji: faces, hands, hearts, things.
    pub(crate) emoji_groups: [&'static str; 4],
    pub(crate) add: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_changed: Around,
    no_message: &'static str,
    not_yours: &'static str,
    too_many_reactions: &'static str,

    /// The name of the link to a message.
    pub(crate) address: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    /// The name of the list of people whom a message may call.
    pub(crate) mention: &'static str,
    #[cfg(feature = "hydrate")]
    pub(crate) not_found_message: &'static str,

    /// The name of the list of those who are here.
    pub(crate) people: &'static str,
    /// What stands behind the visitor's own name.
    pub(crate) yourself: &'static str,
    /// How many more are here than are named.
    pub(crate) more_people: Count,

    /// What the line says that is drawn above what is new.
    pub(crate) new_line: &'static str,
    news: Count,
    news_more: Around,
    pub(crate) to_newest: &'static str,
    /// The name of a room's log.
    pub(crate) log: Around,
    /// What stands before the first message of a room.
    pub(crate) beginning: Around,
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
    room_long: Around,
    room_character: &'static str,
    /// The name of the button that takes a room off the list.
    pub(crate) forget_room: Around,

    pub(crate) search: &'static str,
    pub(crate) search_field: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) searching: &'static str,
    pub(crate) search_offline: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) search_again: &'static str,
    /// How many messages were found.
    pub(crate) found: Count,
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
    pub(crate) along: &'static str,
    pub(crate) react_to: &'static str,
    pub(crate) other_image: &'static str,

    pub(crate) about_you: &'static str,
    pub(crate) you: &'static str,
    pub(crate) name_hint: &'static str,
    pub(crate) your_name: &'static str,
    name_empty: &'static str,
    name_long: Around,
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
    pub(crate) enter: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) wrong_passphrase: &'static str,
    #[cfg(feature = "ssr")]
    /// After how many seconds another passphrase is looked at.
    pub(crate) too_often: Count,
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
    pub(crate) door_again: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) banned: &'static str,
    #[cfg(feature = "ssr")]
    pub(crate) banned_hours: Count,

    /// A day, such as "Monday, 23 November 2026"; the weekday counts from Monday = 0, then day and month from 1, and the
    /// year.
    pub(crate) date: fn(usize, u32, usize, i64) -> String,
    comma: &'static str,
    colon: &'static str,
}

/// A sentence about something: what stands before it and after it.
#[derive(Debug)]
pub(crate) struct Around(&'static str, &'static str);

impl Around {
    pub(crate) fn with(&self, thing: &str) -> String {
        [self.0, thing, self.1].concat()
    }
}

/// A sentence with a number: for one, and for any other number.
#[derive(Debug)]
pub(crate) struct Count {
    one: Around,
    other: Around,
}

impl Count {
    pub(crate) fn of(&self, number: usize) -> String {
        let around = if number == 1 { &self.one } else { &self.other };
        around.with(&number.to_string())
    }
}

impl Words {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::WORDS,
            Language::Japanese => &ja::WORDS,
        }
    }

    /// The title of a room's page.
    pub(crate) fn title(&self, room: &str) -> String {
        ["#", room, " · ", self.app].concat()
    }

    /// The title of a room's page while its tab is hidden and something new was said.
    #[cfg(feature = "hydrate")]
    pub(crate) fn unread_title(&self, unread: u32, room: &str) -> String {
        ["(", &unread.to_string(), ") ", &self.title(room)].concat()
    }

    /// What follows [`Words::offline`]: when the next try is, 0 for one that is under way.
    pub(crate) fn retrying(&self, seconds: u32) -> String {
        match seconds {
            0 => self.trying.into(),
            seconds => self.trying_in.with(&seconds.to_string()),
        }
    }

    /// A time that is not far: the day stands before it where that is another one.
    pub(crate) fn moment(&self, calendar: &dyn Calendar, at: Timestamp, now: Timestamp) -> String {
        let time = calendar.time(at);
        if calendar.day(at) == calendar.day(now) { time } else { self.said(&calendar.day_name(at), &time) }
    }

    /// A span of time in the largest unit that has a whole number of it; above a minute and a half none is counted in seconds.
    pub(crate) fn span(&self, seconds: u32) -> String {
        let minutes = seconds.div_ceil(60);
        if seconds <= 90 && seconds != 60 {
            return self.seconds.with(&seconds.to_string());
        }
        match minutes {
            _ if minutes.is_multiple_of(1440) => self.days.of((minutes / 1440) as usize),
            _ if minutes.is_multiple_of(60) => self.hours.with(&(minutes / 60).to_string()),
            _ => self.minutes.with(&minutes.to_string()),
        }
    }

    /// What holds in a room.
    #[cfg(any(test, feature = "hydrate"))]
    pub(crate) fn rules(&self, rules: RoomRules) -> String {
        let slow = (rules.slow > 0).then(|| self.slow.with(&self.span(rules.slow.into())));
        let read_only = rules.read_only.then(|| self.read_only.to_owned());
        let both: Vec<String> = slow.into_iter().chain(read_only).collect();
        if both.is_empty() { self.no_rules.into() } else { both.join(" ") }
    }

    /// What a moderator did, without saying who it was; `at` writes a time.
    #[cfg(any(test, feature = "hydrate"))]
    pub(crate) fn act(&self, act: &Act, at: impl Fn(Timestamp) -> String) -> String {
        let until = |[before, between, after]: [&'static str; 3], whom: &str, until: Timestamp| {
            [before, whom, between, &at(until), after].concat()
        };
        match act {
            Act::Delete { room, author, .. } => {
                let [before, between, after] = self.did_delete;
                [before, self.name(author), between, room.as_str(), after].concat()
            }
            Act::Mute { person, name, until: Some(time) } => {
                until(self.did_mute, &called(person, name.as_ref()), *time)
            }
            Act::Mute { person, name, until: None } => self.did_unmute.with(&called(person, name.as_ref())),
            Act::Ban { person, name, until: Some(time) } => until(self.did_ban, &called(person, name.as_ref()), *time),
            Act::Ban { person, name, until: None } => self.did_unban.with(&called(person, name.as_ref())),
            Act::Rules { room, rules } => {
                [&self.did_rule.with(room.as_str()), self.colon, &self.rules(*rules)].concat()
            }
        }
    }

    /// What became of a person, for the moderator who decided about them; `at` writes a time.
    #[cfg(feature = "hydrate")]
    pub(crate) fn stands(&self, person: &Person, standing: Standing, at: impl Fn(Timestamp) -> String) -> String {
        let name = person.name.as_str();
        let ([before, between, after], until) = match (standing.banned_until, standing.muted_until) {
            (Some(until), _) => (self.stands_banned, until),
            (None, Some(until)) => (self.stands_muted, until),
            (None, None) => return self.stands_free.with(name),
        };
        [before, name, between, &at(until), after].concat()
    }

    /// What a person is called: whoever had everything deleted has no name any more.
    pub(crate) fn name<'a>(&self, person: &'a Person) -> &'a str {
        if person.is_gone() { self.departed } else { person.name.as_str() }
    }

    /// Who said a message and when, for those who cannot see that it belongs to a group.
    pub(crate) fn said(&self, author: &str, time: &str) -> String {
        [author, self.comma, time].concat()
    }

    /// The name of the button that shows an image at its full size.
    pub(crate) fn open_image(&self, alt: Option<&str>) -> String {
        alt.map_or_else(|| self.open_image.into(), |alt| self.open_described.with(alt))
    }

    /// Who means an emoji, for those who see no button with a number: "👍 2: Ann, Ben".
    pub(crate) fn reaction(&self, emoji: &str, people: &[Person]) -> String {
        [emoji, " ", &people.len().to_string(), self.colon, &self.names(people)].concat()
    }

    /// The names of people, one after the other.
    pub(crate) fn names(&self, people: &[Person]) -> String {
        people.iter().map(|person| self.name(person)).collect::<Vec<_>>().join(self.comma)
    }

    /// Who is writing something, in the order in which they began.
    pub(crate) fn typing(&self, people: &[&Person]) -> String {
        match people {
            [] => String::new(),
            [one] => self.typing_one.with(one.name.as_str()),
            [one, two] => self.typing_two.with(&[one.name.as_str(), self.and, two.name.as_str()].concat()),
            _ => self.typing_many.into(),
        }
    }

    /// How much is new to the visitor, with the way to where it begins.
    pub(crate) fn news(&self, news: &News) -> String {
        if news.more { self.news_more.with(&news.count.to_string()) } else { self.news.of(news.count) }
    }

    /// Whom and what the visitor is about to answer.
    pub(crate) fn replying(&self, quoted: &Quoted) -> String {
        [&self.replying.with(self.name(&quoted.author)), self.colon, &self.excerpt(quoted)].concat()
    }

    /// The first words of a message, on one line.
    pub(crate) fn excerpt(&self, quoted: &Quoted) -> String {
        quoted
            .text
            .as_ref()
            .map_or_else(|| self.earlier.into(), |text| text.as_str().chars().take(EXCERPT_CHARS).collect())
    }

    /// What somebody said, behind their name.
    pub(crate) fn said_so(&self, text: &str) -> String {
        [self.colon, text].concat()
    }

    /// Why a file cannot be sent.
    #[cfg(feature = "hydrate")]
    pub(crate) fn unfit(&self, file: &str, why: Unfit) -> String {
        let why = match why {
            Unfit::TooLarge => self.too_large,
            Unfit::NotAnImage => self.not_an_image,
            Unfit::TooManyPixels => self.too_many_pixels,
            Unfit::LargeGif => self.large_gif,
            Unfit::TooDense => self.too_dense,
        };
        [file, self.colon, why].concat()
    }

    /// The room left in the composer, or how much is too much.
    pub(crate) fn counter(&self, chars: usize) -> String {
        match chars.checked_sub(limits::TEXT_CHARS) {
            None | Some(0) => self.left.of(limits::TEXT_CHARS - chars),
            Some(over) => self.over.of(over),
        }
    }

    /// What is heard where a dot says that something new was said in a room, behind its name.
    pub(crate) fn is_unread(&self) -> String {
        [self.comma, self.new_messages].concat()
    }

    /// Why a room cannot be called so.
    pub(crate) fn bad_room(&self, error: NameError) -> String {
        match error {
            NameError::Empty => self.room_empty.into(),
            NameError::TooLong { .. } => self.room_long.with(&limits::ROOM_CHARS.to_string()),
            NameError::Character => self.room_character.into(),
        }
    }

    /// What somebody said, as it is told to who does not look at the page.
    #[cfg(feature = "hydrate")]
    pub(crate) fn told(&self, author: &str, text: Option<&str>) -> String {
        [author, self.colon, text.unwrap_or(self.image)].concat()
    }

    /// Why a name cannot be taken.
    pub(crate) fn bad_name(&self, error: NameError) -> String {
        match error {
            NameError::Empty => self.name_empty.into(),
            NameError::TooLong { .. } => self.name_long.with(&limits::NAME_CHARS.to_string()),
            NameError::Character => self.name_character.into(),
        }
    }

    /// Why the server did not take something that the page says: a sentence in place of the server's own, which is English.
    /// There is none for what only other programs meet.
    pub(crate) fn refusal(&self, code: ErrorCode) -> Option<&'static str> {
        match code {
            ErrorCode::BadField | ErrorCode::FrameTooLarge => Some(self.refused),
            ErrorCode::BadImage => Some(self.bad_image),
            ErrorCode::NoImage => Some(self.upload_broken),
            ErrorCode::Unavailable => Some(self.unavailable),
            ErrorCode::NoMessage => Some(self.no_message),
            ErrorCode::NotYours => Some(self.not_yours),
            ErrorCode::TooMany => Some(self.too_many_reactions),
            ErrorCode::TooFast => Some(self.too_fast),
            ErrorCode::ReadOnly => Some(self.read_only),
            ErrorCode::Muted => Some(self.muted),
            ErrorCode::NotAllowed => Some(self.not_allowed),
            _ => None,
        }
    }
}

/// Somebody by their name and id: of two with one name, a moderator has to know which.
#[cfg(any(test, feature = "hydrate"))]
fn called(id: &PersonId, name: Option<&PersonName>) -> String {
    match name {
        Some(name) => [name.as_str(), " (", id.as_str(), ")"].concat(),
        None => id.as_str().into(),
    }
}

#[cfg(test)]
mod tests;
