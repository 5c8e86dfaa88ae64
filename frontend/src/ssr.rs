//! Renders pages as HTML on the server: rooms, the sign-in page, errors.

pub mod index_template;
pub mod sign_in_page;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use leptos::prelude::*;
use page_model::calendar::{Calendar as _, machine_time};
use shared_types::{Language, PageState, Timestamp};

use crate::{
    app::App,
    i18n::Translations,
    shape::{self, Shape},
    ssr::index_template::IndexTemplate,
};

/// Renders the page of a room.
pub fn room_page(template: &IndexTemplate, state: &PageState) -> String {
    // A `<` in a message must not end the script element; inside a JSON string `\u003c` is the same character.
    let json = serde_json::to_string(state).unwrap_or_default().replace('<', "\\u003c");
    let script = [r#"<script type="application/json" id="page-state">"#, &json, "</script>"].concat();
    let translations = Translations::of(state.language);
    let body = [room_root(state), failure_notice(translations)].concat();
    template.fill(translations, &translations.title(state.room.as_str()), &script, &body)
}

/// Renders the element that the program takes over, with its [`Shape`]. Extensions add elements to `<body>`, so the
/// page has an element of its own.
fn room_root(state: &PageState) -> String {
    let content = room_body(state);
    let shape = Shape::of_html(&content).to_attribute();
    ["<div id=\"app\" ", shape::ATTRIBUTE, "=\"", &shape, "\">", &content, "</div>"].concat()
}

/// Renders the notice that the script in `Trunk.toml` shows when the program has failed and cannot be started again.
fn failure_notice(translations: &'static Translations) -> String {
    html(move || {
        view! {
            <div id="failure" class="failure" role="alert" hidden>
                <p>{translations.failed}</p>
                <button class="button primary" type="button">{translations.reload_page}</button>
            </div>
        }
    })
}

/// Renders the content of the page of a room.
pub fn room_body(state: &PageState) -> String {
    let page = state.clone();
    html(move || view! { <App page /> })
}

/// Renders the page for an unknown address.
pub fn not_found_page(template: &IndexTemplate, language: Language) -> String {
    let translations = Translations::of(language);
    let body = html(|| {
        view! {
            <main class="notice">
                <h1>{translations.not_found}</h1>
                <p>{translations.not_found_why}</p>
                <p><a class="button primary" href="/">{translations.to_lobby}</a></p>
            </main>
        }
    });
    template.fill(translations, translations.not_found, "", &body)
}

/// Renders the page for a visitor who is banned until `until`. A ban also covers other people at the same address, so
/// the text does not say that the visitor was banned in person.
pub fn banned_page(template: &IndexTemplate, language: Language, until: Timestamp, now: Timestamp) -> String {
    const HOUR_MS: u64 = 60 * 60 * 1000;
    let translations = Translations::of(language);
    // Rounded up to hours, or to days above 48 hours, so that the ban is over after the stated duration.
    let hours = until.0.saturating_sub(now.0).div_ceil(HOUR_MS);
    let hours = if hours > 48 { hours.next_multiple_of(24) } else { hours };
    let span = translations.span(u32::try_from(hours * 3600).unwrap_or(u32::MAX));
    let [before, between, after] = translations.banned_for;
    let calendar = Translations::utc(language);
    let moment = [&translations.with_comma(&calendar.day_name(until), &calendar.time(until)), " UTC"].concat();
    let body = html(|| {
        view! {
            <main class="notice">
                <h1>{translations.banned}</h1>
                <p>{translations.banned_why}</p>
                <p>{[before, &span, between].concat()}<time datetime=machine_time(until)>{moment}</time>{after}</p>
                <p><a class="button primary" href="">{translations.try_again}</a></p>
            </main>
        }
    });
    template.fill(translations, translations.banned, "", &body)
}

/// Returns the plain text that replaces the page if it cannot be rendered.
pub fn unreachable_text(language: Language) -> String {
    Translations::of(language).reload.into()
}

/// Renders a view to HTML with hydration markers.
pub(crate) fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new())));
    let html = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    html
}
