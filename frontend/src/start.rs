//! Starts the page in the browser: hydrates HTML from the server, or mounts the page in an empty one (`trunk serve`).

use std::time::Duration;

use leptos::prelude::*;
use shared_types::{Language, PageState};
use wasm_bindgen_futures::spawn_local;

use crate::{
    App,
    browser::{local_time, location, offline, page_state, time},
    i18n::Translations,
};

/// Delay between two attempts to fetch the page state for an empty page.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// Hydrates the page, or fetches its state and mounts it.
pub fn start() {
    let state = document().get_element_by_id("page-state").and_then(|script| script.text_content());
    match state.and_then(|state| serde_json::from_str::<PageState>(&state).ok()) {
        Some(page) => {
            leptos::mount::hydrate_body(move || view! { <App page /> });
            offline::prepare();
        }
        None if is_complete() => {}
        None => spawn_local(fetch_and_mount()),
    }
}

/// Whether the page needs no script, such as the page for an unknown room.
fn is_complete() -> bool {
    document().query_selector("[data-page=complete]").is_ok_and(|found| found.is_some())
}

async fn fetch_and_mount() {
    let Some(body) = document().body() else { return };
    let room = location::room_of_path();
    // Only for the error text: the page state has the language that the server chose.
    let language = local_time::preferred_locales().find_map(|tag| Language::of_tag(&tag)).unwrap_or_default();
    loop {
        if let Ok(page) = page_state::fetch_state(&room).await {
            body.set_text_content(None);
            document().set_title(&Translations::of(page.language).title(room.as_str()));
            if let Some(root) = document().document_element() {
                _ = root.set_attribute("lang", page.language.tag());
            }
            return leptos::mount::mount_to_body(move || view! { <App page /> });
        }
        body.set_text_content(Some(Translations::of(language).unreachable));
        time::sleep(RETRY_DELAY).await;
    }
}
