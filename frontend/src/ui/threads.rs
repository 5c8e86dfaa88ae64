//! A thread beside the log: a panel on wide screens, all of the page on others. It is loaded on demand.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use page_model::{
    composer_mode::{ComposerMode, EditOutcome},
    connection::Status,
    timeline::Row,
};
use page_view::{Callback, Element, State, View, effect, element, keyed, reactive, reactive_text};
use shared_types::{MessageText, Seq, TextError};
use web_sys::HtmlElement;

use crate::ui::{
    composer::{
        attach_button::attach_button,
        attachment_tray::tray,
        errors::errors,
        format_buttons::emoji_button,
        keys,
        paste::on_paste,
        posting_notice::posting_notice,
        suggestion_list,
        suggestions::{self, LIST_ID},
    },
    log::connection_status::connection_status,
    message::{delete_dialog, dom, message_in_thread},
    message_lists::MessageList,
    parts::{
        autofill::NoAutofill as _,
        icon_button::{CROSS, icon_button},
        pointer_and_keys::{has_coarse_pointer, is_composing_key, with_key_press},
    },
    people_panel::is_wide,
    state::{
        Chat,
        composer::{ComposerPlace, ComposerState},
        files_of,
        intent::{DialogIntent, Intent},
        log::KeyedRow,
        on_demand::DialogRequest,
        set,
    },
};

thread_local! {
    /// The field of the thread that is shown.
    static FIELD: Cell<Option<ComposerState>> = const { Cell::new(None) };
}

/// Id of the title of the panel.
const TITLE_ID: &str = "thread-title";

/// From this width on, the panel leaves something of the page beside it, as in `style/on_demand/threads.css`.
const BESIDE: &str = "(min-width: 48rem)";

/// How far from its end the thread still follows new replies, in pixels.
const NEAR_END: i32 = 40;

/// Draws the panel while a thread is shown. The listeners of its log live as long as it does, so it is drawn once for all threads.
pub(crate) fn panel(chat: Chat) -> View {
    init(chat);
    reactive(move || chat.thread.is_open.get().then(|| untrack(|| aside(chat))))
}

/// Prepares the field of threads. Call it outside of reactive parts, before the field is drawn.
pub(crate) fn init(chat: Chat) {
    FIELD.set(Some(chat.composer.of_thread()));
}

/// Returns the state of the page with the field of threads in place of the composer, for what works with either of them.
pub(crate) fn with_field(chat: Chat) -> Chat {
    Chat { composer: FIELD.get().unwrap_or(chat.composer), ..chat }
}

/// Returns the state of the page with the field at this place as the composer.
pub(crate) fn field_of(chat: Chat, place: ComposerPlace) -> Chat {
    match place {
        ComposerPlace::Room => chat,
        ComposerPlace::Thread => with_field(chat),
    }
}

/// Whether a thread covers the page, if one is shown.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn covers_page() -> bool {
    !window().match_media(BESIDE).ok().flatten().is_some_and(|query| query.matches())
}

/// Opens the thread of a message.
pub(crate) fn open(chat: Chat, seq: Seq) {
    chat.run_in_dialog(DialogIntent::OpenThread(seq));
}

/// Whether a message is to be answered and edited in the thread that is shown: the log does not show it, or is covered.
pub(crate) fn is_beside_log(chat: Chat, seq: Seq) -> bool {
    let is_among = |shown: &KeyedRow| shown.row.with_untracked(|row| row.seq == Some(seq));
    let in_log = chat.log.rows.with_untracked(|rows| rows.iter().any(is_among));
    chat.thread.rows.with_untracked(|rows| rows.iter().any(is_among)) && (!in_log || !is_wide())
}

/// Starts to edit a reply.
pub(crate) fn edit(chat: Chat, row: Row) {
    if let Some(ComposerMode::Edit(edited)) = ComposerMode::edit(row) {
        set_text(chat, edited.text.as_ref().map_or("", MessageText::as_str));
        set(chat.thread.edited, Some(edited));
        focus_field(chat);
    }
}

