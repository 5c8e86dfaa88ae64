//! Runs the commands of the composer. It is loaded on demand.

use leptos::prelude::*;
use page_model::composer_command::ComposerCommand;
use shared_types::{ErrorCode, RoomDetails};

use crate::ui::{
    message_lists::MessageList,
    moderation::restriction_dialog,
    parts::text::upper_case,
    poll_dialog,
    state::{Chat, intent::DialogIntent, on_demand::DialogRequest, set},
};

/// Runs the command in a text that starts with a slash. Returns the text to send, if there is one. A text that starts like
/// a command that does not exist is sent when the visitor sends it a second time.
pub(crate) fn run(chat: Chat, text: &str) -> Option<String> {
    let translations = chat.translations;
    let texts = translations.dialogs();
    let refused = chat.composer.refused_command;
    if refused.with_untracked(|refused| refused == text) {
        refused.set(String::new());
        return Some(text.into());
    }
    let error = match ComposerCommand::of(text) {
        ComposerCommand::Send(text) => return Some(text),
        ComposerCommand::Mute(name) if chat.is_moderator() => match mute(chat, name) {
            true => return None,
            false => texts.nobody_named.with(name),
        },
        ComposerCommand::Topic(Some(topic)) => match set_topic(chat, topic) {
            Ok(()) => return opened(chat),
            Err(error) => error,
        },
        ComposerCommand::Topic(None) => return open(chat, DialogRequest::RoomDetails),
        ComposerCommand::Invite => return open(chat, DialogRequest::Invite),
        ComposerCommand::Pins => return open(chat, DialogRequest::Messages(MessageList::Pins)),
        ComposerCommand::Threads => return open(chat, DialogRequest::Messages(MessageList::Threads)),
        ComposerCommand::Saved => return open(chat, DialogRequest::Messages(MessageList::Saved)),
        ComposerCommand::Poll(question, options) => {
            poll_dialog::show(chat, question, &options);
            return opened(chat);
        }
        ComposerCommand::Incomplete => texts.incomplete_command.into(),
        ComposerCommand::Mute(_) => unknown(chat, text, "mute"),
        ComposerCommand::Unknown(name) => unknown(chat, text, name),
    };
    set(chat.composer.errors, error);
    None
}

fn unknown(chat: Chat, text: &str, name: &str) -> String {
    chat.composer.refused_command.set(text.into());
    chat.translations.dialogs().unknown_command.with(name)
}

/// Opens a dialog and empties the field.
fn open(chat: Chat, request: DialogRequest) -> Option<String> {
    chat.open_dialog(request);
    opened(chat)
}

/// Empties the field after a command.
fn opened(chat: Chat) -> Option<String> {
    empty_field(chat);
    None
}

fn empty_field(chat: Chat) {
    if let Some(field) = chat.composer.field.get_untracked() {
        field.set_value("");
        chat.composer.chars.set(0);
    }
    set(chat.composer.errors, String::new());
}

/// Sets the topic of the room, or returns why it is not possible.
fn set_topic(chat: Chat, topic: &str) -> Result<(), String> {
    use page_model::texts::ClientTexts as _;
    if !untrack(|| chat.can_describe()) {
        return Err(chat.translations.server_error(ErrorCode::NotAllowed).unwrap_or_default().into());
    }
    if !untrack(|| chat.can_moderate_now()) {
        return Err(chat.translations.dialogs().moderation_offline.into());
    }
    let topic = topic.parse().map_err(|why| chat.translations.bad_details(why))?;
    let details = RoomDetails { topic: Some(topic), ..chat.room.details.get_untracked() };
    chat.run_in_dialog(DialogIntent::SetDetails(details));
    Ok(())
}

/// Opens the restriction dialog about the person with this name, and empties the field. Returns whether there is one.
fn mute(chat: Chat, name: &str) -> bool {
    let name = upper_case(name);
    let mut people = chat.known_people().into_iter();
    let named =
        people.find(|person| upper_case(person.name.as_str()) == name && restriction_dialog::is_allowed(chat, person));
    let Some(person) = named else { return false };
    empty_field(chat);
    restriction_dialog::open(chat, person);
    true
}
