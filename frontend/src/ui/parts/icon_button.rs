//! A button that is a drawing.

use leptos::prelude::*;

use crate::ui::parts::element::element;

/// An oblique cross: away with it.
pub(crate) const CROSS: &str = "M6.5 6.5l11 11M17.5 6.5l-11 11";

/// Draws a button whose name is seen only when it is pointed at. The path is drawn with a line, on 24 by 24 units. Where it
/// would do nothing it is shown as disabled and keeps the focus.
pub(crate) fn icon_button(
    class: &'static str,
    label: String,
    path: &'static str,
    enabled: bool,
    act: Callback<()>,
) -> AnyView {
    element("button")
        .class(class)
        .with("type", "button")
        .with("aria-label", label.clone())
        .optional_attribute("aria-disabled", (!enabled).then_some("true"))
        .with("title", label)
        .on("click", move |_| act.run(()))
        .child(icon(path))
        .into_any()
}

/// Draws a path.
pub(crate) fn icon(path: &'static str) -> AnyView {
    let path = element("path").with("d", path).into_any();
    element("svg").class("icon").with("viewBox", "0 0 24 24").with("aria-hidden", "true").child(path).into_any()
}
