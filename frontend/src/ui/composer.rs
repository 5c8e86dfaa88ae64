//! The composer: the field for messages, its attachments and mentions.

pub(crate) mod attach_button;
pub(crate) mod attachment_tray;
pub(crate) mod command;
mod emoji_names;
pub(crate) mod errors;
pub(crate) mod field;
pub(crate) mod format_bar;
pub(crate) mod format_buttons;
pub(crate) mod keys;
mod mode_bar;
pub(crate) mod paste;
pub(crate) mod posting_notice;
pub(crate) mod suggestion_list;
pub(crate) mod suggestions;

use leptos::{ev, prelude::*};
use page_model::composer_mode::{ComposerMode, EditOutcome, EditedMessage};
use page_view::{Callback, Element, State, effect, element, reactive, reactive_text};
use shared_types::{MessageText, TextError, limits};

use crate::ui::{
    composer::{
        attach_button::attach_button, errors::errors, format_buttons::format_buttons, mode_bar::mode_bar,
        paste::on_paste, posting_notice::posting_notice, suggestions::LIST_ID,
    },
    message::delete_dialog,
    parts::{
        autofill::NoAutofill as _,
        pointer_and_keys::{has_coarse_pointer, is_composing_key, with_key_press},
    },
    placeholder::{load_early, slot, waiting_notice},
    state::{
        Chat,
        intent::{ImageIntent, Intent, OnDemandIntent},
        on_demand::{Loading, Slot},
        set,
    },
};

/// The counter is shown when this many characters or fewer are left.
const NEAR_LIMIT: usize = 200;

