//! Form controls of dialogs: select, radio button, checkbox. All values are numbers, so that the code is compiled once.

use leptos::{ev, prelude::*};
use page_view::{Element, NodeRef, State, effect, element, reactive};
use web_sys::{HtmlInputElement, HtmlSelectElement, wasm_bindgen::JsCast as _};

use crate::ui::parts::form::labelled;

/// Draws a select with a label.
pub(crate) fn select(label: &'static str, options: Vec<(u32, String)>, selected: State<u32>) -> Element {
    labelled(label, list(selected).children(options.into_iter().map(option)))
}

/// Draws a select whose options change.
pub(crate) fn reactive_select(
    label: &'static str,
    options: impl Fn() -> Vec<(u32, String)> + 'static,
    selected: State<u32>,
) -> Element {
    labelled(label, list(selected).child(reactive(move || options().into_iter().map(option))))
}

fn option((number, name): (u32, String)) -> Element {
    element("option").with("value", number.to_string()).text(name)
}

fn list(selected: State<u32>) -> Element {
    element("select")
        .with("autocomplete", "off")
        .on_mount(move |drawn| {
            let drawn: HtmlSelectElement = drawn.clone().unchecked_into();
            effect(move || drawn.set_value(&selected.get().to_string()));
        })
        .on(ev::change, move |event| selected.set(event_target_value(&event).parse().unwrap_or_default()))
}

/// Draws a radio button or a checkbox for `number`, outside of reactive parts: when such a part runs again, it ends the effect and keeps the
/// element. An unchecked checkbox sets 0.
pub(crate) fn choice(kind: &'static str, label: &'static str, number: u32, selected: State<u32>) -> Element {
    let button = element("input")
        .with("type", kind)
        .with("name", "choice")
        .with("autocomplete", "off")
        .on_mount(move |drawn| {
            let drawn: HtmlInputElement = drawn.clone().unchecked_into();
            effect(move || drawn.set_checked(selected.get() == number));
        })
        .on(ev::change, move |event| selected.set(if event_target_checked(&event) { number } else { 0 }));
    let label = element("span").text(label);
    element("label").class("choice").child(button).child(label)
}

/// Draws a checkbox that a reactive part may draw again. [`follow`] keeps it up to date.
pub(crate) fn checkbox(label: &'static str, drawn: NodeRef<HtmlInputElement>) -> Element {
    let input = element("input").with("type", "checkbox").with("autocomplete", "off").node_ref(drawn);
    element("label").class("choice").child(input).child(element("span").text(label))
}

/// Checks a [`checkbox`] as `is_checked` says; `None` leaves it as it is. Call it outside of the reactive part: the effect ends with its
/// owner, while the part may keep the element when it runs again.
pub(crate) fn follow(drawn: NodeRef<HtmlInputElement>, is_checked: impl Fn() -> Option<bool> + 'static) {
    effect(move || {
        if let (Some(drawn), Some(is_checked)) = (drawn.get(), is_checked()) {
            drawn.set_checked(is_checked);
        }
    });
}
