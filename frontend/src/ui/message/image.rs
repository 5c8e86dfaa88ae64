//! The image of a message, in the log.
//!
//! Its box is there before its bytes are, and stays the same whether they come or not, so nothing in the log moves. An
//! `svg` makes it: one whose `viewBox` is the image's size keeps the image's ratio at every width, in every browser and
//! without a style of its own. The image lies over it.

use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use page_model::timeline::Row;
use shared_types::{AltText, ChatImage, ImagePreview, limits::PREVIEW_SIDE};
#[cfg(feature = "hydrate")]
use web_sys::HtmlImageElement;

use crate::ui::{message::lightbox, parts::element::element, state::Chat};

/// The widest an image is in the log, in CSS pixels.
const WIDEST: u32 = 480;
/// The highest an image is in the log, in CSS pixels.
const HIGHEST: u32 = 360;

/// Draws the image of a row.
pub(crate) fn image(chat: Chat, row: &Row, image: &ChatImage) -> AnyView {
    let (natural_width, natural_height) = (image.width.get(), image.height.get());
    let [width, height] = displayed(natural_width, natural_height).map(|side| side.to_string());
    let alt = image.alt.as_ref().map(AltText::as_str);
    let key = row.key();
    let open = move |event: web_sys::Event| {
        // Safari does not focus the button that is clicked, and the focus is to come back to it.
        if let Some(frame) = event.current_target() {
            _ = frame.unchecked_into::<web_sys::HtmlElement>().focus();
        }
        lightbox::open(chat, key.clone());
    };
    let space = element("svg")
        .class("image-space")
        .with("width", width.as_str())
        .with("viewBox", ["0 0 ", &natural_width.to_string(), " ", &natural_height.to_string()].concat())
        .with("aria-hidden", "true")
        .markup(image.preview.as_ref().map(preview).unwrap_or_default());
    let picture = element("img")
        .with("loading", "lazy")
        .with("decoding", "async")
        .with("width", width)
        .with("height", height)
        .with("alt", alt.unwrap_or(chat.translations.image))
        .with("src", chat.image_source(row));
    let frame = element("button")
        .class("image-frame")
        .with("type", "button")
        .with("aria-label", chat.translations.open_image(alt))
        .on("click", open)
        .child(element("span").class("image-box").child(space.into_any()).child(picture.into_any()).into_any());
    let missing = element("p").class("image-missing").text(chat.translations.missing);
    element("figure").class("message-image").child(frame.into_any()).child(missing.into_any()).into_any()
}

/// The coarse colours of an image, stretched over its box. The style sheet blurs them. It is markup, for as elements they
/// would be most of the page; nothing in it but digits is anybody's choice.
fn preview(preview: &ImagePreview) -> String {
    let mut markup = String::from(r#"<svg viewBox="0 0 4 4" preserveAspectRatio="none">"#);
    for (index, colour) in preview.colours().enumerate() {
        let (x, y) = ((index % PREVIEW_SIDE).to_string(), (index / PREVIEW_SIDE).to_string());
        for part in [r#"<rect x=""#, &x, r#"" y=""#, &y, r#"" width="1" height="1" fill=""#, &colour, r#""/>"#] {
            markup.push_str(part);
        }
    }
    markup.push_str("</svg>");
    markup
}

/// The size of an image in the log: made smaller to fit, never larger, and at least a pixel.
fn displayed(width: u32, height: u32) -> [u32; 2] {
    let (wide, high) = (width.max(1), height.max(1));
    // The first of the two limits that it meets.
    let (by, to) = if wide * HIGHEST > high * WIDEST { (wide, WIDEST) } else { (high, HIGHEST) };
    if by <= to {
        return [wide, high];
    }
    [(wide * to / by).max(1), (high * to / by).max(1)]
}

/// Notes of every image in the log, as soon as it is known, whether it is there: then its preview is not to shine through
/// it, or a sentence says that it is gone. What is noted is an attribute that no view sets, so no redrawing takes it away.
#[cfg(feature = "hydrate")]
pub(crate) fn watch() {
    use leptos::wasm_bindgen::closure::Closure;
    let note = |image: &HtmlImageElement| {
        let state = if image.natural_width() > 0 { "there" } else { "missing" };
        if let Ok(Some(figure)) = image.closest(".message-image") {
            _ = figure.set_attribute("data-image", state);
        }
    };
    // An image's events do not bubble, but all of them pass the document on their way down.
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        if let Some(Ok(image)) = event.target().map(|target| target.dyn_into()) {
            note(&image);
        }
    });
    let listener = listener.into_js_value();
    for event in ["load", "error"] {
        _ = document().add_event_listener_with_callback_and_bool(event, listener.unchecked_ref(), true);
    }
    // Some were done before anybody listened.
    let Ok(images) = document().query_selector_all(".message-image img") else { return };
    for image in (0..images.length()).filter_map(|index| images.get(index)) {
        let image: HtmlImageElement = image.unchecked_into();
        if image.complete() {
            note(&image);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_made_smaller_to_fit_and_never_larger() {
        for (natural, expect) in [
            ((8, 8), [8, 8]),
            ((480, 360), [480, 360]),
            ((2048, 1536), [480, 360]),
            ((2048, 1365), [480, 319]),
            ((1365, 2048), [239, 360]),
            ((2048, 40), [480, 9]),
            ((40, 2048), [7, 360]),
            ((2048, 1), [480, 1]),
            ((1, 2048), [1, 360]),
            ((2048, 2048), [360, 360]),
        ] {
            assert_eq!(displayed(natural.0, natural.1), expect, "{natural:?}");
        }
    }
}
