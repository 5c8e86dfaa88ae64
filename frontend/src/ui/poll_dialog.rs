//! The dialog that makes a poll. It is loaded on demand.

use leptos::ev;
use page_view::{Element, element, reactive_text};
use shared_types::{MessageText, PollDraft, limits};

use crate::ui::{
    parts::{
        autofill::NoAutofill as _,
        char_limit::char_limit,
        dialog::{self, titled_dialog},
        form_controls::choice,
    },
    state::{Chat, intent::DialogIntent, set},
};

/// Draws the dialog.
pub(crate) fn poll_dialog(chat: Chat) -> Element {
    let (texts, state) = (chat.translations.lists(), chat.poll);
    let question = char_limit(element("input").with("dir", "auto"), limits::TEXT_CHARS, "")
        .no_autofill()
        .with("aria-describedby", "poll-hint")
        .node_ref(state.question);
    // Each option with the end of its line.
    let all_options = limits::POLL_OPTIONS * (limits::POLL_OPTION_CHARS + 1);
    let options = char_limit(element("textarea").with("dir", "auto").with("rows", "5"), all_options, "")
        .no_autofill()
        .with("aria-describedby", "poll-hint")
        .node_ref(state.options);
    let label = |name: &'static str, field: Element| {
        element("label").class("name-label").child(element("span").text(name)).child(field)
    };
    let hint = move || state.note.with(|note| if note.is_empty() { texts.poll_hint.to_owned() } else { note.clone() });
    let send = element("button")
        .class("button primary")
        .reactive_attribute("aria-disabled", move || state.is_pending.get().then_some("true"))
        .with("type", "submit")
        .text(chat.translations.send);
    let form = element("form")
        .class("sheet-body about-form")
        .with("novalidate", "")
        .on(ev::submit, move |event| {
            event.prevent_default();
            submit(chat);
        })
        .child(label(texts.question, question))
        .child(label(texts.options, options))
        .child(choice("checkbox", texts.several, 1, state.several))
        .child(
            element("p")
                .class("name-hint")
                .with("id", "poll-hint")
                .with("role", "status")
                .child(reactive_text::<String>(hint)),
        )
        .child(element("div").class("name-buttons").child(send));
    titled_dialog(chat, "new-poll", texts.poll, state.dialog).child(form)
}

/// Opens the dialog with a question and options that were typed in the composer, if there are any.
pub(crate) fn show(chat: Chat, question: &str, options: &[&str]) {
    let state = chat.poll;
    if let (Some(field), Some(list)) = (state.question.get_untracked(), state.options.get_untracked()) {
        // What was typed before stays, unless there is something new.
        if !question.is_empty() {
            field.set_value(question);
            list.set_value(&options.join("\n"));
        }
    }
    set(state.note, String::new());
    set(state.is_pending, false);
    dialog::open(state.dialog);
}

/// Sends the poll, or says what is wrong.
fn submit(chat: Chat) {
    let state = chat.poll;
    if state.is_pending.get_untracked() {
        return;
    }
    let question = state.question.get_untracked().map(|field| field.value()).unwrap_or_default();
    let options = state.options.get_untracked().map(|field| field.value()).unwrap_or_default();
    match parsed(&question, &options, state.several.get_untracked() == 1) {
        Some((text, poll)) => {
            set(state.note, chat.translations.sending.to_owned());
            set(state.is_pending, true);
            chat.run_in_dialog(DialogIntent::SendPoll(text, poll));
        }
        None => set(state.note, chat.translations.lists().poll_wrong.to_owned()),
    }
}

/// Returns question and poll, if they are valid. Each line that is not blank is an option.
fn parsed(question: &str, options: &str, several: bool) -> Option<(MessageText, PollDraft)> {
    let options = options.lines().filter(|line| !line.trim().is_empty()).map(|line| line.parse().ok());
    let poll = PollDraft { options: options.collect::<Option<_>>()?, several };
    Some((question.parse().ok()?, poll)).filter(|(_, poll)| poll.check().is_ok())
}
