//! The layout of the page: which parts it has, and in which order.

use page_model::connection::Status;
use page_view::{Element, element};

use crate::ui::{
    composer::composer,
    header::header,
    log::{connection_status::connection_status, log, toast::toast, typing::typing},
    placeholder::placeholder,
    rooms,
    state::Chat,
};

/// Draws the whole page.
pub(crate) fn layout(chat: Chat) -> Element {
    let connection = move || {
        Some(match chat.room.status.get() {
            Status::Connecting => "connecting",
            Status::Live => "live",
            Status::Offline(_) | Status::Blocked(_) => "offline",
            Status::Ended(_) => "over",
        })
    };
    let stage = element("main")
        .class("stage")
        .child(connection_status(chat))
        .children(log(chat))
        .child(typing(chat))
        .child(toast(chat));
    element("div")
        .class("chat")
        .node_ref(chat.on_demand.container)
        .reactive_attribute("data-connection", connection)
        .child(rooms::column(chat))
        .child(header(chat))
        .child(stage)
        .child(composer(chat))
        .child(placeholder(chat))
}
