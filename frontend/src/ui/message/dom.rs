//! Finds the elements of messages in the document.

use page_view::NodeRef;
use shared_types::Seq;
use web_sys::{Element, HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::state::Chat;

/// Returns the sequence number of a message's element.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn seq(article: &Element) -> Option<Seq> {
    article.get_attribute("data-seq")?.parse().ok().map(Seq)
}

/// Returns the element of a message.
pub(crate) fn article(chat: Chat, seq: Seq) -> Option<HtmlElement> {
    article_in(chat.log.element, seq).or_else(|| article_in(chat.thread.log, seq))
}

/// Returns the element of a message in one log.
pub(crate) fn article_in(log: NodeRef<HtmlElement>, seq: Seq) -> Option<HtmlElement> {
    let selector = ["[data-seq=\"", &seq.0.to_string(), "\"]"].concat();
    log.get_untracked()?.query_selector(&selector).ok()??.dyn_into().ok()
}
