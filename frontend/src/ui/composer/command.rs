//! Runs the commands of the composer. It is loaded on demand.

use page_model::composer_command::ComposerCommand;

use crate::ui::{
    moderation::restriction_dialog,
    parts::text::upper_case,
    state::{Chat, set},
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

/// Opens the restriction dialog about the person with this name, and empties the field. Returns whether there is one.
fn mute(chat: Chat, name: &str) -> bool {
    let name = upper_case(name);
    let mut people = chat.known_people().into_iter();
    let named =
        people.find(|person| upper_case(person.name.as_str()) == name && restriction_dialog::is_allowed(chat, person));
    let Some(person) = named else { return false };
    if let Some(field) = chat.composer.field.get_untracked() {
        field.set_value("");
        chat.composer.chars.set(0);
    }
    set(chat.composer.errors, String::new());
    restriction_dialog::open(chat, person);
    true
}
