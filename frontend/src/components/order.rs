//! How moderators keep order in a room: what holds in it, and what was done.

use leptos::{html, prelude::*, tachys::html::node_ref::NodeRefContainer};
use page_model::{connection::Status, search::Progress};
use shared_types::RoomRules;

use crate::chat::{Chat, Hit, Intent, set};
use crate::components::{
    choice::{choice, select},
    element::{alive, alive_text, element},
    sanction,
    search::said,
    sheet::{self, sheet},
};

/// The pauses of slow mode, in seconds: none, 5 s, 10 s, 30 s, a minute, 5, 15, an hour.
const PAUSES: [u16; 8] = [0, 5, 10, 30, 60, 300, 900, 3_600];

/// The way to both dialogs, for moderators.
pub(super) fn buttons(chat: Chat) -> AnyView {
    let way = move |label, open: fn(Chat)| {
        let open = move |_| {
            sheet::close(chat.switcher);
            open(chat);
        };
        element("button").class("quiet").with("type", "button").on("click", open).text(label).into_any()
    };
    alive(move || {
        if !chat.moderates() {
            return Vec::new();
        }
        let ways = [way(chat.words.room_rules, open_rules), way(chat.words.audit, open_audit)];
        vec![element("div").class("sheet-ways").children(ways).into_any()]
    })
}

/// The dialog with what holds in the room.
pub(crate) fn rules(chat: Chat) -> AnyView {
    let words = chat.words;
    let [slow, read_only] = chat.chosen;
    let name = |pause: u16| if pause == 0 { words.off.to_owned() } else { words.span(pause.into()) };
    let pauses = PAUSES.map(|pause| (u32::from(pause), name(pause))).to_vec();
    let save = element("button")
        .class("button primary")
        .follows("aria-disabled", move || (!chat.decides()).then(|| "true".into()))
        .with("type", "submit")
        .text(words.save);
    let hint = move || if chat.status.get() == Status::Live { words.room_rules_hint } else { words.cannot_decide };
    let form = element("form")
        .class("sheet-body order")
        .on("submit", move |event| {
            event.prevent_default();
            if !untrack(|| chat.decides()) {
                return;
            }
            let slow = u16::try_from(slow.get_untracked()).unwrap_or_default();
            chat.intend.run(Intent::Rule(RoomRules { slow, read_only: read_only.get_untracked() == 1 }));
        })
        .child(select(words.slow_mode, pauses, slow))
        .child(choice("checkbox", words.moderators_only, 1, read_only))
        .child(sheet::hint(hint))
        .child(element("div").class("name-buttons").child(save.into_any()).into_any());
    sheet(chat, "rules", words.room_rules, chat.ruler).child(form.into_any()).into_any()
}

/// What is chosen is what holds, until somebody chooses something else.
fn open_rules(chat: Chat) {
    let [slow, read_only] = chat.chosen;
    let rules = chat.leave.with_untracked(|leave| leave.rules);
    set(slow, rules.slow.into());
    set(read_only, rules.read_only.into());
    set(chat.deciding, false);
    sheet::open(chat.ruler);
}

/// The dialog with what was done.
pub(crate) fn audit(chat: Chat) -> AnyView {
    let words = chat.words;
    let list = NodeRef::<html::Div>::new();
    let acts = move || chat.audit.get().hits.into_iter().map(|done| act(chat, done)).collect();
    let state = move || match chat.audit.with(|audit| (audit.progress, audit.hits.is_empty())) {
        (Progress::Failed(_), _) => words.audit_failed,
        (Progress::Nothing, true) => words.audit_loading,
        (_, true) => words.audit_empty,
        (_, false) => words.audit_hint,
    };
    let further = move || {
        let label = match chat.audit.with(|audit| audit.progress) {
            Progress::Partly(_) => words.audit_further,
            Progress::Failed(_) => words.audit_again,
            _ => return Vec::new(),
        };
        let further = move |_| {
            chat.intend.run(Intent::AuditFurther);
            // The button goes when there is nothing before, and the focus is not to go with it.
            if let Some(list) = list.get_untracked() {
                _ = list.focus();
            }
        };
        vec![element("button").class("button").with("type", "button").on("click", further).text(label).into_any()]
    };
    let body = element("div")
        .class("sheet-body")
        .with("role", "region")
        .with("aria-labelledby", "audit-title")
        .with("tabindex", "0")
        .held_by(move |drawn| list.load(drawn))
        .child(element("ol").class("hits").with("role", "list").child(alive(acts)).into_any())
        .child(alive(further));
    let state = element("p").class("sheet-hint").with("role", "status").child(alive_text(move || state().into()));
    sheet(chat, "audit", words.audit, chat.auditor).child(state.into_any()).child(body.into_any()).into_any()
}

fn open_audit(chat: Chat) {
    chat.intend.run(Intent::Audit);
    sheet::open(chat.auditor);
}

/// Something that was done, and the way to decide otherwise about whom it was done to.
fn act(chat: Chat, mut act: Hit) -> AnyView {
    let decide = act.whom.take().and_then(|whom| sanction::button(chat, whom, chat.auditor));
    element("li").class("hit").children(said(chat, act)).perhaps(decide).into_any()
}
