//! The restriction dialog: a moderator mutes or bans a person, lifts restrictions, or deletes all messages of the
//! person.

use leptos::{ev, prelude::*};
use page_model::connection::Status;
use page_view::{Callback, Element, NodeRef, element, reactive, reactive_text};
use shared_types::Person;
use web_sys::HtmlDialogElement;

use crate::ui::{
    parts::{
        dialog,
        form_controls::{choice, select},
        icon_button::icon_button,
    },
    state::{Chat, intent::DialogIntent, moderation::CurrentRestrictions, on_demand::DialogRequest, set},
};

/// Icon of a shield.
pub(crate) const ICON: &str = "M12 3.5l7 2.500v5.500c0 4.200-2.800 7.300-7 9-4.200-1.700-7-4.800-7-9V6zM9 12h6";

/// Durations of a restriction, in seconds: 10 minutes, an hour, a day, a week, 90 days.
const DURATIONS: [u32; 5] = [600, 3_600, 86_400, 604_800, 7_776_000];

/// The actions. Current restrictions are in the order of the first two.
const MUTE: u32 = 0;
const BAN: u32 = 1;
const PURGE: u32 = 2;

/// Draws the dialog.
pub(crate) fn restriction_dialog(chat: Chat) -> Element {
    let (translations, texts) = (chat.translations, chat.translations.dialogs());
    let (action, duration) = (chat.restriction_dialog.selected_action, chat.restriction_dialog.selected_duration);
    // The id distinguishes people with the same name.
    let id = element("code")
        .child(reactive_text(move || chat.restriction_dialog.person.with(|target| target.id.to_string())));
    let target = element("p").child(id);
    let held = element("div").class("held").with("aria-live", "polite").child(reactive(move || held(chat)));
    let actions = element("fieldset")
        .class("choices")
        .with("aria-labelledby", "sanction-title")
        .child(choice("radio", texts.mute, MUTE, action))
        .child(choice("radio", texts.ban, BAN, action))
        .child(choice("radio", texts.purge_user, PURGE, action));
    let durations = DURATIONS.map(|duration| (duration, translations.span(duration))).to_vec();
    // A purge has no duration.
    let durations = element("div")
        .reactive_attribute("hidden", move || (action.get() == PURGE).then_some(""))
        .child(select(texts.how_long, durations, duration));
    let hint = move || match action.get() {
        _ if chat.room.status.get() != Status::Live => texts.moderation_offline,
        MUTE => texts.mute_hint,
        BAN => texts.ban_hint,
        _ => texts.purge_user_hint,
    };
    let label = move || match action.get() {
        MUTE => texts.mute,
        BAN => texts.ban,
        _ => texts.erase_yes,
    };
    let cancel = element("button")
        .class("button")
        .with("type", "button")
        .on(ev::click, move |_| dialog::close(chat.restriction_dialog.dialog))
        .text(translations.cancel);
    let submit_button = element("button")
        .class("button danger")
        .reactive_attribute("aria-disabled", move || (!can_submit(chat)).then_some("true"))
        .with("type", "submit")
        .child(reactive_text(label));
    let form = element("form")
        .class("sheet-body order")
        .on(ev::submit, move |event| {
            event.prevent_default();
            if untrack(|| can_submit(chat)) {
                submit(chat, action.get_untracked(), duration.get_untracked());
            }
        })
        .child(target)
        .child(held)
        .child(actions)
        .child(durations)
        .child(dialog::hint(hint))
        .child(element("div").class("name-buttons").child(cancel).child(submit_button));
    let title = move || texts.restrict_person.with(chat.translations.name(&chat.restriction_dialog.person.get()));
    dialog::dialog_with_title(chat, "sanction", reactive_text(title), chat.restriction_dialog.dialog).child(form)
}

