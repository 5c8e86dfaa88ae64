//! The emoji picker: the most common emoji, and a field for any other.

use leptos::{ev, prelude::*};
use page_view::{Element, NodeRef, element, reactive};
use shared_types::{Emoji, Seq};
use web_sys::{HtmlElement, HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    composer::field::{insert_at, selection},
    message::{
        action_button::{Action, action_button, emoji},
        dom::article,
        reactions::toggle,
    },
    parts::autofill::NoAutofill as _,
    state::{Chat, on_demand::DialogRequest, set},
    threads,
};

/// Return value of the dialog for the emoji in the field.
const TYPED: &str = "typed";

/// The emoji of each group in `Translations::emoji_groups`, separated by spaces.
const GROUPS: [&str; 4] = [
    "😀 😄 😅 😂 🤣 😊 😍 🥰 😎 🤔 😐 🙄 😮 😢 😭 😡",
    "👍 👎 👏 🙌 🙏 👌 ✌️ 🤞 💪 👋 🤝 👀",
    "❤️ 🧡 💛 💚 💙 💜 🖤 💔",
    "🎉 🔥 ✨ ⭐ ✅ ❌ ❓ 💡 🚀 🎂 ☕ 💯",
];

/// Draws the dialog.
pub(crate) fn emoji_picker(chat: Chat) -> Element {
    let field = NodeRef::<HtmlInputElement>::new();
    let validate = move |_| {
        if let Some(field) = field.get_untracked() {
            let is_valid = field.value().trim().parse::<Emoji>().is_ok();
            field.set_custom_validity(if is_valid { "" } else { chat.translations.dialogs().not_an_emoji });
        }
    };
    let on_close = move |_| {
        let (Some(dialog), Some(field)) = (chat.message_dialogs.emoji_picker.get_untracked(), field.get_untracked())
        else {
            return;
        };
        let value = dialog.return_value();
        let emoji = if value == TYPED { field.value() } else { value };
        field.set_value("");
        if emoji.is_empty() {
            return;
        }
        match (chat.message_dialogs.message.get_untracked(), chat.message_dialogs.picked_into.get_untracked()) {
            (Some(seq), _) => toggle(chat, seq, emoji.trim()),
            (None, Some((place, selection))) => insert_at(threads::field_of(chat, place), selection, emoji.trim()),
            (None, None) => {}
        }
    };
    // Drawn when first opened: they are many elements, and few people open the picker.
    let groups = move || {
        let is_opened = chat.message_dialogs.message.with(Option::is_some) || is_for_composer(chat);
        let named = chat.translations.dialogs().emoji_groups.into_iter().zip(GROUPS).filter(move |_| is_opened);
        named.map(move |(name, emoji)| group(chat, name, emoji))
    };
    let label = move || {
        let for_composer = is_for_composer(chat);
        Some(if for_composer { chat.translations.emoji } else { chat.translations.dialogs().more_reactions })
    };
    let input = element("input")
        .class("picker-field")
        .with("aria-label", chat.translations.dialogs().any_emoji)
        .with("placeholder", chat.translations.dialogs().any_emoji)
        .with("required", "")
        .no_autofill()
        .node_ref(field)
        .on(ev::input, validate);
    let button = |value| element("button").class("button").with("type", "submit").with("value", value);
    let form = element("form")
        .class("picker-form")
        .with("method", "dialog")
        .child(input)
        .child(button(TYPED).text(chat.translations.dialogs().add))
        .child(button("").with("formnovalidate", "").text(chat.translations.cancel));
    // In browsers that support `closedby`, a click beside the dialog closes it.
    element("dialog")
        .class("picker")
        .reactive_attribute("aria-label", label)
        .with("closedby", "any")
        .node_ref(chat.message_dialogs.emoji_picker)
        .on(ev::close, on_close)
        .on(ev::keydown, on_key)
        .child(element("form").class("picker-groups").with("method", "dialog").child(reactive(groups)))
        .child(form)
}

/// Whether the picker is opened for the composer, and not for a message.
fn is_for_composer(chat: Chat) -> bool {
    chat.message_dialogs.picked_into.with(Option::is_some)
}

fn group(chat: Chat, label: &'static str, group: &'static str) -> Element {
    // In the composer an emoji is no reaction, and is its own label.
    let for_composer = is_for_composer(chat);
    let buttons = group.split(' ').map(|name| {
        let action = emoji(chat, "emoji", name);
        let label = action.label.filter(|_| !for_composer);
        action_button(Action { arrow_keys_only: true, submits: true, label, ..action })
    });
    element("div").class("picker-group").with("role", "group").with("aria-label", label).children(buttons)
}

/// Moves the focus between emoji with arrow keys.
fn on_key(event: ev::KeyboardEvent) {
    let emoji = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(from) = emoji.filter(|emoji| emoji.class_list().contains("emoji")) else { return };
    let Ok(all) = document().query_selector_all(".emoji") else { return };
    let all: Vec<HtmlElement> = (0..all.length()).filter_map(|index| all.get(index)?.dyn_into().ok()).collect();
    let Some(index) = all.iter().position(|emoji| *emoji == from) else { return };
    let in_column = |emoji: &&HtmlElement| {
        emoji.offset_top() != from.offset_top() && (emoji.offset_left() - from.offset_left()).abs() < 4
    };
    let next = match event.key().as_str() {
        "ArrowLeft" => all[..index].last(),
        "ArrowRight" => all.get(index + 1),
        "ArrowUp" => all[..index].iter().rev().find(in_column),
        "ArrowDown" => all[index + 1..].iter().find(in_column),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        _ = next.focus();
    }
}

/// Opens the dialog, as soon as it is loaded.
pub(crate) fn open(chat: Chat, seq: Seq) {
    chat.open_dialog(DialogRequest::EmojiPicker(seq));
}

/// Opens the loaded picker for a message, or for the composer. The focus returns there.
pub(crate) fn show(chat: Chat, seq: Option<Seq>) {
    set(chat.message_dialogs.message, seq);
    let field = chat.composer.field.get_untracked().filter(|_| seq.is_none());
    // Some browsers move the caret to the start when they return the focus to the field.
    set(chat.message_dialogs.picked_into, field.map(|field| (chat.composer.place, selection(&field))));
    match seq.map(|seq| article(chat, seq)) {
        Some(Some(message)) => _ = message.focus(),
        Some(None) => {}
        None => chat.focus(),
    }
    // The emoji are drawn by the next frame.
    request_animation_frame(move || {
        let Some(dialog) = chat.message_dialogs.emoji_picker.get_untracked() else { return };
        // Escape does not set the return value.
        dialog.set_return_value("");
        _ = dialog.show_modal();
        if let Ok(Some(first)) = dialog.query_selector(".emoji") {
            _ = first.set_attribute("tabindex", "0");
            _ = first.unchecked_into::<HtmlElement>().focus();
        }
    });
}

#[cfg(test)]
mod tests {
    use chat::content::emoji::canonical;

    use super::*;
    use crate::ui::message::actions::QUICK_REACTIONS;

    #[test]
    fn every_offered_emoji_has_its_canonical_form() {
        let offered: Vec<&str> = GROUPS.iter().flat_map(|group| group.split(' ')).chain(QUICK_REACTIONS).collect();
        assert!(offered.len() > 50, "{offered:?}");
        for text in offered {
            let emoji: Emoji = text.parse().unwrap();
            // As text, because emoji are equal if only their variation selectors differ.
            assert_eq!(canonical(&emoji).unwrap().as_str(), text, "{}", text.escape_unicode());
        }
    }
}
