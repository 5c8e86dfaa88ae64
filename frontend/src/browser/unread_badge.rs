//! The unread badge on the icon of the page and of the installed app.

use leptos::prelude::*;

use crate::browser::js;

/// The icon of the page.
const ICON: &str = include_str!("../../public/icon.svg");

/// The badge, which replaces the end tag of [`ICON`].
const DOT: &str = r##"<circle cx="24" cy="8" r="8" fill="#fff"/><circle cx="24" cy="8" r="6" fill="#d3232f"/></svg>"##;

/// Shows the number of unread messages: as a dot on the icon of the page, and as the badge of the installed app.
pub(crate) fn show(unread: u32) {
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let plain = icon.get_attribute("data-plain").or_else(|| icon.get_attribute("href")).unwrap_or_default();
        let with_dot = || {
            let drawing = ICON.trim_ascii_end().strip_suffix("</svg>").unwrap_or(ICON);
            let drawing = js_sys::encode_uri_component(&[drawing, DOT].concat());
            ["data:image/svg+xml,", &String::from(drawing)].concat()
        };
        _ = icon.set_attribute("href", &if unread > 0 { with_dot() } else { plain.clone() });
        _ = icon.set_attribute("data-plain", &plain);
    }
    // Not every browser supports app badges.
    let navigator = window().navigator();
    js::ignore_result(match unread {
        0 => js::call(&navigator, "clearAppBadge", &[]),
        unread => js::call(&navigator, "setAppBadge", &[unread.into()]),
    });
}
