//! A link with its QR code, and the buttons that copy it and hand it to another app.

use leptos::ev;
use page_view::{Element, element, reactive, reactive_text};

use crate::ui::{
    parts::{autofill::NoAutofill as _, qr_code::qr_code},
    state::{Chat, intent::DialogIntent, invite::ShownLink},
};

/// Draws a link. Without one, it draws nothing. `is_shared` says whether it is for other people.
pub(crate) fn share_link(chat: Chat, link: ShownLink, is_shared: bool) -> Element {
    let content = move || {
        let url = link.url.get();
        if url.is_empty() { Vec::new() } else { content(chat, link, url, is_shared) }
    };
    element("div").class("share-link").child(reactive(content))
}

fn content(chat: Chat, link: ShownLink, url: String, is_shared: bool) -> Vec<Element> {
    let texts = chat.translations.dialogs();
    let code = qr_code(&url, texts.qr_code);
    let field = element("input")
        .class("sheet-field")
        .with("readonly", "")
        .with("dir", "ltr")
        .with("aria-label", texts.link_address)
        .with("value", url)
        .no_autofill();
    let copy_label = move || {
        if link.copied.get() == Some(true) {
            chat.translations.dialogs().copied
        } else {
            chat.translations.dialogs().copy
        }
    };
    let copy = element("button")
        .class("button primary")
        .with("type", "button")
        .on(ev::click, move |_| chat.run_in_dialog(DialogIntent::CopyLink(link)))
        .child(element("span").with("aria-live", "polite").child(reactive_text(copy_label)));
    let share = (is_shared && can_share()).then(|| {
        element("button")
            .class("button")
            .with("type", "button")
            .on(ev::click, move |_| chat.run_in_dialog(DialogIntent::ShareLink(link)))
            .text(texts.share)
    });
    let not_copied =
        move || (link.copied.get() == Some(false)).then(|| element("p").class("name-hint").text(texts.link_not_copied));
    let buttons = element("div").class("share-buttons").child(copy).child(share);
    let hint = element("div").with("aria-live", "polite").child(reactive(not_copied));
    [Some(field), Some(buttons), Some(hint), code].into_iter().flatten().collect()
}

/// Whether the device can hand a link to another app. Computers can, too, but copying is what their users expect.
#[cfg(feature = "hydrate")]
fn can_share() -> bool {
    use crate::ui::parts::pointer_and_keys::has_coarse_pointer;
    let navigator = leptos::prelude::window().navigator();
    has_coarse_pointer() && js_sys::Reflect::has(&navigator, &"share".into()).unwrap_or_default()
}

/// Whether the device can hand a link to another app.
#[cfg(not(feature = "hydrate"))]
fn can_share() -> bool {
    false
}