/// Focuses the field, or where that would open a keyboard, the panel.
pub(crate) fn focus(chat: Chat) {
    if has_coarse_pointer() || !focus_field(chat) {
        _ = chat.thread.panel.get_untracked().map(|panel| panel.focus());
    }
}

/// Focuses the field for an answer to a reply.
pub(crate) fn answer(chat: Chat) {
    focus_field(chat);
}

/// Focuses the field. Returns whether something can be written.
fn focus_field(chat: Chat) -> bool {
    let field = with_field(chat).composer.field.get_untracked().filter(|field| !field.disabled());
    field.is_some_and(|field| field.focus().is_ok())
}

/// Sets what is written.
pub(crate) fn set_text(chat: Chat, text: &str) {
    if let Some(field) = with_field(chat).composer.field.get_untracked() {
        field.set_value(text);
    }
}

/// Sets the draft of another thread, which goes to the thread alone.
pub(crate) fn begin_reply(chat: Chat, draft: &str) {
    set_text(chat, draft);
    if let Some(checkbox) = chat.thread.in_room.get_untracked() {
        checkbox.set_checked(false);
    }
}

/// Focuses the message that began a thread, or else the log.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn focus_message(chat: Chat, seq: Seq) {
    if let Some(target) = dom::article_in(chat.log.element, seq).or_else(|| chat.log.element.get_untracked()) {
        _ = target.focus();
    }
}

/// Whether the end of the thread is in view.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn at_end(chat: Chat) -> bool {
    let is_near = |log: HtmlElement| log.scroll_height() - log.scroll_top() - log.client_height() < NEAR_END;
    chat.thread.log.get_untracked().is_none_or(is_near)
}

/// Scrolls to the newest reply.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn scroll_to_end(chat: Chat) {
    if let Some(log) = chat.thread.log.get_untracked() {
        log.set_scroll_top(log.scroll_height());
    }
}

/// Scrolls to a reply and focuses it.
#[cfg(feature = "hydrate")]
pub(crate) fn show_message(chat: Chat, seq: Seq) {
    if let Some(message) = dom::article_in(chat.thread.log, seq) {
        message.scroll_into_view();
        crate::ui::log::gestures::highlight(message);
    }
}

/// Draws the panel.
pub(crate) fn aside(chat: Chat) -> Element {
    let texts = chat.translations.threads();
    let close = move |()| chat.run_in_dialog(DialogIntent::CloseThread);
    let title = element("h2").with("id", TITLE_ID).text(texts.thread);
    let list = move |_| chat.open_dialog(DialogRequest::Messages(MessageList::Threads));
    let list_button =
        element("button").class("quiet all-threads").with("type", "button").on(ev::click, list).text(texts.all_threads);
    let close_button = icon_button("sheet-close", chat.translations.close.into(), CROSS, true, Callback::new(close));
    let rows = keyed(
        move || chat.thread.rows.get(),
        |shown| shown.key.clone(),
        move |shown| {
            let row = shown.row.clone();
            reactive(move || [message_in_thread(chat, row.get())])
        },
    );
    let log = element("div")
        .class("thread-log")
        .with("role", "log")
        .with("aria-label", texts.reply_in_thread)
        .with("tabindex", "0")
        .node_ref(chat.thread.log)
        .on_mount(move |_log| {
            #[cfg(feature = "hydrate")]
            {
                use web_sys::wasm_bindgen::JsCast as _;
                crate::ui::log::gestures::watch(chat, _log.unchecked_ref());
            }
        })
        .child(reactive(move || older_button(chat)))
        .child(element("div").class("log-rows").child(rows));
    element("aside")
        .class("thread-panel")
        .with("aria-labelledby", TITLE_ID)
        .with("tabindex", "-1")
        .node_ref(chat.thread.panel)
        .on(ev::keydown, move |event| {
            if event.key() == "Escape" && !event.default_prevented() && !is_composing_key(&event) {
                on_escape(chat);
            }
        })
        .child(element("div").class("people-bar").child(title).child(list_button).child(close_button))
        .on(ev::drop, move |event| on_drop(chat, &event))
        .child(log)
        .child(reports(chat))
        .child(element("p").class("thread-hint").with("role", "status").child(reactive_text(move || hint(chat))))
        .child(form(chat))
}

