//! The attached images, above the field of the composer. They are loaded on demand.

use leptos::{ev, prelude::*};
use page_view::{Callback, Element, View, element, reactive};
use shared_types::limits;

use crate::ui::{
    composer::on_key,
    parts::autofill::NoAutofill as _,
    parts::icon_button::{CROSS, icon_button},
    state::{
        Chat,
        composer::{Attachment, ComposerPlace},
        intent::ImageIntent,
    },
};

/// Draws the tray. `send` sends the message.
pub(crate) fn tray(chat: Chat, send: Callback<()>) -> View {
    reactive(move || {
        let attached = chat.composer.attachments.get();
        (!attached.is_empty()).then(|| {
            let images = attached.into_iter().enumerate();
            let images = images.map(|(index, attached)| image(chat, index + 1, attached, send));
            element("ul").class("tray").with("aria-label", chat.translations.dialogs().attached).children(images)
        })
    })
}

fn image(chat: Chat, number: usize, image: Attachment, send: Callback<()>) -> Element {
    let Attachment { id, alt, url, note } = image;
    let note = note
        .map(|note| element("p").class("tray-note").with("role", "status").text(chat.translations.image_note(note)));
    let is_preparing = url.is_none();
    let remove = move |()| {
        chat.run_for_images(ImageIntent::Remove(id));
        chat.focus();
    };
    let description = element("input")
        .class("tray-alt")
        .with("type", "text")
        .with("dir", "auto")
        .with("aria-label", chat.translations.dialogs().describe)
        .with("placeholder", chat.translations.dialogs().describe)
        .with("maxlength", limits::ALT_CHARS.to_string())
        .no_autofill()
        .with("enterkeyhint", "send")
        .field_value(alt)
        .on(ev::input, move |event| chat.run_for_images(ImageIntent::Describe(id, event_target_value(&event))))
        .on(ev::keydown, move |event| {
            // In a thread, Escape closes the thread and is nothing for the composer.
            if chat.composer.place == ComposerPlace::Room || event.key() != "Escape" {
                on_key(chat, &event, false, send);
            }
        });
    let label = chat.translations.dialogs().remove_image.with(&number.to_string());
    element("li")
        .class(if is_preparing { "tray-image busy" } else { "tray-image" })
        .optional_attribute("aria-busy", is_preparing.then_some("true"))
        .child(element("img").optional_attribute("src", url).with("alt", ""))
        .child(description)
        .child(note)
        .child(icon_button("tray-remove", label, CROSS, true, Callback::new(remove)))
}
