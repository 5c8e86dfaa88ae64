//! Mouse, touch and keyboard events of messages. The log has one listener for all messages, however many there are.

use leptos::{ev, prelude::*};
use page_model::timeline::Row;
use page_view::State;
use shared_types::{Emoji, Seq};
use web_sys::{
    Element, EventTarget, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition,
    wasm_bindgen::{JsCast as _, closure::Closure},
};

use crate::ui::{
    log::long_press::LongPress,
    message::{
        dom::{article_in, seq},
        reactions::toggle,
        toolbar::{hide, show},
    },
    placeholder::load_early,
    state::{
        Chat,
        intent::Intent,
        on_demand::{DialogRequest, Loading},
    },
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

/// Registers the listeners of a log: that of the room, or of a thread.
pub(crate) fn watch(chat: Chat, log: &HtmlElement) {
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
        let Some(value) = button.get_attribute("value") else { return };
        if let Ok(target) = value.parse() {
            chat.dispatch.run(Intent::GoToMessage(Seq(target)));
        } else if value.parse::<Emoji>().is_ok() {
            toggle(chat, seq, &value);
        } else {
            chat.open_dialog(DialogRequest::Action(seq, value));
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

/// Hides the toolbar when the focus leaves the messages. When the window loses the focus, the page keeps its active element: without its button
/// or its menu, the focus would be lost when the visitor comes back.
fn on_blur(chat: Chat, event: &ev::FocusEvent) {
    let is_left = |target: Option<EventTarget>| locate(target).is_none();
    if is_left(event.related_target()) && is_left(document().active_element().map(Into::into)) {
        hide(chat);
    }
}

/// Handles a key in the log. Until what handles it is loaded, it waits.
fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match chat.on_demand.functions.get_untracked() {
        Some(functions) if chat.log.waiting_keys.with_untracked(Vec::is_empty) => (functions.on_log_key)(chat, event),
        _ if chat.on_demand.loading.get_untracked() != Loading::Failed => {
            chat.log.waiting_keys.update(|keys| keys.push(event.clone()));
            load_early(chat);
        }
        _ => {}
    }
}

/// Scrolls to a message, focuses and highlights it. If it is not shown, uses the next one. Returns `false` if there is
/// none.
pub(crate) fn scroll_to_message(chat: Chat, seq: Seq) -> bool {
    let find = |seq| article_in(chat.log.element, seq);
    let Some(message) = find(seq).or_else(|| find(first_after(chat, seq)?)) else { return false };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    message.scroll_into_view_with_scroll_into_view_options(&options);
    highlight(message);
    true
}

/// Focuses a message that was looked for, and highlights it for a while.
pub(crate) fn highlight(message: HtmlElement) {
    _ = message.focus();
    _ = message.set_attribute("data-found", "");
    set_timeout(move || _ = message.remove_attribute("data-found"), HIGHLIGHT_TIME);
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
