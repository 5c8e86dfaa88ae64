//! The button that attaches images. They can also be pasted and dropped.

use leptos::ev;
use page_view::{Callback, Element, NodeRef, element};
use web_sys::HtmlInputElement;

use crate::ui::{
    parts::icon_button::icon_button,
    state::{Chat, files_of, intent::Intent},
};

/// Media types that the file picker offers.
const ACCEPT: &str = "image/png,image/jpeg,image/gif,image/webp,image/*";

/// Icon of a picture.
const ICON: &str = "M6 4.5h12a2.5 2.5 0 0 1 2.5 2.5v10a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17V7A2.5 2.5 0 0 1 6 4.5zM10 \
                    9.5a1.5 1.5 0 1 1-3 0 1.5 1.5 0 0 1 3 0zM4 17.5l4.5-4.5 3 3 4-4.5 4.5 4.5";

/// Draws the button, and the file picker that it opens.
pub(crate) fn attach_button(chat: Chat) -> [Element; 2] {
    let picker = NodeRef::<HtmlInputElement>::new();
    let open = move |()| {
        if let Some(picker) = picker.get_untracked() {
            chat.dispatch.run(Intent::LoadOnDemand);
            picker.click();
        }
    };
    let on_change = move |_| {
        if let Some(picker) = picker.get_untracked() {
            chat.attach(files_of(picker.files()));
            // Without this, choosing the same file again would fire no event.
            picker.set_value("");
        }
    };
    let field = element("input")
        .with("type", "file")
        .with("accept", ACCEPT)
        .with("multiple", "")
        .with("hidden", "")
        .node_ref(picker)
        .on(ev::change, on_change);
    [icon_button("attach", chat.translations.attach.into(), ICON, true, Callback::new(open)), field]
}
