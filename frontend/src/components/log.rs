//! The log of messages, and the button that leads to the newest one.

use leptos::prelude::*;

use super::{actions::Actions, message};
use crate::{
    chat::{Chat, Intent, Older, set},
    scroll,
};

/// The scrolling element is laid out from its end, with everything in one inner element: the newest message is in view
/// before any script runs, and what is put before the first message moves nothing.
#[component]
pub(crate) fn Log(chat: Chat) -> impl IntoView {
    let scrolled = move |_| {
        let Some(log) = chat.log.get_untracked() else { return };
        if scroll::at_end(&log) {
            set(chat.unread, false);
        }
        if scroll::near_start(&log) && chat.older.get_untracked() == Older::Some {
            chat.intend.run(Intent::LoadOlder);
        }
    };
    let busy = move || if chat.older.get() == Older::Loading { "true" } else { "false" };
    let new_messages = move || {
        chat.unread.get().then(|| {
            view! {
                <button class="new-messages" type="button" on:click=move |_| scroll::to_end(chat.log)>
                    {chat.words.new_messages}
                </button>
            }
        })
    };
    view! {
        <div
            class="log"
            role="log"
            aria-live="polite"
            aria-busy=busy
            aria-label=chat.words.log.with(&chat.room())
            tabindex="0"
            node_ref=chat.log
            on:scroll=scrolled
        >
            <div class="log-rows">
                <Start chat />
                <For
                    each=move || chat.rows.get()
                    key=|shown| shown.key.clone()
                    children=move |shown| move || message(chat, shown.row.get())
                />
            </div>
        </div>
        {new_messages}
        <Actions chat />
    }
}

/// What stands before the first message: the way to older ones, or where the room begins.
#[component]
fn Start(chat: Chat) -> impl IntoView {
    move || match chat.older.get() {
        Older::None => {
            let empty = chat.rows.with(Vec::is_empty);
            let sentence = if empty { chat.words.empty } else { chat.words.welcome };
            view! {
                <div class="history beginning">
                    <p class="beginning-title">{chat.words.beginning.with(&chat.room())}</p>
                    <p>{sentence}</p>
                </div>
            }
            .into_any()
        }
        older => {
            let label = if older == Older::Loading { chat.words.loading } else { chat.words.older };
            view! {
                <div class="history">
                    <button class="quiet" type="button" on:click=move |_| chat.intend.run(Intent::LoadOlder)>
                        {label}
                    </button>
                </div>
            }
            .into_any()
        }
    }
}
