//! English.

use shared_types::Language;

use crate::i18n::{Plural, Template, Translations};

pub(super) static TRANSLATIONS: Translations = Translations {
    language: Language::English,
    app: "Chat",

    message: "Message",
    placeholder: Template("Message #", ""),
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
    only_moderators_write: "Only moderators can write here at the moment.",
    muted_until: Template("A moderator muted you until ", "."),
    banned_until: Template("You can’t take part until ", "."),
    signed_out: "You are not signed in any more.",
    sign_in_again: "Sign in again",
    passphrase_again: "The passphrase is needed again.",
    enter: "Enter",
    try_again: "Try again",
    loading_part: "Loading…",
    part_not_loaded: "This could not be loaded. Check your connection.",
    too_fast: "That was a lot in a short time. Please wait a moment.",
    muted: "A moderator has muted you for now.",
    not_allowed: "You are not allowed to do this here.",
    seconds: Template("", " s"),
    minutes: Template("", " min"),
    hours: Template("", " h"),
    days: Plural { one: Template("", " day"), other: Template("", " days") },

    moderator: "Moderator",
    erased_person: "Somebody who left",
    restrict: "Mute or ban…",
    restrict_person: Template("Mute or ban ", ""),
    mute: "Mute",
    mute_hint: "They can read in every room, and write in none. It holds for this identity only.",
    ban: "Ban",
    ban_hint: "They can neither read nor write in any room, and nobody can from the addresses they came from in the last day.",
    how_long: "For how long",
    lift: "Lift it now",
    purge_user: "Delete everything they wrote",
    purge_user_hint: "All their messages and images, in every room, are gone for everyone, and nothing says who wrote them any more. \
                 That it was done stays in what moderators did. It cannot be undone.",
    no_restrictions: "They can take part and write.",
    #[cfg(feature = "hydrate")]
    restricted_muted_until: Template("Muted until ", "."),
    #[cfg(feature = "hydrate")]
    restricted_banned_until: Template("Banned until ", "."),
    #[cfg(feature = "hydrate")]
    user_purged: ["All messages of ", " are gone: ", "."],
    moderation_offline: "You are offline. Nothing can be changed right now.",
    room_rules: "Rules of this room",
    room_rules_hint: "Moderators can always write, and as often as they like.",
    slow_mode: "Slow mode: one message every",
    off: "Off",
    moderators_only: "Only moderators can write, everybody else reads",
    audit: "What moderators did",
    audit_hint: "In every room, newest first. Only moderators see this.",
    audit_loading: "Loading…",
    audit_empty: "Nothing so far.",
    audit_failed: "This could not be read right now.",
    audit_again: "Try again",
    audit_further: "Show earlier",
    #[cfg(feature = "hydrate")]
    restrictions_lifted: Template("", " can take part and write again."),
    #[cfg(feature = "hydrate")]
    person_muted: ["", " can’t write until ", "."],
    #[cfg(feature = "hydrate")]
    person_banned: ["", " can’t take part until ", "."],
    #[cfg(any(test, feature = "hydrate"))]
    audit_deleted: ["deleted a message of ", " in #", ""],
    #[cfg(any(test, feature = "hydrate"))]
    audit_muted: ["muted ", " until ", ""],
    #[cfg(any(test, feature = "hydrate"))]
    audit_unmuted: Template("let ", " write again"),
    #[cfg(any(test, feature = "hydrate"))]
    audit_banned: ["banned ", " until ", ""],
    #[cfg(any(test, feature = "hydrate"))]
    audit_unbanned: Template("let ", " come back"),
    #[cfg(any(test, feature = "hydrate"))]
    audit_purged: Template("deleted everything that ", " wrote"),
    #[cfg(any(test, feature = "hydrate"))]
    audit_rules_changed: Template("changed the rules of #", ""),
    #[cfg(any(test, feature = "hydrate"))]
    no_rules: "Nothing special.",

    privacy: "You and your data",
    your_id: "Your id",
    id_hint: "Whoever runs this chat needs it to make you a moderator. It lets nobody in.",
    copy_id: "Copy id",
    id_copied: "Id copied",
    id_selected: "This page may not copy here. The id is selected: please copy it yourself.",
    export: "Download what I wrote",
    export_hint: "Your messages in every room with the addresses of their images, as one file.",
    exporting: "Collecting what you wrote…",
    export_waits: Template("That was a lot in a short time. It goes on in ", ". Please leave this page open."),
    export_failed: "This could not be downloaded right now. Please try again.",
    erase_my_data: "Delete everything I wrote…",
    erase_hint: "Your messages and images in every room, and what this device keeps. Your reactions and your name in what others \
                     wrote stay as long as that does, and so does what moderators noted.",
    erase_confirm: "Delete everything? Your messages and images will be gone for everyone, and nobody can bring them back.",
    erase_yes: "Delete everything",
    erase_banned: Template("", " Until then a moderator can delete your messages for you."),
    erasing_started: "Deleting… Please leave this page open.",
    erasing: Plural {
        one: Template("", " message is gone. Please leave this page open…"),
        other: Template("", " messages are gone. Please leave this page open…"),
    },
    erasing_offline: "You are offline. It goes on as soon as the chat is connected again.",
    erase_failed: "Not everything could be deleted. Please try again.",
    stop: "Stop",
    data_erased: "Everything you wrote is deleted.",
    #[cfg(feature = "hydrate")]
    data_erased_new_id: "You are somebody new here now.",
    sign_out: "Sign out",
    sign_out_hint: "Nothing of this chat stays on this device, nor does what you have not sent.",
    sign_out_sure: "Sign out? You will be somebody new when you come back. You can’t edit, delete or download what you wrote before.",
    name_given: "Your name comes from where you signed in.",

    attach: "Attach images",
    attached: "Attached images",
    drop: "Drop images to attach them",
    describe: "Describe this image",
    remove_image: Template("Remove image ", ""),
    dismiss: "Dismiss",
    #[cfg(feature = "hydrate")]
    too_many: "At most 10 images go at once. The others were left out.",
    #[cfg(feature = "hydrate")]
    too_large: "This file is larger than 50 MB. Please choose a smaller one.",
    #[cfg(feature = "hydrate")]
    not_an_image: "This file is not an image that can be shown. PNG, JPEG, WebP and GIF can, SVG cannot.",
    #[cfg(feature = "hydrate")]
    heic: "This is a HEIC photo, which this browser cannot open. Please save it as JPEG and choose that. An iPhone takes JPEG photos if Settings, Camera, Formats is set to “Most Compatible”.",
    #[cfg(feature = "hydrate")]
    foreign_image: Template(
        "This is a file of the format ",
        ", which this browser cannot open. Please save it as JPEG or PNG and choose that.",
    ),
    #[cfg(feature = "hydrate")]
    video: "This is a video. Only images can be sent.",
    #[cfg(feature = "hydrate")]
    too_many_pixels: Template("This image has more than ", " megapixels. Please choose a smaller one."),
    #[cfg(feature = "hydrate")]
    too_dense: "This image cannot be made small enough. Please choose another one.",
    #[cfg(feature = "hydrate")]
    false_pixels: "This browser hides the pixels of images from pages, so that this image cannot be made smaller. Please allow the page to read canvas data, or choose a JPEG, PNG, GIF or WebP of at most 2 MB.",
    still_image: "Becomes a still image: it is too large to be sent moving.",
    small_image: "Very long: small text will be hard to read. Sent in several parts, it stays legible.",

    image: "Image",
    open_image: "Open image",
    open_described: Template("Open image: ", ""),
    missing: "This image is not available any more",
    previous: "Previous image",
    next: "Next image",
    download: "Download",
    close: "Close",

    edited: "(edited)",
    message_deleted: "This message was deleted.",
    earlier_message: "an earlier message",
    actions: "Message actions",
    react: Template("React with ", ""),
    more_reactions: "More reactions",
    reply: "Reply",
    edit: "Edit",
    delete: "Delete",
    delete_title: "Delete this message?",
    delete_hint: "It is gone for everyone.",
    replying: Template("Replying to ", ""),
    editing: "Editing your message",
    any_emoji: "Any other emoji",
    not_an_emoji: "Please enter one emoji.",
    emoji_groups: ["Faces", "Hands", "Hearts", "Things"],
    add: "Add",
    #[cfg(feature = "hydrate")]
    not_changed: Template("Not changed. ", ""),
    no_message: "This message is not there any more.",
    outdated: "It was edited elsewhere meanwhile.",
    not_yours: "Only its author can change this message.",
    too_many_reactions: "This message has as many reactions as it can have.",

    address: "Link to this message",
    copy: "Copy link",
    copied: "Link copied",
    #[cfg(feature = "hydrate")]
    not_copied: "This page may not copy here. The link is in the address bar.",
    mention: "People to mention",
    #[cfg(feature = "hydrate")]
    not_found_message: "This message could not be found.",

    people: "People here",
    yourself: "(you)",
    more_people: Plural { one: Template("and ", " more"), other: Template("and ", " more") },

    new_line: "New",
    unread_messages: Plural { one: Template("", " new message"), other: Template("", " new messages") },
    unread_messages_more: Template("More than ", " new messages"),
    to_newest: "Go to the newest messages",
    log: Template("Messages in #", ""),
    beginning: Template("Beginning of #", ""),
    new_messages: "New messages",
    older: "Load older messages",
    loading: "Loading older messages…",
    empty: "Nobody has said anything here yet. Say hello, and share the link with someone.",
    welcome: "This is where the conversation starts.",

    rooms: "Rooms",
    switch_rooms: "Switch rooms",
    new_elsewhere: "New messages in other rooms",
    open_room: "Open a room",
    open: "Open",
    room_name: "Name of a room",
    room_hint: "A name that nobody has used makes a new room.",
    room_empty: "Please enter the name of a room.",
    room_long: Template("The name of a room has at most ", " characters."),
    room_character: "The name of a room has letters from a to z, digits and hyphens only.",
    remove_room: Template("Take #", " off the list"),

    search: "Search",
    search_field: "Words to look for",
    search_hint: "Messages of this room that have all of the words are found.",
    searching: "Searching…",
    search_failed: "The chat could not be searched right now.",
    search_again: "Search again",
    search_offline: "You are offline. The search goes on as soon as the chat is connected again.",
    found: Plural { one: Template("", " message found"), other: Template("", " messages found") },
    nothing_yet: "Nothing found so far.",
    nothing_found: "Nothing found.",
    further: "Search further back",

    shortcuts: "Keyboard shortcuts",
    anywhere: "Anywhere",
    while_writing: "While writing",
    among_messages: "Among the messages",
    at_an_image: "At an opened image",
    line_break: "New line",
    edit_last: "Edit your last message, if nothing is written",
    stop_writing: "Cancel a reply or an edit",
    other_message: "Previous or next message",
    first_or_last: "First or last message",
    next_button: "Along what is in a message",
    react_to: "React",
    other_image: "Previous or next image",

    about_you: "Your name, language and notifications",
    you: "You",
    name_hint: "Everyone in the room sees this name beside your messages.",
    your_name: "Your name",
    name_empty: "Please enter a name.",
    name_long: Template("A name has at most ", " characters."),
    name_character: "This name has a character that nobody could see.",
    choose_language: "Language / 言語",
    notifications: "Notifications",
    notify: ["None", "When I am mentioned", "Every message"],
    notify_hint: "They are shown while you do not look at this page.",
    #[cfg(feature = "hydrate")]
    notify_denied: "Your browser does not let this page notify you. Its settings for this page can change that.",
    #[cfg(feature = "hydrate")]
    notify_unable: "This browser cannot show notifications.",
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
