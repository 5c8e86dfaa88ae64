//! English.

pub(super) mod dialogs;
pub(super) mod images;

use shared_types::Language;

use crate::i18n::{Plural, Template, Translations};

pub(super) static TRANSLATIONS: Translations = Translations {
    language: Language::English,
    app: "Chat",

    message: "Message",
    placeholder: Template("Message ", ""),
    send: "Send",
    composer_keys: "Enter to send, Shift + Enter for a new line",
    composer_keys_touch: "Enter for a new line, the button to send",
    no_script: "You are reading along. Turn on JavaScript to join the conversation.",
    chars_left: Plural { one: Template("", " character left"), other: Template("", " characters left") },
    chars_over: Plural { one: Template("", " character too long"), other: Template("", " characters too long") },

    connecting: "Connecting…",
    connected: "Connected",
    offline: "Offline",
    blocked: "No live connection: your network may block it. New messages appear every half a minute, yours are sent when it is back.",
    reconnect: "Reconnect now",
    retrying_now: "Trying again…",
    retrying_in: Template("Trying again in ", " s"),
    online: Plural { one: Template("", " online"), other: Template("", " online") },

    typing_one: Template("", " is typing…"),
    typing_two: Template("", " are typing…"),
    typing_many: "Several people are typing…",
    and: " and ",

    sending: "Sending…",
    waiting: "Waiting for its turn…",
    not_sent: Template("Not sent. ", ""),
    unconfirmed: "The server did not answer.",
    message_rejected: "The server did not accept this message.",
    unavailable: "The chat could not take it right now. Please try again.",
    bad_image: "The server did not accept this image. Please choose another one.",
    upload_broken: "The image did not get through.",
    image_lost: "The image is not here any more. Please choose it again.",
    uploading: "Uploading",
    retry: "Retry",
    discard: "Discard",

    message_held: "Your message waits for a moment.",
    sent_in: Template("It goes out in ", ""),
    next_message_in: Template("The next one in ", ""),
    slow_mode_rule: Template("One message every ", "."),
    slow_mode_exempt: Template("Slow mode: one message every ", ", but not for you."),
    read_only: "This room can only be read at the moment.",
    archived: "This room is archived.",
    only_moderators_write: "Only moderators can write here at the moment.",
    muted_until: Template("A moderator muted you until ", "."),
    banned_until: Template("You can’t take part until ", "."),
    signed_out: "You are not signed in any more.",
    sign_in_again: "Sign in again",
    passphrase_again: "The passphrase is needed again.",
    enter: "Enter",
    try_again: "Try again",
    loading_part: "Loading…",
    not_loaded: "Not loaded",
    part_not_loaded: "This could not be loaded. Check your connection, or reload the page.",
    too_fast: "That was a lot in a short time. Please wait a moment.",
    muted: "A moderator has muted you for now.",
    not_allowed: "You are not allowed to do this here.",
    seconds: Template("", " s"),
    minutes: Template("", " min"),
    hours: Template("", " h"),
    days: Plural { one: Template("", " day"), other: Template("", " days") },

    moderator: "Moderator",
    erased_person: "Somebody who left",

    data_erased: "Everything you wrote is deleted.",
    #[cfg(feature = "hydrate")]
    data_erased_new_id: "You are somebody new here now.",

    attach: "Attach images",
    drop: "Drop images to attach them",
    dismiss: "Dismiss",

    image: "Image",
    open_image: "Open image",
    open_described: Template("Open image: ", ""),
    missing: "This image is not available any more",
    close: "Close",

    replies: Plural { one: Template("", " reply"), other: Template("", " replies") },
    edited: "(edited)",
    message_deleted: "This message was deleted.",
    earlier_message: "an earlier message",
    show_more: "Show more",
    show_less: "Show less",
    actions: "Message actions",
    react: Template("React with ", ""),
    pinned: "📌 Pinned",
    votes: Plural { one: Template("", " vote"), other: Template("", " votes") },
    several_choices: "several choices",
    poll_closed: "closed",
    replying: Template("Replying to ", ""),
    editing: "Editing your message",
    #[cfg(feature = "hydrate")]
    not_changed: Template("Not changed. ", ""),
    no_message: "This message is not there any more.",
    outdated: "It was edited elsewhere meanwhile.",
    not_yours: "Only its author can change this message.",
    too_many: "That is as many as there can be. Remove one first.",

    address: "Link to this message",
    emoji: "Emoji",
    formatting: "Formatting",
    #[cfg(feature = "hydrate")]
    not_found_message: "This message could not be found.",

    people: "People here",

    new_line: "New",
    unread_messages: Plural { one: Template("", " new message"), other: Template("", " new messages") },
    unread_messages_more: Template("More than ", " new messages"),
    to_newest: "Go to the newest messages",
    log: Template("Messages in ", ""),
    beginning: Template("Beginning of ", ""),
    new_messages: "New messages",
    older: "Load older messages",
    loading: "Loading older messages…",
    empty: "Nobody has said anything here yet. Say hello, and invite someone.",
    welcome: "This is where the conversation starts.",

    rooms: "Rooms",
    switch_rooms: "Switch rooms",
    new_elsewhere: "New messages in other rooms",
    mentions_you: "you are mentioned",
    mentioned_elsewhere: "You are mentioned in another room",
    open_room: "Open a room",

    invite: "Invite people",

    search: "Search",

    about_you: "Your profile, language and notifications",
    save: "Save",
    cancel: "Cancel",

    #[cfg(feature = "hydrate")]
    unreachable: "The chat cannot be reached right now. Trying again…",
    #[cfg(feature = "hydrate")]
    today: "Today",
    #[cfg(feature = "hydrate")]
    yesterday: "Yesterday",

    #[cfg(feature = "ssr")]
    description: "A room to talk in: read the conversation at once, and join in without an account.",
    #[cfg(feature = "ssr")]
    reload: "The chat can't be reached right now. Please reload the page in a moment.\n",
    #[cfg(feature = "ssr")]
    failed: "This page has stopped working. Reload it to go on.",
    #[cfg(feature = "ssr")]
    reload_page: "Reload",
    #[cfg(feature = "ssr")]
    not_found: "There is no such room",
    #[cfg(feature = "ssr")]
    not_found_why: "The name of a room has lower-case letters, digits and hyphens, and at most 64 of them.",
    #[cfg(feature = "ssr")]
    to_lobby: "Go to the lobby",
    private: "Private",
    #[cfg(feature = "ssr")]
    private_room: "This room is private or does not exist",
    #[cfg(feature = "ssr")]
    private_room_why: "Only its members can see a private room. Ask one of them for an invitation.",
    #[cfg(feature = "ssr")]
    join_title: "You are invited to a private room",
    #[cfg(feature = "ssr")]
    join_why: "With this link you become a member of the room. It is valid for one person.",
    #[cfg(feature = "ssr")]
    join: "Join the room",
    #[cfg(feature = "ssr")]
    enter_first: "You are invited to a room. Please enter the chat first.",
    #[cfg(feature = "ssr")]
    was_signed_out: "This device was signed out from another one.",
    #[cfg(feature = "ssr")]
    passphrase_guest: " With the passphrase you enter as a new guest. To be yourself again, sign in with a passkey, or open a link that “Use on \
                       another device” makes on a device where you are signed in.",
    #[cfg(feature = "ssr")]
    room_full: "This room, or the list of your private rooms, is full.",
    #[cfg(feature = "ssr")]
    passphrase_title: "Enter the passphrase",
    #[cfg(feature = "ssr")]
    passphrase_why: "This chat is for those who know its passphrase.",
    #[cfg(feature = "ssr")]
    passphrase: "Passphrase",
    #[cfg(feature = "ssr")]
    wrong_passphrase: "This is not the passphrase. Please try again.",
    #[cfg(feature = "ssr")]
    too_many_attempts: Plural {
        one: Template("There were too many tries. Please try again in ", " second."),
        other: Template("There were too many tries. Please try again in ", " seconds."),
    },
    #[cfg(feature = "ssr")]
    sign_in_title: "Sign in to enter",
    #[cfg(feature = "ssr")]
    sign_in_why: "This chat is for its members. You sign in where you have your account, and come back here.",
    #[cfg(feature = "ssr")]
    sign_in: "Sign in",
    #[cfg(feature = "ssr")]
    sign_in_refused: "You were not let in there. You can try again.",
    #[cfg(feature = "ssr")]
    sign_in_failed: "Signing in did not work. Please try again in a moment.",
    #[cfg(feature = "ssr")]
    sign_in_expired: "This took too long, or was begun somewhere else. Please try again.",
    #[cfg(feature = "ssr")]
    invited: "You are invited",
    #[cfg(feature = "ssr")]
    invited_why: "With this link you can enter the chat without its passphrase.",
    #[cfg(feature = "ssr")]
    link_code: "Code of the link",
    #[cfg(feature = "ssr")]
    link_code_hint: "JavaScript is off. Please copy what follows the # in the link into this field.",
    #[cfg(feature = "ssr")]
    invitation_problems: [
        "This invitation is not known here. The link may be incomplete: please open it again, or ask for a new one.",
        "This invitation is used up. Please ask the person who sent it for a new one.",
        "This invitation has expired. Please ask the person who sent it for a new one.",
        "This invitation is not valid any more. Please ask the person who sent it for a new one.",
    ],
    #[cfg(feature = "ssr")]
    to_passphrase: "Enter with the passphrase",
    #[cfg(feature = "ssr")]
    device: "Use the chat on this device",
    #[cfg(feature = "ssr")]
    device_why: "The link from your other device is being checked.",
    #[cfg(feature = "ssr")]
    go_on: "Continue",
    #[cfg(feature = "ssr")]
    continue_as: Template("Continue as ", ""),
    #[cfg(feature = "ssr")]
    device_confirm: Template(
        "This link signs this browser in as ",
        ". Continue only if you made the link yourself on your other device. Somebody else who made it could edit and delete what you write here.",
    ),
    #[cfg(feature = "ssr")]
    device_replaces: Template(
        "In this browser you are ",
        " at the moment. If you continue, you are not any more, and you can’t edit or delete what you wrote as that person, unless another device of yours still is that person.",
    ),
    #[cfg(feature = "ssr")]
    device_problems: [
        "This link is not known here. It may be incomplete: please open it again, or make a new one on your other device.",
        "This link was used already. Please make a new one on your other device: each works once.",
        "This link has expired, because it is valid for 10 minutes. Please make a new one on your other device.",
        "This link is not valid any more. Please make a new one on your other device.",
    ],
    #[cfg(feature = "ssr")]
    banned: "You cannot come in at the moment",
    #[cfg(feature = "ssr")]
    banned_why: "You, or somebody at your address, were sent away by a moderator.",
    #[cfg(feature = "ssr")]
    banned_for: ["You can come again in ", " at the latest (", ")."],

    date: |weekday, day, month, year| {
        [WEEKDAYS[weekday % 7], ", ", &day.to_string(), " ", MONTHS[(month + 11) % 12], " ", &year.to_string()].concat()
    },
    comma: ", ",
    colon: ": ",
};

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
