//! The dialog "Your profile": the visitor's picture, name, status and colour, and the language and notifications of this browser.

mod colour_choice;
mod language_select;
mod notification_choice;
mod picture_choice;
pub(crate) mod renaming;
pub(crate) mod state;
mod status_field;
pub(crate) mod statuses;

use leptos::{ev, prelude::*};
use page_view::{Element, effect, element, reactive_text};
use shared_types::{AccessMode, PersonName, limits};

use crate::ui::{
    device_dialog,
    devices_dialog::{self, DevicesDialog},
    parts::{char_limit::char_limit, dialog},
    passkeys, privacy_dialog,
    profile::{
        colour_choice::colour_choice,
        language_select::language_select,
        notification_choice::notification_choice,
        picture_choice::picture_choice,
        state::{PictureChoice, ProfileDialog, Progress, is_live},
        status_field::status_field,
    },
    shortcuts,
    state::{Chat, intent::DialogIntent, set},
};

/// Draws the dialog.
pub(crate) fn profile_dialog(chat: Chat, devices: DevicesDialog) -> Element {
    let state = ProfileDialog::new(chat);
    let form = element("form")
        .with("method", "dialog")
        .with("novalidate", "")
        .on(ev::submit, move |event| {
            event.prevent_default();
            submit(chat, state);
        })
        .child(element("h2").with("id", "name-title").text(chat.translations.profile().title))
        .children(picture_choice(chat, state))
        .children(name_field(chat, state))
        .children(status_field(chat, state))
        .child(colour_choice(chat, state))
        .child(language_select(chat))
        .child(notification_choice(chat))
        .child(element("p").class("name-hint").with("role", "status").child(reactive_text(move || note(chat, state))))
        .child(buttons(chat, state, devices));
    element("dialog")
        .class("name-dialog profile")
        .with("aria-labelledby", "name-title")
        .node_ref(state.dialog)
        .child(form)
}

/// Whether the name comes from the provider.
fn has_fixed_name(chat: Chat) -> bool {
    chat.access == AccessMode::Oidc
}

/// Draws the field of the name, and what is wrong with it.
fn name_field(chat: Chat, state: ProfileDialog) -> [Element; 2] {
    let (texts, is_fixed) = (chat.translations.dialogs(), has_fixed_name(chat));
    let name_hint = if is_fixed { texts.name_given } else { texts.name_hint };
    let is_wrong = move || state.name_error.get().is_some() || !state.renaming.refusal.get().is_empty();
    let own_name = chat.room.you.get_untracked().name.to_string();
    let name = char_limit(element("input").with("name", "name"), limits::NAME_CHARS, &own_name)
        .with("dir", "auto")
        .with("autocomplete", "nickname")
        .with("spellcheck", "false")
        .with("value", own_name)
        .optional_attribute("readonly", is_fixed.then_some(""))
        .reactive_attribute("aria-invalid", move || is_wrong().then_some("true"))
        .with("aria-describedby", "name-hint")
        .node_ref(state.name)
        .on(ev::input, move |_| {
            set(state.name_error, None);
            state.renaming.reset();
        });
    // The hint is beside the field, and a phone may show the end of the dialog.
    effect(move || {
        if state.renaming.refusal.with(|refusal| !refusal.is_empty()) {
            _ = state.name.get_untracked().map(|field| field.focus());
        }
    });
    let hint = move || match (state.name_error.get(), state.renaming.refusal.get()) {
        (Some(why), _) => chat.translations.bad_name(why),
        (None, refusal) if refusal.is_empty() => name_hint.to_owned(),
        (None, refusal) => refusal,
    };
    let hint = element("p")
        .with("id", "name-hint")
        .reactive_attribute("class", move || Some(if is_wrong() { "name-hint wrong" } else { "name-hint" }))
        .with("aria-live", "polite")
        .child(reactive_text(hint));
    let label = element("span").text(texts.your_name);
    [element("label").class("name-label").child(label).child(name), hint]
}

/// Returns how far loading and saving are, as a sentence.
fn note(chat: Chat, state: ProfileDialog) -> String {
    let texts = chat.translations.profile();
    match (state.progress.get(), is_live(chat)) {
        (_, false) => chat.translations.dialogs().moderation_offline.into(),
        (Progress::Saving, true) => chat.translations.sending.into(),
        (Progress::Loading, true) => texts.loading.into(),
        (Progress::Failed, true) => texts.not_loaded.into(),
        (Progress::Ready(note), true) => note,
    }
}

