//! What has to be true at every moment.

use std::collections::BTreeSet;

use page_model::timeline::DeliveryState;
use shared_types::{Action, ActionName, ClientMessage, ErrorCode, RoomName, ServerMessage};

use super::Window;

impl Window {
    /// Asserts that the page is in order and shows nothing twice, that confirmed messages keep their position, and that deleted ones
    /// stay deleted.
    pub(super) fn check_page(&mut self) {
        let changing = self.client.timeline().changing_messages();
        let room = self.client.room().clone();
        let (mut seen, mut last) = (BTreeSet::new(), None);
        for row in self.rows() {
            assert!(seen.insert(row.key()), "shown twice: {}", row.key());
            assert!(row.nonce.as_str().contains(&format!("-{room}-")), "{} is shown in {room}", row.nonce);
            let mut account = self.device.account();
            for reaction in &row.reactions {
                let people: BTreeSet<_> = reaction.people.iter().map(|person| &person.id).collect();
                assert_eq!(people.len(), reaction.people.len(), "counted twice: {reaction:?}");
            }
            if let Some(poll) = &row.poll {
                assert!(poll.options.iter().filter(|option| option.mine).count() <= 1, "voted twice: {poll:?}");
            }
            let Some(seq) = row.seq else { continue };
            assert!(last < Some(seq), "out of order: {last:?}, {seq}");
            last = Some(seq);
            if row.author.id.as_str() == account.id {
                let seq_then = *account.confirmed.entry(row.nonce.clone()).or_insert(seq.0);
                assert_eq!(seq.0, seq_then, "{} moved", row.nonce);
            }
            if row.deleted && !changing.contains(&seq) {
                assert_eq!(row.text, None, "a deleted message has no text");
                self.deleted.insert(seq);
                self.server.observations().on_shown_deleted(seq);
            }
            assert!(
                row.deleted || room != RoomName::lobby() || !self.deleted.contains(&seq),
                "{seq} is shown again after its deletion"
            );
        }
    }

    /// Remembers which of the shown messages failed. While older messages are shown, none are.
    pub(super) fn note_failed_messages(&mut self) {
        let rows = self.rows().into_iter().chain(self.waiting_replies());
        let failed = rows.filter(|row| matches!(row.state, DeliveryState::Failed(_)));
        let failed: Vec<_> = failed.map(|row| row.nonce).collect();
        self.device.account().failed.extend(failed);
    }

    /// Checks whether a change failed on the page. Then its outcome on the server is unknown.
    pub(super) fn check_failed_changes(&mut self) {
        if !self.client.take_errors().is_empty() {
            let failed = std::mem::take(&mut self.changing);
            self.device.account().mark_unknown(self.number, &failed);
        }
        self.changing = self.changing_messages();
    }

    /// Asserts that a message of a muted or banned person fails for good.
    pub(super) fn check_refusal(&mut self, message: &ServerMessage) {
        let ServerMessage::Error { code, action, nonce: Some(nonce), .. } = message else { return };
        match code {
            // The first message of the thread was deleted. A slower attempt may have stored the reply before.
            ErrorCode::NoMessage if matches!(action.as_ref().and_then(ActionName::known), Some(Action::Send)) => {
                self.server.observations().count("refused replies");
                let mut account = self.device.account();
                account.refused.insert(nonce.clone());
                account.failed.insert(nonce.clone());
                drop(account);
                let effects = self.client.discard(nonce, self.server.now());
                self.act(effects);
            }
            ErrorCode::Outdated => self.server.observations().count("outdated changes"),
            ErrorCode::Muted | ErrorCode::NotAllowed => {
                let Some(row) = self.rows().into_iter().find(|row| row.seq.is_none() && row.nonce == *nonce) else {
                    return;
                };
                assert!(matches!(row.state, DeliveryState::Failed(_)), "{nonce} was refused and is {:?}", row.state);
                self.refused.insert(nonce.clone());
                self.server.observations().count("refused messages");
            }
            _ => {}
        }
    }

    /// Asserts that a refused message is not sent again by itself, and remembers what a change is based on.
    pub(super) fn check_sent(&mut self, message: &ClientMessage) {
        match message {
            ClientMessage::Send { nonce: Some(nonce), .. } => {
                assert!(!self.refused.contains(nonce), "{nonce} was refused and is sent again");
            }
            ClientMessage::Edit { nonce: Some(nonce), based_on, .. }
            | ClientMessage::React { nonce: Some(nonce), based_on, .. }
            | ClientMessage::Pin { nonce: Some(nonce), based_on, .. }
            | ClientMessage::Vote { nonce: Some(nonce), based_on, .. } => {
                let mut account = self.device.account();
                let made = account.made.iter_mut().find(|made| made.nonce == *nonce);
                made.expect("the window made it").based_on = *based_on;
            }
            _ => {}
        }
    }
}
