//! The text that is copied from several messages: who wrote what and when, without buttons. It is loaded on demand.

use leptos::{ev, prelude::*};
use web_sys::{Element, HtmlElement, Range, Selection, wasm_bindgen::JsCast as _};

use crate::ui::state::Chat;

/// Replaces the text that the browser would copy, if messages of more than one row are selected.
pub(crate) fn on_copy(chat: Chat, event: &ev::ClipboardEvent) {
    let (Some(log), Ok(Some(selection))) = (chat.log.element.get_untracked(), window().get_selection()) else { return };
    let (Some(range), Some(clipboard)) = (selected_range(&selection), event.clipboard_data()) else { return };
    let Ok(articles) = log.query_selector_all("article") else { return };
    let articles = (0..articles.length()).filter_map(|index| articles.get(index)?.dyn_into::<Element>().ok());
    let selected: Vec<Element> = articles.filter(|article| range.intersects_node(article).unwrap_or(false)).collect();
    if selected.len() > 1 && clipboard.set_data("text/plain", &lines(&selected, &range)).is_ok() {
        event.prevent_default();
    }
}

fn selected_range(selection: &Selection) -> Option<Range> {
    if selection.range_count() == 0 { None } else { selection.get_range_at(0).ok() }
}

/// Returns the messages as lines: author and time once for each group, then the texts.
fn lines(articles: &[Element], range: &Range) -> String {
    let mut lines: Vec<String> = Vec::new();
    for article in articles {
        let text = text_of(article, range);
        if text.is_empty() {
            continue;
        }
        if lines.is_empty() || article.class_list().contains("head") {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            // It is "name, time".
            lines.extend(article.get_attribute("aria-label"));
        }
        lines.push(text);
    }
    lines.join("\n")
}

/// Returns the selected part of a message's text, as it is shown.
fn text_of(article: &Element, range: &Range) -> String {
    let part = |selector| article.query_selector(selector).ok().flatten();
    let Some(text) = part(".message-text").or_else(|| part(".message-gone")) else {
        let image = part("img").and_then(|image| image.get_attribute("alt"));
        return image.map(|alt| ["[", &alt, "]"].concat()).unwrap_or_default();
    };
    selected_part(&text, range).unwrap_or_default()
}

/// Returns the text of an element inside of a range. Only a rendered element knows its lines, so the part is put into the
/// document for a moment, where nobody sees it.
fn selected_part(text: &Element, range: &Range) -> Option<String> {
    let part = document().create_range().ok()?;
    part.select_node_contents(text).ok()?;
    if range.compare_boundary_points(Range::START_TO_START, &part).ok()? > 0 {
        part.set_start(&range.start_container().ok()?, range.start_offset().ok()?).ok()?;
    }
    if range.compare_boundary_points(Range::END_TO_END, &part).ok()? < 0 {
        part.set_end(&range.end_container().ok()?, range.end_offset().ok()?).ok()?;
    }
    let copy: HtmlElement = document().create_element("div").ok()?.unchecked_into();
    copy.set_class_name("copied rich message-text");
    copy.append_child(part.clone_contents().ok()?.as_ref()).ok()?;
    let body = document().body()?;
    body.append_child(&copy).ok()?;
    let text = copy.inner_text();
    copy.remove();
    Some(text.trim().to_owned())
}
