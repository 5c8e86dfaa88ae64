//! The menu of a message: the actions for which the toolbar has no room, with their names.
//!
//! The dialog is a child of the toolbar: while it has the focus, the toolbar is not hidden.

use leptos::{ev, prelude::*};
use page_view::{Element, element};
use web_sys::{HtmlDialogElement, HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    message::{
        action_button::{Action, action_button, toolbar_action},
        actions::run_action,
    },
    state::Chat,
};

/// Icon of three dots.
const DOTS: &str = "M5 12a.500.500 0 1 0 1 0a.500.500 0 1 0-1 0M11.500 12a.500.500 0 1 0 1 0a.500.500 0 1 0-1 0M18 12a.500.500 0 1 0 1 0a.500.500 0 1 0-1 0";

/// The button of the toolbar that opens the menu.
pub(super) fn button(chat: Chat) -> Action {
    toolbar_action("menu", chat.translations.dialogs().more_actions, DOTS)
}

/// An action of the menu.
pub(super) fn menu_action(name: &'static str, label: &'static str, icon: &'static str) -> Action {
    Action {
        class: "menu-action",
        value: name.into(),
        icon: Some(icon),
        texts: vec![(String::new(), label.into())],
        ..Action::default()
    }
}

/// Draws the menu.
pub(super) fn menu(chat: Chat, actions: Vec<Action>) -> Element {
    // The click ends here: the log would handle it again, after the toolbar was hidden and its button removed.
    let on_click = move |event: ev::MouseEvent| {
        event.stop_propagation();
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.as_ref().is_some_and(|target| target.tag_name() == "DIALOG")
            && let Some(dialog) = dialog(chat)
        {
            // A click beside the menu, in browsers that do not know `closedby`.
            return dialog.close();
        }
        let button = target.and_then(|target| target.closest("button").ok()?);
        let seq = chat.log.toolbar_message.get_untracked();
        let (Some(name), Some(seq), Some(dialog)) =
            (button.and_then(|button| button.get_attribute("value")), seq, dialog(chat))
        else {
            return;
        };
        // Closing restores the focus, and the action may then move it.
        dialog.close();
        run_action(chat, seq, &name);
    };
    element("dialog")
        .class("menu")
        .with("aria-label", chat.translations.dialogs().more_actions)
        .with("closedby", "any")
        .on(ev::click, on_click)
        .on(ev::keydown, move |event| on_key(chat, &event))
        .children(actions.into_iter().map(action_button))
}

/// Opens the menu of the message at which the toolbar is shown.
pub(super) fn show(chat: Chat) {
    if let Some(dialog) = dialog(chat) {
        _ = dialog.show_modal();
    }
}

fn dialog(chat: Chat) -> Option<HtmlDialogElement> {
    chat.log.toolbar.get_untracked()?.query_selector("dialog").ok()??.dyn_into().ok()
}

/// Moves the focus between the actions with arrow keys. The key does not reach the log.
fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    event.stop_propagation();
    let Some(dialog) = dialog(chat) else { return };
    let sibling = |step: fn(&web_sys::Element) -> Option<web_sys::Element>| step(&document().active_element()?);
    let next = match event.key().as_str() {
        "ArrowDown" => sibling(web_sys::Element::next_element_sibling).or_else(|| dialog.first_element_child()),
        "ArrowUp" => sibling(web_sys::Element::previous_element_sibling).or_else(|| dialog.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        _ = next.focus();
    }
}
