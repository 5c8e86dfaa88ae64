//! One program, two doors: the server's page is hydrated, an empty one (as from `trunk serve`) is drawn here.

use std::time::Duration;

use leptos::prelude::*;
use shared_types::{Language, PageState};
use wasm_bindgen_futures::spawn_local;

use crate::{
    App,
    browser::{local_time, location, offline, page_state, time},
    i18n::Translations,
};

/// The pause between two tries to reach the server from an empty page.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Brings the page to life.
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

/// Whether the page is one that needs no script, such as the one that says there is no such room.
fn is_complete() -> bool {
    document().query_selector("[data-page=complete]").is_ok_and(|found| found.is_some())
}

async fn fetch_and_mount() {
    let Some(body) = document().body() else { return };
    let room = location::room_of_path();
    // The server will know better than this.
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
        time::pause(TRY_AGAIN).await;
    }
}
