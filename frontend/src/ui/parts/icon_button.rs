//! Buttons with an icon and no text.

use leptos::ev;
use page_view::{Callback, Element, element};

/// Icon of a cross, for closing and removing.
pub(crate) const CROSS: &str = "M6.5 6.5l11 11M17.5 6.5l-11 11";

/// Draws a button with an icon. Its label is a tooltip. The icon is a stroked path on 24 by 24 units. A disabled button
/// keeps the focus.
pub(crate) fn icon_button(
    class: &'static str,
    label: String,
    path: &'static str,
    enabled: bool,
    on_click: Callback<()>,
) -> Element {
    element("button")
        .class(class)
        .with("type", "button")
        .with("aria-label", label.clone())
        .optional_attribute("aria-disabled", (!enabled).then_some("true"))
        .with("title", label)
        .on(ev::click, move |_| on_click.run(()))
        .child(icon(path))
}

/// Draws an icon.
pub(crate) fn icon(path: &'static str) -> Element {
    let path = element("path").with("d", path);
    element("svg").class("icon").with("viewBox", "0 0 24 24").with("aria-hidden", "true").child(path)
}
