//! Starts the page in the browser: hydrates HTML from the server, or mounts the page afresh.
//!
//! The page is mounted afresh where something changed the server's HTML, where an earlier instance of the program failed
//! in this document (`Trunk.toml` starts another one then), and where there is no HTML from a server (`trunk serve`).

use std::time::Duration;

use leptos::prelude::*;
use page_view::dom::{self, Mounted};
use shared_types::{Language, PageState, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::{
    app::app,
    browser::{local_time, location, page_state, takeover::Takeover},
    i18n::Translations,
};

/// Id of the element that contains the whole page.
const ROOT_ID: &str = "app";

/// Id of the element with the page state, which the server writes.
pub(crate) const STATE_ID: &str = "page-state";

/// Attribute of the root while its content is as the server rendered it.
const RENDERED: &str = "data-rendered";

/// Delay between two attempts to fetch the page state for an empty page.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// Hydrates the page, or mounts it from its state, which is fetched if it is not in the document.
pub fn start() {
    let Some(root) = root() else { return };
    let state = document().get_element_by_id(STATE_ID).and_then(|script| script.text_content());
    match state.and_then(|state| json::from_str::<PageState>(&state).ok()) {
        Some(page) => match hydrate(&root, &page) {
            Some(mounted) => mounted.forget(),
            None => mount_afresh(&root, page),
        },
        None => fetch_and_mount(root),
    }
}

/// Returns the root. If something has removed it, a new one.
fn root() -> Option<HtmlElement> {
    let root = document().get_element_by_id(ROOT_ID).or_else(|| {
        let root = document().create_element("div").ok()?;
        root.set_id(ROOT_ID);
        document().body()?.append_child(&root).ok()?;
        Some(root)
    })?;
    root.dyn_into().ok()
}

/// Takes over the content of the root, if it is as the server rendered it.
fn hydrate(root: &HtmlElement, page: &PageState) -> Option<Mounted> {
    // The program changes the content, so it is as rendered only once.
    if !root.has_attribute(RENDERED) {
        return None;
    }
    _ = root.remove_attribute(RENDERED);
    dom::hydrate(root, || app(page.clone()).into()).ok()
}

/// Replaces the root by a new one, and keeps what the visitor has typed and where they read. Listeners of an earlier
/// instance disappear with the old root.
fn mount_afresh(old: &HtmlElement, page: PageState) {
    let Ok(root) = old.clone_node().map(JsCast::unchecked_into::<HtmlElement>) else { return };
    let takeover = Takeover::of(old);
    dom::mount(&root, move || app(page).into()).forget();
    _ = old.replace_with_with_node_1(&root);
    takeover.apply(&root);
}

/// Mounts the page when its state is fetched. Tries again until then.
fn fetch_and_mount(root: HtmlElement) {
    spawn_local(async move {
        let room = location::room_of_path();
        if let Ok(page) = page_state::fetch_state(&room).await {
            document().set_title(&Translations::of(page.language).title(room.as_str(), ""));
            if let Some(document) = document().document_element() {
                _ = document.set_attribute("lang", page.language.tag());
            }
            return mount_afresh(&root, page);
        }
        // Only for the error text: the page state has the language that the server chose.
        let language = local_time::preferred_locales().find_map(|tag| Language::of_tag(&tag)).unwrap_or_default();
        root.set_text_content(Some(Translations::of(language).unreachable));
        set_timeout(|| fetch_and_mount(root), RETRY_DELAY);
    });
}
