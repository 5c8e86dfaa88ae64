//! The unread badge on the icon of the page and of the installed app.

use std::borrow::Cow;

use leptos::prelude::*;
use shared_types::CHAT_ICON_PATH;

use crate::browser::js;

/// The icon of the page.
const ICON: &str = include_str!("../../public/icon.svg");

/// The badge, which replaces the end tag of [`ICON`].
const DOT: &str = r##"<circle cx="24" cy="8" r="8" fill="#fff"/><circle cx="24" cy="8" r="6" fill="#d3232f"/></svg>"##;

/// Returns the drawing of an icon, 32 pixels wide: an emoji if its address names one.
fn drawing(address: &str) -> Cow<'static, str> {
    let emoji = address.strip_prefix(CHAT_ICON_PATH).and_then(|query| query.strip_prefix("?emoji="));
    let Some(emoji) = emoji.and_then(|emoji| js_sys::decode_uri_component(emoji).ok()) else { return ICON.into() };
    let (start, end) =
        (r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><text x="16" y="17" "#, "</text></svg>");
    let font = r#"font-size="26" text-anchor="middle" dominant-baseline="central">"#;
    [start, font, &String::from(emoji), end].concat().into()
}

/// Shows the number of unread messages: as a dot on the icon of the page, and as the badge of the installed app.
pub(crate) fn show(unread: u32) {
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let plain = icon.get_attribute("data-plain").or_else(|| icon.get_attribute("href")).unwrap_or_default();
        let with_dot = || {
            let icon = drawing(&plain);
            let icon = icon.trim_ascii_end().strip_suffix("</svg>").unwrap_or(&icon);
            let drawing = js_sys::encode_uri_component(&[icon, DOT].concat());
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
