//! The poll of a message: its options with their votes. The log handles the clicks.

use page_model::timeline::{Row, RowOption, RowPoll};
use page_view::{Element, element};

use crate::ui::state::Chat;

/// Draws the poll of a message, if it has one. Nobody votes in a poll that is closed or not sent.
pub(super) fn poll(chat: Chat, row: &Row) -> Option<Element> {
    let poll = row.poll.as_ref()?;
    let options = poll.options.iter().enumerate().map(|(place, shown)| option(place, shown, poll));
    let votes = chat.translations.votes.of(poll.votes);
    let notes = [
        poll.several.then_some(chat.translations.several_choices),
        poll.closed.then_some(chat.translations.poll_closed),
    ];
    let note = notes.into_iter().flatten().fold(votes, |note, next| chat.translations.with_comma(&note, next));
    let note = element("p").class("message-mark").text(note);
    Some(element("div").class("poll").with("role", "group").children(options).child(note))
}

/// Draws an option. Its bar needs no style of its own.
fn option(place: usize, option: &RowOption, poll: &RowPoll) -> Element {
    let bar = element("progress")
        .with("aria-hidden", "true")
        .with("max", poll.votes.max(1).to_string())
        .with("value", option.votes.to_string());
    element("button")
        .class("poll-option")
        .with("type", "button")
        .with("tabindex", "-1")
        .with("aria-pressed", if option.mine { "true" } else { "false" })
        .optional_attribute("aria-disabled", poll.closed.then_some("true"))
        .with("value", ["vote-", &place.to_string()].concat())
        .child(element("span").with("dir", "auto").text(option.text.clone()))
        .child(element("span").class("reaction-count").text(option.votes.to_string()))
        .child(bar)
}
