//! What the log offers beyond reading and reacting: text that is copied from several messages has clean lines, code has a
//! button that copies it, and unfolding a message does not move it. It is loaded on demand.

use leptos::{ev, prelude::*};
use page_view::{Element as View, element};
use web_sys::{
    Element, Event, HtmlElement, ResizeObserver,
    wasm_bindgen::{JsCast as _, closure::Closure},
};

use crate::ui::{
    log::{copied_messages, scroll},
    message::{actions::COPY_TEXT, dom::seq},
    parts::icon_button::icon,
    state::{
        Chat,
        intent::{DialogIntent, Intent},
        set,
    },
};

/// Registers the listeners.
pub(crate) fn watch(chat: Chat) {
    let Some(log) = chat.log.element.get_untracked() else { return };
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        match event.type_().as_str() {
            "copy" => copied_messages::on_copy(chat, event.unchecked_ref()),
            "click" if closest(&target, "summary").is_some() => keep_top(chat, &target),
            // A tap shows the button, too.
            _ => show_code_button(chat, &target),
        }
    });
    let listener = listener.into_js_value();
    for event in ["copy", "click", "pointerover"] {
        _ = log.add_event_listener_with_callback(event, listener.unchecked_ref());
    }
    read_when_resized(chat, &log);
}

/// Marks the room as read when its end comes into view because the log has another size: a phone is turned, a keyboard or a panel closes.
/// The log does not scroll then.
fn read_when_resized(chat: Chat, log: &HtmlElement) {
    let resized = log.clone();
    let on_resize = Closure::<dyn Fn()>::new(move || {
        if scroll::at_end(&resized) && !chat.log.is_detached.get_untracked() {
            set(chat.log.unread_below, false);
            chat.dispatch.run(Intent::MarkRead);
        }
    });
    // The observer lives as long as the log.
    if let Ok(observer) = ResizeObserver::new(on_resize.into_js_value().unchecked_ref()) {
        observer.observe(log);
    }
}

/// Draws the button that copies code. There is one, which moves to the code under the pointer.
pub(crate) fn code_button(chat: Chat) -> View {
    let texts = chat.translations.dialogs();
    let label = move || Some(if chat.log.code_copied.get() { texts.text_copied } else { texts.copy_code });
    let copy = move |event: ev::MouseEvent| {
        let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let code = button.and_then(|button| closest(&button, "pre"));
        let message = code.as_ref().and_then(|code| seq(&closest(code, ".message")?));
        if let (Some(code), Some(seq)) = (code, message) {
            let text = code.text_content().unwrap_or_default();
            chat.run_in_dialog(DialogIntent::CopyText(seq, text.trim_end_matches('\n').into()));
            set(chat.log.code_copied, true);
        }
    };
    let button = element("button")
        .class("code-copy")
        .with("type", "button")
        .with("hidden", "")
        .with("aria-live", "off")
        .reactive_attribute("aria-label", label)
        .reactive_attribute("title", label)
        .node_ref(chat.log.code_button)
        .on(ev::click, copy);
    button.child(icon(COPY_TEXT))
}

/// Shows the button at the code that contains an element, or hides it. It stays while it has the focus.
fn show_code_button(chat: Chat, target: &Element) {
    let Some(button) = chat.log.code_button.get_untracked() else { return };
    if closest(target, ".code-copy").is_some() {
        return;
    }
    match closest(target, ".message-text pre") {
        Some(code) => {
            if !code.contains(Some(&button)) {
                _ = code.append_child(&button);
                set(chat.log.code_copied, false);
            }
            button.set_hidden(false);
        }
        None => button.set_hidden(true),
    }
}

/// Keeps the top of a message where it is while the message is folded or unfolded, or at the top of the log. The log is
/// laid out from its end, so the text above would move otherwise.
fn keep_top(chat: Chat, target: &Element) {
    let (Some(message), Some(log)) = (closest(target, ".message"), chat.log.element.get_untracked()) else { return };
    let top = move |element: &HtmlElement| element.get_bounding_client_rect().top();
    let message: HtmlElement = message.unchecked_into();
    let before = top(&message).max(top(&log));
    request_animation_frame(move || {
        let moved = top(&message) - before;
        log.set_scroll_top(log.scroll_top() + moved as i32);
    });
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok()?
}
