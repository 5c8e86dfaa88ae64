//! What the composer is for, above it, while that is not a new message.

use leptos::prelude::*;
use page_model::composer_mode::Writing;

use crate::ui::{
    parts::icon_button::{CROSS, icon_button},
    state::{Chat, intent::Intent},
};

pub(crate) fn writing_bar(chat: Chat) -> impl IntoView {
    let cancel = move |()| {
        chat.dispatch.run(Intent::Write(Writing::New));
        chat.focus();
    };
    move || {
        let (class, purpose) = chat.composer.mode.with(|writing| match writing {
            Writing::New => None,
            Writing::Reply(quoted) => Some(("writing", chat.words.replying(quoted))),
            Writing::Edit(_) => Some(("writing edit", chat.words.editing.to_owned())),
        })?;
        Some(view! {
            <div class=class>
                <p id="writing-purpose" class="writing-purpose">{purpose}</p>
                {icon_button("writing-cancel", chat.words.cancel.into(), CROSS, true, Callback::new(cancel))}
            </div>
        })
    }
}
