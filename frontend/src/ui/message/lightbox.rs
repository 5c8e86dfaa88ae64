//! One image of the log at its full size, and the way to the others.

use leptos::{ev, prelude::*};
use page_model::timeline::Row;
use web_sys::wasm_bindgen::JsCast as _;

use crate::ui::{
    parts::icon_button::{CROSS, icon_button},
    state::{Chat, set},
};

/// So far, in CSS pixels, a finger moves for the next image.
const SWIPE_PX: i32 = 50;
/// So far, in CSS pixels, a hand may tremble while it clicks.
const CLICK_PX: i32 = 8;

/// Where to go from the image that is looked at.
#[derive(Clone, Copy)]
enum Way {
    Back,
    On,
}

#[component]
pub(crate) fn Lightbox(chat: Chat) -> impl IntoView {
    let close = move || {
        if let Some(dialog) = chat.images.lightbox.get_untracked() {
            dialog.close();
        }
    };
    let from = StoredValue::new(0);
    let pressed = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" => step(chat, Way::Back),
        "ArrowRight" => step(chat, Way::On),
        _ => {}
    };
    let released = move |event: ev::PointerEvent| {
        let moved = event.client_x() - from.get_value();
        if moved > SWIPE_PX {
            step(chat, Way::Back);
        } else if moved < -SWIPE_PX {
            step(chat, Way::On);
        }
    };
    // Beside the image and the controls.
    let clicked = move |event: ev::MouseEvent| {
        let target = event.target().map(|target| target.unchecked_into::<web_sys::Element>());
        let beside = target.is_some_and(|target| target.matches(".lightbox, .lightbox-stage").unwrap_or(false));
        if beside && (event.client_x() - from.get_value()).abs() < CLICK_PX {
            close();
        }
    };
    view! {
        <dialog
            class="lightbox"
            aria-label=chat.translations.image
            node_ref=chat.images.lightbox
            on:close=move |_| set(chat.images.viewed_row, None)
            on:keydown=pressed
            on:pointerdown=move |event| from.set_value(event.client_x())
            on:pointerup=released
            on:click=clicked
        >
            {icon_button("lightbox-close", chat.translations.close.into(), CROSS, true, Callback::new(move |()| close()))}
            {move || viewed(chat).map(|row| picture(chat, &row))}
        </dialog>
    }
}

/// Opens the dialog with the image of a row.
pub(crate) fn open(chat: Chat, key: String) {
    set(chat.images.viewed_row, Some(key));
    if let Some(dialog) = chat.images.lightbox.get_untracked() {
        _ = dialog.show_modal();
    }
}

/// The image of a row, what is said with it, and what can be done.
fn picture(chat: Chat, row: &Row) -> impl IntoView + use<> {
    let image = row.image.clone()?;
    let source = chat.image_source(row);
    let alt = image.alt.map(|alt| alt.as_str().to_owned());
    let caption = row.text.as_ref().map(ToString::to_string).or_else(|| alt.clone());
    let seq = row.seq.map(|seq| ["-", &seq.to_string()].concat()).unwrap_or_default();
    let file = ["image", &seq, ".", image.kind.extension()].concat();
    Some(view! {
        <div class="lightbox-stage">
            <img
                class="lightbox-image"
                width=image.width.get().to_string()
                height=image.height.get().to_string()
                alt=alt.unwrap_or_else(|| chat.translations.image.into())
                src=source.clone()
                draggable="false"
            />
        </div>
        <div class="lightbox-foot">
            {caption.map(|caption| view! { <p class="lightbox-caption">{caption}</p> })}
            <a class="lightbox-download" href=source download=file>{chat.translations.download}</a>
        </div>
        {turn(chat, Way::Back)}
        {turn(chat, Way::On)}
    })
}

/// The button for one way. Where it leads nowhere it stays, or the focus on it would be lost.
fn turn(chat: Chat, way: Way) -> impl IntoView + use<> {
    let (class, label, path) = match way {
        Way::Back => ("lightbox-turn back", chat.translations.previous, "M15 5l-7 7 7 7"),
        Way::On => ("lightbox-turn on", chat.translations.next, "M9 5l7 7-7 7"),
    };
    let leads = neighbour(chat, way).is_some();
    icon_button(class, label.into(), path, leads, Callback::new(move |()| step(chat, way)))
}

fn step(chat: Chat, way: Way) {
    if let Some(key) = neighbour(chat, way) {
        set(chat.images.viewed_row, Some(key));
    }
}

/// The row whose image is looked at.
fn viewed(chat: Chat) -> Option<Row> {
    let key = chat.images.viewed_row.get()?;
    chat.log.rows.with(|rows| rows.iter().find(|shown| shown.key == key).map(|shown| shown.row.get()))
}

/// The key of the nearest row with an image before or after the one that is looked at.
fn neighbour(chat: Chat, way: Way) -> Option<String> {
    let key = chat.images.viewed_row.get_untracked()?;
    chat.log.rows.with_untracked(|rows| {
        let place = rows.iter().position(|shown| shown.key == key)?;
        let illustrated =
            |shown: &&crate::ui::state::log::KeyedRow| shown.row.with_untracked(|row| row.image.is_some());
        let found = match way {
            Way::Back => rows[..place].iter().rev().find(illustrated),
            Way::On => rows[place + 1..].iter().find(illustrated),
        };
        found.map(|shown| shown.key.clone())
    })
}
