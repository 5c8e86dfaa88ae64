//! Loads the part of the program that is not needed to read, write and react.
//!
//! [`part`] is where the program is split: everything that is reached only through its functions is in a file of its own
//! (`frontend/split/`). So nothing outside may call these functions directly.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use page_model::client::Effect;
use page_view::{View, dom};
use shared_types::{ClientMessage, Nonce, ServerMessage};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        session::{Session, SessionHandle, with},
        style_sheet,
    },
    ui::{
        composer::paste,
        on_demand,
        parts::dialog,
        placeholder::show_notice_when_late,
        state::{
            Chat,
            intent::{Clipboard, OnDemandIntent},
            on_demand::{DialogRequest, Loading, Slot},
            set,
        },
    },
};

/// Time after the start of the session at which the part is loaded, unless it is needed before. Until then, the page has
/// the network for itself.
const LOAD_DELAY: Duration = Duration::from_secs(1);

/// The functions of the part.
#[derive(Clone, Copy)]
pub(super) struct OnDemandPart {
    draw: fn(Chat, Slot) -> Vec<View>,
    show: fn(Chat, DialogRequest),
    perform: fn(&mut Session, OnDemandIntent) -> Vec<Effect>,
    pastes_files: fn(&Clipboard) -> bool,
    /// Uploads the image of a message to a URL.
    upload: fn(&mut Session, Nonce, &str),
    /// Called when an unsent message was discarded.
    pub(super) on_discard: fn(&mut Session, &Nonce),
    pub(super) on_answer: fn(&mut Session, &ServerMessage),
    pub(super) on_disconnect: fn(&mut Session),
    /// Called while the connection has ended for good.
    pub(super) on_end: fn(&mut Session),
    /// Returns the requests that are due.
    pub(super) queries: fn(&mut Session, u64) -> Vec<ClientMessage>,
}

thread_local! {
    static LOADED: Cell<Option<OnDemandPart>> = const { Cell::new(None) };
}

/// Returns the part once it is loaded. A debug build is not split, so that `trunk serve` needs one step less.
#[cfg_attr(not(debug_assertions), leptos::wasm_split::wasm_split(on_demand, fallible, wasm_split_path = ::leptos::wasm_split))]
fn part() -> Result<OnDemandPart, SplitLoaderError> {
    Ok(OnDemandPart {
        draw: on_demand::draw,
        show: on_demand::show,
        perform: perform_loaded,
        pastes_files: paste::pastes_files,
        upload: Session::start_upload,
        on_discard: Session::drop_image,
        on_answer: Session::on_dialog_answer,
        on_disconnect: Session::on_dialogs_disconnect,
        on_end: Session::stop_erasing,
        queries: Session::dialog_queries,
    })
}

fn perform_loaded(session: &mut Session, intent: OnDemandIntent) -> Vec<Effect> {
    match intent {
        OnDemandIntent::Dialog(intent) => session.on_dialog_intent(intent),
        OnDemandIntent::Image(intent) => session.on_image_intent(intent),
    }
}

#[cfg(debug_assertions)]
async fn load_part() -> Result<OnDemandPart, SplitLoaderError> {
    part()
}

#[cfg(not(debug_assertions))]
async fn load_part() -> Result<OnDemandPart, SplitLoaderError> {
    part().await
}

/// Draws the content of a slot. The part is loaded.
pub(crate) fn draw(chat: Chat, slot: Slot) -> Vec<View> {
    LOADED.get().map(|part| (part.draw)(chat, slot)).unwrap_or_default()
}

/// Whether the files of a clipboard are pasted. Returns `None` until the part is loaded.
pub(crate) fn pastes_files(clipboard: &Clipboard) -> Option<bool> {
    LOADED.get().map(|part| (part.pastes_files)(clipboard))
}

/// Opens a dialog if it is loaded. If not, returns the request.
pub(crate) fn open(chat: Chat, request: DialogRequest) -> Result<(), DialogRequest> {
    let Some(part) = LOADED.get() else { return Err(request) };
    (part.show)(chat, request);
    Ok(())
}

/// Calls `act` with the part if it is loaded. Before that, nothing in it waits for anything.
pub(super) fn with_part(act: impl FnOnce(OnDemandPart)) {
    if let Some(part) = LOADED.get() {
        act(part);
    }
}

/// Performs a command of the visitor. Until the part is loaded, the command waits.
pub(super) fn perform(session: &mut Session, intent: OnDemandIntent) -> Vec<Effect> {
    if let Some(part) = LOADED.get() {
        return (part.perform)(session, intent);
    }
    session.waiting.push(intent);
    show_notice_when_late(session.chat);
    load(session.handle, session.chat);
    Vec::new()
}

/// Uploads the image of a message. Without the part, this page has prepared no image, so it is one of an earlier page.
pub(super) fn upload(session: &mut Session, nonce: Nonce, url: &str) {
    match LOADED.get() {
        Some(part) => (part.upload)(session, nonce, url),
        None => session.on_image_lost(&nonce),
    }
}

/// Loads the part a moment later.
pub(super) fn load_soon(handle: SessionHandle, chat: Chat) {
    set_timeout(move || load(handle, chat), LOAD_DELAY);
}

/// Loads the part, unless it is loaded or on its way. Then does what the visitor waits for.
pub(super) fn load(handle: SessionHandle, chat: Chat) {
    if matches!(chat.on_demand.loading.get_untracked(), Loading::Running | Loading::Done) {
        return;
    }
    set(chat.on_demand.loading, Loading::Running);
    spawn_local(async move {
        let style = style_sheet::load();
        let loaded = (load_part().await, style.await, chat.on_demand.container.get_untracked());
        let (Ok(part), true, Some(container)) = loaded else {
            return set(chat.on_demand.loading, Loading::Failed);
        };
        let dialogs = move || page_view::reactive(move || untrack(|| (part.draw)(chat, Slot::Dialogs)));
        dom::mount(&container, dialogs).forget();
        LOADED.set(Some(part));
        set(chat.on_demand.loading, Loading::Done);
        dialog::close(chat.on_demand.placeholder);
        let request = chat.on_demand.request.try_update(Option::take).flatten();
        if let Some(request) = request {
            (part.show)(chat, request);
        }
        with(handle, |session| {
            for intent in std::mem::take(&mut session.waiting) {
                let effects = (part.perform)(session, intent);
                session.perform(effects);
            }
        });
        set(chat.on_demand.has_waiting, false);
    });
}
