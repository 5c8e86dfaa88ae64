//! The people whose name is being written behind an `@`, to choose from while the focus stays in the text.

use leptos::prelude::*;
use page_model::mention_completion::mention_query;
use shared_types::Person;
use web_sys::HtmlTextAreaElement;

use crate::ui::{parts::avatar::avatar, state::Chat};

/// The list's element, which the text names while the list is there.
pub(crate) const LIST: &str = "mentions";

/// Who is offered, and which of them would be taken.
#[derive(Clone, Copy)]
pub(crate) struct MentionList {
    chat: Chat,
    offered: RwSignal<Vec<Person>>,
    chosen: RwSignal<usize>,
}

impl MentionList {
    pub(crate) fn new(chat: Chat) -> Self {
        Self { chat, offered: RwSignal::new(Vec::new()), chosen: RwSignal::new(0) }
    }

    /// Offers the people whose names match the text before the caret.
    pub(crate) fn look(self) {
        // A text that is brought back from before a reload is not being written.
        let written = self
            .chat
            .composer
            .field
            .get_untracked()
            .filter(|field| document().active_element().as_ref() == Some(field));
        let before = written.map(|field| split(&field).0).unwrap_or_default();
        let offered = mention_query(&before).map(|started| {
            let me = self.chat.room.you.get_untracked().id;
            let others: Vec<Person> = self.chat.known_people().into_iter().filter(|person| person.id != me).collect();
            started.matching(&others)
        });
        let offered = offered.unwrap_or_default();
        self.chosen.set(0);
        self.offer(offered);
    }

    pub(crate) fn hide(self) {
        self.offer(Vec::new());
    }

    /// The element of the one that would be taken, while some are offered.
    pub(crate) fn active(self) -> Option<String> {
        (!self.offered.with(Vec::is_empty)).then(|| option_id(self.chosen.get()))
    }

    /// Takes a key that is meant for the list; says whether it was.
    pub(crate) fn press(self, key: &str) -> bool {
        let count = self.offered.with_untracked(Vec::len);
        if count == 0 {
            return false;
        }
        match key {
            "ArrowDown" => self.chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => self.chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" | "Tab" => self.take(self.chosen.get_untracked()),
            "Escape" => self.hide(),
            _ => return false,
        }
        true
    }

    /// Writes the whole name of the one at that place.
    fn take(self, place: usize) {
        let name = self.offered.with_untracked(|offered| Some(offered.get(place)?.name.to_string()));
        self.hide();
        let (Some(name), Some(field)) = (name, self.chat.composer.field.get_untracked()) else { return };
        let (before, after) = split(&field);
        let Some(started) = mention_query(&before) else { return };
        let finished = started.completed(&before, &name);
        let caret = finished.encode_utf16().count() as u32;
        field.set_value(&[&finished, after.trim_start_matches(' ')].concat());
        _ = field.set_selection_range(caret, caret);
        self.chat.focus();
    }

    fn offer(self, offered: Vec<Person>) {
        crate::ui::state::set(self.offered, offered);
    }

    /// Draws the list.
    pub(crate) fn view(self) -> impl IntoView {
        let option = move |(place, person): (usize, Person)| {
            let selected = move || if self.chosen.get() == place { "true" } else { "false" };
            view! {
                <li
                    id=option_id(place)
                    class="mention-option"
                    role="option"
                    aria-selected=selected
                    on:click=move |_| self.take(place)
                >
                    {avatar(&person)}
                    <span class="person-name">{person.name.to_string()}</span>
                </li>
            }
        };
        let list = move || {
            let offered = self.offered.get();
            if offered.is_empty() {
                return None;
            }
            let options = offered.into_iter().enumerate().map(option).collect_view();
            // What is pressed there leaves the focus in the text.
            Some(view! {
                <ul
                    id=LIST
                    class="mention-list"
                    role="listbox"
                    aria-label=self.chat.translations.mention
                    on:mousedown=|event| event.prevent_default()
                >
                    {options}
                </ul>
            })
        };
        list.into_any()
    }
}

fn option_id(place: usize) -> String {
    ["mention-", &place.to_string()].concat()
}

/// What stands before and behind the caret.
fn split(field: &HtmlTextAreaElement) -> (String, String) {
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let caret = field.selection_start().ok().flatten().map_or(text.len(), |caret| (caret as usize).min(text.len()));
    let [before, after] = [&text[..caret], &text[caret..]].map(String::from_utf16_lossy);
    (before, after)
}
