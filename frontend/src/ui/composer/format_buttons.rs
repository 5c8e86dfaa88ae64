//! The buttons of the composer that open the emoji and show or hide the buttons that format the text.

use page_view::{Callback, Element};

use crate::ui::{
    parts::icon_button::icon_button,
    state::{
        Chat,
        intent::{DialogIntent, Intent},
        on_demand::DialogRequest,
    },
};

/// Icon of a face.
const EMOJI: &str = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 9.500v.5M15 9.500v.5M8.500 14a4 4 0 0 0 7 0";
/// Icon of a large and a small letter.
const FORMATTING: &str = "M3 18L8 6l5 12M4.700 14h6.600M21 12v6M21 15a3 3 0 1 1-6 0 3 3 0 0 1 6 0z";

/// Draws the button that opens the emoji for the field.
pub(crate) fn emoji_button(chat: Chat) -> Element {
    let open = Callback::new(move |()| chat.open_dialog(DialogRequest::ComposerEmoji));
    icon_button("attach emoji-button", chat.translations.emoji.into(), EMOJI, true, open)
}

/// Draws the buttons.
pub(crate) fn format_buttons(chat: Chat) -> [Element; 2] {
    let toggle = move |()| {
        let is_shown = !chat.composer.has_format_bar.get_untracked();
        chat.composer.has_format_bar.set(is_shown);
        if chat.on_demand.functions.with_untracked(Option::is_some) {
            chat.run_in_dialog(DialogIntent::ShowFormatBar(is_shown));
        } else {
            // It is drawn and remembered as soon as it is loaded.
            chat.dispatch.run(Intent::LoadOnDemand);
        }
        chat.focus();
    };
    let pressed = move || Some(if chat.composer.has_format_bar.get() { "true" } else { "false" });
    let format_button =
        icon_button("attach", chat.translations.formatting.into(), FORMATTING, true, Callback::new(toggle));
    [emoji_button(chat), format_button.reactive_attribute("aria-pressed", pressed)]
}
