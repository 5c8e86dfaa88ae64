//! The sheet that lists every shortcut.

#[cfg(feature = "hydrate")]
pub(crate) mod keys;
mod list;

use leptos::prelude::*;

use crate::ui::{
    parts::{
        dialog::{self, titled_dialog},
        element::{element, reactive},
    },
    shortcuts::list::{Group, shortcuts as all},
    state::{Chat, set},
};

/// The sheet. What stands in it is drawn when it is first opened.
pub(crate) fn shortcuts(chat: Chat) -> AnyView {
    let groups = move || {
        if chat.shortcuts.is_listed.get() {
            all(chat.translations).into_iter().flat_map(group).collect()
        } else {
            Vec::new()
        }
    };
    // There is nothing in it to go to, so it takes the focus itself, or the keyboard could not scroll it.
    let list = element("div")
        .class("sheet-body")
        .with("role", "region")
        .with("aria-labelledby", "shortcuts-title")
        .with("tabindex", "0")
        .child(reactive(groups));
    titled_dialog(chat, "shortcuts", chat.translations.shortcuts, chat.shortcuts.dialog)
        .child(list.into_any())
        .into_any()
}

/// Opens the sheet.
pub(crate) fn open(chat: Chat) {
    set(chat.shortcuts.is_listed, true);
    dialog::open(chat.shortcuts.dialog);
}

fn group(group: Group) -> [AnyView; 2] {
    let key = |key: &str| element("kbd").text(key).into_any();
    let way = |way: &str| element("dd").children(way.split('-').map(key)).into_any();
    let shortcut = |(ways, does): (&'static str, &'static str)| {
        let does = element("dt").text(does).into_any();
        element("div").class("shortcut").child(does).children(ways.split(' ').map(way)).into_any()
    };
    let shortcuts = group.keys.into_iter().map(shortcut);
    [element("h3").text(group.name).into_any(), element("dl").children(shortcuts).into_any()]
}
