//! The toolbar with the actions of a message. The log has one, which moves to the hovered or focused message. Its buttons
//! are loaded on demand.

use page_view::{Element, element};

use crate::ui::{
    message::dom::seq,
    placeholder::{load_early, slot},
    state::{Chat, on_demand::Slot, set},
};

/// Draws the toolbar. It is visible while it has buttons.
pub(crate) fn toolbar(chat: Chat) -> Element {
    // Screen readers announce changes of the log, but must not announce those of the toolbar.
    element("div")
        .class("actions")
        .with("role", "toolbar")
        .with("aria-label", chat.translations.actions)
        .with("aria-live", "off")
        .node_ref(chat.log.toolbar)
        .child(slot(chat, Slot::MessageActions))
}

/// Moves the toolbar to a message. Loads its buttons, if they are not loaded.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn show(chat: Chat, article: &web_sys::Element) {
    let Some(toolbar) = chat.log.toolbar.get_untracked() else { return };
    let seq = seq(article);
    if seq.is_some() && !article.contains(Some(&toolbar)) {
        _ = article.append_child(&toolbar);
    }
    set(chat.log.toolbar_message, seq);
    load_early(chat);
}

/// Hides the toolbar.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn hide(chat: Chat) {
    set(chat.log.toolbar_message, None);
}
