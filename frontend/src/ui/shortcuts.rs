//! The dialog that lists the keyboard shortcuts.

#[cfg(feature = "hydrate")]
pub(crate) mod keys;
mod list;

use page_view::{Element, element, reactive};

use crate::ui::{
    parts::dialog::{self, titled_dialog},
    shortcuts::list::{Group, shortcuts as all},
    state::{Chat, on_demand::DialogRequest, set},
};

/// Draws the dialog. Its content is drawn when it is first opened.
pub(crate) fn shortcuts(chat: Chat) -> Element {
    let groups = move || {
        if chat.shortcuts.is_listed.get() {
            all(chat.translations).into_iter().flat_map(group).collect()
        } else {
            Vec::new()
        }
    };
    // The list contains nothing focusable. It takes the focus itself, so that the keyboard can scroll it.
    let list = element("div")
        .class("sheet-body")
        .with("role", "region")
        .with("aria-labelledby", "shortcuts-title")
        .with("tabindex", "0")
        .child(reactive(groups));
    titled_dialog(chat, "shortcuts", chat.translations.dialogs().shortcuts, chat.shortcuts.dialog).child(list)
}

/// Opens the dialog, as soon as it is loaded.
pub(crate) fn open(chat: Chat) {
    chat.open_dialog(DialogRequest::Shortcuts);
}

/// Opens the loaded dialog.
pub(crate) fn show(chat: Chat) {
    set(chat.shortcuts.is_listed, true);
    dialog::open(chat.shortcuts.dialog);
}

fn group(group: Group) -> [Element; 2] {
    let key = |key: &'static str| element("kbd").text(key);
    let combination = |keys: &'static str| element("dd").children(keys.split('-').map(key));
    let shortcut = |(combinations, description): (&'static str, &'static str)| {
        let description = element("dt").text(description);
        element("div").class("shortcut").child(description).children(combinations.split(' ').map(combination))
    };
    let shortcuts = group.keys.into_iter().map(shortcut);
    [element("h3").text(group.name), element("dl").children(shortcuts)]
}
