//! Mouse, touch and keyboard events of messages. The log has one listener for all messages, however many there are.

use leptos::{ev, prelude::*};
use page_model::timeline::Row;
use page_view::State;
use shared_types::Seq;
use web_sys::{
    Element, EventTarget, HtmlElement, Node, ScrollIntoViewOptions, ScrollLogicalPosition,
    wasm_bindgen::{JsCast as _, closure::Closure},
};

use crate::ui::{
    log::long_press::LongPress,
    message::{
        dom::{article, seq},
        reactions::toggle,
        toolbar::{hide, run_action, show},
    },
    state::{Chat, intent::Intent},
};

/// How long a message is highlighted after [`scroll_to_message`].
const HIGHLIGHT_TIME: std::time::Duration = std::time::Duration::from_millis(2000);

/// Events that the log listens to.
const EVENTS: [&str; 13] = [
    "click",
    "pointerover",
    "pointerleave",
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "scroll",
    "contextmenu",
    "mousedown",
    "focusin",
    "focusout",
    "keydown",
];

/// Registers the listeners of the log.
pub(crate) fn watch(chat: Chat) {
    let Some(log) = chat.log.element.get_untracked() else { return };
    // Whether the last pointer was not a mouse.
    let touched = State::new(false);
    let press = LongPress::new();
    let on_pointer = move |event: &web_sys::Event| {
        touched.set(event.unchecked_ref::<ev::PointerEvent>().pointer_type() != "mouse");
        if !touched.get_untracked() {
            on_pointer_over(chat, event);
        }
    };
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| match event.type_().as_str() {
        "click" => on_click(chat, &event, touched.get_untracked()),
        "pointerover" => on_pointer(&event),
        "pointerdown" => press.start(chat, event.unchecked_ref(), locate(event.target())),
        "pointermove" => press.on_move(event.unchecked_ref()),
        "pointerup" | "pointercancel" | "scroll" => press.end(),
        "contextmenu" => press.suppress_menu(&event),
        "pointerleave" if !touched.get_untracked() => on_pointer_leave(chat),
        // A click on a toolbar button leaves the focus where it was.
        "mousedown" if in_toolbar(&event) => event.prevent_default(),
        "focusin" => on_focus(chat, &event),
        "focusout" => on_blur(chat, event.unchecked_ref()),
        "keydown" => on_key(chat, event.unchecked_ref()),
        _ => {}
    });
    let listener = listener.into_js_value();
    let swallow = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| press.swallow_click(&event));
    // In the capture phase, before the other listeners.
    _ = log.add_event_listener_with_callback_and_bool("click", swallow.into_js_value().unchecked_ref(), true);
    for event in EVENTS {
        _ = log.add_event_listener_with_callback(event, listener.unchecked_ref());
    }
}

/// Handles a click in the log. A tap beside the buttons hides the toolbar.
fn on_click(chat: Chat, event: &web_sys::Event, touched: bool) {
    let button =
        locate(event.target()).and_then(|(target, message)| Some((closest(&target, "button, a")?, seq(&message)?)));
    if let Some((button, seq)) = button {
        match button.get_attribute("value").as_deref() {
            None => {}
            Some(name @ ("more" | "reply" | "copy" | "edit" | "delete" | "sanction")) => run_action(chat, seq, name),
            Some(value) => match value.parse() {
                Ok(target) => chat.dispatch.run(Intent::GoToMessage(Seq(target))),
                Err(_) => toggle(chat, seq, value),
            },
        }
    } else if touched {
        hide(chat);
    }
}

/// Shows the toolbar at the message under the mouse.
fn on_pointer_over(chat: Chat, event: &web_sys::Event) {
    if let Some((_, message)) = locate(event.target())
        && !toolbar_has_focus(chat)
    {
        show(chat, &message);
    }
}

/// Shows the toolbar at the focused message, or hides it, when the mouse leaves the log.
fn on_pointer_leave(chat: Chat) {
    if toolbar_has_focus(chat) {
        return;
    }
    let focused = chat.log.element.get_untracked().and_then(|log| log.query_selector(".message:focus-visible").ok()?);
    match focused {
        Some(message) => show(chat, &message),
        None => hide(chat),
    }
}