/// Draws the current restrictions, each with a button that lifts it.
fn held(chat: Chat) -> Vec<Element> {
    let line = |sentence: &str| element("p").text(sentence.to_owned());
    let lift = |action, sentence: &str| {
        let label = [chat.translations.dialogs().lift, &chat.translations.after_colon(sentence)].concat();
        element("button")
            .class("quiet")
            .reactive_attribute("aria-disabled", move || (!chat.can_moderate_now()).then_some("true"))
            .with("type", "button")
            .with("aria-label", label)
            .on(ev::click, move |_| {
                if untrack(|| chat.can_moderate_now()) {
                    submit(chat, action, 0);
                }
            })
            .text(chat.translations.dialogs().lift)
    };
    let texts = chat.translations.dialogs();
    let held = match chat.restriction_dialog.current.get() {
        CurrentRestrictions::Known(held) => held,
        CurrentRestrictions::Loading => return vec![line(texts.audit_loading)],
        CurrentRestrictions::Failed => return vec![line(texts.audit_failed)],
    };
    if held.iter().all(String::is_empty) {
        return vec![line(texts.no_restrictions)];
    }
    let held = [MUTE, BAN].into_iter().zip(held).filter(|(_, sentence)| !sentence.is_empty());
    held.map(|(action, sentence)| line(&sentence).child(lift(action, &sentence))).collect()
}

/// Whether the form can be submitted: the current restrictions are loaded, or cannot be loaded.
fn can_submit(chat: Chat) -> bool {
    chat.can_moderate_now() && chat.restriction_dialog.current.get() != CurrentRestrictions::Loading
}

fn submit(chat: Chat, action: u32, seconds: u32) {
    let person = chat.restriction_dialog.person.get_untracked();
    if action != PURGE {
        return chat.run_in_dialog(DialogIntent::Restrict { person, ban: action == BAN, seconds });
    }
    dialog::close(chat.restriction_dialog.dialog);
    // The message at which the dialog was opened is about to be redrawn, so the focus moves to the log.
    if let Some(log) = chat.log.element.get_untracked() {
        _ = log.focus();
    }
    chat.run_in_dialog(DialogIntent::PurgeUser(person));
}

/// Preselects the current restrictions, given as remaining seconds of a mute and a ban, so that a moderator does not
/// shorten them by mistake. Does nothing if something else is selected already.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn preselect(chat: Chat, [muted, banned]: [u64; 2]) {
    let (action, duration) = (chat.restriction_dialog.selected_action, chat.restriction_dialog.selected_duration);
    if (action.get_untracked(), duration.get_untracked()) == (MUTE, DURATIONS[0]) {
        let left = muted.max(banned);
        let long_enough = DURATIONS.into_iter().find(|duration| u64::from(*duration) >= left);
        set(action, if banned > 0 { BAN } else { MUTE });
        set(duration, long_enough.unwrap_or(DURATIONS[DURATIONS.len() - 1]));
    }
}

/// Whether the visitor may restrict a person.
pub(crate) fn is_allowed(chat: Chat, person: &Person) -> bool {
    let you = chat.room.you.get();
    you.moderator && you.id != person.id && !person.is_erased()
}

/// Draws the button that opens the dialog about a person. It closes the dialog `container`, which contains the button.
pub(crate) fn button(chat: Chat, target: Person, container: NodeRef<HtmlDialogElement>) -> Option<Element> {
    is_allowed(chat, &target).then(|| {
        let label = chat.translations.dialogs().restrict_person.with(target.name.as_str());
        let open = move |()| {
            dialog::close(container);
            open(chat, target.clone());
        };
        icon_button("person-sanction", label, ICON, true, Callback::new(open))
    })
}

/// Opens the dialog, as soon as it is loaded.
pub(crate) fn open(chat: Chat, person: Person) {
    chat.open_dialog(DialogRequest::Restrict(person));
}

/// Opens the loaded dialog about a person. Resets what was selected for another person.
pub(crate) fn show(chat: Chat, person: Person) {
    set(chat.restriction_dialog.person, person);
    let (action, duration) = (chat.restriction_dialog.selected_action, chat.restriction_dialog.selected_duration);
    set(action, MUTE);
    set(duration, DURATIONS[0]);
    set(chat.moderation.is_pending, false);
    chat.run_in_dialog(DialogIntent::LoadRestrictions);
    dialog::open(chat.restriction_dialog.dialog);
}
