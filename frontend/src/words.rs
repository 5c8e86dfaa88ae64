//! Every sentence people read, in one place.

use shared_types::{NameError, limits};

#[cfg(feature = "hydrate")]
use crate::picture::Unfit;

pub(crate) const APP: &str = "Chat";

pub(crate) const MESSAGE: &str = "Message";
pub(crate) const SEND: &str = "Send";
pub(crate) const KEYS: &str = "Enter to send, Shift + Enter for a new line";
pub(crate) const NO_SCRIPT: &str = "You are reading along. Turn on JavaScript to join the conversation.";

pub(crate) const CONNECTING: &str = "Connecting…";
pub(crate) const CONNECTED: &str = "Connected";
pub(crate) const OFFLINE: &str = "Offline";
pub(crate) const RECONNECT: &str = "Reconnect now";

pub(crate) const SENDING: &str = "Sending…";
pub(crate) const NOT_SENT: &str = "Not sent.";
pub(crate) const UNCONFIRMED: &str = "The server did not answer.";
pub(crate) const UPLOAD_BROKEN: &str = "The image did not get through.";
pub(crate) const IMAGE_LOST: &str = "The image is not here any more. Please choose it again.";
pub(crate) const UPLOADING: &str = "Uploading";
pub(crate) const RETRY: &str = "Retry";
pub(crate) const DISCARD: &str = "Discard";

pub(crate) const ATTACH: &str = "Attach images";
pub(crate) const ATTACHED: &str = "Attached images";
pub(crate) const DROP: &str = "Drop images to attach them";
pub(crate) const DESCRIBE: &str = "Describe this image";
pub(crate) const DISMISS: &str = "Dismiss";
#[cfg(feature = "hydrate")]
pub(crate) const TOO_MANY: &str = "At most 10 images go at once. The others were left out.";

pub(crate) const IMAGE: &str = "Image";
pub(crate) const MISSING: &str = "This image is not available any more";
pub(crate) const PREVIOUS: &str = "Previous image";
pub(crate) const NEXT: &str = "Next image";
pub(crate) const DOWNLOAD: &str = "Download";
pub(crate) const CLOSE: &str = "Close";

pub(crate) const NEW_MESSAGES: &str = "New messages";
pub(crate) const OLDER: &str = "Load older messages";
pub(crate) const LOADING: &str = "Loading older messages…";
pub(crate) const EMPTY: &str = "Nobody has said anything here yet. Say hello, and share the link with someone.";
pub(crate) const WELCOME: &str = "This is where the conversation starts.";

pub(crate) const CHANGE_NAME: &str = "Change your name";
pub(crate) const NAME_TITLE: &str = "What should we call you?";
pub(crate) const NAME_HINT: &str = "Everyone in the room sees this name beside your messages.";
pub(crate) const YOUR_NAME: &str = "Your name";
pub(crate) const SAVE: &str = "Save";
pub(crate) const CANCEL: &str = "Cancel";

#[cfg(feature = "hydrate")]
pub(crate) const UNREACHABLE: &str = "The chat cannot be reached right now. Trying again…";
#[cfg(feature = "hydrate")]
pub(crate) const TODAY: &str = "Today";
#[cfg(feature = "hydrate")]
pub(crate) const YESTERDAY: &str = "Yesterday";

#[cfg(feature = "ssr")]
pub(crate) const NOT_FOUND: &str = "There is no such room";
#[cfg(feature = "ssr")]
pub(crate) const NOT_FOUND_WHY: &str =
    "The name of a room has lower-case letters, digits and hyphens, and at most 64 of them.";
#[cfg(feature = "ssr")]
pub(crate) const TO_LOBBY: &str = "Go to the lobby";

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The title of a room's page.
pub(crate) fn title(room: &str) -> String {
    ["#", room, " · ", APP].concat()
}

/// The title of a room's page while its tab is hidden and something new was said.
#[cfg(feature = "hydrate")]
pub(crate) fn unread_title(unread: u32, room: &str) -> String {
    ["(", &unread.to_string(), ") ", &title(room)].concat()
}

/// How many people are in the room.
pub(crate) fn online(people: u32) -> String {
    [&people.to_string(), " online"].concat()
}

/// What follows [`OFFLINE`]: when the next try is, 0 for one that is under way.
pub(crate) fn retrying(seconds: u32) -> String {
    match seconds {
        0 => "Trying again…".into(),
        seconds => ["Trying again in ", &seconds.to_string(), " s"].concat(),
    }
}

/// The name of the log of messages.
pub(crate) fn log(room: &str) -> String {
    ["Messages in #", room].concat()
}

/// What is written in an empty composer.
pub(crate) fn placeholder(room: &str) -> String {
    ["Message #", room].concat()
}

/// What stands before the first message of a room.
pub(crate) fn beginning(room: &str) -> String {
    ["Beginning of #", room].concat()
}

/// Who said a message and when, for those who cannot see that it belongs to a group.
pub(crate) fn said(author: &str, time: &str) -> String {
    [author, ", ", time].concat()
}

/// The name of the button that shows an image at its full size.
pub(crate) fn open_image(alt: Option<&str>) -> String {
    alt.map_or_else(|| "Open image".into(), |alt| ["Open image: ", alt].concat())
}

/// The name of the button that takes an image out of the tray.
pub(crate) fn remove_image(place: usize) -> String {
    ["Remove image ", &place.to_string()].concat()
}

/// Why a file cannot be sent.
#[cfg(feature = "hydrate")]
pub(crate) fn unfit(file: &str, why: Unfit) -> String {
    let why = match why {
        Unfit::TooLarge => "This file is larger than 10 MB. Please choose a smaller one.",
        Unfit::NotAnImage => "This file is not an image that can be shown. PNG, JPEG, WebP and GIF can, SVG cannot.",
        Unfit::TooManyPixels => "This image has more than 100 megapixels. Please choose a smaller one.",
        Unfit::LargeGif => "This GIF is too large. A GIF may have 2 MB, and 2048 pixels on a side.",
        Unfit::TooDense => "This image cannot be made small enough. Please choose another one.",
    };
    [file, ": ", why].concat()
}

/// The room left in the composer, or how much is too much.
pub(crate) fn counter(chars: usize) -> String {
    match chars.checked_sub(limits::TEXT_CHARS) {
        None | Some(0) => [&(limits::TEXT_CHARS - chars).to_string(), " characters left"].concat(),
        Some(1) => "1 character too long".into(),
        Some(over) => [&over.to_string(), " characters too long"].concat(),
    }
}

/// Why a name cannot be taken.
pub(crate) fn bad_name(error: NameError) -> String {
    let limit = limits::NAME_CHARS.to_string();
    match error {
        NameError::Empty => "Please enter a name.".into(),
        NameError::TooLong { .. } => ["A name has at most ", &limit, " characters."].concat(),
        NameError::Character => "This name has a character that nobody could see.".into(),
    }
}

/// A day, such as "Monday, 23 November 2026"; `weekday` counts from Monday = 0, `month` and `day` from 1.
pub(crate) fn date(weekday: usize, day: u32, month: usize, year: i64) -> String {
    [WEEKDAYS[weekday % 7], ", ", &day.to_string(), " ", MONTHS[(month + 11) % 12], " ", &year.to_string()].concat()
}
