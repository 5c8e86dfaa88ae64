//! Finds the elements of messages in the document.

use leptos::prelude::document;
use page_view::NodeRef;
use shared_types::Seq;
use web_sys::{Element, HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::state::Chat;

/// Returns the sequence number of a message's element.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn seq(article: &Element) -> Option<Seq> {
    article.get_attribute("data-seq")?.parse().ok().map(Seq)
}

/// Returns the element of a message. If the log and a thread beside it show the message, that is the one that is used: it has the
/// focus or the toolbar.
pub(crate) fn article(chat: Chat, seq: Seq) -> Option<HtmlElement> {
    let at_toolbar = chat.log.toolbar.get_untracked().map(Element::from);
    let mut used = [document().active_element(), at_toolbar].into_iter().flatten();
    let used = used.find_map(|element| {
        element.closest(".message").ok().flatten().filter(|message| self::seq(message) == Some(seq))
    });
    let shown = || article_in(chat.log.element, seq).or_else(|| article_in(chat.thread.log, seq));
    used.and_then(|message| message.dyn_into().ok()).or_else(shown)
}

/// Returns the element of a message in one log.
pub(crate) fn article_in(log: NodeRef<HtmlElement>, seq: Seq) -> Option<HtmlElement> {
    let selector = ["[data-seq=\"", &seq.0.to_string(), "\"]"].concat();
    log.get_untracked()?.query_selector(&selector).ok()??.dyn_into().ok()
}
