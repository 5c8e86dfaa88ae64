//! The bar above the composer that names the message being answered or edited.

use leptos::prelude::*;
use page_model::composer_mode::ComposerMode;

use crate::ui::{
    parts::icon_button::{CROSS, icon_button},
    state::{Chat, intent::Intent},
};

pub(crate) fn mode_bar(chat: Chat) -> impl IntoView {
    let cancel = move |()| {
        chat.dispatch.run(Intent::SetComposerMode(ComposerMode::New));
        chat.focus();
    };
    move || {
        let (class, seq, purpose) = chat.composer.mode.with(|mode| match mode {
            ComposerMode::New => None,
            ComposerMode::Reply(preview) => Some(("writing", preview.seq, chat.translations.replying(preview))),
            ComposerMode::Edit(edited) => Some(("writing edit", edited.seq, chat.translations.editing.to_owned())),
        })?;
        Some(view! {
            <div class=class data-seq=seq.to_string()>
                <p id="writing-purpose" class="writing-purpose">{purpose}</p>
                {icon_button("writing-cancel", chat.translations.cancel.into(), CROSS, true, Callback::new(cancel))}
            </div>
        })
    }
}
