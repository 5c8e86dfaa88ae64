//! The keys of the log. They are loaded on demand.

use leptos::{ev, prelude::*};
use page_view::NodeRef;
use web_sys::{Element, HtmlElement, Node, wasm_bindgen::JsCast as _};

use crate::ui::{
    message::{actions::run_action, dom::seq},
    state::Chat,
};

/// Handles the keys that were pressed before this was loaded: one in each frame, because the next key may need what the
/// one before draws.
pub(crate) fn handle_waiting(chat: Chat) {
    let next = |keys: &mut Vec<ev::KeyboardEvent>| (!keys.is_empty()).then(|| keys.remove(0));
    request_animation_frame(move || {
        if let Some(key) = chat.log.waiting_keys.try_update(next).flatten() {
            on_key(chat, &key);
            handle_waiting(chat);
        }
    });
}

/// Handles a key in the log: arrow keys move between messages and along the buttons of a message, letters run
/// actions.
pub(crate) fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    // The focus and not the target of the event: keys that waited have moved it meanwhile, or the visitor has.
    let focused = document().active_element();
    let Some(focused) = focused else { return };
    let logs = [chat.log.element, chat.thread.log].into_iter().filter_map(NodeRef::get_untracked);
    let Some(log) = logs.into_iter().find(|log| log.contains(Some(&focused))) else { return };
    let key = event.key();
    let message = focused.closest(".message").ok().flatten();
    let at_message = message.as_ref() == Some(&focused);
    let next = match (key.as_str(), &message) {
        ("ArrowUp", Some(message)) => sibling(message, Element::previous_element_sibling),
        ("ArrowDown", Some(message)) => sibling(message, Element::next_element_sibling),
        ("ArrowRight", Some(message)) => button(message, 1),
        ("ArrowLeft", Some(message)) => button(message, -1),
        ("Escape", Some(message)) if !at_message => Some(message.clone()),
        ("Home", Some(_)) => find(&log, "article"),
        ("End", Some(_)) => find(&log, "article:last-of-type"),
        // From the log itself, arrow keys move to the last visible message.
        ("ArrowUp" | "ArrowDown", None) => last_in_view(&log),
        _ => None,
    };
    if let Some(next) = next {
        event.prevent_default();
        _ = next.unchecked_into::<HtmlElement>().focus();
        return;
    }
    let Some(seq) = message.as_ref().filter(|_| at_message).and_then(seq) else { return };
    let name = match key.as_str() {
        "r" => "reply",
        "e" => "edit",
        "l" => "copy",
        "c" => "copy-text",
        "+" | "a" => "more",
        "Delete" => "delete",
        _ => return,
    };
    // Otherwise the letter would be typed into the field that gets the focus.
    event.prevent_default();
    run_action(chat, seq, name);
}

/// Returns the last message whose end is in view.
fn last_in_view(log: &HtmlElement) -> Option<Element> {
    let end = log.get_bounding_client_rect().bottom();
    let mut message = find(log, "article:last-of-type")?;
    while message.get_bounding_client_rect().bottom() > end + 1.0 {
        message = sibling(&message, Element::previous_element_sibling)?;
    }
    Some(message)
}

fn find(log: &HtmlElement, selector: &str) -> Option<Element> {
    log.query_selector(selector).ok()?
}

/// Returns the next message in one direction. Skips the dates between messages.
fn sibling(message: &Element, step: fn(&Element) -> Option<Element>) -> Option<Element> {
    let mut next = step(message)?;
    while !next.class_list().contains("message") {
        next = step(&next)?;
    }
    Some(next)
}

/// Returns the button of a message that is `step` after the focused one. Position 0 is the message itself.
fn button(message: &Element, step: i32) -> Option<Element> {
    // The time is a link for the mouse only; for the keyboard, a button copies the same address.
    let buttons = message.query_selector_all("button:not(dialog *), a:not(.message-time)").ok()?;
    let focused: Option<Node> = document().active_element().map(Into::into);
    let has_focus = |index: &u32| buttons.get(*index) == focused;
    let position = (0..buttons.length()).find(has_focus).map_or(0, |index| index as i32 + 1) + step;
    if position == 0 {
        return Some(message.clone());
    }
    buttons.get(u32::try_from(position - 1).ok()?)?.dyn_into().ok()
}