/// Shows the toolbar at the message that got the keyboard focus.
fn on_focus(chat: Chat, event: &web_sys::Event) {
    if let Some((target, message)) = locate(event.target())
        && target.matches(":focus-visible").unwrap_or(false)
    {
        show(chat, &message);
    }
}

/// Hides the toolbar when the focus leaves the messages.
fn on_blur(chat: Chat, event: &ev::FocusEvent) {
    if locate(event.related_target()).is_none() {
        hide(chat);
    }
}

/// Handles a key in the log: arrow keys move between messages and along the buttons of a message, letters run
/// actions.
fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    let (target, message) = locate(event.target()).unzip();
    let at_message = target == message;
    let next = match (key.as_str(), &message) {
        ("ArrowUp", Some(message)) => sibling(message, Element::previous_element_sibling),
        ("ArrowDown", Some(message)) => sibling(message, Element::next_element_sibling),
        ("ArrowRight", Some(message)) => button(message, 1),
        ("ArrowLeft", Some(message)) => button(message, -1),
        ("Escape", Some(message)) if !at_message => Some(message.clone()),
        ("Home", Some(_)) => find(chat, "article"),
        ("End", Some(_)) => find(chat, "article:last-of-type"),
        // From the log itself, arrow keys move to the last visible message.
        ("ArrowUp" | "ArrowDown", None) => last_in_view(chat),
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
        "+" | "a" => "more",
        "Delete" => "delete",
        _ => return,
    };
    // Otherwise the letter would be typed into the field that gets the focus.
    event.prevent_default();
    run_action(chat, seq, name);
}

/// Scrolls to a message, focuses and highlights it. If it is not shown, uses the next one. Returns `false` if there is
/// none.
pub(crate) fn scroll_to_message(chat: Chat, seq: Seq) -> bool {
    let Some(message) = article(chat, seq).or_else(|| article(chat, first_after(chat, seq)?)) else { return false };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    message.scroll_into_view_with_scroll_into_view_options(&options);
    _ = message.focus();
    _ = message.set_attribute("data-found", "");
    set_timeout(move || _ = message.remove_attribute("data-found"), HIGHLIGHT_TIME);
    true
}

/// Returns the first shown message after a sequence number. Some numbers have no message.
fn first_after(chat: Chat, seq: Seq) -> Option<Seq> {
    let after = |row: &Row| row.seq.filter(|of| *of > seq);
    chat.log.rows.with_untracked(|rows| rows.iter().find_map(|shown| shown.row.with_untracked(after)))
}

/// Returns the element that an event happened to, and the message that contains it.
fn locate(target: Option<EventTarget>) -> Option<(Element, Element)> {
    let target: Element = target?.dyn_into().ok()?;
    let message = closest(&target, ".message")?;
    Some((target, message))
}

fn in_toolbar(event: &web_sys::Event) -> bool {
    locate(event.target()).is_some_and(|(target, _)| closest(&target, ".actions").is_some())
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok()?
}

/// Whether the toolbar has the keyboard focus. It does not move then, because the focus would be lost.
fn toolbar_has_focus(chat: Chat) -> bool {
    let toolbar = chat.log.toolbar.get_untracked();
    toolbar.is_some_and(|toolbar| toolbar.query_selector(":focus-visible").is_ok_and(|found| found.is_some()))
}

/// Returns the last message whose end is in view.
fn last_in_view(chat: Chat) -> Option<Element> {
    let log = chat.log.element.get_untracked()?;
    let end = log.get_bounding_client_rect().bottom();
    let mut message = find(chat, "article:last-of-type")?;
    while message.get_bounding_client_rect().bottom() > end + 1.0 {
        message = sibling(&message, Element::previous_element_sibling)?;
    }
    Some(message)
}

fn find(chat: Chat, selector: &str) -> Option<Element> {
    chat.log.element.get_untracked()?.query_selector(selector).ok()?
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
    let buttons = message.query_selector_all("button, a:not(.message-time)").ok()?;
    let focused: Option<Node> = document().active_element().map(Into::into);
    let has_focus = |index: &u32| buttons.get(*index) == focused;
    let position = (0..buttons.length()).find(has_focus).map_or(0, |index| index as i32 + 1) + step;
    if position == 0 {
        return Some(message.clone());
    }
    buttons.get(u32::try_from(position - 1).ok()?)?.dyn_into().ok()
}
