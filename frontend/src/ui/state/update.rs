//! Writes the state of the page into the signals.

use leptos::prelude::*;
use page_model::{
    calendar::Calendar,
    connection::{Over, Status},
    timeline::{News, Row, Speech, Timeline},
};
use shared_types::{AccessMode, Seq, Timestamp};

use crate::ui::state::{
    Chat,
    composer::Leave,
    log::{Older, Shown},
    set,
};

impl Chat {
    /// Brings the signals up to date with the timeline, of which everything up to `line` is not new to the visitor; those
    /// that did not change stay silent. Answers with what is new.
    pub(crate) fn show(&self, timeline: &Timeline, calendar: &dyn Calendar, line: Option<Seq>) -> Option<News> {
        set(self.room.you, timeline.me().clone());
        let older = match (timeline.more(), timeline.loading()) {
            (false, _) => Older::None,
            (true, false) => Older::Some,
            (true, true) => Older::Loading,
        };
        set(self.log.older, older);
        set(self.log.is_detached, timeline.is_apart());
        let namesakes = timeline.namesakes();
        let mut rows = timeline.rows(calendar, &namesakes);
        set(self.room.namesakes, namesakes);
        let news = line.and_then(|line| News::mark(&mut rows, line, timeline.more()));
        self.show_rows(rows);
        news
    }

    /// Says whether the visitor may write at `now`; `asking` tells whether the server is being asked for it.
    pub(crate) fn show_leave(
        &self,
        timeline: &Timeline,
        status: Status,
        asking: bool,
        calendar: &dyn Calendar,
        now: u64,
    ) {
        let words = self.words;
        let at = |then: Timestamp| words.moment(calendar, then, Timestamp(now));
        let speech = timeline.speech(now);
        let out = timeline.goes_out_in(now).filter(|_| status == Status::Live);
        let out = out.map(|next| words.goes_out_in.with(&words.span(next)));
        let (sentence, countdown) = match (status, speech) {
            (Status::Over(Over::Banned(until)), _) => (words.banned_until.with(&at(until)), String::new()),
            (Status::Over(Over::SignedOut), _) if self.access == AccessMode::Passphrase => {
                (words.passphrase_again.into(), String::new())
            }
            (Status::Over(Over::SignedOut), _) => (words.signed_out.into(), String::new()),
            (_, Speech::Muted(until)) => (words.muted_until.with(&at(until)), String::new()),
            (_, Speech::ReadOnly) => (words.read_only.into(), String::new()),
            (_, Speech::Reserved) => (words.reserved.into(), String::new()),
            (_, Speech::Spared(seconds)) => {
                (words.slow_for_others.with(&words.span(seconds.into())), out.unwrap_or_default())
            }
            (_, Speech::Slow(seconds)) => {
                let again = || timeline.may_speak_in(now).map(|next| words.again_in.with(&words.span(next)));
                (words.slow.with(&words.span(seconds.into())), out.or_else(again).unwrap_or_default())
            }
            (_, Speech::Free) => {
                (out.as_ref().map(|_| words.held.to_owned()).unwrap_or_default(), out.unwrap_or_default())
            }
        };
        let over = if let Status::Over(over) = status { Some(over) } else { None };
        let passing = speech == Speech::Free;
        let silent = speech.is_silent() || over.is_some();
        // What cannot be written in lets go of the focus; it is not to be lost.
        let field = self.composer.field.get_untracked().filter(|_| silent);
        if let (Some(field), Some(log)) = (field, self.log.element.get_untracked())
            && field.matches(":focus").unwrap_or(false)
        {
            _ = log.focus();
        }
        let rules = timeline.rules();
        set(self.composer.status, Leave { rules, silent, passing, over, asking, sentence, countdown });
    }

    fn show_rows(&self, rows: Vec<Row>) {
        let before = self.log.rows.get_untracked();
        let mut moved = before.len() != rows.len();
        // Rows keep their order but for a few, so the next row is nearly always found where the last one was.
        let mut place = 0;
        let shown = rows.into_iter().enumerate().map(|(index, row)| {
            let key = row.key();
            let found = before.iter().skip(place).chain(before.iter().take(place)).position(|shown| shown.key == key);
            let Some(found) = found.map(|steps| (place + steps) % before.len()) else {
                moved = true;
                return Shown { key, row: ArcRwSignal::new(row) };
            };
            place = found + 1;
            moved |= found != index;
            let shown = before[found].clone();
            if shown.row.with_untracked(|old| *old != row) {
                shown.row.set(row);
            }
            shown
        });
        let shown = shown.collect();
        if moved {
            self.log.rows.set(shown);
        }
    }
}
