//! Who is writing something. It floats over the end of the log, so nothing moves; and it is not read out, for it would
//! interrupt those who listen all the time.

use leptos::prelude::*;

use crate::ui::state::Chat;

pub(crate) fn typing(chat: Chat) -> impl IntoView {
    view! { <p class="typing">{move || chat.room.typing.get()}</p> }
}
