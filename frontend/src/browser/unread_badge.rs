//! Shows in the icon of the page that messages are unread.

use leptos::prelude::*;

use crate::browser::js;

/// The page's icon, and what is drawn over it while something is unread.
const ICON: &str = include_str!("../../public/icon.svg");

const DOT: &str = r##"<circle cx="24" cy="8" r="8" fill="#fff"/><circle cx="24" cy="8" r="6" fill="#d3232f"/></svg>"##;

/// Says by the page's icon, and by the badge of an installed page, that so many messages are unread.
pub(crate) fn show(unread: u32) {
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let plain = icon.get_attribute("data-plain").or_else(|| icon.get_attribute("href")).unwrap_or_default();
        let marked = || {
            let drawing = ICON.replace("</svg>", DOT);
            ["data:image/svg+xml,", &String::from(js_sys::encode_uri_component(&drawing))].concat()
        };
        _ = icon.set_attribute("href", &if unread > 0 { marked() } else { plain.clone() });
        _ = icon.set_attribute("data-plain", &plain);
    }
    // Not every browser has one.
    let navigator = window().navigator();
    js::ignore_result(match unread {
        0 => js::call(&navigator, "clearAppBadge", &[]),
        unread => js::call(&navigator, "setAppBadge", &[unread.into()]),
    });
}
