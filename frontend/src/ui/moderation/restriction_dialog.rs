//! What a moderator does about a person: keeps them quiet or away for a time, takes that back, or has everything deleted that
//! they wrote.

use leptos::{html, prelude::*};
use page_model::connection::Status;
use shared_types::Person;

use crate::ui::{
    parts::{
        dialog,
        element::{element, reactive, reactive_text},
        form_controls::{choice, select},
        icon_button::icon_button,
    },
    state::{Chat, intent::Intent, set},
};

/// A shield.
pub(crate) const ICON: &str = "M12 3.5l7 2.500v5.500c0 4.200-2.800 7.300-7 9-4.200-1.700-7-4.800-7-9V6zM9 12h6";

/// How long it may hold, in seconds: 10 minutes, an hour, a day, a week, 90 days.
const SPANS: [u32; 5] = [600, 3_600, 86_400, 604_800, 7_776_000];

/// What is done to them. What holds is told in the order of the first two.
const MUTE: u32 = 0;
const BAN: u32 = 1;
const CLEAR: u32 = 2;

/// The dialog.
pub(crate) fn restriction_dialog(chat: Chat) -> AnyView {
    let translations = chat.translations;
    let (what, span) = (chat.restriction_dialog.selected_action, chat.restriction_dialog.selected_duration);
    // Of two with one name a moderator has to know which.
    let id = element("code")
        .child(reactive_text(move || chat.restriction_dialog.person.with(|target| target.id.to_string())));
    let target = element("p").child(id.into_any());
    let held = element("div").class("held").with("aria-live", "polite").child(reactive(move || held(chat)));
    let kinds = element("fieldset")
        .class("choices")
        .with("aria-labelledby", "sanction-title")
        .child(choice("radio", translations.mute, MUTE, what))
        .child(choice("radio", translations.ban, BAN, what))
        .child(choice("radio", translations.purge_user, CLEAR, what));
    let spans = SPANS.map(|span| (span, translations.span(span))).to_vec();
    // What is deleted does not come back after a while.
    let spans = element("div")
        .reactive_attribute("hidden", move || (what.get() == CLEAR).then(String::new))
        .child(select(translations.how_long, spans, span));
    let hint = move || match what.get() {
        _ if chat.room.status.get() != Status::Live => translations.moderation_offline,
        MUTE => translations.mute_hint,
        BAN => translations.ban_hint,
        _ => translations.purge_user_hint,
    };
    let label = move || match what.get() {
        MUTE => translations.mute,
        BAN => translations.ban,
        _ => translations.erase_yes,
    };
    let cancel = element("button")
        .class("button")
        .with("type", "button")
        .on("click", move |_| dialog::close(chat.restriction_dialog.dialog))
        .text(translations.cancel);
    let submit = element("button")
        .class("button danger")
        .reactive_attribute("aria-disabled", move || (!ready(chat)).then(|| "true".into()))
        .with("type", "submit")
        .child(reactive_text(move || label().into()));
    let form = element("form")
        .class("sheet-body order")
        .on("submit", move |event| {
            event.prevent_default();
            if untrack(|| ready(chat)) {
                decide(chat, what.get_untracked(), span.get_untracked());
            }
        })
        .child(target.into_any())
        .child(held.into_any())
        .child(kinds.into_any())
        .child(spans.into_any())
        .child(dialog::hint(hint))
        .child(element("div").class("name-buttons").child(cancel.into_any()).child(submit.into_any()).into_any());
    let title =
        move || chat.translations.restrict_person.with(chat.translations.name(&chat.restriction_dialog.person.get()));
    dialog::dialog_with_title(chat, "sanction", reactive_text(title), chat.restriction_dialog.dialog)
        .child(form.into_any())
        .into_any()
}

/// What holds for them, each with the way to take it back.
fn held(chat: Chat) -> Vec<AnyView> {
    let line = |sentence: &str| element("p").text(sentence);
    let lift = |what, sentence: &str| {
        let label = [chat.translations.lift, &chat.translations.after_colon(sentence)].concat();
        element("button")
            .class("quiet")
            .reactive_attribute("aria-disabled", move || (!chat.can_moderate_now()).then(|| "true".into()))
            .with("type", "button")
            .with("aria-label", label)
            .on("click", move |_| {
                if untrack(|| chat.can_moderate_now()) {
                    decide(chat, what, 0);
                }
            })
            .text(chat.translations.lift)
            .into_any()
    };
    let held = match chat.restriction_dialog.current.get() {
        Ok(held) => held,
        Err(why) => return vec![line(why).into_any()],
    };
    if held.iter().all(String::is_empty) {
        return vec![line(chat.translations.no_restrictions).into_any()];
    }
    let held = [MUTE, BAN].into_iter().zip(held).filter(|(_, sentence)| !sentence.is_empty());
    held.map(|(what, sentence)| line(&sentence).child(lift(what, &sentence)).into_any()).collect()
}

/// Whether something can be decided: what holds is known by then, or not to be had.
fn ready(chat: Chat) -> bool {
    chat.can_moderate_now() && chat.restriction_dialog.current.get() != Err(chat.translations.audit_loading)
}

fn decide(chat: Chat, what: u32, seconds: u32) {
    let person = chat.restriction_dialog.person.get_untracked();
    if what != CLEAR {
        return chat.dispatch.run(Intent::Restrict { person, ban: what == BAN, seconds });
    }
    dialog::close(chat.restriction_dialog.dialog);
    // The message that the dialog was opened at is nobody's soon, and drawn anew.
    if let Some(log) = chat.log.element.get_untracked() {
        _ = log.focus();
    }
    chat.dispatch.run(Intent::PurgeUser(person));
}

/// What holds for so many seconds yet, muted and banned, is what is chosen, unless something else is: nobody is to shorten it
/// unawares.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn choose(chat: Chat, [muted, banned]: [u64; 2]) {
    let (what, span) = (chat.restriction_dialog.selected_action, chat.restriction_dialog.selected_duration);
    if (what.get_untracked(), span.get_untracked()) == (MUTE, SPANS[0]) {
        let left = muted.max(banned);
        let long_enough = SPANS.into_iter().find(|span| u64::from(*span) >= left);
        set(what, if banned > 0 { BAN } else { MUTE });
        set(span, long_enough.unwrap_or(SPANS[SPANS.len() - 1]));
    }
}

/// Whether the visitor may decide about somebody.
pub(crate) fn is_allowed(chat: Chat, person: &Person) -> bool {
    let you = chat.room.you.get();
    you.moderator && you.id != person.id && !person.is_erased()
}

/// The button that opens the dialog about somebody, in place of the dialog that it is in.
pub(crate) fn button(chat: Chat, target: Person, place: NodeRef<html::Dialog>) -> Option<AnyView> {
    is_allowed(chat, &target).then(|| {
        let label = chat.translations.restrict_person.with(target.name.as_str());
        let open = move |()| {
            dialog::close(place);
            open(chat, target.clone());
        };
        icon_button("person-sanction", label, ICON, true, Callback::new(open))
    })
}

/// Opens the dialog about somebody. What was chosen for another one is not meant for them.
pub(crate) fn open(chat: Chat, person: Person) {
    set(chat.restriction_dialog.person, person);
    let (what, span) = (chat.restriction_dialog.selected_action, chat.restriction_dialog.selected_duration);
    set(what, MUTE);
    set(span, SPANS[0]);
    set(chat.moderation.is_pending, false);
    chat.dispatch.run(Intent::LoadRestrictions);
    dialog::open(chat.restriction_dialog.dialog);
}
