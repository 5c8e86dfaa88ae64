//! What is done in the log with a mouse, a finger or keys. The log hears it for all messages, so that a thousand of them need
//! no more than one.

use leptos::{ev, prelude::*};
use page_model::timeline::Row;
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
        toolbar::{act, hide, show},
    },
    state::{Chat, intent::Intent},
};

/// For so long a message that was looked for stands out.
const FOUND: std::time::Duration = std::time::Duration::from_millis(2000);

/// What the log hears.
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

/// Listens from now on.
pub(crate) fn watch(chat: Chat) {
    let Some(log) = chat.log.element.get_untracked() else { return };
    // Whether the last that was heard of was not a mouse.
    let touched = StoredValue::new(false);
    let press = LongPress::new();
    let pointed = move |event: &web_sys::Event| {
        touched.set_value(event.unchecked_ref::<ev::PointerEvent>().pointer_type() != "mouse");
        if !touched.get_value() {
            pointed(chat, event);
        }
    };
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| match event.type_().as_str() {
        "click" => clicked(chat, &event, touched.get_value()),
        "pointerover" => pointed(&event),
        "pointerdown" => press.start(chat, event.unchecked_ref(), place(event.target())),
        "pointermove" => press.on_move(event.unchecked_ref()),
        "pointerup" | "pointercancel" | "scroll" => press.end(),
        "contextmenu" => press.suppress_menu(&event),
        "pointerleave" if !touched.get_value() => left(chat),
        // A button that is clicked leaves the focus where it was.
        "mousedown" if in_toolbar(&event) => event.prevent_default(),
        "focusin" => focused(chat, &event),
        "focusout" => blurred(chat, event.unchecked_ref()),
        "keydown" => pressed(chat, event.unchecked_ref()),
        _ => {}
    });
    let listener = listener.into_js_value();
    let swallow = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| press.swallow_click(&event));
    // Before anybody else hears it.
    _ = log.add_event_listener_with_callback_and_bool("click", swallow.into_js_value().unchecked_ref(), true);
    for event in EVENTS {
        _ = log.add_event_listener_with_callback(event, listener.unchecked_ref());
    }
}

/// Whatever is clicked in the log. A finger that taps beside the buttons takes the toolbar away.
fn clicked(chat: Chat, event: &web_sys::Event, touched: bool) {
    let button =
        place(event.target()).and_then(|(target, message)| Some((closest(&target, "button, a")?, seq(&message)?)));
    if let Some((button, seq)) = button {
        match button.get_attribute("value").as_deref() {
            None => {}
            Some(name @ ("more" | "reply" | "copy" | "edit" | "delete" | "sanction")) => act(chat, seq, name),
            Some(value) => match value.parse() {
                Ok(quoted) => chat.dispatch.run(Intent::GoToMessage(Seq(quoted))),
                Err(_) => toggle(chat, seq, value),
            },
        }
    } else if touched {
        hide(chat);
    }
}

/// A mouse is over something else.
fn pointed(chat: Chat, event: &web_sys::Event) {
    if let Some((_, message)) = place(event.target())
        && !uses_toolbar(chat)
    {
        show(chat, &message);
    }
}

/// The mouse is not over the log any more. What has the focus keeps the toolbar.
fn left(chat: Chat) {
    if uses_toolbar(chat) {
        return;
    }
    let focused = chat.log.element.get_untracked().and_then(|log| log.query_selector(".message:focus-visible").ok()?);
    match focused {
        Some(message) => show(chat, &message),
        None => hide(chat),
    }
}

/// Something in the log has the focus now.
fn focused(chat: Chat, event: &web_sys::Event) {
    if let Some((target, message)) = place(event.target())
        && target.matches(":focus-visible").unwrap_or(false)
    {
        show(chat, &message);
    }
}

/// The focus leaves something in the log.
fn blurred(chat: Chat, event: &ev::FocusEvent) {
    if place(event.related_target()).is_none() {
        hide(chat);
    }
}

/// Keys in the log: arrows go from message to message and along the buttons of one, letters do something to it.
fn pressed(chat: Chat, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    let (target, message) = place(event.target()).unzip();
    let at_message = target == message;
    let next = match (key.as_str(), &message) {
        ("ArrowUp", Some(message)) => sibling(message, Element::previous_element_sibling),
        ("ArrowDown", Some(message)) => sibling(message, Element::next_element_sibling),
        ("ArrowRight", Some(message)) => button(message, 1),
        ("ArrowLeft", Some(message)) => button(message, -1),
        ("Escape", Some(message)) if !at_message => Some(message.clone()),
        ("Home", Some(_)) => find(chat, "article"),
        ("End", Some(_)) => find(chat, "article:last-of-type"),
        // By the log itself the keyboard gets in.
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
    // Or the letter would be typed where the focus goes.
    event.prevent_default();
    act(chat, seq, name);
}

/// Goes to a message that was looked for; says whether it is there.
pub(crate) fn find_message(chat: Chat, seq: Seq) -> bool {
    let Some(message) = article(chat, seq).or_else(|| article(chat, first_behind(chat, seq)?)) else { return false };
    let middle = ScrollIntoViewOptions::new();
    middle.set_block(ScrollLogicalPosition::Center);
    message.scroll_into_view_with_scroll_into_view_options(&middle);
    _ = message.focus();
    _ = message.set_attribute("data-found", "");
    set_timeout(move || _ = message.remove_attribute("data-found"), FOUND);
    true
}

/// The first message behind a place where none is: it was passed over, or is kept no more.
fn first_behind(chat: Chat, seq: Seq) -> Option<Seq> {
    let behind = |row: &Row| row.seq.filter(|of| *of > seq);
    chat.log.rows.with_untracked(|rows| rows.iter().find_map(|shown| shown.row.with_untracked(behind)))
}

/// What something happened to, and the message that it belongs to.
fn place(target: Option<EventTarget>) -> Option<(Element, Element)> {
    let target: Element = target?.dyn_into().ok()?;
    let message = closest(&target, ".message")?;
    Some((target, message))
}

fn in_toolbar(event: &web_sys::Event) -> bool {
    place(event.target()).is_some_and(|(target, _)| closest(&target, ".actions").is_some())
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok()?
}

/// Whether somebody is at a button of the toolbar with the keyboard: they would lose their place if it moved.
fn uses_toolbar(chat: Chat) -> bool {
    let toolbar = chat.log.toolbar.get_untracked();
    toolbar.is_some_and(|toolbar| toolbar.query_selector(":focus-visible").is_ok_and(|found| found.is_some()))
}

/// The last message that the reader sees the end of.
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

/// The next message one way: days stand between them.
fn sibling(message: &Element, step: fn(&Element) -> Option<Element>) -> Option<Element> {
    let mut next = step(message)?;
    while !next.class_list().contains("message") {
        next = step(&next)?;
    }
    Some(next)
}

/// The button of a message that is so many after the one with the focus; the message itself stands before the first one.
fn button(message: &Element, step: i32) -> Option<Element> {
    // Its time is a link for the mouse; the keyboard has a button that copies the same address.
    let buttons = message.query_selector_all("button, a:not(.message-time)").ok()?;
    let focused: Option<Node> = document().active_element().map(Into::into);
    let at = |place: &u32| buttons.get(*place) == focused;
    let place = (0..buttons.length()).find(at).map_or(0, |place| place as i32 + 1) + step;
    if place == 0 {
        return Some(message.clone());
    }
    buttons.get(u32::try_from(place - 1).ok()?)?.dyn_into().ok()
}
