//! The unread badge on the icon of the page and of the installed app.

use leptos::prelude::*;
use shared_types::CHAT_ICON_PATH;

use crate::browser::js;

/// The icon of the page.
const ICON: &str = include_str!("../../public/icon.svg");

/// The badge, which replaces the end tag of [`ICON`].
const DOT: &str = r##"<circle cx="24" cy="8" r="8" fill="#fff"/><circle cx="24" cy="8" r="6" fill="#d3232f"/></svg>"##;

/// The drawing of an emoji, as wide as [`ICON`]: before it and after it.
const EMOJI: [&str; 2] = [
    r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><text x="16" y="17" font-size="26" text-anchor="middle" dominant-baseline="central">"#,
    "</text>",
];

/// Returns the icon with the badge, for the icon at an address, which names an emoji if the chat has one.
fn with_dot(address: &str) -> String {
    let encoded = |text: &str| String::from(js_sys::encode_uri_component(text));
    let emoji = address.strip_prefix(CHAT_ICON_PATH).and_then(|query| query.strip_prefix("?emoji="));
    let drawing = match emoji {
        // In an address it is encoded already.
        Some(emoji) => [&encoded(EMOJI[0]), emoji, &encoded(&[EMOJI[1], DOT].concat())].concat(),
        None => {
            let icon = ICON.trim_ascii_end();
            encoded(&[icon.strip_suffix("</svg>").unwrap_or(icon), DOT].concat())
        }
    };
    ["data:image/svg+xml,", &drawing].concat()
}

/// Shows the number of unread messages: as a dot on the icon of the page, and as the badge of the installed app.
pub(crate) fn show(unread: u32) {
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let plain = icon.get_attribute("data-plain").or_else(|| icon.get_attribute("href")).unwrap_or_default();
        _ = icon.set_attribute("href", &if unread > 0 { with_dot(&plain) } else { plain.clone() });
        _ = icon.set_attribute("data-plain", &plain);
    }
    // Not every browser supports app badges.
    let navigator = window().navigator();
    js::ignore_result(match unread {
        0 => js::call(&navigator, "clearAppBadge", &[]),
        unread => js::call(&navigator, "setAppBadge", &[unread.into()]),
    });
}
