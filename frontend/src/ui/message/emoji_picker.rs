//! Where a reaction is chosen: the emoji that people use most, and room for any other.

use leptos::{ev, html, prelude::*};
use shared_types::{Emoji, Seq};
use web_sys::{HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    message::{
        action_button::{Action, action, emoji},
        dom::article,
        reactions::toggle,
    },
    state::{Chat, set},
};

/// The answer that means what is in the field.
const TYPED: &str = "typed";

/// The emoji by group, as `Translations::emoji_groups` names them, with spaces between them.
const GROUPS: [&str; 4] = [
    "😀 😄 😅 😂 🤣 😊 😍 🥰 😎 🤔 😐 🙄 😮 😢 😭 😡",
    "👍 👎 👏 🙌 🙏 👌 ✌️ 🤞 💪 👋 🤝 👀",
    "❤️ 🧡 💛 💚 💙 💜 🖤 💔",
    "🎉 🔥 ✨ ⭐ ✅ ❌ ❓ 💡 🚀 🎂 ☕ 💯",
];

#[component]
pub(crate) fn EmojiPicker(chat: Chat) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let typed = move |_| {
        if let Some(field) = field.get_untracked() {
            let good = field.value().trim().parse::<Emoji>().is_ok();
            field.set_custom_validity(if good { "" } else { chat.translations.not_an_emoji });
        }
    };
    let answered = move |_| {
        let (Some(dialog), Some(field)) = (chat.message_dialogs.emoji_picker.get_untracked(), field.get_untracked())
        else {
            return;
        };
        let answer = dialog.return_value();
        let emoji = if answer == TYPED { field.value() } else { answer };
        field.set_value("");
        if let Some(seq) = chat.message_dialogs.message.get_untracked().filter(|_| !emoji.is_empty()) {
            toggle(chat, seq, emoji.trim());
        }
    };
    // They are more than the rest of many a page, and few people open this.
    let groups = move || {
        chat.message_dialogs.message.get().map(|_| {
            let named = chat.translations.emoji_groups.into_iter().zip(GROUPS);
            named.map(|(name, emoji)| group(chat, name, emoji)).collect_view()
        })
    };
    // `closedby` lets a click beside it close it, where a browser knows that.
    view! {
        <dialog
            class="picker"
            aria-label=chat.translations.more_reactions
            closedby="any"
            node_ref=chat.message_dialogs.emoji_picker
            on:close=answered
            on:keydown=pressed
        >
            <form class="picker-groups" method="dialog">{groups}</form>
            <form class="picker-form" method="dialog">
                <input
                    class="picker-field"
                    aria-label=chat.translations.any_emoji
                    placeholder=chat.translations.any_emoji
                    required
                    autocomplete="off"
                    node_ref=field
                    on:input=typed
                />
                <button class="button" type="submit" value=TYPED>{chat.translations.add}</button>
                <button class="button" type="submit" value="" formnovalidate>{chat.translations.cancel}</button>
            </form>
        </dialog>
    }
}

fn group(chat: Chat, name: &'static str, signs: &'static str) -> impl IntoView {
    let buttons =
        signs.split(' ').map(|sign| action(Action { by_arrows: true, answers: true, ..emoji(chat, "emoji", sign) }));
    view! { <div class="picker-group" role="group" aria-label=name>{buttons.collect_view()}</div> }
}

/// Arrows go from emoji to emoji.
fn pressed(event: ev::KeyboardEvent) {
    let emoji = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(from) = emoji.filter(|emoji| emoji.class_list().contains("emoji")) else { return };
    let Ok(all) = document().query_selector_all(".emoji") else { return };
    let all: Vec<HtmlElement> = (0..all.length()).filter_map(|place| all.get(place)?.dyn_into().ok()).collect();
    let Some(place) = all.iter().position(|emoji| *emoji == from) else { return };
    let in_column = |emoji: &&HtmlElement| {
        emoji.offset_top() != from.offset_top() && (emoji.offset_left() - from.offset_left()).abs() < 4
    };
    let next = match event.key().as_str() {
        "ArrowLeft" => all[..place].last(),
        "ArrowRight" => all.get(place + 1),
        "ArrowUp" => all[..place].iter().rev().find(in_column),
        "ArrowDown" => all[place + 1..].iter().find(in_column),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        _ = next.focus();
    }
}

/// Asks for an emoji for a message, to which the focus comes back.
pub(crate) fn open(chat: Chat, seq: Seq) {
    set(chat.message_dialogs.message, Some(seq));
    if let Some(message) = article(chat, seq) {
        _ = message.focus();
    }
    // By then the emoji are drawn.
    request_animation_frame(move || {
        let Some(dialog) = chat.message_dialogs.emoji_picker.get_untracked() else { return };
        // Escape leaves it as it is.
        dialog.set_return_value("");
        _ = dialog.show_modal();
        if let Ok(Some(first)) = dialog.query_selector(".emoji") {
            _ = first.set_attribute("tabindex", "0");
            _ = first.unchecked_into::<HtmlElement>().focus();
        }
    });
}
