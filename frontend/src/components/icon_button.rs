//! A button that is a drawing.

use leptos::prelude::*;

/// An oblique cross: away with it.
pub(super) const CROSS: &str = "M6.5 6.5l11 11M17.5 6.5l-11 11";

/// Draws a button whose name is seen only when it is pointed at. The path is drawn with a line, on 24 by 24 units. Where it
/// would do nothing it is shown as disabled and keeps the focus.
pub(super) fn icon_button(
    class: &'static str,
    label: String,
    path: &'static str,
    enabled: bool,
    act: Callback<()>,
) -> impl IntoView {
    let disabled = (!enabled).then_some("true");
    view! {
        <button
            class=class
            type="button"
            aria-label=label.clone()
            aria-disabled=disabled
            title=label
            on:click=move |_| act.run(())
        >
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d=path />
            </svg>
        </button>
    }
}
