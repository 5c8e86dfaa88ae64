//! Tells the visitor's other tabs about a new name. Browsers tell other tabs of each change of the storage, so that an entry that is removed at
//! once is a message. It is loaded on demand: a tab that hears nothing before takes the name from the cookie.

use shared_types::{Person, json};

use crate::{
    browser::{js, storage},
    ui::parts::window_events::on_window_event,
};

/// Storage key of the message.
const RENAMED: &str = "renamed";

/// Tells the other tabs the visitor's name.
pub(crate) fn tell_name(you: &Person) {
    storage::write(RENAMED, &json::to_string(you));
    storage::device().remove(RENAMED);
}

/// Calls `act` with the visitor as another tab has renamed them.
pub(crate) fn on_name(act: impl Fn(Person) + 'static) {
    on_window_event("storage", move |event| {
        if js::property(&event, "key").as_string().as_deref() == Some(RENAMED)
            && let Some(value) = js::property(&event, "newValue").as_string()
            && let Ok(you) = json::from_str(&value)
        {
            act(you);
        }
    });
}
