//! The profile dialog: the visitor's name, language and notifications.

mod language_select;
mod notification_choice;

use leptos::{ev, html, prelude::*};
use shared_types::{AccessMode, NameError, PersonName, limits};

use crate::ui::{
    parts::element::element,
    privacy_dialog,
    profile::{language_select::language_select, notification_choice::notification_choice},
    shortcuts,
    state::{Chat, intent::Intent},
};

#[component]
pub(crate) fn ProfileDialog(chat: Chat, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<NameError>);
    let close = move || {
        error.set(None);
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
            Ok(name) => {
                chat.dispatch.run(Intent::Rename(name));
                close();
            }
            Err(why) => error.set(Some(why)),
        }
    };
    let show_shortcuts = move |_| {
        close();
        shortcuts::open(chat);
    };
    let show_privacy = move |_| {
        close();
        privacy_dialog::open(chat);
    };
    // Language and notifications apply at once, so without an editable name there is nothing to save.
    let save_button = (!name_is_fixed).then(|| {
        element("button").class("button primary").with("type", "submit").text(chat.translations.save).into_any()
    });
    let close_label = if name_is_fixed { chat.translations.close } else { chat.translations.cancel };
    let name_hint = if name_is_fixed { chat.translations.name_given } else { chat.translations.name_hint };
    let invalid = move || error.get().map(|_| "true");
    view! {
        <dialog class="name-dialog" aria-labelledby="name-title" node_ref=dialog>
            <form method="dialog" on:submit=save>
                <h2 id="name-title">{chat.translations.you}</h2>
                <label class="name-label">
                    <span>{chat.translations.your_name}</span>
                    <input
                        name="name"
                        dir="auto"
                        autocomplete="nickname"
                        spellcheck="false"
                        value=chat.room.you.get_untracked().name.to_string()
                        maxlength=(limits::NAME_CHARS * 2).to_string()
                        readonly=name_is_fixed
                        aria-invalid=invalid
                        aria-describedby="name-hint"
                        node_ref=field
                        on:input=move |_| error.set(None)
                    />
                </label>
                <p id="name-hint" class="name-hint" class:wrong=move || error.get().is_some() aria-live="polite">
                    {move || error.get().map_or_else(|| name_hint.to_owned(), |why| chat.translations.bad_name(why))}
                </p>
                {language_select(chat)}
                {notification_choice(chat)}
                <div class="name-buttons">
                    <div class="name-ways">
                        <button class="quiet" type="button" on:click=show_shortcuts>{chat.translations.shortcuts}</button>
                        <button class="quiet" type="button" on:click=show_privacy>{chat.translations.privacy}</button>
                    </div>
                    <button class="button" type="button" on:click=move |_| close()>{close_label}</button>
                    {save_button}
                </div>
            </form>
        </dialog>
    }
}

/// Opens the dialog with the current name selected.
pub(crate) fn open(chat: Chat, dialog: NodeRef<html::Dialog>) {
    let Some(dialog) = dialog.get_untracked() else { return };
    _ = dialog.show_modal();
    if let Ok(Some(field)) = dialog.query_selector("input") {
        use leptos::wasm_bindgen::JsCast;
        let field: web_sys::HtmlInputElement = field.unchecked_into();
        field.set_value(chat.room.you.get_untracked().name.as_str());
        field.select();
    }
}