/// Draws what the page reports elsewhere, while the thread covers that: the connection, errors, and why nobody can write.
fn reports(chat: Chat) -> Element {
    // The focus would go to the covered field.
    let on_click = move |_| focus(chat);
    element("div")
        .class("thread-reports")
        .on(ev::click, on_click)
        .child(connection_status(chat))
        .child(errors(chat))
        .child(posting_notice(chat))
}

/// Ends the edit, or closes the thread.
fn on_escape(chat: Chat) {
    if chat.thread.edited.with_untracked(Option::is_some) {
        end_edit(chat);
    } else {
        chat.run_in_dialog(DialogIntent::CloseThread);
    }
}

fn end_edit(chat: Chat) {
    set(chat.thread.edited, None);
    chat.run_in_dialog(DialogIntent::RestoreReplyDraft);
}

/// Draws the button that loads older replies, or the thread again.
fn older_button(chat: Chat) -> Option<Element> {
    let (has_failed, more) = chat.thread.view.with(|view| (view.error.is_some(), view.more));
    let (label, load) = match (has_failed, more) {
        (true, _) => (chat.translations.retry, (|| DialogIntent::ReloadThread) as fn() -> DialogIntent),
        (false, true) => {
            (chat.translations.threads().older, (|| DialogIntent::LoadOlderReplies) as fn() -> DialogIntent)
        }
        (false, false) => return None,
    };
    let button = element("button").class("quiet").with("type", "button").text(label);
    Some(button.on(ev::click, move |_| chat.run_in_dialog(load())))
}

/// Returns the line below the rows: loading, offline, an error, or that there are no replies.
fn hint(chat: Chat) -> String {
    let texts = chat.translations.threads();
    let few = chat.thread.rows.with(|rows| rows.len() < 2);
    let view = chat.thread.view.get();
    let is_live = chat.room.status.get() == Status::Live;
    let hint = match (view.error, view.is_loaded) {
        _ if view.is_too_long => texts.too_long,
        (Some(error), _) => error,
        _ if view.is_closed => texts.closed,
        (None, false) if is_live => texts.loading,
        (None, false) => texts.offline,
        (None, true) if few => texts.no_replies,
        (None, true) => "",
    };
    hint.to_owned()
}

