//! Copies links, and hands them to other apps of the device.

use js_sys::Object;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{clipboard, js, session::Session},
    ui::state::{invite::ShownLink, set},
};

impl Session {
    /// Copies a link. If the page may not copy, selects it.
    pub(super) fn copy_link(&self, link: ShownLink) {
        let url = link.url.get_untracked();
        spawn_local(async move {
            let copied = clipboard::copy_text(&url).await;
            if !copied {
                clipboard::select_field(".share-link input");
            }
            set(link.copied, Some(copied));
        });
    }

    /// Opens the share sheet of the device. A visitor who closes it has nothing to be told.
    pub(super) fn share_link(&self, link: ShownLink) {
        let data = Object::new();
        for (name, value) in [("title", document().title()), ("url", link.url.get_untracked())] {
            _ = js_sys::Reflect::set(&data, &name.into(), &value.into());
        }
        js::ignore_result(js::call(&window().navigator(), "share", &[data.into()]));
    }
}
