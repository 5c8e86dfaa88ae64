//! Loads the part of the program that is not needed to read, write and react.
//!
//! [`part`] is where the program is split: everything that is reached only through its functions is in a file of its own
//! (`frontend/split/`). So nothing outside may call these functions directly.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use page_model::client::Effect;
use page_view::{View, dom};
use shared_types::{ClientMessage, ServerMessage};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::session::Session,
    ui::{
        on_demand,
        parts::dialog,
        state::{
            Chat,
            intent::DialogIntent,
            on_demand::{DialogRequest, Loading},
            set,
        },
    },
};

/// Time after the start of the session at which the dialogs are loaded, unless one is opened before. Until then, the page has the network
/// for itself.
const LOAD_DELAY: Duration = Duration::from_secs(1);

/// The functions of the part.
#[derive(Clone, Copy)]
pub(super) struct OnDemandPart {
    draw: fn(Chat) -> Vec<View>,
    show: fn(Chat, DialogRequest),
    perform: fn(&mut Session, DialogIntent) -> Vec<Effect>,
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
        draw: on_demand::dialogs,
        show: on_demand::show,
        perform: Session::on_dialog_intent,
        on_answer: Session::on_dialog_answer,
        on_disconnect: Session::on_dialogs_disconnect,
        on_end: Session::stop_erasing,
        queries: Session::dialog_queries,
    })
}

#[cfg(debug_assertions)]
async fn load_part() -> Result<OnDemandPart, SplitLoaderError> {
    part()
}

#[cfg(not(debug_assertions))]
async fn load_part() -> Result<OnDemandPart, SplitLoaderError> {
    part().await
}

/// Opens a dialog if it is loaded. If not, returns the request.
pub(crate) fn open(chat: Chat, request: DialogRequest) -> Result<(), DialogRequest> {
    let Some(part) = LOADED.get() else { return Err(request) };
    (part.show)(chat, request);
    Ok(())
}

/// Calls `act` with the part if it is loaded. Before that, no dialog waits for anything.
pub(super) fn with_part(act: impl FnOnce(OnDemandPart)) {
    if let Some(part) = LOADED.get() {
        act(part);
    }
}

/// Performs a command of a dialog.
pub(super) fn perform(session: &mut Session, intent: DialogIntent) -> Vec<Effect> {
    LOADED.get().map(|part| (part.perform)(session, intent)).unwrap_or_default()
}

/// Loads the dialogs a moment later.
pub(crate) fn load_soon(chat: Chat) {
    set_timeout(move || load(chat), LOAD_DELAY);
}

/// Loads the dialogs, unless they are loaded or on their way. Then opens the one that the visitor waits for.
pub(crate) fn load(chat: Chat) {
    if matches!(chat.on_demand.loading.get_untracked(), Loading::Running | Loading::Done) {
        return;
    }
    set(chat.on_demand.loading, Loading::Running);
    spawn_local(async move {
        let (Ok(part), Some(container)) = (load_part().await, chat.on_demand.container.get_untracked()) else {
            return set(chat.on_demand.loading, Loading::Failed);
        };
        dom::mount(&container, move || page_view::reactive(move || untrack(|| (part.draw)(chat)))).forget();
        LOADED.set(Some(part));
        set(chat.on_demand.loading, Loading::Done);
        dialog::close(chat.on_demand.placeholder);
        let request = chat.on_demand.request.try_update(Option::take).flatten();
        if let Some(request) = request {
            (part.show)(chat, request);
        }
    });
}
