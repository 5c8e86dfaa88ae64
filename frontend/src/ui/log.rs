//! The log of messages, and the buttons that lead to other positions in it.

pub(crate) mod connection_status;
#[cfg(feature = "hydrate")]
pub(crate) mod gestures;
#[cfg(feature = "hydrate")]
mod long_press;
pub(crate) mod scroll;
pub(crate) mod toast;
pub(crate) mod typing;

use leptos::prelude::*;

use crate::ui::{
    message::{message, toolbar::Toolbar},
    parts::element::reactive,
    state::{Chat, intent::Intent, log::OlderMessages, set},
};

/// Draws the log. Its scrolling element is laid out from the end, with one inner element: the newest message is in view
/// before any script runs, and inserting older messages does not move the others.
#[component]
pub(crate) fn Log(chat: Chat) -> impl IntoView {
    let on_scroll = move |_| {
        let Some(log) = chat.log.element.get_untracked() else { return };
        let is_detached = chat.log.is_detached.get_untracked();
        if scroll::at_end(&log) && !is_detached {
            set(chat.log.unread_below, false);
            chat.dispatch.run(Intent::MarkRead);
        }
        if scroll::near_start(&log) && chat.log.older.get_untracked() == OlderMessages::Some {
            chat.dispatch.run(Intent::LoadOlder);
        }
        if is_detached && scroll::near_end(&log) {
            chat.dispatch.run(Intent::LoadNewer);
        }
        if chat.log.unread.with_untracked(Option::is_some) && scroll::unread_line_in_view(&log) {
            set(chat.log.unread, None);
        }
    };
    let busy = move || if chat.log.older.get() == OlderMessages::Loading { "true" } else { "false" };
    let to_newest = move || {
        let label = if chat.log.unread_below.get() { Some(chat.translations.new_messages) } else { None };
        let label = label.or_else(|| chat.log.is_detached.get().then_some(chat.translations.to_newest))?;
        Some(jump_button(chat, "new-messages", label.into(), Intent::GoToNewest))
    };
    let unread = move || {
        let unread = chat.log.unread.get()?;
        Some(jump_button(chat, "news", chat.translations.unread_messages(&unread), Intent::GoToMessage(unread.from)))
    };
    view! {
        <div
            class="log"
            role="log"
            aria-live="polite"
            aria-busy=busy
            aria-label=chat.translations.log.with(&chat.room_name())
            tabindex="0"
            node_ref=chat.log.element
            on:scroll=on_scroll
        >
            <div class="log-rows">
                <Start chat />
                <For
                    each=move || chat.log.rows.get()
                    key=|shown| shown.key.clone()
                    children=move |shown| reactive(move || message(chat, shown.row.get()))
                />
            </div>
        </div>
        {unread}
        {to_newest}
        <Toolbar chat />
    }
}

/// Draws a button that leads to another position in the log. It moves the focus to the log, because the button may
/// disappear.
fn jump_button(chat: Chat, class: &'static str, label: String, intent: Intent) -> AnyView {
    let go = move |_| {
        if let Some(log) = chat.log.element.get_untracked() {
            _ = log.focus();
        }
        chat.dispatch.run(intent.clone());
    };
    view! { <button class=class type="button" on:click=go>{label}</button> }.into_any()
}

/// Draws what precedes the first message: a button that loads older ones, or the beginning of the room.
#[component]
fn Start(chat: Chat) -> impl IntoView {
    move || match chat.log.older.get() {
        OlderMessages::None => {
            let empty = chat.log.rows.with(Vec::is_empty);
            let sentence = if empty { chat.translations.empty } else { chat.translations.welcome };
            view! {
                <div class="history beginning">
                    <h2 class="beginning-title">{chat.translations.beginning.with(&chat.room_name())}</h2>
                    <p>{sentence}</p>
                </div>
            }
            .into_any()
        }
        older => {
            let label =
                if older == OlderMessages::Loading { chat.translations.loading } else { chat.translations.older };
            view! {
                <div class="history">
                    <button class="quiet" type="button" on:click=move |_| chat.dispatch.run(Intent::LoadOlder)>
                        {label}
                    </button>
                </div>
            }
            .into_any()
        }
    }
}
