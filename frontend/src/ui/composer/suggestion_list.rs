//! Suggests people while the visitor types a name after `@`, emoji after `:`, and commands after `/`. The focus stays in the
//! field. It is loaded on demand.

use leptos::{ev, prelude::*};
use page_model::{
    composer_command::matching_commands,
    composer_mode::ComposerMode,
    emoji_completion::{EmojiQuery, emoji_query},
    mention_completion::mention_query,
    timeline::dedup_people,
};
use page_view::{Element, View, element, reactive};
use shared_types::Person;

use crate::ui::{
    composer::{
        emoji_names::EMOJI_NAMES,
        field::{move_caret, replace_before_caret, split_at_caret},
        suggestions::{LIST_ID, hide, option_id},
    },
    parts::{avatar::avatar, text::upper_case},
    state::{
        Chat,
        composer::{ComposerPlace, Suggestion},
        intent::DialogIntent,
        log::KeyedRow,
        members::MembersView,
        set,
    },
};

/// Draws the list. A name that was typed before the list was loaded has suggestions at once.
pub(crate) fn list(chat: Chat) -> View {
    update(chat);
    reactive(move || {
        let suggestions = chat.composer.suggestions.get();
        let label = match suggestions.first()? {
            Suggestion::Person(_) => chat.translations.dialogs().mention,
            Suggestion::Emoji { .. } => chat.translations.emoji,
            Suggestion::Command(_) => chat.translations.dialogs().commands,
        };
        let options = suggestions.into_iter().enumerate().map(|(index, suggestion)| option(chat, index, suggestion));
        let list = element("ul")
            .with("id", LIST_ID)
            .class("mention-list")
            .with("role", "listbox")
            .with("aria-label", label)
            // A click in the list leaves the focus in the field.
            .on(ev::mousedown, |event| event.prevent_default())
            .children(options);
        Some(list)
    })
}

fn option(chat: Chat, index: usize, suggestion: Suggestion) -> Element {
    let is_selected = move || if chat.composer.selected_suggestion.get() == index { "true" } else { "false" };
    let option = element("li")
        .with("id", option_id(index))
        .class("mention-option")
        .with("role", "option")
        .reactive_attribute("aria-selected", move || Some(is_selected()))
        .on(ev::click, move |_| complete(chat, index));
    let part = |class, text: String| element("span").class(class).text(text);
    match suggestion {
        Suggestion::Person(person) => {
            option.child(avatar(chat, &person)).child(part("person-name", person.name.to_string()))
        }
        Suggestion::Emoji { name, emoji } => {
            option.child(part("option-emoji", emoji.into())).child(part("person-name", [":", name, ":"].concat()))
        }
        Suggestion::Command(name) => option
            .child(part("option-command", ["/", name].concat()))
            .child(part("person-name option-hint", chat.translations.command_hint(name).into())),
    }
}

/// Suggests what matches the text before the caret. Replaces an emoji name that is typed with both colons.
pub(crate) fn update(chat: Chat) {
    // A draft that was restored after a reload is not being typed.
    let field = chat.composer.field.get_untracked();
    let field = field.filter(|field| document().active_element().as_ref() == Some(field));
    let before = field.map(|field| split_at_caret(&field).0).unwrap_or_default();
    let query = emoji_query(&before);
    if let Some((emoji, length)) = query.and_then(|query| Some((query.closed(EMOJI_NAMES)?, query.length()))) {
        hide(chat);
        return replace_before_caret(chat, length, emoji);
    }
    chat.composer.selected_suggestion.set(0);
    set(chat.composer.suggestions, suggestions(chat, &before, query));
}

fn suggestions(chat: Chat, before: &str, query: Option<EmojiQuery<'_>>) -> Vec<Suggestion> {
    if let Some(query) = query {
        let emoji = query.matching(EMOJI_NAMES).into_iter();
        return emoji.map(|(name, emoji)| Suggestion::Emoji { name, emoji }).collect();
    }
    if let Some(query) = mention_query(before) {
        if query.length() == 0 {
            load_members(chat);
        }
        let me = chat.room.you.get_untracked().id;
        let others: Vec<Person> = known_people(chat).into_iter().filter(|person| person.id != me).collect();
        return query.matching(&others, upper_case).into_iter().map(Suggestion::Person).collect();
    }
    let is_edit = chat.composer.mode.with_untracked(|mode| matches!(mode, ComposerMode::Edit(_)));
    let takes_commands = chat.composer.place == ComposerPlace::Room && !is_edit;
    let is_allowed = |name: &&str| takes_commands && (*name != "mute" || chat.is_moderator());
    matching_commands(before).filter(is_allowed).map(Suggestion::Command).collect()
}

/// Requests the members of a private room when a name is begun, because absent ones can be mentioned, too. The answer updates the list.
fn load_members(chat: Chat) {
    let is_unknown = chat.members.list.with_untracked(|list| !matches!(list, MembersView::Known(_)));
    if is_unknown && untrack(|| chat.room.address()).is_private() {
        chat.run_in_dialog(DialogIntent::LoadMembers);
    }
}

/// Returns the people that a message can mention. A thread has authors that the log does not show, and a private room absent members.
fn known_people(chat: Chat) -> Vec<Person> {
    let mut people = chat.known_people();
    if chat.composer.place == ComposerPlace::Thread {
        let author = |shown: &KeyedRow| shown.row.with_untracked(|row| row.author.clone());
        people.extend(chat.thread.rows.with_untracked(|rows| rows.iter().rev().map(author).collect::<Vec<_>>()));
    }
    people.extend(chat.members.people());
    dedup_people(people.iter())
}

/// Handles a key. Returns whether the list used it.
pub(crate) fn on_key(chat: Chat, key: &str) -> bool {
    let selected = chat.composer.selected_suggestion;
    let count = chat.composer.suggestions.with_untracked(Vec::len);
    if count == 0 {
        return false;
    }
    match key {
        "ArrowDown" => selected.update(|selected| *selected = (*selected + 1) % count),
        "ArrowUp" => selected.update(|selected| *selected = (*selected + count - 1) % count),
        "Enter" | "Tab" => complete(chat, selected.get_untracked()),
        "Escape" => hide(chat),
        _ => return false,
    }
    true
}

/// Completes what is typed with the suggestion at `index`.
fn complete(chat: Chat, index: usize) {
    let suggestion = chat.composer.suggestions.with_untracked(|suggestions| suggestions.get(index).cloned());
    hide(chat);
    let (Some(suggestion), Some(field)) = (suggestion, chat.composer.field.get_untracked()) else { return };
    let (before, after) = split_at_caret(&field);
    let completed = match &suggestion {
        Suggestion::Person(person) => mention_query(&before).map(|query| (query.length(), person.name.to_string())),
        Suggestion::Emoji { emoji, .. } => emoji_query(&before).map(|query| (query.length(), (*emoji).into())),
        Suggestion::Command(name) => Some((before.len() as u32, ["/", name].concat())),
    };
    let Some((length, completed)) = completed else { return };
    chat.focus();
    // A space that is there already is not doubled.
    if after.starts_with(' ') {
        replace_before_caret(chat, length, &completed);
        move_caret(&field, 1);
    } else {
        replace_before_caret(chat, length, &[&completed, " "].concat());
    }
    hide(chat);
}