/// Draws the composer. The textarea holds the text itself, so that text typed before the script ran is kept.
pub(crate) fn composer(chat: Chat) -> Element {
    let field = chat.composer.field;
    let chars = chat.composer.chars;
    let measure = move || {
        if let Some(field) = field.get() {
            chars.set(counted_chars(&field.value()));
            fit_height(&field);
        }
    };
    effect(measure);
    effect(move || adapt_to_pointer(chat));
    // An edit replaces the draft; afterwards the draft is restored.
    let mut edited: Option<EditedMessage> = None;
    effect(move || {
        let editing = chat
            .composer
            .mode
            .with(|mode| if let ComposerMode::Edit(edited) = mode { Some(edited.clone()) } else { None });
        if editing != edited
            && let Some(field) = field.get_untracked()
        {
            if edited.is_none() {
                chat.composer.stashed_draft.set(field.value());
            }
            match &editing {
                Some(editing) => match chat.composer.restored_edit.try_update(Option::take).flatten() {
                    Some(text) => field.set_value(&text),
                    None => field.set_value(editing.text.as_ref().map_or("", MessageText::as_str)),
                },
                None => field.set_value(&chat.composer.stashed_draft.get_untracked()),
            }
            untrack(measure);
        }
        edited = editing;
    });
    let is_disabled = move || chat.composer.status.with(|status| status.is_disabled);
    let preparing =
        move || chat.on_demand.has_waiting.get() || chat.composer.is_preparing() || waits_for_commands(chat);
    let is_too_long = move || chars.get() > limits::TEXT_CHARS;
    // Whether the visitor sent the message while an image was being prepared. It is sent when the image is ready.
    let send_when_ready = State::new(false);
    let send = move || {
        let Some(element) = field.get_untracked() else { return };
        _ = element.focus();
        set(chat.composer.refused_length, untrack(is_too_long));
        let text = element.value().parse::<MessageText>().ok();
        if let ComposerMode::Edit(edited) = chat.composer.mode.get_untracked() {
            if !untrack(is_too_long) {
                save(chat, &edited, text);
            }
            return;
        }
        send_when_ready.set(untrack(preparing));
        if untrack(is_too_long) || send_when_ready.get_untracked() {
            return;
        }
        let text = match run_command(chat, &element.value()) {
            CommandResult::NoCommand => text,
            CommandResult::Send(text) => text.parse().ok(),
            CommandResult::Done => return,
        };
        let has_images = chat.composer.attachments.with_untracked(|attached| !attached.is_empty());
        let post_images = |text| Intent::OnDemand(OnDemandIntent::Image(chat.composer.place, ImageIntent::Post(text)));
        let post = if has_images { Some(post_images(text)) } else { text.map(Intent::Post) };
        if let Some(post) = post {
            element.set_value("");
            measure();
            chat.dispatch.run(post);
        }
    };
    let editing = move || chat.composer.mode.with(|mode| matches!(mode, ComposerMode::Edit(_)));
    effect(move || {
        if !preparing() && send_when_ready.get() && !editing() {
            send();
        }
    });
    let send_callback = Callback::new(move |()| send());
    let on_field_key = move |event: ev::KeyboardEvent| {
        let functions = chat.on_demand.functions.get_untracked().filter(|_| !is_composing_key(&event));
        if functions.is_some_and(|functions| (functions.on_composer_key)(chat, &event)) {
            event.prevent_default();
            return;
        }
        if event.key() == "ArrowUp"
            && !is_composing_key(&event)
            && field.get_untracked().is_some_and(|field| field.value().is_empty())
            && let Some(last) = edit_last_own(chat)
        {
            event.prevent_default();
            chat.dispatch.run(Intent::SetComposerMode(last));
            return;
        }
        on_key(chat, &event, true, send_callback);
    };
    // The composition of an input method ends before the text is taken: its last syllable would otherwise appear in the
    // empty field. Safari leaves the focus in the field when a button is tapped.
    let send_by_button = move |_| {
        if let Some(field) = field.get_untracked() {
            _ = field.blur();
        }
        send();
    };
    let counter = move || {
        let chars = chars.get();
        let is_too_long = chars > limits::TEXT_CHARS;
        (chars + NEAR_LIMIT > limits::TEXT_CHARS).then(|| {
            let class = if is_too_long { "counter over" } else { "counter" };
            let counted = chat.translations.counter(chars);
            let is_refused = is_too_long && chat.composer.refused_length.get();
            let sentence = if is_refused { chat.translations.not_sent.with(&counted) } else { counted };
            element("p").class(class).with("role", "status").text(sentence)
        })
    };
    let on_input = move |_| {
        measure();
        if !untrack(is_too_long) {
            set(chat.composer.refused_length, false);
        }
        suggestions::suggest(chat);
        if untrack(|| chars.get() > 0 && matches!(chat.composer.mode.get(), ComposerMode::New)) {
            chat.dispatch.run(Intent::Typing);
        }
    };
    let text_field = element("textarea")
        .class("composer-field")
        .with("rows", "1")
        .with("dir", "auto")
        .with("aria-label", chat.translations.message)
        .with("aria-description", chat.translations.composer_keys)
        .with("aria-describedby", "writing-purpose")
        .reactive_attribute("aria-invalid", move || is_too_long().then_some("true"))
        .with("aria-autocomplete", "list")
        .reactive_attribute("aria-controls", move || suggestions::active(chat).map(|_| LIST_ID))
        .reactive_attribute("aria-activedescendant", move || suggestions::active(chat))
        .reactive_attribute("placeholder", move || Some(chat.translations.placeholder.with(&chat.marked_room_label())))
        .with("enterkeyhint", "send")
        .no_autofill()
        .flag("disabled", is_disabled)
        .node_ref(field)
        .on(ev::input, on_input)
        .on(ev::keydown, on_field_key)
        .on(ev::click, move |_| suggestions::suggest(chat))
        .on(ev::focus, move |_| adapt_to_pointer(chat))
        .on(ev::blur, move |_| suggestions::hide(chat))
        .on(ev::paste, move |event| on_paste(chat, &event));
    let send_label = move || if editing() { chat.translations.save } else { chat.translations.send };
    let send_button = element("button")
        .class("send")
        .with("type", "button")
        .flag("disabled", move || send_when_ready.get() && !editing())
        // Its click says why nothing is sent.
        .reactive_attribute("aria-disabled", move || is_too_long().then_some("true"))
        .on(ev::click, send_by_button)
        .child(reactive_text(send_label));
    element("footer")
        .class("composer")
        .flag("data-silent", is_disabled)
        .child(mode_bar(chat))
        .child(errors(chat))
        .child(waiting_notice(chat))
        .child(slot(chat, Slot::Attachments(send_callback)))
        .child(slot(chat, Slot::Suggestions))
        .child(
            element("div")
                .class("composer-box")
                .child(reactive(counter))
                .children(attach_button(chat))
                .children(format_buttons(chat))
                .child(slot(chat, Slot::FormatBar))
                .child(text_field)
                .child(send_button),
        )
        .child(posting_notice(chat))
        .child(element("noscript").text(chat.translations.no_script))
        .child(element("p").class("drop").text(chat.translations.drop))
}

