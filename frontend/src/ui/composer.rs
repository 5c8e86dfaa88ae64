//! Where messages are written.

mod attach_button;
mod attachment_tray;
mod mention_list;
mod mode_bar;
mod posting_notice;

use leptos::{ev, prelude::*};
use page_model::composer_mode::{ComposerMode, EditOutcome, EditedMessage};
use shared_types::{MessageText, TextError, limits};

use crate::ui::{
    composer::{
        attach_button::attach_button,
        attachment_tray::Tray,
        mention_list::{LIST, MentionList},
        mode_bar::mode_bar,
        posting_notice::posting_notice,
    },
    message::delete_dialog,
    state::{Chat, composer::Attachments, intent::Intent},
};

/// The room left is shown once it is this small, in characters.
const NEAR_LIMIT: usize = 200;

/// The textarea keeps its own text: what was typed before the script ran is still there, and is sent like any other.
#[component]
pub(crate) fn Composer(chat: Chat) -> impl IntoView {
    let field = chat.composer.field;
    let chars = RwSignal::new(0);
    let measure = move || {
        if let Some(field) = field.get() {
            chars.set(length(&field.value()));
            fit(&field);
        }
    };
    Effect::new(measure);
    let mentions = MentionList::new(chat);
    // An edit takes the place of what was written, and gives it back.
    Effect::new(move |edited: Option<Option<EditedMessage>>| {
        let editing = chat
            .composer
            .mode
            .with(|writing| if let ComposerMode::Edit(edited) = writing { Some(edited.clone()) } else { None });
        let edited = edited.flatten();
        if editing != edited
            && let Some(field) = field.get_untracked()
        {
            if edited.is_none() {
                chat.composer.stashed_draft.set_value(field.value());
            }
            match &editing {
                Some(editing) => field.set_value(editing.text.as_ref().map_or("", MessageText::as_str)),
                None => field.set_value(&chat.composer.stashed_draft.get_value()),
            }
            untrack(measure);
        }
        editing
    });
    let silent = move || chat.composer.status.with(|status| status.is_disabled);
    let preparing = move || chat.composer.attachments.with(Attachments::preparing);
    let over = move || chars.get() > limits::TEXT_CHARS;
    // Somebody said "send" while an image was still being prepared: it goes as soon as it is ready.
    let waiting = RwSignal::new(false);
    let send = move || {
        let Some(element) = field.get_untracked() else { return };
        _ = element.focus();
        let text = element.value().parse::<MessageText>().ok();
        if let ComposerMode::Edit(edited) = chat.composer.mode.get_untracked() {
            if !untrack(over) {
                save(chat, &edited, text);
            }
            return;
        }
        let something = text.is_some() || chat.composer.attachments.with_untracked(|tray| !tray.images.is_empty());
        waiting.set(untrack(preparing));
        if something && !untrack(over) && !waiting.get_untracked() {
            element.set_value("");
            measure();
            chat.dispatch.run(Intent::Post(text));
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
        } else if event.key() == "Escape" && !composes(&event) {
            chat.dispatch.run(Intent::SetComposerMode(ComposerMode::New));
        }
    };
    let pressed_in_field = move |event: ev::KeyboardEvent| {
        if !composes(&event) && mentions.press(&event.key()) {
            event.prevent_default();
            measure();
            return;
        }
        if event.key() == "ArrowUp"
            && !composes(&event)
            && field.get_untracked().is_some_and(|field| field.value().is_empty())
            && let Some(last) = last_own(chat)
        {
            event.prevent_default();
            chat.dispatch.run(Intent::SetComposerMode(last));
            return;
        }
        pressed(event);
    };
    let pasted = move |event: ev::ClipboardEvent| {
        if chat.attach(event.clipboard_data().and_then(|pasted| pasted.files())) {
            event.prevent_default();
        }
    };
    let editing = move || chat.composer.mode.with(|writing| matches!(writing, ComposerMode::Edit(_)));
    let counter = move || {
        let chars = chars.get();
        let over = chars > limits::TEXT_CHARS;
        (chars + NEAR_LIMIT > limits::TEXT_CHARS)
            .then(|| view! { <p class="counter" class:over=over role="status">{chat.translations.counter(chars)}</p> })
    };
    view! {
        <footer class="composer" data-silent=move || silent().then_some("")>
            {mode_bar(chat)}
            <Tray chat pressed=Callback::new(pressed) />
            {mentions.view()}
            <div class="composer-box">
                {attach_button(chat)}
                <textarea
                    class="composer-field"
                    rows="1"
                    aria-label=chat.translations.message
                    aria-description=chat.translations.composer_keys
                    aria-describedby="writing-purpose"
                    aria-invalid=move || over().then_some("true")
                    aria-autocomplete="list"
                    aria-controls=move || mentions.active().map(|_| LIST)
                    aria-activedescendant=move || mentions.active()
                    placeholder=chat.translations.placeholder.with(&chat.room_name())
                    enterkeyhint="send"
                    autocomplete="off"
                    disabled=silent
                    node_ref=field
                    on:input=move |_| {
                        measure();
                        mentions.look();
                        if untrack(|| chars.get() > 0 && matches!(chat.composer.mode.get(), ComposerMode::New)) {
                            chat.dispatch.run(Intent::Typing);
                        }
                    }
                    on:keydown=pressed_in_field
                    on:click=move |_| mentions.look()
                    on:blur=move |_| mentions.hide()
                    on:paste=pasted
                ></textarea>
                <button class="send" type="button" disabled=move || over() || waiting.get() on:click=move |_| send()>
                    {move || if editing() { chat.translations.save } else { chat.translations.send }}
                </button>
            </div>
            {counter}
            {posting_notice(chat)}
            <noscript>{chat.translations.no_script}</noscript>
            <p class="drop">{chat.translations.drop}</p>
        </footer>
    }
}

/// Ends an edit with this text.
fn save(chat: Chat, edited: &EditedMessage, text: Option<MessageText>) {
    chat.dispatch.run(Intent::SetComposerMode(ComposerMode::New));
    match edited.outcome(text) {
        EditOutcome::Unchanged => {}
        EditOutcome::Change(change) => chat.dispatch.run(Intent::Change(edited.seq, change)),
        EditOutcome::Deletion => delete_dialog::open(chat, edited.seq),
    }
}

/// An edit of the last message that the visitor can edit.
fn last_own(chat: Chat) -> Option<ComposerMode> {
    if chat.composer.mode.with_untracked(|writing| *writing != ComposerMode::New) {
        return None;
    }
    chat.log
        .rows
        .with_untracked(|rows| rows.iter().rev().find_map(|shown| ComposerMode::edit(shown.row.get_untracked())))
}

/// Whether a key sends: Enter does, but not with Shift, and not the Enter that ends the work of an input method.
fn sends(event: &ev::KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !composes(event)
}

/// Whether a key belongs to an input method. It says so in `isComposing`, or, in Safari where the last one comes after the
/// end, only in the code 229.
fn composes(event: &ev::KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
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
