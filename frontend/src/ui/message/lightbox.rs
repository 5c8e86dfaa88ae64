//! The lightbox: shows an image of the log at full size, with buttons for the previous and the next one.

use leptos::{ev, prelude::*};
use page_model::timeline::Row;
use page_view::{Callback, Element, State, element, reactive};
use shared_types::{ChatImage, numbered, plain_text};
use web_sys::wasm_bindgen::JsCast as _;

use crate::ui::{
    parts::icon_button::{CROSS, icon_button},
    state::{Chat, log::KeyedRow, on_demand::DialogRequest, set},
};

/// Minimum movement of a swipe, in CSS pixels.
const SWIPE_PX: i32 = 50;
/// Maximum movement of a click, in CSS pixels.
const CLICK_PX: i32 = 8;

/// Which image follows the viewed one.
#[derive(Clone, Copy)]
enum Direction {
    Previous,
    Next,
}

/// Draws the dialog.
pub(crate) fn lightbox(chat: Chat) -> Element {
    let close = move || {
        if let Some(dialog) = chat.images.lightbox.get_untracked() {
            dialog.close();
        }
    };
    let pressed_x = State::new(0);
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        // A wide image scrolls.
        "ArrowLeft" | "ArrowRight" if scrolls_sideways(&event) => {}
        "ArrowLeft" => step(chat, Direction::Previous),
        "ArrowRight" => step(chat, Direction::Next),
        _ => {}
    };
    let on_pointer_up = move |event: ev::PointerEvent| {
        let moved = event.client_x() - pressed_x.get_untracked();
        if moved > SWIPE_PX {
            step(chat, Direction::Previous);
        } else if moved < -SWIPE_PX {
            step(chat, Direction::Next);
        }
    };
    // A click beside the image and the controls closes the dialog.
    let on_click = move |event: ev::MouseEvent| {
        let target = event.target().map(|target| target.unchecked_into::<web_sys::Element>());
        let beside = target.is_some_and(|target| target.matches(".lightbox, .lightbox-stage").unwrap_or(false));
        if beside && (event.client_x() - pressed_x.get_untracked()).abs() < CLICK_PX {
            close();
        }
    };
    let close_button =
        icon_button("lightbox-close", chat.translations.close.into(), CROSS, true, Callback::new(move |()| close()));
    element("dialog")
        .class("lightbox")
        .with("aria-label", chat.translations.image)
        .node_ref(chat.images.lightbox)
        .on(ev::close, move |_| set(chat.images.viewed_row, None))
        .on(ev::keydown, on_key)
        .on(ev::pointerdown, move |event| pressed_x.set(event.client_x()))
        .on(ev::pointerup, on_pointer_up)
        .on(ev::click, on_click)
        .child(close_button)
        .child(reactive(move || {
            viewed(chat).and_then(|(row, number)| picture(chat, &row, number)).into_iter().flatten()
        }))
}

/// Opens the dialog, as soon as it is loaded. The key of an image is that of its row with its number ([`numbered`]).
pub(crate) fn open(chat: Chat, key: String) {
    chat.open_dialog(DialogRequest::Lightbox(key));
}

/// Opens the loaded dialog with an image.
pub(crate) fn show(chat: Chat, key: String) {
    set(chat.images.viewed_row, Some(key));
    if let Some(dialog) = chat.images.lightbox.get_untracked() {
        _ = dialog.show_modal();
    }
}

/// Draws an image of a row with its caption and controls.
fn picture(chat: Chat, row: &Row, number: usize) -> Option<[Element; 4]> {
    let first = row.image.as_ref()?;
    let image = first.get(number)?;
    let source = chat.image_source(row, number);
    let shape = shape(image.width.get(), image.height.get());
    let is_long = !shape.is_empty();
    let stage_class = ["lightbox-stage", shape].concat();
    let alt = image.alt.as_ref().map(|alt| alt.as_str().to_owned());
    let text = plain_text(row.text.as_ref(), row.html.as_deref()).as_ref().map(ToString::to_string);
    // The text is about all images of the message.
    let caption = if first.count() > 1 { alt.clone().or(text) } else { text.or_else(|| alt.clone()) };
    let part = |number: u64| ["-", &number.to_string()].concat();
    let seq = row.seq.map(|seq| part(seq.0)).unwrap_or_default();
    let part_of_place = if first.count() > 1 { part(number as u64 + 1) } else { String::new() };
    let file = ["image", &seq, &part_of_place, ".", image.kind.extension()].concat();
    let picture = element("img")
        .class("lightbox-image")
        .with("width", image.width.get().to_string())
        .with("height", image.height.get().to_string())
        .with("alt", alt.unwrap_or_else(|| chat.translations.image.into()))
        .with("src", source.clone())
        .with("draggable", "false");
    let caption = caption.map(|caption| element("p").class("lightbox-caption").with("dir", "auto").text(caption));
    let place = (first.count() > 1).then(|| {
        let place = chat.translations.images().place_of_image(number + 1, first.count());
        element("p").class("lightbox-caption").with("aria-live", "polite").text(place)
    });
    let download = element("a")
        .class("lightbox-download")
        .with("href", source)
        .with("download", file)
        .text(chat.translations.dialogs().download);
    let stage = element("div").class(stage_class).optional_attribute("tabindex", is_long.then_some("0"));
    Some([
        stage.child(picture),
        element("div").class("lightbox-foot").child(place).child(caption).child(download),
        step_button(chat, Direction::Previous),
        step_button(chat, Direction::Next),
    ])
}

