//! Radio buttons for the notification level.

use leptos::ev;
use page_model::notification_level::NotificationLevel;
use page_view::{Element, effect, element, reactive_text};
use web_sys::{HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::state::{Chat, intent::DialogIntent};

pub(crate) fn notification_choice(chat: Chat) -> Element {
    let choices = NotificationLevel::ALL.into_iter().zip(chat.translations.dialogs().notify).map(|(choice, label)| {
        let button = element("input")
            .with("type", "radio")
            .with("name", "notify")
            .with("autocomplete", "off")
            .with("value", choice.tag())
            .optional_attribute("checked", (choice == NotificationLevel::Never).then_some(""))
            .on_mount(move |drawn| {
                let drawn: HtmlInputElement = drawn.clone().unchecked_into();
                effect(move || drawn.set_checked(chat.notifications.level.get() == choice));
            })
            .on(ev::change, move |_| chat.run_in_dialog(DialogIntent::SetNotifications(choice)));
        let label = element("span").text(label);
        element("label").class("choice").child(button).child(label)
    });
    let hint = element("p")
        .with("id", "notify-hint")
        .reactive_attribute("class", move || {
            Some(if chat.notifications.error.get().is_some() { "name-hint wrong" } else { "name-hint" })
        })
        .with("aria-live", "polite")
        .child(reactive_text(move || {
            chat.notifications.error.get().unwrap_or(chat.translations.dialogs().notify_hint)
        }));
    let choices = element("fieldset")
        .class("choices")
        .with("aria-describedby", "notify-hint")
        .child(element("legend").text(chat.translations.dialogs().notifications))
        .children(choices);
    element("div").child(choices).child(hint)
}
