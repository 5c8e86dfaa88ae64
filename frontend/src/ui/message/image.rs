//! The images of a message, in the log. Several are a grid of squares, which show the middle of each image.
//!
//! An image has its final size before it is loaded, and keeps it if loading fails, so nothing in the log moves. An
//! `svg` reserves the space: with the size of the image as its `viewBox` it keeps the aspect ratio at every width, in
//! every browser and without inline styles. The image lies over it.

use leptos::{ev, wasm_bindgen::JsCast as _};
use page_model::timeline::Row;
use page_view::{Element, element};
use shared_types::{AltText, ChatImage, ImagePreview, numbered};
#[cfg(feature = "hydrate")]
use web_sys::HtmlImageElement;

use crate::ui::{message::lightbox, parts::avatar::lazy_image, state::Chat};

/// Maximum width of an image in the log, in CSS pixels.
const MAX_WIDTH: u32 = 480;
/// Maximum height of an image in the log, in CSS pixels.
const MAX_HEIGHT: u32 = 360;
/// Width below which an image is cut in the log rather than shrunk, in CSS pixels.
const MIN_WIDTH: u32 = 160;
/// Height below which an image is cut in the log rather than shrunk, in CSS pixels.
const MIN_HEIGHT: u32 = 96;

/// The beginning of the address of a bitmap: 4 by 4 pixels from the top left, of 24 bits and without compression. A
/// pixel is blue, green, red, and four characters.
const BITMAP_HEAD: &str =
    "data:image/bmp;base64,Qk1mAAAAAAAAADYAAAAoAAAABAAAAPz///8BABgAAAAAADAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// The digits of base64.
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Draws the images of a row.
pub(crate) fn images(chat: Chat, row: &Row, first: &ChatImage) -> Element {
    let class = match first.count() {
        1 => return image(chat, row, first, [first.width.get(), first.height.get()], [0, 1]).class("message-image"),
        2 | 4 => "message-image album pairs",
        _ => "message-image album",
    };
    let draw = |number| Some(image(chat, row, first.get(number)?, [MAX_HEIGHT; 2], [number, first.count()]));
    let label = [chat.translations.image, " 1–", &first.count().to_string()].concat();
    element("div")
        .class(class)
        .with("role", "group")
        .with("aria-label", label)
        .children((0..first.count()).filter_map(draw))
}

/// Draws an image as one with these sides. It has a number among so many images of the message.
fn image(
    chat: Chat,
    row: &Row,
    image: &ChatImage,
    [natural_width, natural_height]: [u32; 2],
    [number, count]: [usize; 2],
) -> Element {
    let size = display_size(natural_width, natural_height);
    let [width, height] = size.map(|side| side.to_string());
    let cut = cut(size, [natural_width, natural_height]);
    // A box of whole pixels would not have exactly the aspect ratio of the image.
    let [ratio_width, ratio_height] = if cut.is_empty() { [natural_width, natural_height] } else { size };
    let alt = image.alt.as_ref().map(AltText::as_str);
    let key = numbered(&row.key(), number);
    let open = move |event: ev::MouseEvent| {
        // The focus returns to the button when the lightbox closes. Safari does not focus a clicked button.
        if let Some(frame) = event.current_target() {
            _ = frame.unchecked_into::<web_sys::HtmlElement>().focus();
        }
        lightbox::open(chat, key.clone());
    };
    let space = element("svg")
        .class("image-space")
        .with("width", width.clone())
        .with("viewBox", ["0 0 ", &ratio_width.to_string(), " ", &ratio_height.to_string()].concat())
        .with("aria-hidden", "true")
        .markup(image.preview.as_ref().map(preview).unwrap_or_default());
    let alt_text = alt.unwrap_or(chat.translations.image).to_owned();
    let picture = lazy_image([width, height].map(Into::into), alt_text, chat.image_source(row, number));
    let frame = element("button")
        .class("image-frame")
        .with("type", "button")
        .with("aria-label", chat.translations.open_image(alt, number, count))
        .on(ev::click, open)
        .child(element("span").class(["image-box", cut].concat()).child(space).child(picture));
    let missing = element("p").class("image-missing").text(chat.translations.missing);
    element("figure").child(frame).child(missing)
}