/// Draws the buttons: those that open other dialogs, and those that end this one.
fn buttons(chat: Chat, state: ProfileDialog, devices: DevicesDialog) -> Element {
    let close = move || dialog::close(state.dialog);
    let show_shortcuts = move |_| {
        close();
        shortcuts::open(chat);
    };
    let show_device_link = move |_| {
        close();
        device_dialog::open(chat);
    };
    let show_devices = move |_| {
        close();
        devices_dialog::open(chat, devices);
    };
    let show_privacy = move |_| {
        close();
        privacy_dialog::open(chat);
    };
    let button = |class, label| element("button").class(class).with("type", "button").text(label);
    // With OpenID Connect, people sign in with their account there.
    let device_link = (!has_fixed_name(chat))
        .then(|| button("quiet", chat.translations.dialogs().device).on(ev::click, show_device_link));
    let you = move || Some(chat.room.you.with(|you| you.name.as_str().to_owned()));
    let passkey = (!has_fixed_name(chat))
        .then(|| passkeys::sign_in(chat.translations, "quiet").reactive_attribute("data-you", you));
    let others = element("div")
        .class("name-ways")
        .child(device_link)
        .child(passkey)
        .child(button("quiet", chat.translations.devices().devices).on(ev::click, show_devices))
        .child(button("quiet", chat.translations.dialogs().shortcuts).on(ev::click, show_shortcuts))
        .child(button("quiet", chat.translations.dialogs().privacy).on(ev::click, show_privacy));
    let is_off = move || {
        let is_busy = state.progress.get() == Progress::Saving || state.picture.get() == PictureChoice::Preparing;
        is_busy || !is_live(chat) && has_fixed_name(chat)
    };
    let save = element("button")
        .class("button primary")
        .with("type", "submit")
        .reactive_attribute("aria-disabled", move || is_off().then_some("true"))
        .text(chat.translations.save);
    element("div")
        .class("name-buttons")
        .child(others)
        .child(button("button", chat.translations.cancel).on(ev::click, move |_| close()))
        .child(save)
}

/// Saves what was changed, or says what is wrong. A new name alone needs no connection: the next one takes it.
fn submit(chat: Chat, state: ProfileDialog) {
    let is_preparing = state.picture.get_untracked() == PictureChoice::Preparing;
    if is_preparing || state.progress.get_untracked() == Progress::Saving {
        return;
    }
    let Some(field) = state.name.get_untracked() else { return };
    let name = if has_fixed_name(chat) { None } else { Some(field.value().parse::<PersonName>()) };
    let name = match name.transpose() {
        Ok(name) => name,
        Err(why) => {
            set(state.name_error, Some(why));
            _ = field.focus();
            return;
        }
    };
    let is_loaded = untrack(|| state.is_loaded());
    // Without the profile, only the name can be changed.
    let draft = match is_loaded.then(|| state.draft()).transpose() {
        Ok(draft) => draft.filter(|draft| state.changes(draft)),
        Err(why) => {
            set(state.status_error, Some(why));
            _ = state.status.get_untracked().map(|field| field.focus());
            return;
        }
    };
    let has_changes = draft.is_some();
    if has_changes && !untrack(|| is_live(chat)) {
        return;
    }
    let is_new = |name: &PersonName| chat.room.you.with_untracked(|you| you.name != *name);
    if has_changes {
        set(state.progress, Progress::Saving);
    }
    match name.filter(|name| !has_changes || is_new(name)) {
        // The answer closes the dialog, unless the rest is being saved.
        Some(name) => chat.run_in_dialog(DialogIntent::Rename(name, state.renaming)),
        None if !has_changes => dialog::close(state.dialog),
        None => {}
    }
    if let Some(draft) = draft {
        chat.run_in_dialog(DialogIntent::SaveProfile(draft));
    }
}

/// Opens the dialog with the current name selected, and loads the profile.
pub(crate) fn show(chat: Chat) {
    let Some(state) = ProfileDialog::of_page() else { return };
    let Some(dialog) = state.dialog.get_untracked() else { return };
    state.start();
    chat.run_in_dialog(DialogIntent::LoadOwnProfile);
    _ = dialog.show_modal();
    if let Some(field) = state.name.get_untracked() {
        field.set_value(chat.room.you.get_untracked().name.as_str());
        _ = field.focus();
        field.select();
    }
}
