//! The attached images and the errors about them, above the field of the composer.

use leptos::{ev, prelude::*};
use page_view::{Element, View, element, reactive};
use shared_types::limits;

use crate::ui::{
    parts::autofill::NoAutofill as _,
    parts::icon_button::{CROSS, icon_button},
    state::{Chat, composer::Attachment, intent::Intent},
};

/// Draws the tray. `on_key` handles the keys that are pressed in the description of an image.
pub(crate) fn tray(chat: Chat, on_key: impl Fn(ev::KeyboardEvent) + Copy + 'static) -> View {
    reactive(move || {
        let tray = chat.composer.attachments.get();
        let images = (!tray.images.is_empty()).then(|| {
            let images = tray.images.into_iter().enumerate();
            let images = images.map(|(index, attached)| image(chat, index + 1, attached, on_key));
            element("ul").class("tray").with("aria-label", chat.translations.attached).children(images)
        });
        [(!tray.errors.is_empty()).then(|| errors(chat, &tray.errors)), images]
    })
}

fn errors(chat: Chat, errors: &[String]) -> Element {
    let dismiss = move |_| {
        chat.dispatch.run(Intent::DismissErrors);
        chat.focus();
    };
    let button = element("button").class("quiet").with("type", "button").on(ev::click, dismiss);
    element("div")
        .class("tray-troubles")
        .with("role", "alert")
        .child(element("p").text(errors.join("\n")))
        .child(button.text(chat.translations.dismiss))
}

fn image(chat: Chat, number: usize, image: Attachment, on_key: impl Fn(ev::KeyboardEvent) + 'static) -> Element {
    let Attachment { id, alt, url, note } = image;
    let note = note
        .map(|note| element("p").class("tray-note").with("role", "status").text(chat.translations.image_note(note)));
    let is_preparing = url.is_none();
    let remove = move |()| {
        chat.dispatch.run(Intent::DetachImage(id));
        chat.focus();
    };
    let description = element("input")
        .class("tray-alt")
        .with("type", "text")
        .with("dir", "auto")
        .with("aria-label", chat.translations.describe)
        .with("placeholder", chat.translations.describe)
        .with("maxlength", limits::ALT_CHARS.to_string())
        .no_autofill()
        .with("enterkeyhint", "send")
        .field_value(alt)
        .on(ev::input, move |event| chat.dispatch.run(Intent::DescribeImage(id, event_target_value(&event))))
        .on(ev::keydown, on_key);
    let label = chat.translations.remove_image.with(&number.to_string());
    element("li")
        .class(if is_preparing { "tray-image busy" } else { "tray-image" })
        .optional_attribute("aria-busy", is_preparing.then_some("true"))
        .child(element("img").optional_attribute("src", url).with("alt", ""))
        .child(description)
        .child(note)
        .child(icon_button("tray-remove", label, CROSS, true, Callback::new(remove)))
}
