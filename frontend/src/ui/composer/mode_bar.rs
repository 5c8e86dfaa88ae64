//! The bar above the composer that names the message being answered or edited.

use page_model::composer_mode::ComposerMode;
use page_view::{Callback, View, element, reactive};

use crate::ui::{
    parts::icon_button::{CROSS, icon_button},
    state::{Chat, intent::Intent},
};

pub(crate) fn mode_bar(chat: Chat) -> View {
    let cancel = move |()| {
        chat.dispatch.run(Intent::SetComposerMode(ComposerMode::New));
        chat.focus();
    };
    reactive(move || {
        let (class, seq, purpose) = chat.composer.mode.with(|mode| match mode {
            ComposerMode::New => None,
            ComposerMode::Reply(preview) => Some(("writing", preview.seq, chat.translations.replying(preview))),
            ComposerMode::Edit(edited) => Some(("writing edit", edited.seq, chat.translations.editing.to_owned())),
        })?;
        let purpose = element("p").with("id", "writing-purpose").class("writing-purpose").text(purpose);
        let cancel = icon_button("writing-cancel", chat.translations.cancel.into(), CROSS, true, Callback::new(cancel));
        Some(element("div").class(class).with("data-seq", seq.0.to_string()).child(purpose).child(cancel))
    })
}
