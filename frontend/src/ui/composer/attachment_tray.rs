//! The attached images and the errors about them, above the field of the composer.

use leptos::{ev, prelude::*};
use shared_types::limits;

use crate::ui::{
    parts::{
        autofill::no_autofill,
        icon_button::{CROSS, icon_button},
    },
    state::{Chat, composer::Attachment, intent::Intent},
};

#[component]
pub(crate) fn Tray(
    chat: Chat,
    /// Handles the keys that are pressed in the description of an image.
    on_key: Callback<ev::KeyboardEvent>,
) -> impl IntoView {
    move || {
        let tray = chat.composer.attachments.get();
        let images = (!tray.images.is_empty()).then(|| {
            let images = tray.images.into_iter().enumerate();
            let images = images.map(|(index, attached)| image(chat, index + 1, attached, on_key)).collect::<Vec<_>>();
            view! {
                <ul class="tray" aria-label=chat.translations.attached>
                    {images}
                </ul>
            }
        });
        let errors = (!tray.errors.is_empty()).then(|| {
            let dismiss = move |_| {
                chat.dispatch.run(Intent::DismissErrors);
                chat.focus();
            };
            view! {
                <div class="tray-troubles" role="alert">
                    <p>{tray.errors.join("\n")}</p>
                    <button class="quiet" type="button" on:click=dismiss>
                        {chat.translations.dismiss}
                    </button>
                </div>
            }
        });
        (errors, images)
    }
}

fn image(chat: Chat, number: usize, image: Attachment, on_key: Callback<ev::KeyboardEvent>) -> impl IntoView {
    let Attachment { id, alt, url, note } = image;
    let note = note.map(|note| view! { <p class="tray-note" role="status">{chat.translations.image_note(note)}</p> });
    let is_preparing = url.is_none();
    let remove = move |()| {
        chat.dispatch.run(Intent::DetachImage(id));
        chat.focus();
    };
    view! {
        <li class="tray-image" class:busy=is_preparing aria-busy=is_preparing.then_some("true")>
            <img src=url alt="" />
            <input
                class="tray-alt"
                type="text"
                dir="auto"
                aria-label=chat.translations.describe
                placeholder=chat.translations.describe
                maxlength=limits::ALT_CHARS.to_string()
                {..no_autofill()}
                enterkeyhint="send"
                prop:value=alt
                on:input=move |event| chat.dispatch.run(Intent::DescribeImage(id, event_target_value(&event)))
                on:keydown=move |event| on_key.run(event)
            />
            {note}
            {icon_button("tray-remove", chat.translations.remove_image.with(&number.to_string()), CROSS, true, Callback::new(remove))}
        </li>
    }
}
