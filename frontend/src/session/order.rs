//! What the visitor asks as a moderator: sanctions, rules, and what was done. And the answers about themself.

use leptos::prelude::*;
use shared_types::{ClientMessage, ErrorCode, Person, PersonId, Seconds, Seq, ServerMessage, Standing, Timestamp};

use super::Session;
use crate::{
    audit::Audit,
    browser,
    chat::{Hit, Results, set},
    client::Deed,
    forgetting::Forgetting,
    search::{Piece, Progress},
};

impl Session {
    /// Keeps somebody quiet, or away.
    pub(super) fn sanction(&self, person: PersonId, ban: bool, seconds: u32) -> Vec<Deed> {
        let Ok(seconds) = Seconds::try_from(u64::from(seconds)) else { return Vec::new() };
        self.client.ask_aside(if ban {
            ClientMessage::Ban { person, seconds }
        } else {
            ClientMessage::Mute { person, seconds }
        })
    }

    /// Changes what is known of what moderators did, and shows it.
    pub(super) fn change_audit(&mut self, change: impl FnOnce(&mut Audit)) {
        change(&mut self.audit);
        let now = Timestamp(browser::now());
        let words = self.chat.words;
        let hits = self.audit.entries().iter().map(|entry| Hit {
            seq: Seq::default(),
            author: entry.by.clone(),
            at: entry.at,
            when: words.moment(&self.calendar, entry.at, now),
            pieces: vec![Piece {
                text: words.act(&entry.act, |at| words.moment(&self.calendar, at, now)),
                marked: false,
            }],
        });
        let progress = match (self.audit.is_awaited(), self.audit.more()) {
            _ if self.audit.is_refused() => Progress::Failed(None),
            (true, _) => Progress::Nothing,
            (false, true) => Progress::Partly(Seq::default()),
            (false, false) => Progress::Done,
        };
        set(self.chat.audit, Results { progress, hits: hits.collect() });
    }

    /// Takes in an answer to one of these questions.
    pub(super) fn hear_order(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Audit { entries, more } => {
                self.change_audit(|audit| audit.hear(entries.clone(), *more));
            }
            ServerMessage::Forgotten { count, more } => {
                self.change_forgetting(|forgetting| forgetting.hear(*count, *more));
            }
            ServerMessage::Standing { person, standing } => {
                let decided = self.chat.sanctioned.get_untracked();
                if decided.id == *person && decided.id != self.page.you.id {
                    self.tell_standing(&decided, *standing);
                }
            }
            ServerMessage::Error { code, action: Some(action), retry_after, .. } => match action.as_str() {
                "audit" => self.change_audit(Audit::refuse),
                "forget" => {
                    let after = if *code == ErrorCode::Unavailable { Some(1) } else { *retry_after };
                    self.change_forgetting(|forgetting| forgetting.refuse(browser::now(), after));
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Says that it was done, to the moderator who did it.
    fn tell_standing(&mut self, person: &Person, standing: Standing) {
        let now = Timestamp(browser::now());
        let words = self.chat.words;
        let until = |until: Timestamp| words.moment(&self.calendar, until, now);
        let sentence = words.stands(person, standing, until);
        self.change_tray(|tray| tray.tell(vec![sentence]));
    }

    /// Sees to it that lost questions are asked again.
    pub(super) fn order_disconnected(&mut self) {
        self.change_audit(Audit::disconnected);
        self.change_forgetting(Forgetting::disconnected);
    }

    /// What to ask, now that there is a socket.
    pub(super) fn ask_order(&mut self, now: u64) -> [Option<ClientMessage>; 2] {
        let mut forgetting = self.chat.forgetting.get_untracked();
        let forget = forgetting.question(now);
        set(self.chat.forgetting, forgetting);
        [self.audit.question(), forget]
    }
}