/// Returns the preview as markup: coarse colours over the space of the image, which the style sheet blurs. They are a
/// bitmap in one element, because an element for each colour would be most of the page. The markup is safe, because
/// [`ImagePreview`] is colours only.
fn preview(preview: &ImagePreview) -> String {
    let mut markup = String::from(r#"<image width="100%" height="100%" preserveAspectRatio="none" href=""#);
    markup.push_str(BITMAP_HEAD);
    for [red, green, blue] in preview.colours() {
        let pixel = u32::from_be_bytes([0, blue, green, red]);
        markup.extend([18, 12, 6, 0].map(|shift| char::from(BASE64[((pixel >> shift) & 63) as usize])));
    }
    markup.push_str(r#""/>"#);
    markup
}

/// Returns the size of an image in the log: shrunk to fit and never enlarged. A long image is not shrunk to a line: it keeps
/// a minimum width and height, and the box shows its beginning.
fn display_size(width: u32, height: u32) -> [u32; 2] {
    let (width, height) = (width.max(1), height.max(1));
    let fit = |side: u32, other: u32, limit: u32, other_limit: u32, minimum: u32| {
        let shrunk = if other > other_limit { (side * other_limit / other).max(1) } else { side };
        shrunk.max(minimum.min(side)).min(limit)
    };
    [fit(width, height, MAX_WIDTH, MAX_HEIGHT, MIN_WIDTH), fit(height, width, MAX_HEIGHT, MAX_WIDTH, MIN_HEIGHT)]
}

/// Returns the class of a box that shows only the beginning of an image: the aspect ratios differ by more than a tenth.
fn cut(shown: [u32; 2], natural: [u32; 2]) -> &'static str {
    let (shown, whole) = (shown[0] * natural[1], shown[1] * natural[0]);
    if 10 * shown > 11 * whole {
        " cut-below"
    } else if 11 * shown < 10 * whole {
        " cut-beside"
    } else {
        ""
    }
}

/// Records for every image in the log, and for every picture of a person, whether it loaded or failed. The style sheet then hides the
/// preview or shows that the image is missing, or hides the picture. The attribute is set by no view, so redrawing does not remove it.
#[cfg(feature = "hydrate")]
pub(crate) fn watch() {
    use leptos::{prelude::document, wasm_bindgen::closure::Closure};
    let record = |image: &HtmlImageElement| {
        let state = if image.natural_width() > 0 { "there" } else { "missing" };
        if let Ok(Some(figure)) = image.closest("figure,.picture") {
            _ = figure.set_attribute("data-image", state);
        }
    };
    // The events of images do not bubble, but the document receives them in the capture phase.
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        if let Some(Ok(image)) = event.target().map(|target| target.dyn_into()) {
            record(&image);
        }
    });
    let listener = listener.into_js_value();
    for event in ["load", "error"] {
        _ = document().add_event_listener_with_callback_and_bool(event, listener.unchecked_ref(), true);
    }
    // Some images finished loading before the listener was registered.
    let Ok(images) = document().query_selector_all(".message-image img,.picture") else { return };
    for image in (0..images.length()).filter_map(|index| images.get(index)) {
        let image: HtmlImageElement = image.unchecked_into();
        if image.complete() {
            record(&image);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_a_bitmap_of_its_colours() {
        let markup = preview(&["0af", &"000".repeat(14), "123"].concat().parse().unwrap());
        let black = "AAAA".repeat(14);
        assert!(markup.ends_with(&format!("AAAA/6oA{black}MyIR\"/>")), "{markup}");
    }

    #[test]
    fn only_a_long_image_is_cut() {
        for (natural, expect) in [
            ([8, 8], ""),
            ([2048, 1365], ""),
            ([1024, 2275], ""),
            ([824, 15264], " cut-below"),
            ([15264, 824], " cut-beside"),
            ([40, 2048], " cut-below"),
            ([16383, 1], " cut-beside"),
        ] {
            assert_eq!(cut(display_size(natural[0], natural[1]), natural), expect, "{natural:?}");
        }
    }

    #[test]
    fn an_image_is_shrunk_to_fit_and_never_enlarged() {
        for (natural, expect) in [
            ((8, 8), [8, 8]),
            ((480, 360), [480, 360]),
            ((2048, 1536), [480, 360]),
            ((2048, 1365), [480, 319]),
            ((1365, 2048), [239, 360]),
            ((2048, 40), [480, 40]),
            ((40, 2048), [40, 360]),
            ((1024, 2275), [162, 360]),
            ((824, 15264), [160, 360]),
            ((15264, 824), [480, 96]),
            ((16383, 1), [480, 1]),
            ((2048, 1), [480, 1]),
            ((1, 2048), [1, 360]),
            ((2048, 2048), [360, 360]),
        ] {
            assert_eq!(display_size(natural.0, natural.1), expect, "{natural:?}");
        }
    }
}