/// Returns the class of an image that is so long that fitted into a screen it would be hard to read.
fn shape(width: u32, height: u32) -> &'static str {
    if height * 2 > width * 5 {
        " tall"
    } else if width * 2 > height * 5 {
        " wide"
    } else {
        ""
    }
}

/// Draws the button for one direction. At the last image it stays as disabled, because a removed button would lose the
/// focus.
fn step_button(chat: Chat, direction: Direction) -> Element {
    let (class, label, path) = match direction {
        Direction::Previous => ("lightbox-turn back", chat.translations.dialogs().previous, "M15 5l-7 7 7 7"),
        Direction::Next => ("lightbox-turn on", chat.translations.dialogs().next, "M9 5l7 7-7 7"),
    };
    let enabled = adjacent_image(chat, direction).is_some();
    icon_button(class, label.into(), path, enabled, Callback::new(move |()| step(chat, direction)))
}

fn step(chat: Chat, direction: Direction) {
    if let Some(key) = adjacent_image(chat, direction) {
        set(chat.images.viewed_row, Some(key));
        // The image before this one may have been scrolled.
        if let Ok(Some(stage)) = document().query_selector(".lightbox-stage") {
            stage.set_scroll_top(0);
            stage.set_scroll_left(0);
        }
    }
}

/// Whether a key is pressed in a stage that scrolls sideways.
fn scrolls_sideways(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.matches(".wide").unwrap_or(false))
}

/// Returns the viewed image: its row and its number. A row that has left the log is shown among the rows that were there with it.
fn viewed(chat: Chat) -> Option<(Row, usize)> {
    let album = chat.images.album;
    let Some(key) = chat.images.viewed_row.get() else {
        album.set(Vec::new());
        return None;
    };
    let shown_in = |rows: Vec<KeyedRow>| position(&rows, &key).is_some().then(|| album.set(rows));
    _ = shown_in(chat.log.rows.get()).or_else(|| shown_in(chat.thread.rows.get()));
    let found = album.with_untracked(|rows| {
        let (index, number) = position(rows, &key)?;
        Some((rows[index].row.clone(), number))
    });
    let (row, number) = found?;
    Some((row.get(), number))
}

/// Returns the key of the nearest image before or after the viewed one.
fn adjacent_image(chat: Chat, direction: Direction) -> Option<String> {
    let key = chat.images.viewed_row.get_untracked()?;
    chat.images.album.with_untracked(|rows| {
        let (index, number) = position(rows, &key)?;
        let count = |shown: &KeyedRow| shown.row.with_untracked(|row| row.image.as_ref().map_or(0, ChatImage::count));
        let has_images = |shown: &&KeyedRow| count(shown) > 0;
        match direction {
            Direction::Previous if number > 0 => Some(numbered(&rows[index].key, number - 1)),
            Direction::Next if number + 1 < count(&rows[index]) => Some(numbered(&rows[index].key, number + 1)),
            Direction::Previous => {
                let row = rows[..index].iter().rev().find(has_images)?;
                Some(numbered(&row.key, count(row) - 1))
            }
            Direction::Next => Some(rows[index + 1..].iter().find(has_images)?.key.clone()),
        }
    })
}

/// Returns the place of the row of an image, and the number of the image in it.
fn position(rows: &[KeyedRow], key: &str) -> Option<(usize, usize)> {
    let row = |key: &str| rows.iter().position(|shown| shown.key == key);
    // A text may have a nonce that looks like that of an image.
    let numbered = key.rsplit_once('=').and_then(|(key, number)| {
        let (row, number) = (row(key)?, number.parse().ok()?);
        let has_image = |row: &Row| row.image.as_ref().is_some_and(|image| number < image.count());
        rows[row].row.with_untracked(has_image).then_some((row, number))
    });
    numbered.or_else(|| Some((row(key)?, 0)))
}
