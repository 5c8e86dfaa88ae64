//! Radio buttons for the colour of the visitor.

use leptos::ev;
use page_view::{Element, effect, element};
use web_sys::{HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::colour::HUES,
    profile::state::ProfileDialog,
    state::{Chat, set},
};

/// Draws the choice: automatic, and the twelve hues.
pub(super) fn colour_choice(chat: Chat, state: ProfileDialog) -> Element {
    let texts = chat.translations.profile();
    let automatic =
        element("label").class("choice").child(radio(state, 0)).child(element("span").text(texts.automatic));
    let swatches = texts.hues.into_iter().zip(HUES).zip(1..).map(|((name, class), number)| {
        radio(state, number).class(["swatch", class].concat()).with("aria-label", name).with("title", name)
    });
    let swatches = element("div").class("swatches").children(swatches);
    let legend = element("legend").text(texts.colour);
    element("fieldset").class("choices").child(legend).child(automatic).child(swatches)
}

/// Draws a radio button for a hue plus one, or for the automatic colour.
fn radio(state: ProfileDialog, number: u32) -> Element {
    element("input")
        .with("type", "radio")
        .with("name", "colour")
        .with("autocomplete", "off")
        .with("value", number.to_string())
        .flag("disabled", move || !state.is_loaded())
        .on_mount(move |drawn| {
            let drawn: HtmlInputElement = drawn.clone().unchecked_into();
            effect(move || drawn.set_checked(state.colour.get() == number));
        })
        .on(ev::change, move |_| set(state.colour, number))
}
