//! The profile dialog: the visitor's name, language and notifications.

mod language_select;
mod notification_choice;
pub(crate) mod renaming;

use leptos::ev;
use page_view::{Element, NodeRef, State, element, reactive_text};
use shared_types::{AccessMode, NameError, PersonName, limits};
use web_sys::HtmlInputElement;

use crate::ui::{
    device_dialog,
    devices_dialog::{self, DevicesDialog},
    passkeys, privacy_dialog,
    profile::{language_select::language_select, notification_choice::notification_choice, renaming::Renaming},
    shortcuts,
    state::{Chat, intent::DialogIntent, set},
};

/// Draws the dialog.
pub(crate) fn profile_dialog(chat: Chat, devices: DevicesDialog) -> Element {
    let dialog = chat.on_demand.profile_dialog;
    let field = NodeRef::<HtmlInputElement>::new();
    let error = State::new(None::<NameError>);
    let renaming = Renaming::new(dialog);
    let close = move || {
        error.set(None);
        set(renaming.is_pending, false);
        renaming.reset();
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    // With OpenID Connect, names come from the provider.
    let name_is_fixed = chat.access == AccessMode::Oidc;
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if name_is_fixed {
            return close();
        }
        let Some(name) = field.get_untracked().map(|field| field.value()) else { return };
        match name.parse::<PersonName>() {
            // The answer closes the dialog.
            Ok(name) => chat.run_in_dialog(DialogIntent::Rename(name, renaming)),
            Err(why) => error.set(Some(why)),
        }
    };
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
    // Language and notifications apply at once, so without an editable name there is nothing to save.
    let save_button = (!name_is_fixed)
        .then(|| element("button").class("button primary").with("type", "submit").text(chat.translations.save));
    let close_label = if name_is_fixed { chat.translations.close } else { chat.translations.cancel };
    let name_hint =
        if name_is_fixed { chat.translations.dialogs().name_given } else { chat.translations.dialogs().name_hint };
    let is_wrong = move || error.get().is_some() || !renaming.refusal.get().is_empty();
    let name = element("input")
        .with("name", "name")
        .with("dir", "auto")
        .with("autocomplete", "nickname")
        .with("spellcheck", "false")
        .with("value", chat.room.you.get_untracked().name.to_string())
        .with("maxlength", (limits::NAME_CHARS * 2).to_string())
        .optional_attribute("readonly", name_is_fixed.then_some(""))
        .reactive_attribute("aria-invalid", move || is_wrong().then_some("true"))
        .with("aria-describedby", "name-hint")
        .node_ref(field)
        .on(ev::input, move |_| {
            error.set(None);
            renaming.reset();
        });
    let hint = move || match (error.get(), renaming.refusal.get()) {
        (Some(why), _) => chat.translations.bad_name(why),
        (None, refusal) if refusal.is_empty() => name_hint.to_owned(),
        (None, refusal) => refusal,
    };
    let hint = element("p")
        .with("id", "name-hint")
        .reactive_attribute("class", move || Some(if is_wrong() { "name-hint wrong" } else { "name-hint" }))
        .with("aria-live", "polite")
        .child(reactive_text(hint));
    let button = |class, label| element("button").class(class).with("type", "button").text(label);
    // With OpenID Connect, people sign in with their account there.
    let device_link =
        (!name_is_fixed).then(|| button("quiet", chat.translations.dialogs().device).on(ev::click, show_device_link));
    let passkey = (!name_is_fixed).then(|| passkeys::sign_in(chat.translations, "quiet"));
    let others = element("div")
        .class("name-ways")
        .child(device_link)
        .child(passkey)
        .child(button("quiet", chat.translations.devices().devices).on(ev::click, show_devices))
        .child(button("quiet", chat.translations.dialogs().shortcuts).on(ev::click, show_shortcuts))
        .child(button("quiet", chat.translations.dialogs().privacy).on(ev::click, show_privacy));
    let buttons = element("div")
        .class("name-buttons")
        .child(others)
        .child(button("button", close_label).on(ev::click, move |_| close()))
        .child(save_button);
    let form = element("form")
        .with("method", "dialog")
        .on(ev::submit, save)
        .child(element("h2").with("id", "name-title").text(chat.translations.dialogs().you))
        .child(
            element("label")
                .class("name-label")
                .child(element("span").text(chat.translations.dialogs().your_name))
                .child(name),
        )
        .child(hint)
        .child(language_select(chat))
        .child(notification_choice(chat))
        .child(buttons);
    element("dialog").class("name-dialog").with("aria-labelledby", "name-title").node_ref(dialog).child(form)
}

/// Opens the dialog with the current name selected.
pub(crate) fn show(chat: Chat) {
    let Some(dialog) = chat.on_demand.profile_dialog.get_untracked() else { return };
    _ = dialog.show_modal();
    if let Ok(Some(field)) = dialog.query_selector("input") {
        use leptos::wasm_bindgen::JsCast;
        let field: web_sys::HtmlInputElement = field.unchecked_into();
        field.set_value(chat.room.you.get_untracked().name.as_str());
        field.select();
    }
}