/// Sends the message or cancels a reply or an edit, if a key of a field does that. The field has several lines, or one.
pub(crate) fn on_key(chat: Chat, event: &ev::KeyboardEvent, has_several_lines: bool, send: Callback<()>) {
    if with_key_press(event, |key| key.sends(has_several_lines, has_coarse_pointer())) {
        event.prevent_default();
        send.run(());
    } else if event.key() == "Escape" && !is_composing_key(event) {
        chat.dispatch.run(Intent::SetComposerMode(ComposerMode::New));
    }
}

/// Says what Enter does. The main pointer may change, for example when a tablet is put into its keyboard.
fn adapt_to_pointer(chat: Chat) {
    let Some(field) = chat.composer.field.get() else { return };
    let (hint, keys) = if has_coarse_pointer() {
        ("enter", chat.translations.composer_keys_touch)
    } else {
        ("send", chat.translations.composer_keys)
    };
    _ = field.set_attribute("enterkeyhint", hint);
    _ = field.set_attribute("aria-description", keys);
}

/// What became of a text that starts with a slash.
enum CommandResult {
    /// It is no command.
    NoCommand,
    /// This text is sent in its place.
    Send(String),
    /// Nothing is to be sent.
    Done,
}

/// Runs the command in a text that starts with a slash. If commands cannot be loaded, it is a text.
fn run_command(chat: Chat, text: &str) -> CommandResult {
    let functions = chat.on_demand.functions.get_untracked().filter(|_| text.starts_with('/'));
    let Some(functions) = functions else { return CommandResult::NoCommand };
    (functions.run_command)(chat, text).map_or(CommandResult::Done, CommandResult::Send)
}

/// Whether the text starts with a slash, and what runs commands is not loaded yet. Starts to load it.
fn waits_for_commands(chat: Chat) -> bool {
    let is_loaded = chat.on_demand.functions.with(Option::is_some) || chat.on_demand.loading.get() == Loading::Failed;
    let waits = !is_loaded && chat.composer.field.get_untracked().is_some_and(|field| field.value().starts_with('/'));
    if waits {
        load_early(chat);
    }
    waits
}

/// Sends the outcome of an edit and ends it. In this order, because the edited message is known to its end.
fn save(chat: Chat, edited: &EditedMessage, text: Option<MessageText>) {
    match edited.outcome(text) {
        EditOutcome::Unchanged => {}
        EditOutcome::Change(change) => chat.dispatch.run(Intent::Change(edited.seq, change)),
        EditOutcome::Deletion => delete_dialog::open(chat, edited.seq),
    }
    chat.dispatch.run(Intent::SetComposerMode(ComposerMode::New));
}

/// Returns an edit of the visitor's last editable message. Returns `None` during a reply or an edit.
fn edit_last_own(chat: Chat) -> Option<ComposerMode> {
    if chat.composer.mode.with_untracked(|mode| *mode != ComposerMode::New) {
        return None;
    }
    chat.log
        .rows
        .with_untracked(|rows| rows.iter().rev().find_map(|shown| ComposerMode::edit(shown.row.get_untracked())))
}

/// Sets the text of the field.
#[cfg(feature = "hydrate")]
pub(crate) fn set_text(chat: Chat, text: &str) {
    if let Some(field) = chat.composer.field.get_untracked() {
        field.set_value(text);
        chat.composer.chars.set(counted_chars(text));
        fit_height(&field);
    }
}

/// Returns how many characters of a text count against the limit.
fn counted_chars(text: &str) -> usize {
    match text.parse::<MessageText>() {
        Ok(text) => text.as_str().chars().count(),
        Err(TextError::TooLong { chars }) => chars,
        Err(TextError::Empty) => 0,
    }
}

/// Makes the field as high as its text. The style sheet sets the bounds. Browsers with `field-sizing` do this
/// themselves.
fn fit_height(field: &web_sys::HtmlTextAreaElement) {
    if web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false) {
        return;
    }
    // The policy refuses `style` attributes, but not style that a script sets.
    let style = web_sys::HtmlElement::style(field);
    _ = style.set_property("height", "auto");
    _ = style.set_property("height", &[&field.scroll_height().to_string(), "px"].concat());
}
