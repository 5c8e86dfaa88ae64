//! The dialog with a link that signs another device in as the visitor.

use leptos::ev;
use page_view::{Element, element, reactive};

use crate::ui::{
    parts::{
        dialog::{self, titled_dialog},
        share_link::share_link,
    },
    state::{Chat, intent::DialogIntent, invite::DeviceLinkStatus},
};

/// Draws the dialog.
pub(crate) fn device_dialog(chat: Chat) -> Element {
    let (texts, state) = (chat.translations.dialogs(), chat.device_link);
    let hint = move || match state.status.get() {
        DeviceLinkStatus::Loading => texts.audit_loading,
        DeviceLinkStatus::Failed => texts.links_failed,
        DeviceLinkStatus::Shown => texts.device_hint,
        DeviceLinkStatus::Expired => texts.device_expired,
    };
    let again = move || {
        matches!(state.status.get(), DeviceLinkStatus::Failed | DeviceLinkStatus::Expired).then(|| {
            let again = move |_| chat.run_in_dialog(DialogIntent::LinkDevice);
            element("button").class("button primary").with("type", "button").on(ev::click, again).text(texts.new_link)
        })
    };
    let body = element("div")
        .class("sheet-body order")
        .child(dialog::hint(hint))
        .child(share_link(chat, state.link, false))
        .child(reactive(again));
    let on_close = move |_| {
        // The event arrives after the dialog closed, and the dialog may be open again.
        if state.dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            state.link.show(String::new());
        }
    };
    titled_dialog(chat, "device", texts.device, state.dialog).child(body).on(ev::close, on_close)
}

/// Opens the dialog and asks for a link.
pub(crate) fn open(chat: Chat) {
    chat.run_in_dialog(DialogIntent::LinkDevice);
    dialog::open(chat.device_link.dialog);
}