/// Attaches files that are dropped onto the thread to the reply. Files that are dropped elsewhere are attached to the message of the
/// room.
fn on_drop(chat: Chat, event: &ev::DragEvent) {
    let files = files_of(event.data_transfer().and_then(|dragged| dragged.files()));
    if files.is_empty() {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    if let Some(root) = document().document_element() {
        _ = root.remove_attribute("data-dragging");
    }
    if !is_text_only(chat) {
        with_field(chat).attach(files);
    }
}

/// Whether no image can be attached: a reply is edited, or nobody can write. Subscribes the caller to its changes.
fn is_text_only(chat: Chat) -> bool {
    chat.thread.edited.with(Option::is_some) || is_disabled(chat)
}

/// Whether nobody can write. Subscribes the caller to its changes.
fn is_disabled(chat: Chat) -> bool {
    chat.composer.status.with(|status| status.is_disabled) || is_closed(chat)
}

/// Whether the thread takes no more replies. Subscribes the caller to its changes.
fn is_closed(chat: Chat) -> bool {
    chat.thread.view.with(|view| view.is_closed)
}

fn form(chat: Chat) -> Element {
    let texts = chat.translations.threads();
    let with_field = with_field(chat);
    let is_editing = move || chat.thread.edited.with(Option::is_some);
    // Whether the visitor sent the reply while an image was being prepared. It is sent when the image is ready.
    let send_when_ready = State::new(false);
    let send = Callback::new(move |()| {
        let waits = untrack(|| with_field.composer.is_preparing() && !is_editing());
        send_when_ready.set(waits);
        if !waits {
            send(chat);
        }
    });
    effect(move || {
        // Another thread does not send what was to be sent in this one.
        _ = chat.thread.root.get();
        send_when_ready.set(false);
    });
    effect(move || {
        if !with_field.composer.is_preparing() && send_when_ready.get() {
            send.run(());
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if !is_composing_key(&event) && keys::on_key(with_field, &event) {
            event.prevent_default();
        } else if with_key_press(&event, |key| key.sends(true, has_coarse_pointer())) {
            event.prevent_default();
            send.run(());
        }
    };
    let on_input = move |_| {
        suggestions::suggest(with_field);
        if let Some(field) = with_field.composer.field.get_untracked()
            && chat.thread.edited.with_untracked(Option::is_none)
        {
            chat.run_in_dialog(DialogIntent::StoreReplyDraft(field.value()));
        }
    };
    let text_field = element("textarea")
        .class("composer-field")
        .with("rows", "1")
        .with("dir", "auto")
        .with("aria-label", texts.field)
        .with("placeholder", texts.field)
        .with("aria-autocomplete", "list")
        .reactive_attribute("aria-controls", move || suggestions::active(with_field).map(|_| LIST_ID))
        .reactive_attribute("aria-activedescendant", move || suggestions::active(with_field))
        .with("enterkeyhint", "send")
        .no_autofill()
        .flag("disabled", move || chat.composer.status.with(|status| status.is_disabled))
        .flag("readonly", move || is_closed(chat))
        .node_ref(with_field.composer.field)
        .on(ev::input, on_input)
        .on(ev::keydown, on_key)
        .on(ev::click, move |_| suggestions::suggest(with_field))
        .on(ev::blur, move |_| suggestions::hide(with_field))
        .on(ev::paste, move |event| {
            if !untrack(|| is_text_only(chat)) {
                on_paste(with_field, &event);
            }
        });
    // What was being written when the thread ended stays, so that it can be copied.
    let has_text = move || with_field.composer.field.get_untracked().is_some_and(|field| !field.value().is_empty());
    let label = move || if is_editing() { chat.translations.save } else { chat.translations.send };
    let button = element("button")
        .class("send")
        .with("type", "button")
        .flag("disabled", move || is_disabled(chat) || send_when_ready.get())
        .on(ev::click, move |_| send.run(()))
        .child(reactive_text(label));
    let checkbox = element("input").with("type", "checkbox").with("autocomplete", "off").node_ref(chat.thread.in_room);
    let in_room = element("label")
        .class("choice")
        .flag("hidden", move || is_editing() || is_closed(chat))
        .child(checkbox)
        .child(element("span").text(texts.send_to_room));
    let field_and_buttons = element("div")
        .class("composer-box")
        .children(attach_button(with_field))
        .child(emoji_button(with_field))
        .child(text_field)
        .child(button);
    element("div")
        .class("thread-form")
        .flag("hidden", move || is_closed(chat) && !has_text())
        .flag("data-text-only", move || is_text_only(chat))
        .child(tray(with_field, send))
        .child(suggestion_list::list(with_field))
        .child(field_and_buttons)
        .child(in_room)
}

/// Sends the reply, or the outcome of the edit.
fn send(chat: Chat) {
    let composer = with_field(chat).composer;
    let Some(field) = composer.field.get_untracked() else { return };
    let text = field.value().parse::<MessageText>();
    if let Err(TextError::TooLong { .. }) = text {
        return chat.thread.view.update(|view| view.is_too_long = true);
    }
    chat.thread.view.update(|view| view.is_too_long = false);
    let text = text.ok();
    if let Some(edited) = chat.thread.edited.get_untracked() {
        match edited.outcome(text) {
            EditOutcome::Unchanged => {}
            EditOutcome::Change(change) => chat.dispatch.run(Intent::Change(edited.seq, change)),
            EditOutcome::Deletion => delete_dialog::open(chat, edited.seq),
        }
        return end_edit(chat);
    }
    if text.is_none() && composer.attachments.with_untracked(Vec::is_empty) {
        return;
    }
    let in_room = chat.thread.in_room.get_untracked();
    let is_sent_to_room = in_room.as_ref().is_some_and(|checkbox| checkbox.checked());
    field.set_value("");
    if let Some(checkbox) = in_room {
        checkbox.set_checked(false);
    }
    _ = field.focus();
    chat.run_in_dialog(DialogIntent::Reply(text, is_sent_to_room));
}
