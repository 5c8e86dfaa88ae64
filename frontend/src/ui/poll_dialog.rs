//! The dialog that makes a poll. It is loaded on demand.

use leptos::ev;
use page_view::{Element, element, reactive_text};
use shared_types::{MessageText, NameError, PollDraft, PollError, PollOptionText, limits};

use crate::ui::{
    parts::{
        autofill::NoAutofill as _,
        dialog::{self, titled_dialog},
        form_controls::choice,
    },
    state::{Chat, intent::DialogIntent, set},
};

/// Draws the dialog.
pub(crate) fn poll_dialog(chat: Chat) -> Element {
    let (texts, state) = (chat.translations.lists(), chat.poll);
    let question = element("input")
        .with("dir", "auto")
        .with("maxlength", limits::TEXT_CHARS.to_string())
        .no_autofill()
        .with("aria-describedby", "poll-hint")
        .node_ref(state.question);
    let options = element("textarea")
        .with("dir", "auto")
        .with("rows", "5")
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
    let texts = chat.translations.lists();
    match parsed(&question, &options, state.several.get_untracked() == 1) {
        Ok((text, poll)) => {
            set(state.note, texts.sending.to_owned());
            set(state.is_pending, true);
            chat.run_in_dialog(DialogIntent::SendPoll(text, poll));
        }
        Err(fault) => set(
            state.note,
            match fault {
                Fault::Question => texts.no_question.to_owned(),
                Fault::Option(NameError::TooLong { limit }) => texts.option_long.with(&limit.to_string()),
                Fault::Option(NameError::Empty | NameError::Character) => texts.option_character.to_owned(),
                Fault::Options(PollError::Count) => texts.option_count.to_owned(),
                Fault::Options(PollError::Repeated) => texts.option_repeated.to_owned(),
            },
        ),
    }
}

/// What is wrong with a poll.
enum Fault {
    Question,
    Option(NameError),
    Options(PollError),
}

fn parsed(question: &str, options: &str, several: bool) -> Result<(MessageText, PollDraft), Fault> {
    let text = question.parse().map_err(|_| Fault::Question)?;
    let options = options.lines().filter(|line| !line.trim().is_empty()).map(str::parse::<PollOptionText>);
    let options = options.collect::<Result<_, _>>().map_err(Fault::Option)?;
    let poll = PollDraft { options, several };
    poll.check().map_err(Fault::Options)?;
    Ok((text, poll))
}
