//! Loads the part of the program that is not needed to read, write and react.
//!
//! [`part`] is where the program is split: everything that is reached only through its functions is in a file of its own
//! (`frontend/split/`). So nothing outside may call these functions directly.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use page_model::client::Effect;
use page_view::dom;
use shared_types::{
    ChatMessage, ClientMessage, Nonce, RoomName, ServerMessage,
    json::{self, LateVariants as _, Value},
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        session::{Session, SessionHandle, room_switch::Way, with},
        style_sheet, unread_badge,
    },
    ui::{
        on_demand,
        parts::dialog,
        placeholder::show_notice_when_late,
        state::{
            Chat,
            intent::OnDemandIntent,
            on_demand::{Loading, Slot, UiFunctions},
            set,
        },
    },
};

/// Time after the start of the session at which the part is loaded at the latest. Until its socket is live, the page has the network for
/// itself.
const LOAD_DELAY: Duration = Duration::from_secs(1);

/// Time after the first `welcome` at which the part is loaded, unless it is needed before. What the page missed arrives first.
const LIVE_DELAY: Duration = Duration::from_millis(150);

/// The functions of the part.
#[derive(Clone, Copy)]
pub(super) struct OnDemandPart {
    ui: UiFunctions,
    perform: fn(&mut Session, OnDemandIntent) -> Vec<Effect>,
    /// Uploads the image of a message to a URL.
    upload: fn(&mut Session, Nonce, &str),
    /// Reads a frame that only this part uses.
    read_late: fn(&Value<'_>) -> Option<ServerMessage>,
    /// Writes the frame of any command.
    write: fn(&ClientMessage) -> String,
    /// Shows the number of unread messages on the icon.
    pub(super) show_badge: fn(u32),
    /// Called when the page is shown or hidden, and when the network is back.
    pub(super) on_wake: fn(&mut Session, u64),
    /// Called once, when the part is loaded.
    on_loaded: fn(&mut Session),
    /// Notifies the visitor of messages that came while the page is hidden.
    pub(super) notify: fn(&Session, &[ChatMessage]),
    /// Called when an unsent message was discarded.
    pub(super) on_discard: fn(&mut Session, &Nonce),
    /// Called with each message of the room, and of no room.
    pub(super) on_answer: fn(&mut Session, &ServerMessage),
    pub(super) on_disconnect: fn(&mut Session),
    /// Called while the connection has ended for good.
    pub(super) on_end: fn(&mut Session),
    /// Shows another room, or returns `false`.
    enter: fn(&mut Session, &RoomName, Way) -> bool,
    /// Called when the first messages of a room that was entered have arrived.
    pub(super) on_room_arrived: fn(&mut Session),
    /// Called after the rows of the log were updated.
    pub(super) on_rows_shown: fn(&mut Session),
    /// The visitor went back or forward in the same room.
    pub(super) on_back: fn(&mut Session),
    /// Returns the requests that are due.
    pub(super) queries: fn(&mut Session, u64) -> Vec<ClientMessage>,
}

/// Time after which loading is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(30);

thread_local! {
    static LOADED: Cell<Option<OnDemandPart>> = const { Cell::new(None) };
    /// Whether the part is on its way.
    static IS_LOADING: Cell<bool> = const { Cell::new(false) };
}

/// Returns the part once it is loaded. A debug build is not split, so that `trunk serve` needs one step less.
#[cfg_attr(not(debug_assertions), leptos::wasm_split::wasm_split(on_demand, fallible, wasm_split_path = ::leptos::wasm_split))]
fn part() -> Result<OnDemandPart, SplitLoaderError> {
    Ok(OnDemandPart {
        ui: on_demand::functions(),
        perform: perform_loaded,
        upload: Session::start_upload,
        read_late: |frame| ServerMessage::late_from_json(frame).ok(),
        write: json::to_string,
        show_badge: unread_badge::show,
        on_wake: Session::on_wake,
        on_loaded: Session::on_loaded,
        notify: Session::notify_messages,
        on_discard: Session::drop_images,
        on_answer: Session::on_answer,
        on_disconnect: Session::on_dialogs_disconnect,
        on_end: Session::stop_erasing,
        enter: Session::enter_room,
        on_room_arrived: Session::on_room_arrived,
        on_rows_shown: Session::on_rows_shown,
        on_back: Session::on_back,
        queries: Session::dialog_queries,
    })
}

fn perform_loaded(session: &mut Session, intent: OnDemandIntent) -> Vec<Effect> {
    match intent {
        OnDemandIntent::Dialog(intent) => session.on_dialog_intent(intent),
        OnDemandIntent::Image(place, intent) => session.on_image_intent(place, intent),
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

/// Calls `act` with the part if it is loaded. Before that, nothing in it waits for anything.
pub(super) fn with_part(act: impl FnOnce(OnDemandPart)) {
    if let Some(part) = LOADED.get() {
        act(part);
    }
}

/// Reads a frame that only the part uses. Nothing asks for one before the part is loaded.
pub(super) fn read_late(frame: &Value<'_>) -> Option<ServerMessage> {
    (LOADED.get()?.read_late)(frame)
}

/// Returns the frame of a command. Only the part sends the commands that it writes.
pub(super) fn write(message: &ClientMessage) -> Option<String> {
    LOADED.get().map_or_else(|| json::early_to_string(message), |part| Some((part.write)(message)))
}

/// Shows another room. Returns `false` if its page has to be loaded.
pub(super) fn enter(session: &mut Session, room: &RoomName, way: Way) -> bool {
    LOADED.get().is_some_and(|part| (part.enter)(session, room, way))
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
    load_after(handle, chat, LOAD_DELAY);
}

/// Loads the part now that the page is live.
pub(super) fn load_when_live(handle: SessionHandle, chat: Chat) {
    load_after(handle, chat, LIVE_DELAY);
}

/// Tries to load the part after this time, and again from time to time.
fn load_after(handle: SessionHandle, chat: Chat, delay: Duration) {
    let act = move || {
        if LOADED.get().is_none() {
            try_to_load(handle, chat);
            load_after(handle, chat, RETRY_DELAY);
        }
    };
    set_timeout(act, delay);
}

/// Loads the part because the visitor waits for it.
pub(super) fn load(handle: SessionHandle, chat: Chat) {
    if LOADED.get().is_none() {
        set(chat.on_demand.loading, Loading::Running);
        try_to_load(handle, chat);
    }
}

/// Loads the part, unless it is loaded or on its way. Then does what the visitor waits for. A failure is shown until the
/// visitor tries again or the part is there.
fn try_to_load(handle: SessionHandle, chat: Chat) {
    if LOADED.get().is_some() || IS_LOADING.replace(true) {
        return;
    }
    spawn_local(async move {
        let style = style_sheet::load();
        let loaded = (load_part().await, style.await, chat.on_demand.container.get_untracked());
        IS_LOADING.set(false);
        let (Ok(part), true, Some(container)) = loaded else {
            set(chat.on_demand.loading, Loading::Failed);
            // Later the focus may be elsewhere.
            return chat.log.waiting_keys.set(Vec::new());
        };
        let dialogs = move || page_view::reactive(move || untrack(|| (part.ui.draw)(chat, Slot::Dialogs)));
        dom::mount(&container, dialogs).forget();
        LOADED.set(Some(part));
        chat.on_demand.functions.set(Some(part.ui));
        set(chat.on_demand.loading, Loading::Done);
        dialog::close(chat.on_demand.placeholder);
        // What the visitor chose on earlier pages is known before what they want now.
        with(handle, |session| (part.on_loaded)(session));
        let request = chat.on_demand.request.try_update(Option::take).flatten();
        if let Some(request) = request {
            (part.ui.show)(chat, request);
        }
        (part.ui.handle_waiting_keys)(chat);
        (part.ui.watch_log)(chat);
        with(handle, |session| {
            for intent in std::mem::take(&mut session.waiting) {
                let effects = (part.perform)(session, intent);
                session.perform(effects);
            }
        });
        set(chat.on_demand.has_waiting, false);
    });
}
