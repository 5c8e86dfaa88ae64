//! The picture in the profile: the avatar as others will see it, and the buttons that choose and remove the picture.

use leptos::ev;
use page_view::{Element, NodeRef, View, element, reactive, reactive_text};
use web_sys::{HtmlElement, HtmlInputElement};

use crate::ui::{
    parts::avatar::{SIDE, avatar, lazy_image},
    profile::state::{PictureChoice, ProfileDialog, preview},
    state::{Chat, files_of, intent::DialogIntent, set},
};

/// Media types that the file picker offers.
const ACCEPT: &str = "image/png,image/jpeg,image/gif,image/webp,image/*";

/// Draws the avatar and the buttons.
pub(super) fn picture_choice(chat: Chat, state: ProfileDialog) -> [Element; 2] {
    let texts = chat.translations.profile();
    let (picker, chooser) = (NodeRef::<HtmlInputElement>::new(), NodeRef::new());
    let shown = move || {
        let (person, chosen) = preview(chat, state);
        let chosen = chosen.map(|url| lazy_image([SIDE, SIDE].map(Into::into), String::new(), url).class("picture"));
        [avatar(chat, &person).child(chosen)]
    };
    let choose = move |_| {
        if let Some(picker) = picker.get_untracked().filter(|_| leptos::prelude::untrack(|| state.is_loaded())) {
            picker.click();
        }
    };
    let on_choice = move |_: ev::Event| {
        let Some(picker) = picker.get_untracked() else { return };
        if let Some(file) = files_of(picker.files()).pop() {
            set(state.picture_error, String::new());
            chat.run_in_dialog(DialogIntent::ChoosePicture(file));
        }
        // Without this, choosing the same file again would fire no event.
        picker.set_value("");
    };
    let disabled = move || (!state.is_loaded()).then_some("true");
    let button = |label| element("button").class("button").with("type", "button").text(label);
    let choose = button(texts.choose_picture)
        .reactive_attribute("aria-disabled", disabled)
        .with("aria-describedby", "picture-hint")
        .node_ref(chooser)
        .on(ev::click, choose);
    let file = move || {
        let file = element("input").with("type", "file").with("accept", ACCEPT).with("hidden", "");
        file.node_ref(picker).on(ev::change, on_choice)
    };
    let file = reactive(move || state.is_loaded().then(file));
    let buttons = element("div").class("profile-ways").child(choose).child(remove(chat, state, chooser)).child(file);
    let row = element("div").class("profile-picture").child(reactive(shown)).child(buttons);
    [row, hint(chat, state)]
}

/// Draws the button that removes the picture, if there is one.
fn remove(chat: Chat, state: ProfileDialog, choose: NodeRef<HtmlElement>) -> View {
    let remove = move |_| {
        set(state.picture_error, String::new());
        let has_stored = chat.room.you.with_untracked(|you| you.appearance.picture.is_some());
        // The focused button goes away.
        if let Some(choose) = choose.get_untracked() {
            _ = choose.focus();
        }
        set(state.picture, if has_stored { PictureChoice::Removed } else { PictureChoice::Kept });
    };
    let button = move || {
        let label = chat.translations.profile().remove_picture;
        element("button").class("button").with("type", "button").on(ev::click, remove).text(label)
    };
    reactive(move || {
        let (person, chosen) = preview(chat, state);
        (state.is_loaded() && (chosen.is_some() || person.appearance.picture.is_some())).then(button)
    })
}

/// Draws what will become of the picture, or why a file cannot be the picture.
fn hint(chat: Chat, state: ProfileDialog) -> Element {
    let texts = chat.translations.profile();
    let hint = move || {
        let error = state.picture_error.get();
        match state.picture.get() {
            _ if !error.is_empty() => error,
            PictureChoice::Kept => String::new(),
            PictureChoice::Preparing => texts.preparing.into(),
            PictureChoice::Removed => texts.picture_removed.into(),
            PictureChoice::Chosen(_) => texts.picture_chosen.into(),
        }
    };
    let class =
        move || state.picture_error.with(|error| if error.is_empty() { "name-hint" } else { "name-hint wrong" });
    element("p")
        .with("id", "picture-hint")
        .reactive_attribute("class", move || Some(class()))
        .with("aria-live", "polite")
        .child(reactive_text::<String>(hint))
}
