//! The search dialog.

use leptos::ev;
use page_model::{
    connection::Status,
    search::{ExcerptPart, Progress},
};
use page_view::{Callback, Element, NodeRef, element, reactive, reactive_text};
use shared_types::limits;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::ui::{
    message_lists::MessageList,
    parts::{
        byline::byline,
        dialog::{self, has_modifier, titled_dialog},
        icon_button::icon_button,
    },
    state::{
        Chat,
        intent::{DialogIntent, Intent},
        on_demand::DialogRequest,
        search::SearchHit,
    },
};

/// Icon of a magnifying glass.
const ICON: &str = "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5";

/// Draws the button that opens the dialog.
pub(crate) fn button(chat: Chat) -> Element {
    icon_button("bar-button", chat.translations.search.into(), ICON, true, Callback::new(move |()| open(chat)))
}

/// Draws the dialog.
pub(crate) fn search(chat: Chat) -> Element {
    let field = NodeRef::<HtmlInputElement>::new();
    let submit = move || {
        if let Some(field) = field.get_untracked() {
            chat.run_in_dialog(DialogIntent::Search(field.value()));
        }
    };
    let is_empty = move || field.get_untracked().is_some_and(|field| field.value().trim().is_empty());
    let input = element("input")
        .with("role", "searchbox")
        .with("aria-label", chat.translations.dialogs().search_field)
        .with("placeholder", chat.translations.dialogs().search_field)
        .with("maxlength", limits::SEARCH_CHARS.to_string())
        .with("enterkeyhint", "search")
        .node_ref(field)
        .on(ev::input, move |_| {
            if is_empty() {
                submit()
            }
        });
    let results = NodeRef::<HtmlElement>::new();
    let lists = move || {
        let texts = chat.translations.lists();
        let list = |label: &'static str, list: MessageList| {
            let open = move |_| {
                dialog::close(chat.search.dialog);
                chat.open_dialog(DialogRequest::Messages(list));
            };
            element("button").class("button").with("type", "button").on(ev::click, open).text(label)
        };
        let is_idle = chat.search.results.with(|results| results.progress == Progress::Idle);
        is_idle.then(|| {
            let (pins, saved) = (list(texts.pins, MessageList::Pins), list(texts.saved, MessageList::Saved));
            let threads = list(chat.translations.threads().threads, MessageList::Threads);
            element("div").class("search-lists").child(pins).child(saved).child(threads)
        })
    };
    let button = move || {
        let label = match chat.search.results.with(|results| results.progress) {
            Progress::Partial(_) => chat.translations.dialogs().further,
            Progress::Failed(_) => chat.translations.dialogs().search_again,
            _ => return Vec::new(),
        };
        let search_more = move |_| {
            chat.run_in_dialog(DialogIntent::SearchMore);
            // The button disappears when the search is complete, so the focus moves to the results.
            if let Some(results) = results.get_untracked() {
                _ = results.focus();
            }
        };
        vec![element("button").class("button").with("type", "button").on(ev::click, search_more).text(label)]
    };
    let hits = move || chat.search.results.get().hits.into_iter().map(|found| hit(chat, found)).collect::<Vec<_>>();
    let body = element("div")
        .class("sheet-body")
        .with("tabindex", "-1")
        .node_ref(results)
        .child(element("ol").class("hits").with("role", "list").child(reactive(hits)))
        .child(reactive(button))
        .child(reactive(lists));
    let state = element("p").class("sheet-hint").with("role", "status").child(reactive_text(move || state(chat)));
    titled_dialog(chat, "search", chat.translations.search, chat.search.dialog)
        .child(dialog::form(input, chat.translations.search, submit).with("role", "search"))
        .child(state)
        .child(body)
}

/// Opens the dialog, as soon as it is loaded.
pub(crate) fn open(chat: Chat) {
    chat.open_dialog(DialogRequest::Search);
}

/// Opens the loaded dialog.
pub(crate) fn show(chat: Chat) {
    dialog::open(chat.search.dialog);
}

/// Returns the progress of the search as a sentence.
fn state(chat: Chat) -> String {
    let texts = chat.translations.dialogs();
    let (progress, found) = chat.search.results.with(|results| (results.progress, results.hits.len()));
    match progress {
        Progress::Idle => texts.search_hint.into(),
        Progress::Queued(_) | Progress::Requested(_) => match chat.room.status.get() {
            // Banned and signed-out visitors cannot search.
            Status::Ended(_) => chat.composer.status.with(|status| status.sentence.clone()),
            Status::Offline(_) | Status::Blocked(_) => texts.search_offline.into(),
            Status::Connecting | Status::Live => texts.searching.into(),
        },
        Progress::Failed(_) => texts.search_failed.into(),
        Progress::Partial(_) if found == 0 => texts.nothing_yet.into(),
        Progress::Done if found == 0 => texts.nothing_found.into(),
        Progress::Partial(_) | Progress::Done => texts.found.of(found),
    }
}

/// Draws a search result. The excerpt is plain text; matches are `mark` elements.
fn hit(chat: Chat, hit: SearchHit) -> Element {
    let seq = hit.seq;
    let on_click = move |event: ev::MouseEvent| {
        if !has_modifier(&event) {
            event.prevent_default();
            dialog::close(chat.search.dialog);
            chat.dispatch.run(Intent::GoToMessage(seq));
        }
    };
    let link = element("a").class("hit").with("href", ["#m-", &seq.0.to_string()].concat()).on(ev::click, on_click);
    let part = |part: ExcerptPart| element(if part.matches { "mark" } else { "span" }).text(part.text);
    let text = element("span").class("hit-text").with("dir", "auto").children(hit.excerpt.into_iter().map(part));
    let link = link.children(byline(chat, &hit.author, hit.at, hit.when)).child(text);
    element("li").child(link)
}
