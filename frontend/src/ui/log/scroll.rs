//! The scroll position of the log.
//!
//! The log is laid out from its end, so `scrollTop` is 0 at the newest message and negative above it. Rows inserted
//! before the first message move nothing. Rows inserted after the last one move the view; [`ScrollAnchor`] undoes that.

#[cfg(feature = "hydrate")]
use page_view::NodeRef;
#[cfg(feature = "hydrate")]
use shared_types::Seq;
#[cfg(feature = "hydrate")]
use web_sys::wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

#[cfg(feature = "hydrate")]
use crate::ui::message::dom::seq;

/// Maximum distance from the end at which the reader counts as being there, in CSS pixels.
const END_PX: i32 = 48;
/// Distance from the start at which older messages are loaded, in CSS pixels: they arrive before the start is reached.
const START_PX: i32 = 800;

/// Whether the reader sees the newest message.
pub(crate) fn at_end(log: &Element) -> bool {
    log.scroll_top() > -END_PX
}

/// Whether the reader is near the first loaded message.
pub(crate) fn near_start(log: &Element) -> bool {
    log.scroll_height() - log.client_height() + log.scroll_top() < START_PX
}

/// Whether the reader is near the last loaded message.
pub(crate) fn near_end(log: &Element) -> bool {
    log.scroll_top() > -START_PX
}

/// Returns the first visible message, found by halving.
#[cfg(feature = "hydrate")]
pub(crate) fn first_visible(log: &Element) -> Option<Seq> {
    let top = log.get_bounding_client_rect().top();
    let messages = log.query_selector_all("article[data-seq]").ok()?;
    let message = |index| messages.item(index)?.dyn_into::<Element>().ok();
    let (mut start, mut end) = (0, messages.length());
    while start < end {
        let middle = (start + end) / 2;
        match message(middle)?.get_bounding_client_rect().bottom() > top {
            true => end = middle,
            false => start = middle + 1,
        }
    }
    seq(&message(start)?)
}

/// Whether the line above the first unread message is in view.
pub(crate) fn unread_line_in_view(log: &Element) -> bool {
    let line = log.query_selector(".new-line").ok().flatten();
    line.is_some_and(|line| line.get_bounding_client_rect().top() >= log.get_bounding_client_rect().top())
}

/// Scrolls to the newest message.
#[cfg(feature = "hydrate")]
pub(crate) fn to_end(log: NodeRef<HtmlElement>) {
    if let Some(log) = log.get_untracked() {
        log.set_scroll_top(0);
    }
}

/// A visible message and its position, which is restored after the rows changed.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser scrolls"))]
pub(crate) struct ScrollAnchor {
    log: HtmlElement,
    message: Element,
    bottom: f64,
    scroll_top: i32,
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser scrolls"))]
impl ScrollAnchor {
    /// Records the position. Returns `None` for a reader at the end who follows the newest message (`follows`).
    pub(crate) fn of(log: &HtmlElement, follows: bool) -> Option<Self> {
        if follows && at_end(log) {
            return None;
        }
        let window_top = log.get_bounding_client_rect().top();
        let mut message = log.first_element_child()?.last_element_child()?;
        // Searches upwards from the newest message, because readers are mostly near the end. The element with the class
        // `history` stays before the first message when older ones arrive, so it is no anchor.
        while message.get_bounding_client_rect().top() > window_top {
            match message.previous_element_sibling() {
                Some(previous) if !previous.class_list().contains("history") => message = previous,
                _ => break,
            }
        }
        // A date disappears when older messages of its day arrive.
        if !message.class_list().contains("message") {
            message = message.next_element_sibling()?;
        }
        // Its end, because its beginning disappears, too: the line with its author.
        let bottom = message.get_bounding_client_rect().bottom();
        Some(Self { log: log.clone(), message, bottom, scroll_top: log.scroll_top() })
    }

    /// Restores the position after the log changed. Keeps what the reader scrolled in the meantime: a reader who
    /// scrolled to the end stays there.
    pub(crate) fn restore(self) {
        // The browser itself scrolls a reader whose position does not exist any more, because the log became shorter.
        let is_gone = self.scroll_top < self.log.client_height() - self.log.scroll_height();
        let scrolled = if is_gone { 0 } else { self.log.scroll_top() - self.scroll_top };
        let moved = self.message.get_bounding_client_rect().bottom() - self.bottom + f64::from(scrolled);
        let scrolled_to_end = scrolled != 0 && at_end(&self.log);
        if self.message.is_connected() && moved != 0.0 && !scrolled_to_end {
            self.log.set_scroll_top(self.log.scroll_top() + moved as i32);
        }
    }
}
