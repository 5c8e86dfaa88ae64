//! The dialog in which owners give the chat a name and an icon.

use page_view::{Element, NodeRef, State, effect, element};
use shared_types::{AccessMode, ChatIdentity, Emoji, NameError, RoomTitle, limits};
use web_sys::{HtmlDialogElement, HtmlInputElement};

use crate::ui::{
    parts::{
        dialog::{self, titled_dialog},
        form::{self, labelled, text_field},
    },
    state::{Chat, intent::DialogIntent, set},
};

/// Maximum number of characters of the icon: an emoji can consist of several.
const ICON_CHARS: usize = 20;

/// The dialog. It is loaded on demand, and so is its state.
#[derive(Clone, Copy)]
pub(crate) struct IdentityDialog {
    dialog: NodeRef<HtmlDialogElement>,
    name: NodeRef<HtmlInputElement>,
    icon: NodeRef<HtmlInputElement>,
    /// Whether names are to be unique.
    unique_names: NodeRef<HtmlInputElement>,
    /// What is wrong with the fields.
    error: State<Option<FieldError>>,
    /// What was sent and is not confirmed.
    sent: State<Option<ChatIdentity>>,
}

/// What is wrong with the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FieldError {
    Name(NameError),
    Icon,
}

impl IdentityDialog {
    pub(crate) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            name: NodeRef::new(),
            icon: NodeRef::new(),
            unique_names: NodeRef::new(),
            error: State::new(None),
            sent: State::new(None),
        }
    }

    /// Opens the dialog with the present name and icon.
    pub(crate) fn open(self, chat: Chat) {
        set(self.error, None);
        set(chat.moderation.administration.error, "");
        self.sent.set(None);
        let present =
            chat.moderation.administration.roles.with_untracked(|roles| roles.chat().cloned()).unwrap_or_default();
        let text = |text: Option<String>| text.unwrap_or_default();
        if let Some(field) = self.unique_names.get_untracked() {
            field.set_checked(present.has_unique_names());
        }
        fill(self.name, &text(present.name.map(|name| name.to_string())));
        fill(self.icon, &text(present.icon.map(|icon| icon.as_str().to_owned())));
        dialog::open(self.dialog);
    }
}

/// Draws the dialog.
pub(crate) fn identity_dialog(chat: Chat, state: IdentityDialog) -> Element {
    let texts = chat.translations.administration();
    let input = |limit| {
        text_field("input", limit, "identity-hint", move || {
            set(state.error, None);
            set(chat.moderation.administration.error, "");
        })
    };
    let name = input(limits::TITLE_CHARS).with("placeholder", chat.translations.app).node_ref(state.name);
    let icon = input(ICON_CHARS).class("identity-icon").node_ref(state.icon);
    let fields = [labelled(texts.chat_name, name), labelled(texts.chat_icon, icon)];
    let fields = fields.into_iter().chain(unique_names(chat, state));
    let form = form::form(chat, fields, hint(chat, state), move || submit(chat, state));
    titled_dialog(chat, "identity", texts.identity, state.dialog)
        .child(element("div").class("sheet-body order").child(form))
        .on_mount(move |_| {
            // Closes the dialog when the server confirms what was sent.
            effect(move || {
                let known = chat.moderation.administration.roles.with(|roles| roles.chat().cloned());
                if let (Some(known), Some(sent)) = (known, state.sent.get_untracked())
                    && are_same(&known, &sent)
                {
                    dialog::close(state.dialog);
                }
            });
        })
}

/// Draws the checkbox for unique names, with its hint. With OpenID Connect, names come from the provider.
fn unique_names(chat: Chat, state: IdentityDialog) -> [Element; 2] {
    let (texts, is_fixed) = (chat.translations.unique_names(), has_fixed_names(chat));
    let input = element("input")
        .with("type", "checkbox")
        .with("autocomplete", "off")
        .with("aria-describedby", "unique-names-hint")
        .optional_attribute("disabled", is_fixed.then_some(""))
        .node_ref(state.unique_names);
    let hint = if is_fixed { texts.no_effect } else { texts.switch_hint };
    [
        element("label").class("choice").child(input).child(element("span").text(texts.switch)),
        element("p").with("id", "unique-names-hint").class("name-hint").text(hint),
    ]
}

fn has_fixed_names(chat: Chat) -> bool {
    chat.access == AccessMode::Oidc
}

/// Returns whether two identities are the same for everybody. A missing choice of unique names is the same as none.
fn are_same(one: &ChatIdentity, other: &ChatIdentity) -> bool {
    let parts = |chat: &ChatIdentity| (chat.name.clone(), chat.icon.clone(), chat.has_unique_names());
    parts(one) == parts(other)
}

fn hint(chat: Chat, state: IdentityDialog) -> Element {
    let problem = move || match state.error.get() {
        Some(FieldError::Name(why)) => Some(chat.translations.bad_details(why)),
        Some(FieldError::Icon) => Some(chat.translations.dialogs().not_an_emoji.to_owned()),
        None => Some(chat.moderation.administration.error.get().to_owned()).filter(|error| !error.is_empty()),
    };
    form::hint("identity-hint", problem, move || chat.translations.administration().identity_hint.to_owned())
}

/// Sends the new name and icon, or says what is wrong.
fn submit(chat: Chat, state: IdentityDialog) {
    let [name, icon] = [state.name, state.icon].map(|field| {
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    });
    let name = name.map(|name| name.parse::<RoomTitle>()).transpose().map_err(FieldError::Name);
    let icon = icon.map(|icon| icon.parse::<Emoji>()).transpose().map_err(|_| FieldError::Icon);
    let known = chat.moderation.administration.roles.with_untracked(|roles| roles.chat().cloned());
    let checked = state.unique_names.get_untracked().filter(|_| !has_fixed_names(chat)).map(|field| field.checked());
    // Where the provider gives the names, the stored choice stays as it is.
    let unique_names = checked.or(known.as_ref().and_then(|known| known.unique_names));
    match name.and_then(|name| Ok(ChatIdentity { name, icon: icon?, unique_names })) {
        Ok(identity) if known.is_some_and(|known| are_same(&known, &identity)) => dialog::close(state.dialog),
        Ok(identity) => {
            state.sent.set(Some(identity.clone()));
            chat.run_in_dialog(DialogIntent::SetIdentity(identity));
        }
        Err(why) => set(state.error, Some(why)),
    }
}

fn fill(field: NodeRef<HtmlInputElement>, text: &str) {
    if let Some(field) = field.get_untracked() {
        field.set_value(text);
    }
}
