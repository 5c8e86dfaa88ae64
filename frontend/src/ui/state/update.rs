//! Writes the state of the page.

use page_model::{
    calendar::Calendar,
    connection::{EndReason, Status},
    timeline::{ComposerPolicy, Row, Timeline, UnreadSummary},
};
use page_view::{SharedState, State};
use shared_types::{AccessMode, Seq, Timestamp};

use crate::ui::{
    parts::text::upper_case,
    state::{
        Chat,
        composer::ComposerStatus,
        log::{KeyedRow, OlderMessages},
        set,
    },
};

impl Chat {
    /// Updates the state from the timeline; what is unchanged does not notify. Messages after `line` are unread. Returns
    /// the unread messages.
    pub(crate) fn show(
        &self,
        timeline: &Timeline,
        calendar: &dyn Calendar,
        line: Option<Seq>,
    ) -> Option<UnreadSummary> {
        set(self.room.you, timeline.me_as_known());
        set(self.moderation.is_owner, timeline.is_owner());
        let older = match (timeline.more(), timeline.is_loading_older()) {
            (false, _) => OlderMessages::None,
            (true, false) => OlderMessages::Some,
            (true, true) => OlderMessages::Loading,
        };
        set(self.log.older, older);
        set(self.log.is_detached, timeline.is_detached());
        let namesakes = timeline.namesakes(upper_case);
        let mut rows = timeline.rows(calendar, &namesakes);
        set(self.room.namesakes, namesakes);
        // In the order of the log: what draws the rows may have another one.
        self.assign_colours(&rows);
        let unread = line.and_then(|line| UnreadSummary::mark(&mut rows, line, timeline.more()));
        show_rows(self.log.rows, rows);
        unread
    }

    /// Updates the composer status at `now`.
    pub(crate) fn show_composer_status(
        &self,
        timeline: &Timeline,
        status: Status,
        is_checking_access: bool,
        calendar: &dyn Calendar,
        now: u64,
    ) {
        let translations = self.translations;
        let at = |then: Timestamp| translations.moment(calendar, then, Timestamp(now));
        let policy = timeline.composer_policy(now);
        let sent_in = timeline.seconds_until_sent(now).filter(|_| status == Status::Live);
        let sent_in = sent_in.map(|next| translations.sent_in.with(&translations.span(next)));
        let (sentence, countdown) = match (status, policy) {
            (Status::Ended(EndReason::Banned(until)), _) => (translations.banned_until.with(&at(until)), String::new()),
            (Status::Ended(EndReason::SignedOut), _) if self.access == AccessMode::Passphrase => {
                (translations.passphrase_again.into(), String::new())
            }
            (Status::Ended(EndReason::SignedOut), _) => (translations.signed_out.into(), String::new()),
            (_, ComposerPolicy::Muted(until)) => (translations.muted_until.with(&at(until)), String::new()),
            (_, ComposerPolicy::ReadOnly) => (translations.read_only.into(), String::new()),
            (_, ComposerPolicy::Archived) => (translations.archived.into(), String::new()),
            (_, ComposerPolicy::ModeratorsOnly) => (translations.only_moderators_write.into(), String::new()),
            (_, ComposerPolicy::SlowModeExempt(seconds)) => {
                (translations.slow_mode_exempt.with(&translations.span(seconds.into())), sent_in.unwrap_or_default())
            }
            (_, ComposerPolicy::SlowMode(seconds)) => {
                let again = || {
                    timeline
                        .seconds_until_next_message(now)
                        .map(|next| translations.next_message_in.with(&translations.span(next)))
                };
                (
                    translations.slow_mode_rule.with(&translations.span(seconds.into())),
                    sent_in.or_else(again).unwrap_or_default(),
                )
            }
            (_, ComposerPolicy::Allowed) => (
                sent_in.as_ref().map(|_| translations.message_held.to_owned()).unwrap_or_default(),
                sent_in.unwrap_or_default(),
            ),
        };
        let end_reason = if let Status::Ended(reason) = status { Some(reason) } else { None };
        let is_temporary = policy == ComposerPolicy::Allowed;
        let is_disabled = policy.is_disabled() || end_reason.is_some();
        // A disabled field loses the focus: it moves to the log.
        let field = self.composer.field.get_untracked().filter(|_| is_disabled);
        if let (Some(field), Some(log)) = (field, self.log.element.get_untracked())
            && field.matches(":focus").unwrap_or(false)
        {
            _ = log.focus();
        }
        let rules = timeline.rules();
        set(
            self.composer.status,
            ComposerStatus { rules, is_disabled, is_temporary, end_reason, is_checking_access, sentence, countdown },
        );
    }
}

/// Updates rows; those that are unchanged do not notify.
pub(crate) fn show_rows(state: State<Vec<KeyedRow>>, rows: Vec<Row>) {
    let before = state.get_untracked();
    let mut moved = before.len() != rows.len();
    // Rows mostly keep their order, so the next row is usually found after the last one.
    let mut next = 0;
    let shown = rows.into_iter().enumerate().map(|(index, row)| {
        let key = row.key();
        let found = before.iter().skip(next).chain(before.iter().take(next)).position(|shown| shown.key == key);
        let Some(found) = found.map(|steps| (next + steps) % before.len()) else {
            moved = true;
            return KeyedRow { key, row: SharedState::new(row) };
        };
        next = found + 1;
        moved |= found != index;
        let shown = before[found].clone();
        if shown.row.with_untracked(|old| *old != row) {
            shown.row.set(row);
        }
        shown
    });
    let shown = shown.collect();
    if moved {
        state.set(shown);
    }
}
