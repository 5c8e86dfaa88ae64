//! Where the reader is in the log, and keeping them there.
//!
//! The log is laid out from its end, so `scrollTop` is 0 at the newest message and negative above it. What is put before
//! the first message moves nothing; what is put after the last one moves the reader, unless that is undone.

#[cfg(feature = "hydrate")]
use leptos::{html, prelude::*};
use web_sys::{Element, HtmlDivElement};

/// So close to the end, in CSS pixels, a reader counts as being there.
const END_PX: i32 = 48;
/// So close to the start, in CSS pixels, older messages are loaded: they arrive before the start is reached.
const START_PX: i32 = 800;

/// Whether the reader sees the newest message.
pub(crate) fn at_end(log: &Element) -> bool {
    log.scroll_top() > -END_PX
}

/// Whether the reader comes near the first message.
pub(crate) fn near_start(log: &Element) -> bool {
    log.scroll_height() - log.client_height() + log.scroll_top() < START_PX
}

/// Whether the reader comes near the last message of those that are loaded.
pub(crate) fn near_end(log: &Element) -> bool {
    log.scroll_top() > -START_PX
}

/// Whether the line above what is new has come into the window.
pub(crate) fn news_in_view(log: &Element) -> bool {
    let line = log.query_selector(".new-line").ok().flatten();
    line.is_some_and(|line| line.get_bounding_client_rect().top() >= log.get_bounding_client_rect().top())
}

/// Shows the newest message.
#[cfg(feature = "hydrate")]
pub(crate) fn to_end(log: NodeRef<html::Div>) {
    if let Some(log) = log.get_untracked() {
        log.set_scroll_top(0);
    }
}

/// A message in view and its place in the window, to be brought back there.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser scrolls"))]
pub(crate) struct ScrollAnchor {
    log: HtmlDivElement,
    message: Element,
    top: f64,
    scroll_top: i32,
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser scrolls"))]
impl ScrollAnchor {
    /// Where a reader is who does not follow the newest message at the end.
    pub(crate) fn of(log: &HtmlDivElement, follows: bool) -> Option<Self> {
        if follows && at_end(log) {
            return None;
        }
        let window_top = log.get_bounding_client_rect().top();
        let mut message = log.first_element_child()?.last_element_child()?;
        // Upwards from the newest: readers are mostly near the end. What stands before the first message stays there when
        // older ones arrive, so it holds no place.
        while message.get_bounding_client_rect().top() > window_top {
            match message.previous_element_sibling() {
                Some(previous) if !previous.class_list().contains("history") => message = previous,
                _ => break,
            }
        }
        let top = message.get_bounding_client_rect().top();
        Some(Self { log: log.clone(), message, top, scroll_top: log.scroll_top() })
    }

    /// Brings the reader back, after the log changed: by as much as it moved them, and not by what they scrolled meanwhile.
    /// A reader who scrolled to the end is at the end.
    pub(crate) fn restore(self) {
        let scrolled = self.log.scroll_top() - self.scroll_top;
        let moved = self.message.get_bounding_client_rect().top() - self.top + f64::from(scrolled);
        let went_to_end = scrolled != 0 && at_end(&self.log);
        if self.message.is_connected() && moved != 0.0 && !went_to_end {
            self.log.set_scroll_top(self.log.scroll_top() + moved as i32);
        }
    }
}
