//! What a moderator does about a person: keeps them quiet or away for a time, or takes that back.

use leptos::prelude::*;
use shared_types::Person;

use super::{
    choice::{choice, select},
    element::{alive, alive_text, element},
    sheet::{self, sheet},
};
use crate::chat::{Chat, Intent, set};

/// How long it may hold, in seconds: 10 minutes, an hour, a day, a week, 90 days. 0 takes it back.
const SPANS: [u32; 6] = [600, 3_600, 86_400, 604_800, 7_776_000, 0];

/// What is done to them.
const MUTE: u32 = 0;
const BAN: u32 = 1;

/// The dialog.
pub(crate) fn sanction(chat: Chat) -> AnyView {
    let words = chat.words;
    let [what, span] = chat.chosen;
    let whom = element("p").class("sanctioned").child(alive(move || named(chat, &chat.sanctioned.get()).into()));
    let kinds = element("fieldset")
        .class("choices")
        .with("aria-label", words.sanction)
        .child(choice("radio", words.mute, MUTE, what))
        .child(choice("radio", words.ban, BAN, what));
    let name = |span| if span == 0 { words.lift.to_owned() } else { words.span(span) };
    let spans = SPANS.map(|span| (span, name(span))).to_vec();
    let hint = move || match (what.get(), span.get()) {
        (MUTE, 0) => words.lift_mute_hint,
        (_, 0) => words.lift_ban_hint,
        (MUTE, _) => words.mute_hint,
        (_, _) => words.ban_hint,
    };
    let done = move || match (span.get(), what.get()) {
        (0, _) => words.lift,
        (_, MUTE) => words.mute,
        (_, _) => words.ban,
    };
    let cancel = element("button")
        .class("button")
        .with("type", "button")
        .on("click", move |_| sheet::close(chat.sanction))
        .text(words.cancel);
    let submit = element("button")
        .follows("class", move || Some(if span.get() == 0 { "button primary" } else { "button danger" }.into()))
        .with("type", "submit")
        .child(alive_text(move || done().into()));
    let form = element("form")
        .class("sheet-body order")
        .on("submit", move |event| {
            event.prevent_default();
            sheet::close(chat.sanction);
            let (person, seconds) = (chat.sanctioned.get_untracked().id, span.get_untracked());
            chat.intend.run(Intent::Sanction { person, ban: what.get_untracked() == BAN, seconds });
        })
        .child(whom.into_any())
        .child(kinds.into_any())
        .child(select(words.how_long, spans, span))
        .child(
            element("p")
                .class("name-hint")
                .with("aria-live", "polite")
                .child(alive_text(move || hint().into()))
                .into_any(),
        )
        .child(element("div").class("name-buttons").child(cancel.into_any()).child(submit.into_any()).into_any());
    sheet(chat, "sanction", words.sanction, chat.sanction).child(form.into_any()).into_any()
}

/// Somebody by their name and id: of two with one name a moderator has to know which.
fn named(chat: Chat, person: &Person) -> [AnyView; 2] {
    let name = element("bdi").class("sanctioned-name").text(chat.words.name(person)).into_any();
    [name, element("code").text(person.id.to_string()).into_any()]
}

/// Whether the visitor may decide about somebody.
pub(super) fn may(chat: Chat, person: &Person) -> bool {
    let you = chat.you.get();
    you.moderator && you.id != person.id && !person.is_gone()
}

/// Opens the dialog about somebody. What was chosen for another one is not meant for them.
pub(super) fn open(chat: Chat, person: Person) {
    set(chat.sanctioned, person);
    let [what, span] = chat.chosen;
    set(what, MUTE);
    set(span, SPANS[0]);
    sheet::open(chat.sanction);
}
