//! Shows who is typing. It floats over the end of the log, so showing it moves nothing. Screen readers do not announce
//! it, because it changes too often.

use leptos::prelude::*;

use crate::ui::state::Chat;

pub(crate) fn typing(chat: Chat) -> impl IntoView {
    view! { <p class="typing">{move || chat.room.typing.get()}</p> }
}
