//! Where messages are written.

use leptos::{ev, prelude::*};
use shared_types::{MessageText, TextError, limits};

use super::{attach::attach, tray::Tray};
use crate::chat::{Attachments, Chat, Intent};

/// The room left is shown once it is this small, in characters.
const NEAR_LIMIT: usize = 200;

/// The textarea keeps its own text: what was typed before the script ran is still there, and is sent like any other.
#[component]
pub(crate) fn Composer(chat: Chat) -> impl IntoView {
    let field = chat.field;
    let chars = RwSignal::new(0);
    let measure = move || {
        if let Some(field) = field.get() {
            chars.set(length(&field.value()));
            fit(&field);
        }
    };
    Effect::new(measure);
    let preparing = move || chat.tray.with(Attachments::preparing);
    let over = move || chars.get() > limits::TEXT_CHARS;
    // Somebody said "send" while an image was still being prepared: it goes as soon as it is ready.
    let waiting = RwSignal::new(false);
    let send = move || {
        let Some(element) = field.get_untracked() else { return };
        _ = element.focus();
        let text = element.value().parse::<MessageText>().ok();
        let something = text.is_some() || chat.tray.with_untracked(|tray| !tray.images.is_empty());
        waiting.set(untrack(preparing));
        if something && !untrack(over) && !waiting.get_untracked() {
            element.set_value("");
            measure();
            chat.intend.run(Intent::Post(text));
        }
    };
    Effect::new(move || {
        if !preparing() && waiting.get() {
            send();
        }
    });
    let pressed = move |event: ev::KeyboardEvent| {
        if sends(&event) {
            event.prevent_default();
            send();
        }
    };
    let pasted = move |event: ev::ClipboardEvent| {
        if chat.attach(event.clipboard_data().and_then(|pasted| pasted.files())) {
            event.prevent_default();
        }
    };
    let counter = move || {
        let chars = chars.get();
        let over = chars > limits::TEXT_CHARS;
        (chars + NEAR_LIMIT > limits::TEXT_CHARS)
            .then(|| view! { <p class="counter" class:over=over role="status">{chat.words.counter(chars)}</p> })
    };
    view! {
        <footer class="composer">
            <Tray chat pressed=Callback::new(pressed) />
            <div class="composer-box">
                {attach(chat)}
                <textarea
                    class="composer-field"
                    rows="1"
                    aria-label=chat.words.message
                    aria-description=chat.words.keys
                    aria-invalid=move || over().then_some("true")
                    placeholder=chat.words.placeholder.with(&chat.room())
                    enterkeyhint="send"
                    autocomplete="off"
                    node_ref=field
                    on:input=move |_| measure()
                    on:keydown=pressed
                    on:paste=pasted
                ></textarea>
                <button class="send" type="button" disabled=move || over() || waiting.get() on:click=move |_| send()>
                    {chat.words.send}
                </button>
            </div>
            {counter}
            <noscript>{chat.words.no_script}</noscript>
            <p class="drop">{chat.words.drop}</p>
        </footer>
    }
}

/// Whether a key sends: Enter does, but not with Shift, and not the Enter that ends the work of an input method. That one
/// says so in `isComposing`, or, in Safari where it comes after the end, only in the code 229.
fn sends(event: &ev::KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != 229
}

/// How many characters of a text count against the limit.
fn length(text: &str) -> usize {
    match text.parse::<MessageText>() {
        Ok(text) => text.as_str().chars().count(),
        Err(TextError::TooLong { chars }) => chars,
        Err(TextError::Empty) => 0,
    }
}

/// Makes the field as high as its text. The style sheet sets the bounds, and browsers that know `field-sizing` need none
/// of this.
fn fit(field: &web_sys::HtmlTextAreaElement) {
    if web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false) {
        return;
    }
    _ = field.set_attribute("style", "height:auto");
    let height = ["height:", &field.scroll_height().to_string(), "px"].concat();
    _ = field.set_attribute("style", &height);
}
