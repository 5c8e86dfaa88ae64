//! Renders pages as HTML on the server: rooms, the sign-in page, errors.

pub mod administration_page;
pub mod claim_page;
pub mod index_template;
pub mod link_page;
pub mod sign_in_page;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use leptos::prelude::*;
use page_model::calendar::{Calendar as _, machine_time};
use page_model::room_titles::RoomTitles;
use page_view::{Element, View, element};
use shared_types::{CHAT_ICON_PATH, Emoji, Language, PageState, RoomTitle, Timestamp};

use crate::{app::app, i18n::Translations, ssr::index_template::IndexTemplate};

/// Renders the page of a room.
pub fn room_page(template: &IndexTemplate, state: &PageState) -> String {
    // A `<` in a message must not end the script element; inside a JSON string `\u003c` is the same character.
    let json = serde_json::to_string(state).unwrap_or_default().replace('<', "\\u003c");
    let script = [r#"<script type="application/json" id="page-state">"#, &json, "</script>"].concat();
    let translations = Translations::of(state.language);
    let body = [room_root(state), failure_notice(translations)].concat();
    let mut titles = RoomTitles::default().with_erased(translations.erased_person);
    titles.set(&state.room, state.details.title.as_ref());
    let name = state.chat_name.as_ref().map_or("", RoomTitle::as_str);
    let title = translations.title(&titles.marked_label(&state.room), name);
    let title = View::from(element("title").text(title)).to_html();
    let title = title.trim_start_matches("<title>").trim_end_matches("</title>");
    template.fill(translations, title, &script, &body)
}

/// Returns the name of a device, such as "Firefox on Linux".
pub fn device_name(language: Language, browser: Option<&str>, system: Option<&str>) -> String {
    Translations::of(language).devices().name(browser, system)
}

/// Returns a page whose first paint has the space of the panel with the people.
pub fn with_people_panel(page: &str) -> String {
    page.replacen("<html ", "<html data-people ", 1)
}

/// Returns a page whose icon is an emoji.
pub fn with_chat_icon(page: &str, icon: &Emoji) -> String {
    const LINK: &str = "<link rel=\"icon\" href=\"";
    let Some((before, rest)) = page.split_once(LINK) else { return page.to_owned() };
    let Some((_, rest)) = rest.split_once('"') else { return page.to_owned() };
    [before, LINK, &icon_address(icon), "\"", rest].concat()
}

/// Returns the address of an emoji as an image.
pub fn icon_address(icon: &Emoji) -> String {
    let encoded: String = icon.as_str().bytes().map(|byte| format!("%{byte:02X}")).collect();
    [CHAT_ICON_PATH, "?emoji=", &encoded].concat()
}

/// Draws an emoji as SVG. An SVG can be any size, and browsers draw it with the font of the device.
pub fn icon_drawing(icon: &Emoji) -> String {
    let text = html(|| {
        element("text")
            .with("x", "32")
            .with("y", "34")
            .with("font-size", "52")
            .with("text-anchor", "middle")
            .with("dominant-baseline", "central")
            .text(icon.as_str().to_owned())
    });
    [r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">"#, &text, "</svg>"].concat()
}

/// Renders the element that the program takes over. Extensions add elements to `<body>`, so the page has an element of
/// its own. The program removes the attribute `data-rendered`, because it changes the content.
fn room_root(state: &PageState) -> String {
    ["<div id=\"app\" data-rendered>", &room_body(state), "</div>"].concat()
}

/// Renders the notice that the script in `Trunk.toml` shows when the program has failed and cannot be started again.
fn failure_notice(translations: &'static Translations) -> String {
    let reload = element("button").class("button primary").with("type", "button").text(translations.reload_page);
    let notice = element("div")
        .with("id", "failure")
        .class("failure")
        .with("role", "alert")
        .with("hidden", "")
        .child(element("p").text(translations.failed))
        .child(reload);
    html(|| notice)
}

/// Renders the content of the page of a room.
pub fn room_body(state: &PageState) -> String {
    html(|| app(state.clone()))
}

/// Returns a page that consists of a title and paragraphs.
fn notice(title: &'static str, paragraphs: impl IntoIterator<Item = Element>) -> Element {
    element("main").class("notice").child(element("h1").text(title)).children(paragraphs)
}

/// Returns a link that looks like the main button, in a paragraph.
fn main_link(address: impl Into<Cow<'static, str>>, label: &'static str) -> Element {
    element("p").child(element("a").class("button primary").with("href", address).text(label))
}

/// Renders the page for an unknown address.
pub fn not_found_page(template: &IndexTemplate, language: Language) -> String {
    let translations = Translations::of(language);
    let why = element("p").text(translations.not_found_why);
    let body = html(|| notice(translations.not_found, [why, main_link("/", translations.to_lobby)]));
    template.fill(translations, translations.not_found, "", &body)
}

/// Renders the page for a visitor who is no member of a private room, whether or not it exists.
pub fn no_such_room_page(template: &IndexTemplate, language: Language) -> String {
    let translations = Translations::of(language);
    let why = element("p").text(translations.private_room_why);
    let body = html(|| notice(translations.private_room, [why, main_link("/", translations.to_lobby)]));
    template.fill(translations, translations.private_room, "", &body)
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
    let moment = element("time").with("datetime", machine_time(until)).text(moment);
    let duration = element("p").text([before, &span, between].concat()).child(moment).text(after);
    let why = element("p").text(translations.banned_why);
    let body = html(|| notice(translations.banned, [why, duration, main_link("", translations.try_again)]));
    template.fill(translations, translations.banned, "", &body)
}

/// Returns the plain text that replaces the page if it cannot be rendered.
pub fn unreachable_text(language: Language) -> String {
    Translations::of(language).reload.into()
}

/// Renders a view to HTML.
pub(crate) fn html(view: impl FnOnce() -> Element) -> String {
    let owner = Owner::new();
    let html = owner.with(|| View::from(view()).to_html());
    owner.cleanup();
    html
}
